"""What the commands about a run share: which run, which baselines, which checks, and printing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pytest_visualdiff.errors import RunUnreadable, UsageError
from pytest_visualdiff.runs.folder import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.review.decisions import Decisions
    from pytest_visualdiff.runs.groups import Group
    from pytest_visualdiff.runs.record import Run

OPEN = 1
"""Exit status where something waits, differs or was refused."""


def run_flags() -> argparse.ArgumentParser:
    """A parent parser: which run, and which folders."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--output-dir",
        default=OUTPUT,
        metavar="FOLDER",
        help="where runs are; also looked for in the folders above",
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

    An output folder that was named is taken as it is.
    """
    arguments.project = here = Path.cwd()
    if getattr(arguments, "output_dir", "") != OUTPUT or (here / OUTPUT).is_dir():
        return
    above = next((folder for folder in here.parents if (folder / OUTPUT).is_dir()), None)
    if above is not None:
        arguments.project, arguments.output_dir = above, str(above / OUTPUT)


def _below(arguments: argparse.Namespace) -> str:
    root: Path = arguments.project
    below = Path.cwd().relative_to(root).as_posix()
    return "" if below == "." else below


def load(arguments: argparse.Namespace) -> tuple[Run, Path]:
    """The run that is meant, and the folder of baselines that it is about."""
    from pytest_visualdiff.runs import record
    from pytest_visualdiff.runs.artifact import open_run

    output = Path(arguments.output_dir)
    if arguments.source:
        run = open_run(Path(arguments.source), output, arguments.run)
        # Where it lies in the project that ran it, seen from its output folder, it lies in ours.
        named = output / str(run.data["baseline_dir"])
    else:
        run = record.load(output, arguments.run)
        named = run.baseline_dir
    return run, _baselines(named, arguments.baseline_dir, arguments.project)


def baselines(arguments: argparse.Namespace) -> Path:
    """The folder of baselines, also where there is no run."""
    from pytest_visualdiff.options.table import OPTIONS

    try:
        return load(arguments)[1]
    except RunUnreadable:
        if arguments.source:
            raise
        root: Path = arguments.project
        named = arguments.baseline_dir or root / OPTIONS["baseline_dir"].default
        return Path(named).resolve()


def _baselines(named: Path, chosen: str, root: Path) -> Path:
    """The folder of baselines; one that only the run names must lie in this project."""
    folder = (Path(chosen) if chosen else named).resolve()
    if not chosen and not folder.is_relative_to(root):
        raise UsageError(
            f"the run compared with {folder}, outside of {root}: if its pictures are to"
            f" become baselines there, say so with --baseline-dir={folder}"
        )
    return folder


def decisions(arguments: argparse.Namespace) -> Decisions:
    """The decisions on the run that is meant."""
    from pytest_visualdiff.review.decisions import Decisions
    from pytest_visualdiff.review.transaction import DecisionTransaction

    run, baselines = load(arguments)
    who = getattr(arguments, "who", "")
    return Decisions(
        run, DecisionTransaction.of_project(baselines, Path(arguments.output_dir), who)
    )


def chosen(arguments: argparse.Namespace, made: Decisions) -> Mapping[str, Verdict]:
    """The checks of the run that the flags fit."""
    from pytest_visualdiff.review import selection

    wanted = selection.Selection(
        tuple(arguments.ids),
        arguments.expression,
        tuple(arguments.group),
        tuple(arguments.browser),
        tuple(arguments.kind),
        _below(arguments),
    )
    return selection.chosen(made.checks, wanted, lambda: groups(made))


def chooses(arguments: argparse.Namespace) -> bool:
    """Whether the flags choose at all, other than by --all."""
    narrowing = ("ids", "expression", "group", "browser", "kind")
    return any(getattr(arguments, name) for name in narrowing)


def groups(made: Decisions) -> Sequence[Group]:
    """The groups of the run's checks."""
    from pytest_visualdiff.runs import groups as grouping

    return grouping.groups(made.run.checks, made.run.folder)


def told(verdict: Verdict) -> str:
    """A check in a line."""
    return f"{verdict.test}  {verdict.name!r} [{verdict.variant}]"


def say(text: str, file: TextIO | None = None) -> None:
    """Print lines that may come from a run.json of others."""
    from pytest_visualdiff.text import printable

    lines = "\n".join(map(printable, text.splitlines()))
    print(lines, file=file)
