"""``visualdiff log``: who approved what, when and why, and whether the log is whole."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.cli import common
from pytest_visualdiff.cli.common import OPEN, say
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.text import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from pytest_visualdiff.baselines.audit_log import Entry
    from pytest_visualdiff.review.transaction import DecisionTransaction


def add(commands: Any, run: ArgumentParser) -> None:
    """Register the command; ``run`` has the flags that say which folders."""
    parser: ArgumentParser = commands.add_parser(
        "log",
        parents=[run, common.deciding_flags()],
        help="who approved what, when and why",
        description=__doc__,
    )
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="baseline or node id, or a pattern with * and ?"
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="find edited or missing lines, and baselines that nobody approved",
    )
    parser.add_argument(
        "--against",
        default="",
        metavar="REF",
        help="with --verify: what changed since a commit of git without a decision",
    )
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="approve all baselines that nobody approved, as they are, with a --reason",
    )
    parser.set_defaults(command=_log)


def transaction(arguments: Namespace) -> DecisionTransaction:
    """The transaction of the project, also where there is no run."""
    return common.transaction(arguments, common.baselines(arguments))


def _log(arguments: Namespace) -> int:
    found = transaction(arguments)
    if arguments.adopt:
        return _adopt(found, arguments)
    if arguments.against and not arguments.verify:
        raise UsageError("log --against needs --verify")
    if arguments.verify:
        return _verify(found, arguments.against)
    history = found.history()
    entries = [one for one in history.entries if _fits(one, arguments.paths, found)]
    for one in sorted(entries, key=lambda one: one.when):
        say(_line(one, undone=one.hash in history.undone))
    say(f"{counted(len(entries), 'decision')} in {found.log.path}")
    return 0


def _fits(entry: Entry, paths: Sequence[str], found: DecisionTransaction) -> bool:
    names = (entry.key, f"{found.baselines.name}/{entry.key}", entry.test, entry.hash)
    patterns = [one.removeprefix("./").replace("[", "[[]") for one in paths]
    return not paths or any(
        name == path or fnmatchcase(name, pattern)
        for name in names
        for path, pattern in zip(paths, patterns, strict=True)
    )


def _line(one: Entry, *, undone: bool) -> str:
    of = f"  {one.check!r} of {one.test}" if one.test else ""
    change = f"{one.before[:8] or 'none'} → {one.after[:8] or 'none'}"
    why = f": {one.why}" if one.why else ""
    why += f" [{one.cause}]" if one.cause else ""
    back = " (undone)" if undone else ""
    commit = f" at {one.commit[:10]}" if one.commit else ""
    when = one.when.replace("T", " ").removesuffix("Z")
    return f"{when}  {one.act:<11} {one.key}  {change}{of}  by {one.who}{commit}{why}{back}"


def _verify(found: DecisionTransaction, ref: str) -> int:
    from pytest_visualdiff.review import verify

    broken = list(verify.broken(found))
    for problem in broken:
        say(f"broken    {found.log.path}: {problem}")
    if any("is no entry" in problem for problem in broken):
        say("restore the log from version control first: baselines cannot be checked against it")
        return OPEN
    history = found.history()
    unknown = list(verify.unapproved(found, history))
    for one in unknown:
        say(f"unapproved {one.key}: {one.why}")
    others = [*verify.unlogged(found, history), *(verify.against(found, ref) if ref else ())]
    for problem in others:
        say(f"unlogged  {problem}")
    broken += others
    lines, count = len(found.log.lines()), len([*found.store.keys()])
    say(
        f"{counted(lines, 'line')}, {counted(len(broken), 'problem')};"
        f" {counted(count, 'baseline')}, {len(unknown)} not approved"
    )
    if unknown:
        say("look at them; 'visualdiff log --adopt --reason TEXT' approves all as they are")
    return OPEN if broken or unknown else 0


def _adopt(found: DecisionTransaction, arguments: Namespace) -> int:
    from pytest_visualdiff.review import verify

    if not arguments.reason.strip():
        raise UsageError("log --adopt needs a --reason: it approves what nobody looked at")
    with found.locked():
        adopted = verify.adopt(found, arguments.reason)
    for one in adopted:
        say(f"adopted   {one.key}")
    say(f"{counted(len(adopted), 'baseline')} adopted")
    return 0
