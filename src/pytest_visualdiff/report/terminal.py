"""The section at the end of pytest's output: one entry for each change, at most 15 lines.

The same change in many checks is told once, with the checks counted below it. All lines of all
checks are in the report, and in the terminal with ``-v``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pytest_visualdiff import model, text
from pytest_visualdiff.model import Status
from pytest_visualdiff.runs.folder import OUTPUT
from pytest_visualdiff.text import counted, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from pytest_visualdiff.model import Approval, Verdict
    from pytest_visualdiff.runs.groups import Group

Line: TypeAlias = tuple[str, str]
"""A text, and the name of its colour (empty for none)."""

MOST_LINES = 14
"""Lines of a section, with those of its end; pytest draws one more line above it."""

ROOM_OF_ENTRY = 3
"""Lines that each entry may have where there are many."""

_ACCEPT = "  accept:  "
_TAKE_NEW = "Take them all: pytest --visualdiff-approve=new"


@dataclass(frozen=True)
class SessionFacts:
    """What a session saw and did, as far as the terminal tells it."""

    verdicts: Sequence[Verdict] = ()
    groups: Sequence[Group] = ()
    """Checks that show the same change; their members are ids as of ``unique_ids``."""
    checks: Mapping[str, Verdict] = field(default_factory=dict)
    """The verdict of each id."""
    approvals: Sequence[Approval] = ()
    flaky: Sequence[str] = ()
    """Ids of checks whose attempts did not agree."""
    pages: Sequence[Path] = ()
    """The reports that were written."""
    journeys: Sequence[Mapping[str, Any]] = ()
    trouble: Sequence[Line] = ()
    """What went wrong with the records themselves."""
    output: str = OUTPUT
    """The folder of all runs, as messages show it."""


@dataclass(frozen=True)
class Entry:
    """What a person is told of one change: lines that must be there, and what there is room for."""

    head: Line
    details: Sequence[str] = ()
    foot: Sequence[str] = ()

    @property
    def least(self) -> int:
        """The number of lines without details."""
        return 1 + len(self.foot)

    def lines(self, room: int) -> list[Line]:
        """The lines, with so many details at most."""
        shown = list(self.details[:room])
        return [self.head, *((line, "") for line in (*shown, *self.foot))]


def section(facts: SessionFacts, verbosity: int = 0, width: int = 120) -> tuple[bool, list[Line]]:
    """The lines, and whether they stand below a title; none where there is nothing to tell.

    ``verbosity`` is pytest's: one line below 0, everything above 0. ``width`` is that of the
    window in characters: longer lines are cut, commands excepted.
    """
    told = entries(facts, verbose=verbosity > 0)
    if verbosity < -1 or not (facts.verdicts or told):
        return False, []
    counts = (_counts(facts.verdicts), _colour(facts.verdicts))
    look = [(f"look: {_page(facts.pages)}", "")] if facts.pages else []
    if verbosity <= 0 and (verbosity < 0 or not told or _first_run(facts, told)):
        return False, [_one_line(facts, told, counts, width)]
    counted_ = [counts] if facts.verdicts else []  # a journey may make no check
    if verbosity > 0:
        lines = [*counted_, *_checks(facts), *_all(told), *look]
    else:
        lines = [*counted_, *_fitted(told, MOST_LINES - len(counted_) - len(look)), *look]
    return True, [(_cut(text.printable(line), width, verbosity), colour) for line, colour in lines]


def _one_line(facts: SessionFacts, told: Sequence[Entry], counts: Line, width: int) -> Line:
    if _first_run(facts, told):
        return f"visualdiff: {told[0].head[0]}", counts[1]
    line = f"visualdiff: {counts[0]}"
    if told:
        more = f" (and {len(told) - 1} more)" if told[1:] else ""
        where = "; look: visualdiff review"
        room = width - len(line) - len(more) - len(where) - 2
        head = text.printable(told[0].head[0])
        line += f"; {_cut(head, max(room, 30))}{more}{where}"
    return line, counts[1]


def _first_run(facts: SessionFacts, told: Sequence[Entry]) -> bool:
    failed = [one for one in facts.verdicts if not _is_quiet(one)]
    only_new = bool(failed) and all(map(_has_no_baseline, failed))
    return len(told) == 1 and only_new and not told[0].details


def _is_quiet(verdict: Verdict) -> bool:
    return verdict.passed or verdict.status is Status.SKIPPED


def _has_no_baseline(verdict: Verdict) -> bool:
    return verdict.status is Status.NEW and not verdict.sweep


def _differs(verdict: Verdict) -> bool:
    """Whether a picture or, in a cross-browser check, one of the browsers differs."""
    findings = verdict.status is Status.NEW and bool(verdict.sweep)
    return findings or verdict.status is Status.MISMATCH


def _counts(verdicts: Sequence[Verdict]) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in model.counts(verdicts).items())
    return f"{counted(len(verdicts), 'check')}: {counts}"


def _colour(verdicts: Sequence[Verdict]) -> str:
    return "green" if all(map(_is_quiet, verdicts)) else "red"


def _page(pages: Sequence[Path]) -> str:
    """The address of the page to look at first."""
    page = next((one for one in pages if one.suffix == ".html"), pages[0])
    return page.absolute().as_uri()


def _cut(line: str, width: int, verbosity: int = 0) -> str:
    """The line, cut where it is too long for the window; what can be copied is whole."""
    copied = line.startswith((_ACCEPT, "look: ", "  note: ")) or line.endswith(_TAKE_NEW)
    whole = verbosity > 0 or copied or width < 20
    return line if whole or len(line) <= width else f"{line[: width - 1]}…"


def _fitted(told: Sequence[Entry], room: int) -> list[Line]:
    """The entries that fit; what is left of the room is filled with details, evenly."""
    shown = list(told)
    while shown and sum(one.least for one in shown) + (len(shown) < len(told)) > room:
        shown.pop()
    left = room - sum(one.least for one in shown) - (len(shown) < len(told))
    shares = [0] * len(shown)
    for _ in range(left):
        short = [at for at, one in enumerate(shown) if shares[at] < len(one.details)]
        if short:
            shares[min(short, key=lambda at: shares[at])] += 1
    lines = [line for one, more in zip(shown, shares, strict=True) for line in one.lines(more)]
    rest = len(told) - len(shown)
    return [*lines, (f"and {rest} more: visualdiff status --groups", "")] if rest else lines


def _all(told: Iterable[Entry]) -> list[Line]:
    return [line for one in told for line in one.lines(len(one.details))]


def _checks(facts: SessionFacts) -> Iterator[Line]:
    """Each check with its confidence and its time."""
    for one in facts.verdicts:
        known = (
            "" if one.confidence is None else f"  confidence {text.rounded_down(one.confidence)}"
        )
        words = f"  {one.status:<9} {one.name!r} [{one.variant}]{known}  {one.duration:.2f} s"
        yield words, "" if _is_quiet(one) else "red"


# --- the entries, the most urgent first ----------------------------------------------------------


def entries(facts: SessionFacts, *, verbose: bool = False) -> list[Entry]:
    """What a person should look at, or know of."""
    return [
        *_steps(facts.journeys),
        *_changes(facts),
        *_new(facts),
        *_not_compared(facts.verdicts),
        *_refused(facts.approvals),
        *_approved(facts.approvals, verbose=verbose),
        *_tolerated(facts.verdicts),
        *_flaky(facts.flaky),
        *(Entry(line) for line in facts.trouble),
    ]


def _changes(facts: SessionFacts) -> Iterator[Entry]:
    seen: set[str] = set()
    for group in facts.groups:
        ids = [id_ for id_ in group.members if _differs(facts.checks[id_])]
        seen.update(ids)
        if ids:
            yield _change([facts.checks[id_] for id_ in ids], group, facts.output)
    for id_, one in facts.checks.items():  # without a picture it is in no group
        if _differs(one) and id_ not in seen:
            yield _single(one)


def _change(members: Sequence[Verdict], group: Group, output: str) -> Entry:
    if len(members) == 1:
        return _single(members[0])
    names = _names(one.name for one in members)
    places = ", ".join(dict.fromkeys(one.location for one in members))
    elsewhere = "" if output == OUTPUT else f" --output-dir={quoted(output)}"
    return Entry(
        (text.printable(group.title), "red"),
        [f"  {places}", *_further(members, group.title)],
        [
            f"  {counted(len(members), 'check')}: {names}",
            f"{_ACCEPT}visualdiff approve --group {group.id[:8]}{elsewhere}",
        ],
    )


def _further(members: Sequence[Verdict], title: str) -> list[str]:
    """Other causes that some of the checks have, with how many."""
    found = Counter(
        message
        for one in members
        for message in dict.fromkeys(c.message for d in one.differences for c in d.causes)
        if message != title
    )
    ordered = found.most_common()
    return [f"  in {counted(count, 'check')}: {message}" for message, count in ordered]


def _single(verdict: Verdict) -> Entry:
    """The message of a check, with its first difference and its command."""
    first, *rest = verdict.message.splitlines()
    # Set in, so that a line break in a foreign text makes no line that looks like one of ours.
    rest = [line if line.startswith(" ") else f"  {line}" for line in map(text.printable, rest)]
    accept = [line for line in rest if line.startswith(_ACCEPT.rstrip())]
    details = [line for line in rest if line not in accept]
    foot = accept[-1:]
    head = f"{verdict.location}: {text.printable(first)}"
    return Entry((head, "red"), details, foot)


def _names(names: Iterable[str]) -> str:
    """Names with how often each stands there."""
    counts = Counter(names)
    return ", ".join(f"{one} ({count})" if count > 1 else one for one, count in counts.items())


def _new(facts: SessionFacts) -> Iterator[Entry]:
    new = [one for one in facts.verdicts if _has_no_baseline(one)]
    if new:
        has = "picture has" if len(new) == 1 else "pictures have"
        where = _page(facts.pages) if facts.pages else "visualdiff review"
        notes = Counter(f"  note: {note}" for one in new for note in one.notes)
        yield Entry(
            (f"{len(new)} {has} no baseline yet. Look: {where} {_TAKE_NEW}", "red"), [*notes]
        )


def _not_compared(verdicts: Sequence[Verdict]) -> Iterator[Entry]:
    """Errors, each told once for all checks that ended with it."""
    errors = (Status.CAPTURE_ERROR, Status.STORE_ERROR, Status.USAGE_ERROR)
    found: dict[str, list[Verdict]] = {}
    for one in verdicts:
        if one.status in errors:
            reason = one.message.partition("\n")[0].partition(" was not compared: ")[2]
            found.setdefault(reason or one.message, []).append(one)
    for reason, members in found.items():
        if len(members) == 1:
            yield _single(members[0])
        else:
            head = f"{counted(len(members), 'check')} not compared: {text.printable(reason)}"
            yield Entry((head, "red"), foot=[f"  {_names(one.name for one in members)}"])


def _refused(approvals: Sequence[Approval]) -> Iterator[Entry]:
    found: dict[str, list[str]] = {}
    for one in approvals:
        if one.error:
            found.setdefault(one.error, []).append(_of(one.verdict))
    for error, members in found.items():
        if len(members) == 1:
            yield Entry((f"not approved: {members[0]}: {error}", "red"))
        else:
            names = [f"  {name}" for name in members]
            yield Entry((f"not approved: {len(members)} pictures: {error}", "red"), names)


def _approved(approvals: Sequence[Approval], *, verbose: bool) -> Iterator[Entry]:
    done = [one for one in approvals if not one.error]
    if verbose or len(done) == 1:
        for one in done:
            word = "approved" if one.written else "already approved"
            yield Entry((f"{word} ({one.verdict.status}): {_of(one.verdict)}", "green"))
    elif done:
        names = _names(one.verdict.name for one in done)
        yield Entry((f"{len(done)} pictures approved: {names}", "green"))


def _of(verdict: Verdict) -> str:
    return f"{verdict.name!r} [{verdict.variant}] of {verdict.test}"


def _tolerated(verdicts: Sequence[Verdict]) -> Iterator[Entry]:
    """What checks that passed did not fail for, so that nobody forgets it."""
    found: dict[str, list[Verdict]] = {}
    for one in verdicts:
        for note in one.notes if one.passed and _pardons(one) else ():
            found.setdefault(note, []).append(one)
    for note, members in found.items():
        first = members[0]
        who = f"{first.location}: {first.name!r}" if len(members) == 1 else f"{len(members)} checks"
        yield Entry((f"{who}: {text.printable(note)}", "yellow"))


def _pardons(verdict: Verdict) -> bool:
    """Whether anything was found that is ignored until a date."""
    return bool(verdict.ignored) or any(
        one.get("until") for one in verdict.sweep.get("findings", ())
    )


def _flaky(ids: Sequence[str]) -> Iterator[Entry]:
    if ids:
        more = f" and {len(ids) - 1} more" if ids[1:] else ""
        line = f"flaky: {ids[0]}{more} changed its outcome between attempts"
        yield Entry((line, "yellow"), [f"  {id_}" for id_ in ids[1:]])


def _steps(journeys: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    """Steps on a screen that failed, other than checks, which have entries of their own."""
    for journey in journeys:
        for step in journey["steps"]:
            if step["status"] == "failed" and step["action"] != "check":
                what = f"{step['action'].replace('_', ' ')} {step['what']}".strip()
                first = str(step["message"]).partition("\n")[0]
                head = f"{step['location']}: step {step['number']}, {what}, failed: {first}"
                yield Entry((text.printable(head), "red"))


# --- pytest's own short summary ------------------------------------------------------------------


def short_message(verdicts: Sequence[Verdict]) -> str:
    """What differs, in a few words: ``VisualDifference: pricing: `#buy` moved by (0, +12)``."""
    told = [f"{one.name}: {_reason(one)}" for one in verdicts]
    return text.printable(f"VisualDifference: {'; '.join(told)}")


def _reason(verdict: Verdict) -> str:
    if _has_no_baseline(verdict):
        return "no baseline yet"
    if not verdict.differences:
        lines = verdict.message.splitlines()
        return (lines[1] if lines[1:] else lines[0] if lines else str(verdict.status)).strip()
    worst = min(verdict.differences, key=lambda one: one.confidence)
    more = f", and {len(verdict.differences) - 1} more" if verdict.differences[1:] else ""
    if worst.causes:
        return worst.causes[0].message
    return f"{worst.kind.value} at {worst.box}{more}"
