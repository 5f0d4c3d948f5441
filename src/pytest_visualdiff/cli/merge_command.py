"""``visualdiff merge``: the runs of shards, browsers and platforms as one, to review at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.cli import common
from pytest_visualdiff.cli.common import say
from pytest_visualdiff.text import counted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add(commands: Any, run: ArgumentParser) -> None:  # noqa: ARG001 - all commands are added alike
    """Register the command."""
    parser: ArgumentParser = commands.add_parser(
        "merge", help="several runs as one, to review at once", description=__doc__
    )
    parser.add_argument("runs", nargs="+", metavar="FOLDER_OR_ZIP")
    parser.add_argument("--into", required=True, metavar="FOLDER", help="a new or empty folder")
    parser.add_argument("--output-dir", default="", metavar="FOLDER",
                        help="where zips are unpacked")  # fmt: skip
    parser.set_defaults(command=_merge)


def _merge(arguments: Namespace) -> int:
    from pytest_visualdiff.runs.artifact import open_run
    from pytest_visualdiff.runs.merge import merge

    runs = [open_run(Path(one), common.output_of(arguments)) for one in arguments.runs]
    into = Path(arguments.into).absolute()
    done = merge(runs, into)
    twice = f"; {done.repeated} were in several, the latest counts" if done.repeated else ""
    say(f"{counted(len(done.run.checks), 'check')} of {counted(len(runs), 'run')}{twice}")
    say(f"next: visualdiff review --from {arguments.into}, or approve --from {arguments.into}")
    return 0
