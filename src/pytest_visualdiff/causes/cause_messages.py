"""The sentence of a cause: which element, what happened to it, what was changed, what follows."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from pytest_visualdiff.causes.changes import NOT_LOADED, column_of, first_font
from pytest_visualdiff.text import counted, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.causes.changes import Change, Differences

MOST_TEXT = 60
"""Letters of a text or a value that a sentence shows."""

_OPAQUE = re.compile(r"\brgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)")

MOST_STYLES = 3
"""Styles of one element that a sentence names."""


def message(
    pages: Differences,
    change: Change,
    also: Sequence[Change],
    followers: Sequence[int],
    selector: str,
) -> str:
    """One sentence, such as “`#buy` moved by (0, +12): margin-top 0px → 12px”."""
    subject = f"`{printable(selector)}`"
    if also:
        cells = change.kind in ("added", "removed") and column_of(pages, change.node)
        what = f"more cell{'s' * (len(also) > 1)} of its column" if cells else ""
        subject += f" and {f'{len(also)} {what}' if what else counted(len(also), 'more element')}"
    effect = _effect(pages, change, "are" if also else "is")
    what = "; ".join(_what(one) for one in [change, *change.more][:MOST_STYLES] if _what(one))
    if change.kind in ("added", "removed"):
        sentence = f"{subject} {_came_or_went(change, also)}"
    elif change.kind == "image" and not change.name:
        tag = "picture" if selector.rsplit(" ", maxsplit=1)[-1].startswith("img") else "drawing"
        sentence = f"the {tag} of {subject} changed; nothing around it did"
    elif effect and what:
        sentence = f"{subject} {effect}: {what}"
    else:
        sentence = f"{subject} {effect}" if effect else f"{subject}: {what or 'was changed'}"
    return sentence + _consequences(pages, followers)


def _came_or_went(change: Change, also: Sequence[Change]) -> str:
    verb = ("were" if also else "was") + (" added" if change.kind == "added" else " removed")
    text = change.after or change.before
    return f"{verb}{f' (“{short(text)}”)' if text else ''}"


def _effect(pages: Differences, change: Change, verb: str) -> str:
    """What happened to the element's place and size, in words."""
    if change.name in ("order", "scroll") or change.kind in ("added", "removed"):
        return ""
    one, other = pages.both(change.node)
    if one is None or other is None:
        return ""
    if one.lines and other.lines and one.lines != other.lines:
        return f"wraps to {counted(other.lines, 'line')}"
    shift = pages.moved.get(change.node)
    if shift is None:
        return ""
    wider, taller = shift[2] - shift[0], shift[3] - shift[1]
    words = [
        f"{_pixels(abs(amount))} {words[0] if amount > 0 else words[1]}"
        for amount, words in ((wider, ("wider", "narrower")), (taller, ("taller", "shorter")))
        if abs(amount) >= 1
    ]
    if words:
        return f"{verb} {' and '.join(words)}"
    return f"moved by ({_signed(shift[0])}, {_signed(shift[1])})"


def _pixels(amount: float) -> str:
    return f"{amount:.0f} px"


def _signed(amount: float) -> str:
    whole = round(amount)
    return f"{whole:+d}" if whole else "0"


def _what(change: Change) -> str:
    """What was changed, before and after."""
    before, after = short(change.before), short(change.after)
    if change.kind == "text":
        return f"text {_texts(change.before, change.after)}"
    if change.kind == "image":
        return f"picture {before or 'none'} → {after or 'none'}" if change.name else ""
    if change.kind == "attribute":
        return f"{change.name} {before or '(none)'} → {after or '(none)'}"
    special = {
        "order": "stands elsewhere among its neighbours",
        "scroll": f"is scrolled to ({after}), was ({before})",
        "": "",
    }
    if change.name == "font-family" and change.after == NOT_LOADED:
        return f"its text is drawn in another font: the font {first_font(before)} was not loaded"
    if change.name == "font-family" and change.before == change.after:
        return f"its text is drawn in another font (font-family {before})"
    before, after = short(with_hex(change.before)), short(with_hex(change.after))
    return special.get(change.name, f"{change.name} {before} → {after}")


def _texts(before: str, after: str) -> str:
    """Both texts; of long ones only the words that differ, with one around them."""
    if max(len(before), len(after)) <= MOST_TEXT:
        return f"“{printable(before)}” → “{printable(after)}”"
    ours, theirs = before.split(), after.split()
    steps = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    changed = [step for step in steps if step[0] != "equal"]
    if not changed:
        return f"“{short(before)}” → “{short(after)}”"
    first, last = changed[0], changed[-1]
    parts = [
        " ".join(words[max(0, low - 1) : high + 1])
        for words, low, high in ((ours, first[1], last[2]), (theirs, first[3], last[4]))
    ]
    return f"“…{short(parts[0])}…” → “…{short(parts[1])}…”"


def _consequences(pages: Differences, followers: Sequence[int]) -> str:
    if not followers:
        return ""
    shifts = [pages.moved[node] for node in followers if node in pages.moved]
    count = counted(len(followers), "element")
    verb = "is" if len(followers) == 1 else "are"
    still = all(abs(one[3] - one[1]) < 1 and abs(one[2] - one[0]) < 1 for one in shifts)
    if shifts and still and all(one[1] > 0 for one in shifts):
        return f"; {count} after it {verb} pushed down"
    if shifts and still and all(one[1] < 0 for one in shifts):
        return f"; {count} after it {'moves' if len(followers) == 1 else 'move'} up"
    return f"; {count} around it {verb} moved or resized"


def with_hex(value: str) -> str:
    """A computed style with its opaque colours as ``#rrggbb``."""
    return _OPAQUE.sub(lambda found: "#{:02x}{:02x}{:02x}".format(*map(int, found.groups())), value)


def short(text: str) -> str:
    """A text that is safe to print, cut where it is long."""
    line = printable(text if len(text) < 4 * MOST_TEXT else text[: 4 * MOST_TEXT])
    return line if len(line) <= MOST_TEXT else f"{line[: MOST_TEXT - 1]}…"
