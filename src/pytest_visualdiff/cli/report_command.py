"""``visualdiff report``: draw the HTML report of a run again, also as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.cli import common

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add(commands: Any, run: ArgumentParser) -> None:
    """Register the command; ``run`` has the flags that say which run."""
    parser: ArgumentParser = commands.add_parser(
        "report", parents=[run], help="draw the HTML report of a run again", description=__doc__
    )
    parser.add_argument(
        "--single", metavar="FILE", help="write one file that holds the pictures, too, to send on"
    )
    parser.set_defaults(command=_report)


def _report(arguments: Namespace) -> int:
    from pytest_visualdiff.errors import StoreError
    from pytest_visualdiff.report import html

    run, _ = common.load(arguments)
    folder = run.folder.path
    try:
        if arguments.single:
            path = html.write_single(run.data, folder, Path(arguments.single))
        else:
            path = html.write(run.data, folder)
    except OSError as error:
        raise StoreError(f"cannot write the report: {error}") from error
    common.say(str(path))
    return 0
