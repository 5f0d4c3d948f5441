"""The ``visualdiff`` command. Exit status: 0 nothing open, 1 differences or trouble, 2 usage."""

from __future__ import annotations

import argparse
import io
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff import cli_calibrate, cli_ignore, cli_locate
from pytest_visualdiff._version import __version__
from pytest_visualdiff.errors import StoreError, UsageError, VisualDiffError
from pytest_visualdiff.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.options import Option
    from pytest_visualdiff.run import Run
    from pytest_visualdiff.store import BaselineStore

NOT_COMPARED = (Status.CAPTURE_ERROR, Status.STORE_ERROR, Status.USAGE_ERROR)
OPEN = 1
USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know neither ΔE nor →
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except UsageError as error:
        print(f"visualdiff: {error}", file=sys.stderr)  # noqa: T201 - the command's output
        return USAGE
    except VisualDiffError as error:
        print(f"visualdiff: {error}", file=sys.stderr)  # noqa: T201 - the command's output
        return OPEN
    except KeyboardInterrupt:
        print("visualdiff: interrupted; what is done stays done", file=sys.stderr)  # noqa: T201
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="visualdiff", description=__doc__)
    parser.add_argument("--version", action="version", version=f"pytest-visualdiff {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = argparse.ArgumentParser(add_help=False)
    run.add_argument("--output-dir", default=".visualdiff", metavar="FOLDER", help="where runs are")
    run.add_argument("--baseline-dir", default="", metavar="FOLDER", help="where baselines are")
    run.add_argument("--run", default="", metavar="ID", help="which run; the latest by default")

    status = commands.add_parser("status", parents=[run], help="what waits for a decision")
    status.set_defaults(command=_status)
    approve = commands.add_parser(
        "approve", parents=[run], help="make pictures that were seen the baselines"
    )
    approve.add_argument("ids", nargs="*", metavar="ID", help="node id, or a pattern with * and ?")
    approve.add_argument("--all", action="store_true", help="everything that waits")
    approve.add_argument(
        "--alternative",
        action="store_true",
        help="keep the approved pictures, too: the check may look like either",
    )
    approve.set_defaults(command=_approve)
    cli_ignore.add(commands, run, _run_and_baselines, _fitting_all)
    compare = commands.add_parser("compare", help="compare two picture files")
    compare.add_argument("expected", metavar="EXPECTED")
    compare.add_argument("actual", metavar="ACTUAL")
    for option in _limits():
        accepts = f"{option.help}; {option.kind.accepts}".replace("%", "%%")
        flag = f"--{option.name.replace('_', '-')}"
        compare.add_argument(flag, dest=option.name, metavar="VALUE", help=accepts)
    compare.add_argument("--diff", metavar="FILE", help="write the diff picture there")
    compare.set_defaults(command=_compare)
    options = commands.add_parser("options", help="the options and the levels of strictness")
    options.set_defaults(command=_options)
    cli_calibrate.add(commands)
    cli_locate.add(commands)
    doctor = commands.add_parser("doctor", help="what this machine has, and what is missing")
    doctor.set_defaults(command=_doctor)
    return parser


def _limits() -> list[Option]:
    """The options of a comparison, as rows of the table."""
    from pytest_visualdiff.options import OPTIONS

    return [option for option in OPTIONS.values() if option.group in ("level", "compare")]


def _say(text: str) -> None:
    """Print lines that may come from a run.json of others."""
    from pytest_visualdiff.judge import printable

    print("\n".join(map(printable, text.splitlines())))  # noqa: T201 - the command's output


def _load(arguments: argparse.Namespace) -> tuple[Run, BaselineStore, list[Verdict]]:
    from pytest_visualdiff.review.approve import open_checks
    from pytest_visualdiff.store.directory import DirectoryStore

    run, baselines = _run_and_baselines(arguments)
    store = DirectoryStore(baselines)
    return run, store, open_checks(run.checks, store)


def _run_and_baselines(arguments: argparse.Namespace) -> tuple[Run, Path]:
    from pytest_visualdiff import run as ledger

    run = ledger.load(Path(arguments.output_dir), arguments.run)
    return run, _baselines(run.baseline_dir, arguments.baseline_dir)


def _baselines(named: Path, chosen: str) -> Path:
    """The folder of baselines; one that only the run names must lie in this project."""
    folder = (Path(chosen) if chosen else named).resolve()
    if not chosen and not folder.is_relative_to(Path.cwd()):
        raise UsageError(
            f"the run compared with {folder}, outside of {Path.cwd()}: if its pictures are to"
            f" become baselines there, say so with --baseline-dir={folder}"
        )
    return folder


def _status(arguments: argparse.Namespace) -> int:
    run, _, waiting = _load(arguments)
    for verdict in waiting:
        _say(f"{verdict.status:<9} {verdict.test}  {verdict.name!r} [{verdict.variant}]")
    failed = [one for one in run.checks if one.status in NOT_COMPARED]
    for verdict in failed:
        _say(f"{verdict.status:<9} {verdict.test}  {verdict.name!r}: not compared")
    lost = f", {len(failed)} could not be made" if failed else ""
    total = f"{len(waiting)} of {len(run.checks)} checks wait for a decision"
    _say(f"run {run.folder.id}: {total}{lost}")
    return OPEN if waiting or failed else 0


def _approve(arguments: argparse.Namespace) -> int:
    from pytest_visualdiff.review.approve import approve

    if arguments.all == bool(arguments.ids):
        raise UsageError("approve what? Give node ids or patterns, or --all")
    run, store, waiting = _load(arguments)
    chosen = waiting if arguments.all else _chosen(run.checks, waiting, arguments.ids)
    refused = 0
    for one in approve(chosen, run.folder, store, alternative=arguments.alternative):
        refused += bool(one.error)
        what = f"{one.verdict.test}  {one.verdict.name!r} [{one.verdict.variant}]"
        _say(f"refused   {what}: {one.error}" if one.error else f"approved  {what}")
    _say(f"{len(chosen) - refused} approved, {refused} refused")
    return OPEN if refused else 0


def _chosen(
    checks: Sequence[Verdict], waiting: Sequence[Verdict], ids: Sequence[str]
) -> list[Verdict]:
    chosen: set[str] = set()
    for id_ in ids:
        fitting = _fitting(checks, id_)
        if not fitting:
            raise UsageError(f"{id_!r} fits no check of this run; see 'visualdiff status'")
        chosen |= fitting
    return [verdict for verdict in waiting if verdict.id in chosen]


def _fitting_all(checks: Sequence[Verdict], ids: Sequence[str]) -> list[Verdict]:
    return _chosen(checks, checks, ids)


def _fitting(checks: Sequence[Verdict], id_: str) -> set[str]:
    """Checks with exactly that node id or id; only where there is none is it a pattern."""
    pattern = id_.replace("[", "[[]")
    names = {verdict.id: (verdict.test, verdict.id) for verdict in checks}
    exact = {one for one, both in names.items() if id_ in both}
    return exact or {
        one for one, both in names.items() if any(fnmatchcase(name, pattern) for name in both)
    }


def _compare(arguments: argparse.Namespace) -> int:
    from pytest_visualdiff.core import compare
    from pytest_visualdiff.files import write_atomically
    from pytest_visualdiff.image import encode

    limits = {option.name: getattr(arguments, option.name) for option in _limits()}
    given = {name: value for name, value in limits.items() if value is not None}
    comparison = compare(arguments.expected, arguments.actual, **given)
    _say(comparison.explain() or "no difference")
    if arguments.diff:
        try:
            write_atomically(Path(arguments.diff), encode(comparison.diff_image()))
        except OSError as error:
            raise StoreError(f"cannot write {arguments.diff}: {error}") from error
    return 0 if comparison.same else OPEN


def _options(_: argparse.Namespace) -> int:
    from pytest_visualdiff import options, strictness

    _say(f"{options.markdown()}\n{strictness.markdown()}".rstrip())
    return 0


def _doctor(_: argparse.Namespace) -> int:
    from pytest_visualdiff.doctor import examine

    findings = examine()
    for finding in findings:
        _say(f"{'ok  ' if finding.good else 'FAIL'} {finding.what}: {finding.found}")
        if finding.advice:
            _say(f"     {finding.advice}")
    return 0 if all(finding.good for finding in findings) else OPEN
