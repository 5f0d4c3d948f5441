"""``visualdiff status``, ``approve``, ``reject`` and ``undo``: decide on what a run saw."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.cli import common
from pytest_visualdiff.cli.common import OPEN, say, told
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.model import Status
from pytest_visualdiff.text import counted, printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.review.decisions import CheckState, Decisions, Outcome

NOT_COMPARED = (Status.CAPTURE_ERROR, Status.STORE_ERROR, Status.USAGE_ERROR)


def add(commands: Any, run: ArgumentParser) -> None:
    """Register the commands; ``run`` has the flags that say which run."""
    choice, deciding = common.choice_flags(), common.deciding_flags()
    status = commands.add_parser("status", parents=[run, choice], help="what waits for a decision")
    status.add_argument("--groups", action="store_true", help="one line for the same change")
    status.set_defaults(command=_status)
    approve = commands.add_parser(
        "approve",
        parents=[run, choice, deciding],
        help="make pictures that were seen the baselines",
    )
    approve.add_argument(
        "--alternative",
        action="store_true",
        help="keep the approved pictures, too: the check may look like either",
    )
    approve.add_argument(
        "-i", "--interactive", action="store_true", help="look at one after the other: y, n, s, q"
    )
    approve.add_argument(
        "--preview",
        default="auto",
        choices=("auto", "iterm", "kitty", "sixel", "none"),
        help="how -i shows pictures in the terminal",
    )
    approve.add_argument(
        "--as-patch", default="", metavar="FILE",
        help="change nothing, and write a patch for 'git apply' ('-' prints it)",
    )  # fmt: skip
    approve.set_defaults(command=_approve)
    reject = commands.add_parser(
        "reject", parents=[run, choice, deciding], help="say that what was seen is wrong"
    )
    reject.set_defaults(command=_reject)
    undo = commands.add_parser(
        "undo", parents=[run, choice, deciding], help="take decisions on this run back"
    )
    undo.add_argument(
        "--baseline", action="append", default=[], metavar="PATH",
        help="the last decision on a baseline, also of a run that is gone, or its deletion",
    )  # fmt: skip
    undo.set_defaults(command=_undo)


def _status(arguments: Namespace) -> int:
    made = common.decisions(arguments)
    chosen, states = common.chosen(arguments, made), made.states()
    waiting = {id_: one for id_, one in chosen.items() if states[id_].state == "waiting"}
    rejected = {id_: one for id_, one in chosen.items() if states[id_].state == "rejected"}
    refused = {id_: one for id_, one in chosen.items() if states[id_].state == "refused"}
    failed = [one for one in chosen.values() if one.status in NOT_COMPARED]
    if arguments.groups:
        _say_groups(made, waiting)
    else:
        for verdict in waiting.values():
            why = f": {verdict.main_cause.message}" if verdict.main_cause else ""
            say(f"{verdict.status:<9} {told(verdict)}{why}")
    for id_, verdict in rejected.items():
        say(f"rejected  {told(verdict)}{_by(states[id_])}")
    for id_, verdict in refused.items():
        say(f"refused   {told(verdict)}: {states[id_].why}")
    for verdict in failed:
        say(f"{verdict.status:<9} {verdict.test}  {verdict.name!r}: not compared")
    unreadable = _say_unreadable(made)
    also = f", {len(rejected)} rejected" if rejected else ""
    also += f", {len(failed)} could not be made" if failed else ""
    also += f", {len(refused) + unreadable} refused" if refused or unreadable else ""
    total = f"{len(waiting)} of {len(chosen)} checks wait for a decision"
    say(f"run {made.run.folder.id}: {total}{also}")
    broken = _warn(made, arguments)
    return OPEN if waiting or rejected or refused or unreadable or failed or broken else 0


def _say_unreadable(made: Decisions) -> int:
    """Tell of entries of the run that are no checks; returns how many there are."""
    unreadable = {id_: why for id_, why in made.refused.items() if id_ not in made.checks}
    for id_, why in unreadable.items():
        say(f"refused   {printable(id_)}: {why}")
    return len(unreadable)


def _warn(made: Decisions, arguments: Namespace) -> bool:
    """Say where a run did not end; whether that is this one."""
    from pytest_visualdiff.runs.history import unfinished

    if made.run.record.crashed:
        say(
            f"run {made.run.folder.id} did not end: what it saw until then is here, what it would"
            " have seen later is not known. Run pytest again before you call it done"
        )
        return True
    output = common.output_of(arguments)
    newer = (
        unfinished(output, made.run.folder.id) if not (arguments.source or arguments.run) else ""
    )
    if newer:
        say(f"a newer run did not end, or still goes on: 'visualdiff status --run {newer}'")
    return False


def _by(state: CheckState) -> str:
    why = f": {state.why}" if state.why else ""
    return f"  by {state.who or 'somebody'}, {state.when[:10]}{why}"


def _say_groups(made: Decisions, waiting: Mapping[str, Verdict]) -> None:
    for group in common.groups(made):
        members = [waiting[id_] for id_ in group.members if id_ in waiting]
        if members:
            variants = ", ".join(sorted({one.variant for one in members}))
            many = f"{len(members)} checks [{variants}]"
            told_ = many if len(members) > 1 else told(members[0])
            say(f"{group.id[:8]}  {told_}: {group.title}")


def _approve(arguments: Namespace) -> int:
    if arguments.interactive:
        from pytest_visualdiff.cli.interactive import review

        made = common.decisions(arguments)
        return review(made, _open(made, common.chosen(arguments, made), arguments), arguments)
    made, chosen = _wanted(arguments, "approve")
    chosen = _open(made, chosen, arguments)
    if arguments.as_patch:
        return _patch(made, chosen, arguments)
    outcomes = made.approve(list(chosen), arguments.reason, alternative=arguments.alternative)
    return _say_outcomes(made, outcomes, chosen, "approved")


def _open(
    made: Decisions, chosen: Mapping[str, Verdict], arguments: Namespace
) -> dict[str, Verdict]:
    """Those that are not the baseline yet; rejected ones only where they were named."""
    states = made.states()
    allowed = ("waiting", "refused", *(("rejected",) if arguments.ids else ()))
    return {id_: one for id_, one in chosen.items() if states[id_].state in allowed}


def _reject(arguments: Namespace) -> int:
    made, chosen = _wanted(arguments, "reject")
    if not arguments.ids:
        chosen = _open(made, chosen, arguments)
    return _say_outcomes(made, made.reject(list(chosen), arguments.reason), chosen, "rejected")


def _undo(arguments: Namespace) -> int:
    if arguments.baseline:
        return _undo_logged(arguments)
    made, chosen = _wanted(arguments, "undo")
    if not arguments.ids:
        states = made.states()
        chosen = {id_: one for id_, one in chosen.items() if states[id_].when}
    return _say_outcomes(made, made.undo(list(chosen), arguments.reason), chosen, "undone")


def _undo_logged(arguments: Namespace) -> int:
    """Take back what the log says of baselines, without a run."""
    from pytest_visualdiff.cli.log_command import transaction
    from pytest_visualdiff.review.decisions import undo

    if arguments.all or common.chooses(arguments):
        raise UsageError("undo what? Checks of the run, or --baseline, but not both")
    found = transaction(arguments)
    with found.locked():
        history, lasts = found.history(), []
        for path in arguments.baseline:
            key = path.removeprefix("./").removeprefix(f"{found.baselines.name}/")
            standing = [one for one in history.of(key) if one.hash not in history.undone]
            writes = [one for one in standing if one.act.writes]
            if not writes:
                raise UsageError(f"the log has no decision on {path!r}; see 'visualdiff log'")
            lasts.append(writes[-1])
        errors = undo(found, lasts, arguments.reason)
    for last, error in zip(lasts, errors, strict=True):
        say(f"refused   {last.key}: {error}" if error else f"undone    {last.act} of {last.key}")
    return OPEN if any(errors) else 0


def _wanted(arguments: Namespace, verb: str) -> tuple[Decisions, Mapping[str, Verdict]]:
    if (arguments.all and arguments.ids) or not (arguments.all or common.chooses(arguments)):
        raise UsageError(f"{verb} what? Give node ids or patterns, or --all")
    made = common.decisions(arguments)
    return made, common.chosen(arguments, made)


def _say_outcomes(
    made: Decisions, outcomes: list[Outcome], checks: Mapping[str, Verdict], word: str
) -> int:
    for one in outcomes:
        what = told(checks[one.id])
        key = made.checks[one.id].key
        to = f" → {key}" if word == "approved" else ""
        say(f"refused   {what}: {one.error}" if one.error else f"{word:<9} {what}{to}")
    refused = sum(bool(one.error) for one in outcomes) + _say_unreadable(made)
    say(f"{len(outcomes) - refused} {word}, {refused} refused")
    return OPEN if refused else 0


def _patch(made: Decisions, chosen: Mapping[str, Verdict], arguments: Namespace) -> int:
    from pytest_visualdiff.review.patch import patch, write

    text, refused = patch(made, list(chosen), arguments.reason)
    for one in refused:
        say(f"refused   {told(chosen[one.id])}: {one.error}", file=sys.stderr)
    write(arguments.as_patch, text)
    if arguments.as_patch != "-":
        pictures = counted(len(chosen) - len(refused), "baseline")
        say(f"{pictures} and the lines of the log in {arguments.as_patch}")
    return OPEN if refused else 0
