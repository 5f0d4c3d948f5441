"""What the commands about a run share: which run, which baselines, which checks, and printing."""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pytest_visualdiff.errors import RunUnreadable, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_visualdiff.cli.project_settings import Project
    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.review.decisions import Decisions
    from pytest_visualdiff.review.transaction import DecisionTransaction
    from pytest_visualdiff.runs.groups import Group
    from pytest_visualdiff.runs.run_files import Run

OPEN = 1
"""Exit status where something waits, differs or was refused."""


def run_flags() -> argparse.ArgumentParser:
    """A parent parser: which run, and which folders."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--output-dir",
        default="",
        metavar="FOLDER",
        help="where runs are; the project's by default",
    )
    parser.add_argument("--baseline-dir", default="", metavar="FOLDER", help="where baselines are")
    parser.add_argument("--run", default="", metavar="ID", help="which run; the latest by default")
    parser.add_argument(
        "--from",
        dest="source",
        default="",
        metavar="FOLDER_OR_ZIP",
        help="a run from elsewhere: its folder, or the zip that CI made of it",
    )
    parser.add_argument(
        "--plugins",
        action="store_true",
        help="with --from: run the project's conftest.py and plugins for a store of their own",
    )
    return parser


def choice_flags() -> argparse.ArgumentParser:
    """A parent parser: which checks of the run."""
    parser = argparse.ArgumentParser(add_help=False)
    chosen = parser.add_argument_group("which checks (each flag narrows the choice)")
    chosen.add_argument("ids", nargs="*", metavar="ID", help="node id, or a pattern with * and ?")
    chosen.add_argument("--all", action="store_true", help="everything that waits")
    chosen.add_argument(
        "-k", dest="expression", default="", metavar="EXPRESSION", help="as pytest's -k"
    )
    chosen.add_argument(
        "--group", action="append", default=[], metavar="ID",
        help="all that show the same change, see 'visualdiff status --groups'",
    )  # fmt: skip
    chosen.add_argument(
        "--cause", action="append", default=[], metavar="CAUSE",
        help="that differ in nothing else: selector, property or both, as in '#buy margin-top'",
    )  # fmt: skip
    chosen.add_argument("--browser", action="append", default=[], metavar="NAME")
    chosen.add_argument(
        "--kind", action="append", default=[], metavar="KIND",
        help="with such a difference: moved, resized, recoloured, changed, missing, added, size,"
        " or new for a picture without a baseline",
    )  # fmt: skip
    return parser


def deciding_flags() -> argparse.ArgumentParser:
    """A parent parser: who decides, and why."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the log")
    parser.add_argument(
        "--who", default="", metavar="NAME",
        help="who decided, where a bot does it for a person; git's user or the CI's by default",
    )  # fmt: skip
    return parser


def find_project(arguments: argparse.Namespace) -> None:
    """Note the folder of the project: the current one, or the nearest above that has runs.

    The closest folder above that pytest is configured in is the project, too. An output folder
    that was named is taken as it is.
    """
    _project_of.cache_clear()
    decides_elsewhere = hasattr(arguments, "plugins") and bool(arguments.source)
    _RUNS_CODE[0] = not decides_elsewhere or arguments.plugins
    arguments.project = project().root


def _below(arguments: argparse.Namespace) -> str:
    root: Path = arguments.project
    below = Path.cwd().relative_to(root).as_posix()
    return "" if below == "." else below


def load(arguments: argparse.Namespace) -> tuple[Run, Path]:
    """The run that is meant, and the folder of baselines that it is about.

    A run from elsewhere never says which folder that is: the project does.
    """
    from pytest_visualdiff.review.foreign_run import distrust
    from pytest_visualdiff.runs import run_files
    from pytest_visualdiff.runs.artifact import open_run

    output = output_of(arguments)
    if arguments.source:
        run = distrust(open_run(Path(arguments.source), output, arguments.run))
        # The configuration that is checked out may be a stranger's, too.
        return run, _baselines(_configured(arguments), arguments.baseline_dir)
    run = run_files.load(output, arguments.run)
    return run, _baselines(run.baseline_dir, arguments.baseline_dir)


def project() -> Project:
    """The project of the current folder, read once."""
    return _project_of(Path.cwd(), _RUNS_CODE[0])


_RUNS_CODE = [True]
"""Whether this command may import code of the project."""


@functools.cache
def _project_of(folder: Path, runs_code: bool) -> Project:  # noqa: FBT001 - a key of the cache
    from pytest_visualdiff.cli.project_settings import Project

    return Project.found(folder, runs_code=runs_code)


def output_of(arguments: argparse.Namespace) -> Path:
    """The folder of runs: as it was named, or the project's."""
    return Path(arguments.output_dir) if arguments.output_dir else project().output


def baselines(arguments: argparse.Namespace) -> Path:
    """The folder of baselines, also where there is no run."""
    try:
        return load(arguments)[1]
    except RunUnreadable:
        if arguments.source:
            raise
        return _configured(arguments)


def _configured(arguments: argparse.Namespace) -> Path:
    """The folder of baselines that the project names."""
    if arguments.baseline_dir:
        return Path(arguments.baseline_dir).resolve()
    return project().baselines


def _baselines(named: Path, chosen: str) -> Path:
    """The folder of baselines; one that only the run names must lie in this project."""
    folder = (Path(chosen) if chosen else named).resolve()
    root = project().root.resolve()
    inside = folder.is_relative_to(root) and ".git" not in folder.parts
    if not chosen and not inside:
        raise UsageError(
            f"the folder of baselines is {folder}, outside of {root}: if pictures are to"
            f" become baselines there, say so with --baseline-dir={folder}"
        )
    return folder


def decisions(arguments: argparse.Namespace) -> Decisions:
    """The decisions on the run that is meant."""
    from pytest_visualdiff.review.decisions import Decisions

    run, folder = load(arguments)
    return Decisions(run, transaction(arguments, folder))


def transaction(arguments: argparse.Namespace, folder: Path) -> DecisionTransaction:
    """Decisions on a folder of baselines, in the store that the project chooses."""
    from pytest_visualdiff.review.transaction import DecisionTransaction

    who, store = getattr(arguments, "who", ""), project().store(folder)
    made = DecisionTransaction.of_project(folder, output_of(arguments), who, store=store)
    NOTES.append(made.notes)
    return made


NOTES: list[list[str]] = []
"""What transactions of this command noted, to be told at its end."""


def chosen(arguments: argparse.Namespace, made: Decisions) -> Mapping[str, Verdict]:
    """The checks of the run that the flags fit."""
    from pytest_visualdiff.review import selection

    wanted = selection.Selection(
        tuple(arguments.ids),
        arguments.expression,
        tuple(arguments.group),
        tuple(arguments.browser),
        tuple(arguments.kind),
        tuple(arguments.cause),
        _below(arguments),
    )
    return selection.chosen(made.checks, wanted, lambda: groups(made))


def chooses(arguments: argparse.Namespace) -> bool:
    """Whether the flags choose at all, other than by --all."""
    narrowing = ("ids", "expression", "group", "browser", "kind", "cause")
    return any(getattr(arguments, name) for name in narrowing)


def groups(made: Decisions) -> Sequence[Group]:
    """The groups of the run's checks."""
    from pytest_visualdiff.runs import groups as grouping

    return grouping.groups(made.run.checks, made.run.folder)


def told(verdict: Verdict) -> str:
    """A check in a line."""
    return f"{verdict.test}  {verdict.name!r} [{verdict.variant}]"


def say(*lines: str, file: TextIO | None = None) -> None:
    """Print lines that may hold text of others: each stays one line, and steers nothing."""
    from pytest_visualdiff.text import printable

    for line in lines:
        print(printable(line), file=file)


def say_error(error: Exception) -> None:
    """Print an error; lines after the first are set in, so that none looks like one of ours."""
    first, *rest = str(error).splitlines() or [type(error).__name__]
    say(f"visualdiff: {first}", *(f"  {line}" for line in rest), file=sys.stderr)
