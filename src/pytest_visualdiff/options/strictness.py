"""The named levels of strictness: each is a row of values for the options of the comparison.

These numbers stand only here: the defaults of the option table and of ``Limits`` are the row
``normal``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(NamedTuple):
    """One row. Each field but the last is the option of the same name, in the same unit."""

    threshold: float
    confidence: float
    antialiasing: bool
    max_move: float
    max_resize: float
    max_recolour: float
    meaning: str

    def values(self) -> dict[str, Any]:
        """Option name -> value."""
        row = self._asdict()
        del row["meaning"]
        return row


LEVELS: Mapping[str, Level] = {
    # The smallest step of sRGB is 0.0064 CIEDE2000 (measured), and nothing is below this threshold.
    "exact": Level(0.001, 1.0, False, 0.0, 0.0, 0.0, "any pixel that differs is a difference"),
    "strict": Level(1.0, 0.95, True, 0.0, 0.0, 0.0,
                    "what an attentive eye may see; edges may be redrawn"),
    "normal": Level(2.3, 0.91, True, 0.0, 0.0, 0.0, "what a person notices"),
    "relaxed": Level(3.0, 0.8, True, 1.0, 0.01, 3.0,
                     "also a move by 1 px, 1 % of size, a slight change of colour"),
    "layout": Level(3.1, 0.99, True, 0.0, 0.0, 100.0,
                    "only where things are: colours and the rendering of text may change,"
                    " places and sizes may not"),
}  # fmt: skip
"""The levels. Only ``exact`` reports differences that are too small to be seen."""

DEFAULT = "normal"
NORMAL = LEVELS[DEFAULT]


def markdown() -> str:
    """The table as Markdown, for the documentation."""
    names = [name for name in Level._fields if name != "meaning"]
    head = ["`strictness`", *(f"`{name}`" for name in names), "what is a difference"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, level in LEVELS.items():
        values = [_written(value) for value in level.values().values()]
        lines.append("| " + " | ".join([f"`{name}`", *values, level.meaning]) + " |")
    return "\n".join(lines) + "\n"


def _written(value: float) -> str:  # bool is a number, too
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
