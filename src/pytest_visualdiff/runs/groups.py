"""The same change on many pictures is one group, and one decision. Pure.

Pictures are grouped by what changed, not by test. Two of them belong together when the same rows
of pixels became the same others, wherever these are and whatever was moved by it; or when they
differ in the same set of ways:

- *moved*, *resized*, *recoloured*, *size*: by the same offset, scale, pair of colours, or number of
  pixels. What it is that moved may differ: the content below a taller header is another on each
  page.
- *changed*, *added*, *missing*: the very same pixels before, and the same ones after.

Where the page's structure tells why, pictures with the same edits belong together, too, whichever
elements show them (see ``edits``). What only moved or grew in the course of an edit tells nothing
apart.

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
from pytest_visualdiff.runs.edits import edits, is_lost_font, marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Cause, Difference, Verdict
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
    same_edit = Partition()
    for one in checks.values():
        for cause in _causes(one):
            same_edit.join(marks(cause))
    same_change = Partition()
    names = {id_: same_change.join(_marks(id_, one, same_edit)) for id_, one in checks.items()}
    members: dict[str, list[str]] = {}
    for id_, name in names.items():
        members.setdefault(same_change.name(name), []).append(id_)
    ordered = sorted(members.items(), key=lambda one: -len(one[1]))
    return [Group(name, _title([checks[id_] for id_ in ids]), tuple(ids)) for name, ids in ordered]


class Partition:
    """Marks that name the same thing; each set of them has the name of its first one."""

    def __init__(self) -> None:
        self._up: dict[str, str] = {}

    def name(self, mark: str) -> str:
        """The name of the set that the mark is in."""
        while self._up.get(mark, mark) != mark:
            mark = self._up[mark]
        return mark

    def join(self, marks: Sequence[str]) -> str:
        """Put these marks, and all that are known to be the same, into one set: its name."""
        names = [self.name(mark) for mark in marks]
        first = next((name for name in names if name in self._up), names[0])
        self._up |= dict.fromkeys((first, *names), first)
        return first


def _causes(verdict: Verdict) -> list[Cause]:
    """The strongest cause of each difference, each once."""
    return list(dict.fromkeys(cause for one in verdict.differences for cause in one.causes[:1]))


def _noted(verdict: Verdict, folder: RunFolder) -> Verdict:
    """The verdict with what changed as hashes; the check has noted them, but for earlier ones."""
    if verdict.change or verdict.sweep or not verdict.differences:
        return verdict
    try:
        return with_signature(verdict, *map(folder.load, (verdict.expected, verdict.actual)))
    except VisualDiffError:
        return verdict


def _marks(id_: str, verdict: Verdict, same_edit: Partition) -> list[str]:
    """Hashes of what changed; checks that share one of them show the same change."""
    causes = [mark for mark in [_by_cause(verdict, same_edit)] if mark]
    content = [one for one in verdict.differences if one.kind in CONTENT]
    if any(DETAIL not in one.detail for one in content):
        return [*causes, _hashed([id_])]
    rows = [_hashed(["rows", verdict.change])] if verdict.change else []
    return [*causes, *rows, _ways(verdict)]


def _by_cause(verdict: Verdict, same_edit: Partition) -> str:
    """A hash of the edits; empty where not all that differs has a cause that says what changed."""
    complete = all(any(map(_told_apart, one.causes)) for one in verdict.differences)
    complete |= any(map(is_lost_font, _causes(verdict)))  # all text is drawn anew
    told = {same_edit.name(mark) for mark in edits(_causes(verdict))}
    return _hashed(["edits", *sorted(told)]) if told and complete else ""


def _told_apart(cause: Cause) -> bool:
    """Whether the cause tells one change from another: not so where a drawing just differs."""
    return cause.kind != "image" or cause.before != cause.after


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


def _title(verdicts: Sequence[Verdict]) -> str:
    """What the group is about: the cause that most checks of it have, else a difference."""
    verdict = verdicts[0]
    if verdict.sweep:
        return "; ".join(one["message"] for one in verdict.sweep["findings"][:2]) or verdict.name
    if not verdict.differences:
        return "no baseline yet"
    first = [one.main_cause.message for one in verdicts if one.main_cause]
    if first:
        return Counter(first).most_common(1)[0][0]
    kinds = Counter(one.kind.value for one in verdict.differences)
    worst = min(verdict.differences, key=lambda one: one.confidence)
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
