"""The section at the end of pytest's output."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pytest_visualdiff import model, text
from pytest_visualdiff.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from pytest_visualdiff.model import Approval, Verdict

Line: TypeAlias = tuple[str, str]
"""A text, and the name of its colour (empty for none)."""

MOST_APPROVALS = 8
"""More approvals than these are counted, not listed."""

_COLOURS = {Status.CREATED: "green", Status.UPDATED: "green", Status.SKIPPED: "yellow"}


def summary(
    verdicts: Sequence[Verdict],
    approvals: Sequence[Approval],
    flaky: Sequence[str],
    pages: Sequence[Path],
) -> list[Line]:
    """Counts, then one message for each check that a person should look at, or know of."""
    failed = [one for one in verdicts if not one.passed and one.status is not Status.SKIPPED]
    counted = (_counts(verdicts), "red" if failed else "green")
    lines: list[Line] = [counted] if verdicts else []  # a journey may make no check
    for verdict in failed:
        lines += [(line, "red" if first else "") for first, line in _message(verdict)]
    lines += [line for one in verdicts if one.passed and _pardons(one) for line in _ignored(one)]
    lines += _approvals(approvals)
    lines += [(f"flaky: {id_} changed its outcome between attempts", "yellow") for id_ in flaky]
    lines += [(f"look: {page.absolute().as_uri()}", "") for page in pages]
    return [(text.printable(line), colour) for line, colour in lines]


def failed_steps(journeys: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The steps on a screen that failed, other than checks, which have a message of their own."""
    return [
        (_step(step), "red")
        for journey in journeys
        for step in journey["steps"]
        if step["status"] == "failed" and step["action"] != "check"
    ]


def _step(step: Mapping[str, Any]) -> str:
    what = f"{step['action'].replace('_', ' ')} {step['what']}".strip()
    first = str(step["message"]).partition("\n")[0]
    return text.printable(f"{step['location']}: step {step['number']}, {what}, failed: {first}")


def _counts(verdicts: Sequence[Verdict]) -> str:
    counted = ", ".join(f"{count} {name}" for name, count in model.counts(verdicts).items())
    checks = "check" if len(verdicts) == 1 else "checks"
    return f"{len(verdicts)} {checks}: {counted}"


def _message(verdict: Verdict) -> Iterator[tuple[bool, str]]:
    first, *rest = map(text.printable, verdict.message.splitlines())
    yield True, f"{verdict.location}: {first}"
    # Set in, so that a line break in a foreign text makes no line that looks like one of ours.
    yield from ((False, line if line.startswith(" ") else f"  {line}") for line in rest)


def _pardons(verdict: Verdict) -> bool:
    """Whether anything was found that is ignored until a date."""
    return bool(verdict.ignored) or any(
        one.get("until") for one in verdict.sweep.get("findings", ())
    )


def _ignored(verdict: Verdict) -> Iterator[Line]:
    """What a check that passed did not fail for, so that nobody forgets it."""
    for note in map(text.printable, verdict.notes):
        yield f"{verdict.location}: {verdict.name!r}: {note}", "yellow"


def _approvals(approvals: Sequence[Approval]) -> list[Line]:
    """Each approval of a handful, and each refusal; many are counted."""
    many = len(approvals) > MOST_APPROVALS
    lines = [_approval(one) for one in approvals if one.error or not many]
    done = sum(not one.error for one in approvals)
    return [*lines, (f"{done} pictures approved", "green")] if many and done else lines


def _approval(one: Approval) -> Line:
    verdict = one.verdict
    what = f"{verdict.name!r} [{verdict.variant}] of {verdict.test}"
    if one.error:
        return f"not approved: {what}: {one.error}", "red"
    word = "approved" if one.written else "already approved"
    return f"{word} ({verdict.status}): {what}", _COLOURS.get(verdict.status, "")
