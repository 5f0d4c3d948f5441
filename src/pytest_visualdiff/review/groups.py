"""The same change on many pictures is one group, and one decision. Pure.

Pictures are grouped by what changed, not by test. Two of them belong together when they differ in
the same set of ways:

- *moved*, *resized*, *recoloured*, *size*: by the same offset, scale, pair of colours, or number of
  pixels. What it is that moved may differ: the content below a taller header is another on each
  page.
- *changed*, *added*, *missing*: the very same pixels before, and the same ones after.

A picture with one more difference than the others is no member: nobody would have looked at that
one. Browsers and pixel ratios draw letters differently, so the same new header is one group in each
of them; what is told by numbers alone is one group across all.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.crops import CONTENT, DETAIL, hashed
from pytest_visualdiff.errors import VisualDiffError
from pytest_visualdiff.model import Kind, Status
from pytest_visualdiff.review.decide import unique_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Difference, Verdict
    from pytest_visualdiff.run import RunFolder


@dataclass(frozen=True, slots=True)
class Group:
    """Checks that show the same change."""

    id: str
    """16 hex digits: the same change has the same one in each run."""
    title: str
    members: tuple[str, ...]
    """Ids of checks, in the order of the run (see ``decide.unique_ids``)."""

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        return {"id": self.id, "title": self.title, "members": list(self.members)}


def groups(verdicts: Sequence[Verdict], folder: RunFolder) -> list[Group]:
    """The groups of checks whose pictures differ, the largest first; a lone check is a group, too.

    Missing or damaged pictures group with nothing.
    """
    found: dict[str, list[tuple[str, Verdict]]] = {}
    checks = [(id_, one) for id_, one in unique_ids(verdicts).items() if one.after]
    rough = {id_: _rough(one) for id_, one in checks}
    shared = Counter(rough.values())
    for id_, one in checks:
        if one.status is Status.MATCH:
            continue
        alone = shared[rough[id_]] == 1  # its pixels need not be looked at
        signature = [rough[id_], id_] if alone else [rough[id_], _seen(id_, one, folder)]
        found.setdefault(_hashed(signature), []).append((id_, one))
    ordered = sorted(found.items(), key=lambda one: -len(one[1]))
    return [
        Group(name, _title(members[0][1]), tuple(id_ for id_, _ in members))
        for name, members in ordered
    ]


def _rough(verdict: Verdict) -> str:
    """What can be said of the change without a look at pixels."""
    if verdict.sweep:
        return _hashed(["sweep", *sorted({_finding(one) for one in verdict.sweep["findings"]})])
    if not verdict.differences:
        return _hashed(["new", verdict.after])
    return _hashed(sorted({_told(one) for one in verdict.differences}))


def _told(one: Difference) -> str:
    names = {
        Kind.MOVED: ("offset",),
        Kind.RESIZED: ("scale",),
        Kind.RECOLOURED: ("from", "to"),
        Kind.SIZE: ("rows", "columns"),
    }.get(one.kind, ())
    detail = [one.detail.get(name) for name in names]
    size = [one.box.width, one.box.height] if one.kind in CONTENT else []
    return json.dumps([one.kind.value, detail, size])


def _finding(one: dict[str, Any]) -> str:
    return json.dumps([one["kind"], one["selector"], one["browser"], one["message"]])


def _seen(id_: str, verdict: Verdict, folder: RunFolder) -> str:
    """The pixels before and after, of those differences that only pixels tell apart.

    The check has noted them; one of an earlier version has not.
    """
    found = verdict.differences
    if verdict.sweep or not any(one.kind in CONTENT for one in found):
        return ""
    try:
        if any(DETAIL not in one.detail for one in found if one.kind in CONTENT):
            found = hashed(found, *map(folder.load, (verdict.expected, verdict.actual)))
        return _hashed(sorted({one.detail[DETAIL] for one in found if one.kind in CONTENT}))
    except (VisualDiffError, KeyError):
        return id_


def _title(verdict: Verdict) -> str:
    """What the group is about, in the words of its first member."""
    if verdict.sweep:
        return "; ".join(one["message"] for one in verdict.sweep["findings"][:2]) or verdict.name
    if not verdict.differences:
        return "no baseline yet"
    kinds = Counter(one.kind.value for one in verdict.differences)
    worst = min(verdict.differences, key=lambda one: one.confidence)
    rest = sum(kinds.values()) - 1
    more = f", and {rest} more" if rest else ""
    return f"{worst.kind.value} at {worst.box}: {worst.message}{more}"


def _hashed(parts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
