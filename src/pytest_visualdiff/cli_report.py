"""``visualdiff report``: draw the HTML report of a run again, also as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from pytest_visualdiff.run import Run


def add(commands: Any, run: ArgumentParser, load: Callable[[Namespace], tuple[Run, Path]]) -> None:
    """Register the command; ``run`` has the flags that say which run, ``load`` gives it."""
    parser: ArgumentParser = commands.add_parser(
        "report", parents=[run], help="draw the HTML report of a run again", description=__doc__
    )
    parser.add_argument(
        "--single", metavar="FILE", help="write one file that holds the pictures, too, to send on"
    )
    parser.set_defaults(command=lambda arguments: _report(arguments, load))


def _report(arguments: Namespace, load: Callable[[Namespace], tuple[Run, Path]]) -> int:
    from pytest_visualdiff.errors import StoreError
    from pytest_visualdiff.report import page
    from pytest_visualdiff.review.groups import groups

    run, _ = load(arguments)
    folder = run.folder.path
    same = [one.to_dict() for one in groups(run.checks, run.folder)]
    try:
        if arguments.single:
            path = page.write_single(run.data, folder, Path(arguments.single), groups=same)
        else:
            path = page.write(run.data, folder, groups=same)
    except OSError as error:
        raise StoreError(f"cannot write the report: {error}") from error
    print(path)  # noqa: T201 - the command's output
    return 0
