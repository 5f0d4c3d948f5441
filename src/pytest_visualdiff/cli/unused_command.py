"""``visualdiff unused``: baselines that no test uses any more; ``--delete`` takes them out.

A test that was not run says nothing about its baselines; run the whole suite first.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.cli import common
from pytest_visualdiff.cli.common import OPEN, say
from pytest_visualdiff.errors import RunUnreadable, StoreError
from pytest_visualdiff.text import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from pytest_visualdiff.review.decisions import Decisions
    from pytest_visualdiff.review.unused import Finding


def add(commands: Any, run: ArgumentParser) -> None:
    """Register the command; ``run`` has the flags that say which run."""
    parser: ArgumentParser = commands.add_parser(
        "unused",
        parents=[run, common.deciding_flags()],
        help="baselines that no test uses any more",
        description=__doc__,
    )
    parser.add_argument(
        "--delete", action="store_true", help="take them out; undo --baseline PATH brings one back"
    )
    parser.add_argument(
        "--all", action="store_true", help="list also those that nothing is known of"
    )
    parser.set_defaults(command=_unused)


def _unused(arguments: Namespace) -> int:
    made = common.decisions(arguments)
    found = _findings(made, arguments)
    gone = [one for one in found if one.gone]
    for one in gone:
        say(f"unused    {made.transaction.store.describe(_key(one))}: {one.why}")
    _say_unknown([one for one in found if not one.gone], each=arguments.all)
    if not arguments.delete:
        say(f"{counted(len(gone), 'unused baseline')}" + _hint(gone))
        return OPEN if gone else 0
    refused = _delete(made, gone, arguments.reason)
    for problem in refused:
        say(f"refused   {problem}")
    say(f"{len(gone) - len(refused)} deleted, {len(refused)} refused")
    return OPEN if refused else 0


def _findings(made: Decisions, arguments: Namespace) -> list[Finding]:
    from pytest_visualdiff.review.unused import findings

    collected = made.run.record.collected
    if not collected or not collected.tests:
        raise RunUnreadable(
            f"run {made.run.folder.id} does not say which tests were collected (it crashed, or an"
            " earlier version made it): run pytest again"
        )
    root = common.output_of(arguments) / collected.root
    return findings(
        made.transaction.store.keys(),
        made.run.checks,
        collected,
        lambda path: (root / path).exists(),
    )


def _key(one: Finding) -> Any:
    from pytest_visualdiff.model import BaselineKey

    return BaselineKey(one.key)


def _hint(gone: Sequence[Finding]) -> str:
    return "; nothing was changed, --delete takes them out" if gone else ""


def _say_unknown(unknown: Sequence[Finding], *, each: bool) -> None:
    """What was not run is told in short: it is no finding."""
    if each:
        for one in unknown:
            say(f"not known {one.key}: {one.why}")
        return
    for why, count in Counter(one.why for one in unknown).most_common(5):
        say(f"not known {counted(count, 'baseline')}: {why}")
    reasons = len({one.why for one in unknown})
    if reasons > 5:
        say(f"not known … {reasons - 5} more reasons, see --all")


def _delete(made: Decisions, gone: Sequence[Finding], why: str) -> list[str]:
    from pytest_visualdiff.baselines import SupportsRemove
    from pytest_visualdiff.baselines.audit_log import Act, Entry

    transaction, refused = made.transaction, []
    if not isinstance(transaction.store, SupportsRemove):
        return [f"the store of {one.key} cannot take a baseline out" for one in gone]
    with transaction.locked():
        there = {one.key: transaction.digest(one.key) for one in gone}
        entries = [
            transaction.stamped(
                Entry(Act.DELETE, one.key, before=there[one.key], run=made.run.folder.id,
                      why=f"{one.why}. {why.strip()}".strip())
            )
            for one in gone
        ]  # fmt: skip
        with transaction.write_ahead(entries):
            for one in gone:
                try:
                    transaction.store.remove(_key(one), seen=there[one.key])
                except StoreError as error:
                    refused.append(str(error))
    return refused
