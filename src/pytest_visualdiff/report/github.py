"""For GitHub Actions: a summary of the job, and annotations on the lines of the tests.

Written by the controller from run.json's data. Everything that comes from a test is escaped, for
Markdown and for workflow commands ("Workflow commands for GitHub Actions", docs.github.com).
"""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.runs.record import RunRecord, good

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_visualdiff.model import Verdict

MOST_ANNOTATIONS = 10
"""Errors that GitHub shows of one step."""

MOST_BYTES = 900_000
"""A summary may have 1 MiB; what comes after that is counted."""


def write(data: Mapping[str, Any], folder: Path) -> Path | None:
    """Add to the job's summary and print annotations; elsewhere write ``summary.md``."""
    run = RunRecord.from_dict(data)
    text = summary(run)
    target = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        root = _below_workspace(run, folder)
        print("", *commands(run, root), sep="\n", flush=True)  # noqa: T201 - how GitHub takes them
    if not target:
        write_atomically(folder / "summary.md", text.encode("utf-8", "xmlcharrefreplace"))
        return folder / "summary.md"
    try:
        with Path(target).open("a", encoding="utf-8", errors="xmlcharrefreplace") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(f"cannot write the summary of the job, {target}: {error}") from error
    return None


def summary(run: RunRecord) -> str:
    """The summary in Markdown: counts, then each check that failed with its words and pictures."""
    loud = _loud(run)
    counts = ", ".join(f"{number} {name}" for name, number in run.counts.items())
    lines = [f"## Visual checks: {_text(counts)}", ""]
    size = 0
    for number, check in enumerate(loud):
        part = _check(check, run.report_url)
        size += len(part.encode("utf-8", "xmlcharrefreplace"))
        if size > MOST_BYTES:
            lines.append(f"… and {len(loud) - number} more, see the report in the artifact.")
            break
        lines.append(part)
    if loud:
        lines += ["Accept on your machine: `visualdiff review --from artifact.zip`, or:", ""]
        lines += ["```sh", *_commands(loud), "```"]
    return "\n".join([*lines, ""])


def commands(run: RunRecord, root: str = "") -> Iterator[str]:
    """Workflow commands, one a line; ``root`` is the root folder's path in the repository."""
    loud = _loud(run)
    for check in loud[:MOST_ANNOTATIONS]:
        path, _, line = check.location.rpartition(":")
        if not line.isdecimal():
            path, line = check.location, "1"
        title = f"{check.name} [{check.variant}]: {check.status}"
        values = {"file": f"{root}{path}", "line": line, "title": title}
        said = ",".join(f"{name}={_property(value)}" for name, value in values.items())
        yield f"::error {said}::{_data(check.message)}"
    for id_ in run.flaky[:MOST_ANNOTATIONS]:
        yield f"::warning title=flaky::{_data(f'{id_} changed its outcome between attempts')}"
    if loud[MOST_ANNOTATIONS:]:
        more = f"{len(loud) - MOST_ANNOTATIONS} more visual checks failed, see the summary"
        yield f"::notice title=visualdiff::{_data(more)}"


def _loud(run: RunRecord) -> Sequence[Verdict]:
    return [one for one in run.verdicts if not good(one)]


def _below_workspace(run: RunRecord, folder: Path) -> str:
    """Where the root folder lies in the repository, with a slash at the end; empty for its top."""
    root = (folder.parent / (run.collected.root if run.collected else "..")).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or root).resolve()
    below = root.relative_to(workspace).as_posix() if root.is_relative_to(workspace) else "."
    return "" if below == "." else f"{below}/"


def _check(check: Verdict, url: str) -> str:
    head = f"**{_text(check.name)}** [{_text(check.variant)}] {_text(check.status)}"
    words = f"<pre>{escape(check.message)}</pre>".replace("\n", "&#10;")
    return f"### {head}\n\n{_text(check.test)}\n\n{words}\n{_pictures(check, url)}\n"


def _pictures(check: Verdict, url: str) -> str:
    """Thumbnails that lead to the pictures, where these are published."""
    if not url:
        return ""
    pairs = (("expected", check.expected), ("actual", check.actual), ("diff", check.diff))
    shown = [(what, path) for what, path in pairs if path]
    links = (f"{url.rstrip('/')}/{quote(path)}" for _, path in shown)
    cells = "".join(
        f'<a href="{escape(link)}"><img src="{escape(link)}" width="260" alt="{what}"></a> '
        for (what, _), link in zip(shown, links, strict=True)
    )
    return f"\n{cells.strip()}\n" if cells else ""


def _commands(checks: Iterable[Verdict]) -> Iterator[str]:
    """One command for each test, at most a handful."""
    import shlex

    tests = list(dict.fromkeys(check.test for check in checks if check.actual))
    for test in tests[:5]:
        shown = "".join(sign if sign.isprintable() else "?" for sign in test)
        shown = shown.replace("```", "???")  # would end the block; in a pattern it still fits
        yield f"visualdiff approve {shlex.quote(shown)} --from artifact.zip"
    if tests[5:]:
        yield f"# … and {len(tests) - 5} more tests"


def _text(text: str) -> str:
    """A line of text that Markdown takes as it is."""
    signs = (f"&#{ord(sign)};" if sign in "\\`*_{}[]()#+-.!|<>&~@:/\r\n" else sign for sign in text)
    return "".join(signs)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
