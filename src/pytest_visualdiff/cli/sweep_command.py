"""``visualdiff sweep``: compare pages across browsers, without writing a test.

Exit status: 0 nothing new, 1 new findings or pages that could not be compared, 2 usage.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.text import counted, printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.options.table import Settings
    from pytest_visualdiff.session import Session
    from pytest_visualdiff.sweep.crawl import ParallelSweeper
    from pytest_visualdiff.sweep.page_result import PageResult

MOST_PAGES = 50
TEST = "sweep"
"""What stands for the test in keys and node ids."""

_FLAGS = {
    "browsers": "sweep_browsers",
    "viewports": "viewports",
    "mask": "mask",
    "timeout": "timeout",
    "load": "sweep_load",
    "elements": "sweep_elements",
    "move": "sweep_move",
    "size": "sweep_size",
    "text": "sweep_text",
    "colour": "sweep_colour",
    "kinds": "sweep_kinds",
    "remote": "remote",
    "approve": "approve",
    "approve-in-ci": "approve_in_ci",
    "baseline-dir": "baseline_dir",
    "output-dir": "output_dir",
}
"""Flags of the command, and the options that they set."""


def add(commands: Any) -> None:
    """Register the command with its flags."""
    from pytest_visualdiff.options.table import OPTIONS

    parser: ArgumentParser = commands.add_parser(
        "sweep", help="compare pages across browsers", description=__doc__
    )
    parser.add_argument("urls", nargs="*", metavar="URL", help="a page, or an HTML file")
    parser.add_argument(
        "--urls", dest="file", metavar="FILE", help="one address a line; - is stdin"
    )
    parser.add_argument("--sitemap", metavar="URL", help="the pages of a sitemap (URL or file)")
    parser.add_argument(
        "--crawl", action="store_true", help="follow links to pages of the same origin"
    )
    parser.add_argument(
        "--max-pages", type=int, default=MOST_PAGES, metavar="N", help=f"{MOST_PAGES} if not given"
    )
    parser.add_argument("--reference", metavar="BROWSER", help="the first browser if not given")
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="pages at once, each in all browsers"
    )
    parser.add_argument(
        "--alone", dest="sweep_alone", choices=("yes", "no"), help=OPTIONS["sweep_alone"].help
    )
    for flag, name in _FLAGS.items():
        row = OPTIONS[name]
        text = f"{row.help}; {row.kind.accepts}".replace("%", "%%")
        if row.kind.switch:
            parser.add_argument(
                f"--{flag}", dest=name, action="store_true", default=None, help=text
            )
            continue
        action = "append" if row.kind.many else "store"
        parser.add_argument(f"--{flag}", dest=name, action=action, metavar="VALUE", help=text)
    parser.set_defaults(command=run)


class Row(NamedTuple):
    """One line of the table at the end."""

    page: str
    viewport: str
    new: int
    known: int
    lost: str


def run(arguments: Namespace) -> int:
    """Sweep, tell of each page, and record the run."""
    urls = _urls(arguments)
    settings = _settings(arguments)
    session = _session(settings)
    crew = _crew(arguments, settings)
    rows: list[Row] = []
    for number, (url, results, total) in enumerate(crew.sweep(urls), 1):
        found = [_verdict(url, page, session, settings) for page in results]
        rows += [_row(url, verdict) for verdict in found]
        _progress(number, total, url, rows[-len(found) :])
    return _end(session, rows)


def _urls(arguments: Namespace) -> list[str]:
    from pytest_visualdiff.sweep import crawl

    found = [crawl.address(one) for one in arguments.urls]
    found += crawl.from_file(arguments.file) if arguments.file else []
    found += crawl.from_sitemap(arguments.sitemap) if arguments.sitemap else []
    if not found:
        raise UsageError("sweep what? Give URLs, --urls FILE or --sitemap URL")
    if arguments.workers < 1 or arguments.max_pages < 1:
        raise UsageError("--workers and --max-pages must be 1 or more")
    several = list(dict.fromkeys(found))
    if len(several) > arguments.max_pages:
        print(  # noqa: T201 - the command's output
            f"visualdiff: {len(several)} pages, the first {arguments.max_pages} are swept"
            " (--max-pages)",
            file=sys.stderr,
        )
    return several


def _settings(arguments: Namespace) -> Settings:
    """The options of the table, as the flags set them."""
    from pytest_visualdiff.cli.common import project
    from pytest_visualdiff.options.table import Layer

    names = (*_FLAGS.values(), "sweep_alone")
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    settings = project().settings.over(Layer.FLAG, given)
    if arguments.reference:
        names = settings["sweep_browsers"]
        if arguments.reference not in names:
            raise UsageError(
                f"--reference={arguments.reference} is none of the browsers: {', '.join(names)}"
            )
        first = [arguments.reference, *(one for one in names if one != arguments.reference)]
        settings = settings.over(Layer.FLAG, {"sweep_browsers": first})
    return settings


def _session(settings: Settings) -> Session:
    from pytest_visualdiff.cli.common import project
    from pytest_visualdiff.session import Session

    found = project()
    return Session.create(
        settings, root=found.root, shown_from=Path.cwd(), run_id="", register=found.register
    )


def _crew(arguments: Namespace, settings: Settings) -> ParallelSweeper:
    from pytest_visualdiff.sweep.crawl import ParallelSweeper

    return ParallelSweeper(settings, arguments.workers, arguments.crawl, arguments.max_pages)


def _verdict(url: str, page: PageResult, session: Session, settings: Settings) -> Verdict:
    """The verdict on one page in one window size, told to the session like that of a test."""
    from pytest_visualdiff.checks.context import CheckContext
    from pytest_visualdiff.sweep.sweeper import judged

    verdict = judged(
        page, CheckContext(_identity(url), _name(url), url), settings, session.services
    )
    session.report(verdict.test, "call", [verdict.to_dict()], failed=False)
    return verdict


def _identity(url: str) -> Any:
    from pytest_visualdiff.baselines.identity import TestIdentity

    host = urlsplit(url).netloc.rpartition("@")[2] or "files"
    return TestIdentity(nodeid=f"{TEST}::{host}{_name(url)}", file=TEST, name=host)


def _name(url: str) -> str:
    """Path and query, which name a page of a host; a file is named from this folder."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return f"/{os.path.relpath(unquote(parts.path))}"
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"[:1000]


def _row(url: str, verdict: Verdict) -> Row:
    findings: Sequence[Any] = verdict.sweep["findings"]
    known = sum(one["known"] for one in findings)
    width, height = verdict.sweep["viewport"]
    lost = ", ".join(one["browser"] for one in verdict.sweep["pages"] if one["error"])
    return Row(url, f"{width}x{height}", len(findings) - known, known, lost)


def _progress(number: int, total: int, url: str, rows: Sequence[Row]) -> None:
    said = [
        f"{row.viewport} "
        + (f"not compared ({row.lost})" if row.lost else counted(row.new, "finding"))
        for row in rows
    ]
    line = printable(f"[{number}/{total}] {url}: {', '.join(said)}")
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the command's output


def _end(session: Session, rows: Sequence[Row]) -> int:
    """Record the run; print what is new, the table, and where to look."""
    from pytest_visualdiff.report import terminal

    open_ = any(row.new or row.lost for row in rows)
    _, facts, good = session.finish(interrupted=False, status=int(open_), collected={})
    for line, _ in terminal.section(facts)[1]:
        print(printable(line))  # noqa: T201 - the command's output
    for line in table(rows):
        print(printable(line))  # noqa: T201 - the command's output
    waiting = [one for one in session.collector.final() if not one.passed]
    return 1 if waiting or not good else 0


def table(rows: Sequence[Row]) -> list[str]:
    """The summary, one line for each page and window size, and the totals."""
    wide = max([len(row.page) for row in rows] + [4])
    lines = [f"{'page':<{wide}}  {'window':>9}  {'new':>4}  {'known':>5}  not compared"]
    lines += [
        f"{row.page:<{wide}}  {row.viewport:>9}  {row.new:>4}  {row.known:>5}  {row.lost or '-'}"
        for row in rows
    ]
    pages, lost = len({row.page for row in rows}), sum(bool(row.lost) for row in rows)
    total = f"{counted(pages, 'page')}, {counted(sum(row.new for row in rows), 'new finding')}"
    total += f", {sum(row.known for row in rows)} known"
    return [*lines, f"{total}, {lost} not compared" if lost else total]
