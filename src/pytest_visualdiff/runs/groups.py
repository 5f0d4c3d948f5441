"""The same change on many pictures is one group, and one decision. Pure.

Pictures are grouped by what changed, not by test. Two of them belong together when the same rows
of pixels became the same others, wherever these are and whatever was moved by it; or when they
differ in the same set of ways:

- *moved*, *resized*, *recoloured*, *size*: by the same offset, scale, pair of colours, or number of
  pixels. What it is that moved may differ: the content below a taller header is another on each
  page.
- *changed*, *added*, *missing*: the very same pixels before, and the same ones after.

Where the page's structure tells why, pictures with the same causes belong together, too: the same
elements with the same properties, before and after.

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

from pytest_visualdiff.errors import VisualDiffError
from pytest_visualdiff.images.change_signature import CONTENT, DETAIL, with_signature
from pytest_visualdiff.model import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Difference, Verdict
    from pytest_visualdiff.runs.folder import RunFolder


@dataclass(frozen=True, slots=True)
class Group:
    """Checks that show the same change."""

    id: str
    """16 hex digits: the same change has the same one in each run."""
    title: str
    members: tuple[str, ...]
    """Ids of checks, in the order of the run (see ``unique_ids``)."""

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        return {"id": self.id, "title": self.title, "members": list(self.members)}


def groups(verdicts: Sequence[Verdict], folder: RunFolder) -> list[Group]:
    """The groups of checks whose pictures differ, the largest first; a lone check is a group, too.

    Missing or damaged pictures group with nothing.
    """
    checks = {
        id_: _noted(one, folder)
        for id_, one in unique_ids(verdicts).items()
        if one.after and one.status is not Status.MATCH
    }
    first: dict[str, str] = {}  # a mark -> the name of its group
    names: dict[str, str] = {}
    for id_, one in checks.items():
        marks = _marks(id_, one)
        known = [first[mark] for mark in marks if mark in first]
        name = known[0] if known else marks[0]
        first |= {mark: first.get(mark, name) for mark in marks}
        for other in known[1:]:  # two groups turn out to be one
            first = {mark: name if it == other else it for mark, it in first.items()}
            names = {of: name if it == other else it for of, it in names.items()}
        names[id_] = name
    members: dict[str, list[str]] = {}
    for id_, name in names.items():
        members.setdefault(name, []).append(id_)
    ordered = sorted(members.items(), key=lambda one: -len(one[1]))
    return [Group(name, _title(checks[ids[0]]), tuple(ids)) for name, ids in ordered]


def _noted(verdict: Verdict, folder: RunFolder) -> Verdict:
    """The verdict with what changed as hashes; the check has noted them, but for earlier ones."""
    if verdict.change or verdict.sweep or not verdict.differences:
        return verdict
    try:
        return with_signature(verdict, *map(folder.load, (verdict.expected, verdict.actual)))
    except VisualDiffError:
        return verdict


def _marks(id_: str, verdict: Verdict) -> list[str]:
    """Hashes of what changed; checks that share one of them show the same change."""
    causes = [mark for mark in [_by_cause(verdict)] if mark]
    content = [one for one in verdict.differences if one.kind in CONTENT]
    if any(DETAIL not in one.detail for one in content):
        return [*causes, _hashed([id_])]
    rows = [_hashed(["rows", verdict.change])] if verdict.change else []
    return [*causes, *rows, _ways(verdict)]


def _by_cause(verdict: Verdict) -> str:
    """A hash of the causes; empty where not all that differs has one that says what changed."""
    causes = [next(iter(one.causes), None) for one in verdict.differences]
    told = {
        json.dumps([one.selector, one.kind, one.name, one.before, one.after])
        for one in causes
        if one and (one.before != one.after or one.kind in ("added", "removed"))
    }
    complete = bool(causes) and all(one and one.kind != "image" for one in causes)
    return _hashed(["causes", *sorted(told)]) if told and complete else ""


def _ways(verdict: Verdict) -> str:
    """The set of ways in which the picture differs."""
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
    detail = [one.detail.get(name) for name in (*names, DETAIL)]
    return json.dumps([one.kind.value, detail])


def _finding(one: dict[str, Any]) -> str:
    return json.dumps([one["kind"], one["selector"], one["browser"], one["message"]])


def _title(verdict: Verdict) -> str:
    """What the group is about, in the words of its first member."""
    if verdict.sweep:
        return "; ".join(one["message"] for one in verdict.sweep["findings"][:2]) or verdict.name
    if not verdict.differences:
        return "no baseline yet"
    kinds = Counter(one.kind.value for one in verdict.differences)
    worst = min(verdict.differences, key=lambda one: one.confidence)
    if worst.causes:
        return worst.causes[0].message
    rest = sum(kinds.values()) - 1
    more = f", and {rest} more" if rest else ""
    return f"{worst.kind.value} at {worst.box}: {worst.message}{more}"


def _hashed(parts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def unique_ids(checks: Sequence[Verdict]) -> dict[str, Verdict]:
    """Each check under an id of its own (see ``with_variants``)."""
    ids = with_variants([(check.id, check.variant) for check in checks])
    return dict(zip(ids, checks, strict=True))


def with_variants(checks: Sequence[tuple[str, str]]) -> list[str]:
    """The id of each (``Verdict.id``, variant), with the variant if the former is not unique.

    Runs merged from several machines, and checks in several windows, have the same node id.
    """
    count = Counter(id_ for id_, _ in checks)
    return [id_ if count[id_] == 1 else f"{id_} [{variant}]" for id_, variant in checks]
