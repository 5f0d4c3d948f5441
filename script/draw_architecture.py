"""Draws docs/architecture.svg from the imports of the source: packages in rows, lowest at the foot.

Run it after a change of packages: ``.venv/bin/python script/draw_architecture.py``. A package
stands in the row above the highest one that it imports. An arrow is drawn where no way over other
packages exists.
"""

from __future__ import annotations

import sys
from functools import cache
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from imports import FACE, MODULES, own_imports, package_of  # noqa: E402

TARGET = ROOT / "docs" / "architecture.svg"
WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT = 1000, 76, 116, 34

STYLE = """
.box { fill: #eef3fb; stroke: #3b6cb7; stroke-width: 1.2 }
.name { font: 600 14px sans-serif; fill: #16233a; text-anchor: middle }
.arrow { fill: none; stroke: #8596b3; stroke-width: 1; opacity: .7 }
@media (prefers-color-scheme: dark) {
  .box { fill: #1c2738; stroke: #6f9ae0 } .name { fill: #e8eefb }
}
"""


def packages() -> dict[str, set[str]]:
    """Each package with the packages that it imports."""
    graph: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        package = package_of(module)
        if package not in FACE:
            used = {package_of(other) for other in own_imports(path)} - {package}
            graph.setdefault(package, set()).update(used - FACE)
    return graph


GRAPH = packages()


@cache
def height(package: str) -> int:
    """The row of a package, counted from the foot."""
    return 1 + max((height(other) for other in GRAPH[package]), default=-1)


@cache
def reached(package: str) -> frozenset[str]:
    """Everything that a package imports, directly or not."""
    direct = GRAPH[package]
    return frozenset(direct).union(*(reached(other) for other in direct))


def places() -> dict[str, tuple[float, float]]:
    """Left and top of each package's box."""
    top = max(map(height, GRAPH))
    found = {}
    for level in range(top + 1):
        row = sorted(name for name in GRAPH if height(name) == level)
        gap = WIDTH / len(row)
        for at, name in enumerate(row):
            found[name] = (gap * (at + 0.5) - BOX_WIDTH / 2, 16 + ROW * (top - level))
    return found


def drawing() -> str:
    """The text of the SVG."""
    at = places()
    parts = []
    for name, others in sorted(GRAPH.items()):
        implied = frozenset().union(*(reached(other) for other in others))
        for other in sorted(others - implied):
            (x1, y1), (x2, y2) = at[name], at[other]
            x1, x2, y1 = x1 + BOX_WIDTH / 2, x2 + BOX_WIDTH / 2, y1 + BOX_HEIGHT
            parts.append(
                f'<path class="arrow" d="M{x1:g} {y1:g} C{x1:g} {y1 + 30:g} {x2:g} {y2 - 30:g}'
                f' {x2:g} {y2:g}"/>'
            )
    for name, (x, y) in sorted(at.items()):
        middle = x + BOX_WIDTH / 2
        parts.append(
            f'<rect class="box" x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}"'
            f' rx="6"/><text class="name" x="{middle:g}" y="{y + 22:g}">{escape(name)}</text>'
        )
    tall = 32 + ROW * (max(map(height, GRAPH)) + 1)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" role="img">\n'
        f"<title>The packages of pytest-visualdiff and what they import</title>\n"
        f"<style>{STYLE}</style>\n{body}\n</svg>\n"
    )


if __name__ == "__main__":
    TARGET.write_text(drawing(), encoding="utf-8")
