"""The ``visualdiff`` command. Exit status: 0 nothing open, 1 differences or trouble, 2 usage."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_visualdiff._version import __version__
from pytest_visualdiff.cli import (
    approve_command,
    calibrate_command,
    common,
    ignore_command,
    locate_command,
    log_command,
    merge_command,
    pick_command,
    report_command,
    review_command,
    sweep_command,
    unused_command,
)
from pytest_visualdiff.cli.common import NOTES, OPEN, say, say_error
from pytest_visualdiff.errors import StoreError, UsageError, VisualDiffError
from pytest_visualdiff.images import opencv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.options.table import Option

USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know neither ΔE nor →
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        common.find_project(arguments)
        with opencv.needed():
            return command(arguments)
    except UsageError as error:
        say_error(error)
        return USAGE
    except VisualDiffError as error:
        say_error(error)
        return OPEN
    except KeyboardInterrupt:
        print("visualdiff: interrupted; what is done stays done", file=sys.stderr)  # noqa: T201
        return 130
    finally:
        for notes in NOTES:
            say(*(f"visualdiff: {note}" for note in notes), file=sys.stderr)
        NOTES.clear()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="visualdiff", description=__doc__)
    parser.add_argument("--version", action="version", version=f"pytest-visualdiff {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = common.run_flags()
    for command in (
        approve_command,
        unused_command,
        log_command,
        merge_command,
        report_command,
        review_command,
        ignore_command,
    ):
        command.add(commands, run)
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
    for tool in (calibrate_command, locate_command, sweep_command, pick_command):
        tool.add(commands)
    doctor = commands.add_parser("doctor", help="what this machine has, and what is missing")
    doctor.add_argument("--remote", metavar="URL", help="what a WebDriver server or Grid offers")
    doctor.set_defaults(command=_doctor)
    return parser


def _limits() -> list[Option]:
    """The options of a comparison, as rows of the table."""
    from pytest_visualdiff.options.table import OPTIONS

    return [option for option in OPTIONS.values() if option.group in ("level", "compare")]


def _compare(arguments: argparse.Namespace) -> int:
    from pytest_visualdiff.api import compare
    from pytest_visualdiff.files import write_atomically
    from pytest_visualdiff.images.codec import encode

    limits = {option.name: getattr(arguments, option.name) for option in _limits()}
    given = {name: value for name, value in limits.items() if value is not None}
    comparison = compare(arguments.expected, arguments.actual, **given)
    say(*(comparison.explain() or "no difference").splitlines())
    if arguments.diff:
        try:
            write_atomically(Path(arguments.diff), encode(comparison.diff_image()))
        except OSError as error:
            raise StoreError(f"cannot write {arguments.diff}: {error}") from error
    return 0 if comparison.same else OPEN


def _options(_: argparse.Namespace) -> int:
    from pytest_visualdiff.options import strictness, table

    say(*f"{table.markdown()}\n{strictness.markdown()}".rstrip().splitlines())
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from pytest_visualdiff.cli.doctor_command import examine, examine_remote

    good = True
    for check in examine_remote(arguments.remote) if arguments.remote else examine():
        say(f"{'ok  ' if check.good else 'FAIL'} {check.what}: {check.found}")
        if check.advice:
            say(f"     {check.advice}")
        good = good and check.good
    return 0 if good else OPEN
