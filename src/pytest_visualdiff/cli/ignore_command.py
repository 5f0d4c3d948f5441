"""``visualdiff ignore``: tolerate the differences that a run saw in a check, until a date."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.cli import common
from pytest_visualdiff.cli.common import say
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.text import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_visualdiff.baselines.ignored import Ignored
    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.review.transaction import DecisionTransaction


def add(commands: Any, run: ArgumentParser) -> None:
    """Register the command; ``run`` has the flags that say which run."""
    parser: ArgumentParser = commands.add_parser(
        "ignore",
        parents=[run],
        help="tolerate differences that were seen, until a date",
        description=__doc__,
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="node id, or a pattern with * and ?")
    parser.add_argument(
        "--until",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the last day (UTC); 30 days from now by default, at most 366",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for those who review")
    parser.add_argument("--list", action="store_true", help="what is ignored, and until when")
    parser.add_argument(
        "--remove",
        action="store_true",
        help="no longer ignore what was ignored of ID (also a fingerprint v1:...)",
    )
    parser.set_defaults(command=_ignore)


def _ignore(arguments: Namespace) -> int:
    if arguments.list == bool(arguments.ids) or (arguments.list and arguments.remove):
        raise UsageError("ignore what? Give node ids or patterns, or --list alone")
    if arguments.list:
        return _list(common.baselines(arguments))
    if arguments.remove:
        return _remove(arguments)
    made = common.decisions(arguments)
    return _add(arguments, _chosen(made.run.checks, arguments.ids), made.transaction)


def _chosen(checks: Sequence[Verdict], ids: Sequence[str]) -> list[Verdict]:
    from pytest_visualdiff.review.selection import Selection, chosen
    from pytest_visualdiff.runs.groups import unique_ids

    return list(chosen(unique_ids(checks), Selection(tuple(ids)), list).values())


def _add(arguments: Namespace, chosen: Sequence[Verdict], transaction: DecisionTransaction) -> int:
    from pytest_visualdiff.baselines import ignored
    from pytest_visualdiff.review import ignore

    now, who, reason = ignored.today(), transaction.actor.who, arguments.reason.strip()
    last = ignore.until(arguments.until, now)
    new = list(ignore.entries(chosen, last=last, today=now, who=who, reason=reason))
    with transaction.locked():
        ignore.add(transaction, new, reason)
    for one in new:
        say(f"ignored   {one.test}  {one.name!r}: {one.difference}")
    path = transaction.baselines / ignored.FILE
    say(f"{counted(len(new), 'difference')} ignored until {last}, in {path}")
    return 0


def _list(folder: Path) -> int:
    from pytest_visualdiff.baselines.ignored import read, today

    now, found = today(), read(folder)
    for one in found:
        state = "ignored " if one.until >= now else "expired "
        reason = f": {one.reason}" if one.reason else ""
        say(
            f"{state} until {one.until}  {one.test}  {one.name!r}: {one.difference}"
            f"  {one.fingerprint}  ({one.since}, {one.who}){reason}"
        )
    live = sum(one.until >= now for one in found)
    say(f"{counted(live, 'difference')} ignored, {len(found) - live} expired")
    return 0


def _remove(arguments: Namespace) -> int:
    from pytest_visualdiff.baselines import ignored
    from pytest_visualdiff.review import ignore

    ids = arguments.ids
    transaction = common.transaction(arguments, common.baselines(arguments))
    if not any(_fits(one, id_) for one in ignored.read(transaction.baselines) for id_ in ids):
        raise UsageError(f"nothing of {', '.join(map(repr, ids))} is ignored; see --list")
    with transaction.locked():
        gone = ignore.remove(transaction, lambda one: any(_fits(one, id_) for id_ in ids))
    for one in gone:
        say(f"removed   {one.test}  {one.name!r}: {one.difference}")
    say(f"{counted(len(gone), 'difference')} no longer ignored")
    return 0


def _fits(one: Ignored, id_: str) -> bool:
    names = (one.fingerprint, one.test, f"{one.test}::{one.name}")
    return id_ in names or any(fnmatchcase(name, id_.replace("[", "[[]")) for name in names)
