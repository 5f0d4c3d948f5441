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
from pytest_visualdiff.report.status import SETTLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_ANNOTATIONS = 10
"""Errors that GitHub shows of one step."""

MOST_BYTES = 900_000
"""A summary may have 1 MiB; what comes after that is counted."""


def write(data: Mapping[str, Any], folder: Path) -> Path | None:
    """Add to the job's summary and print annotations; elsewhere write ``summary.md``."""
    text = summary(data)
    target = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        root = _below_workspace(data, folder)
        print("", *commands(data, root), sep="\n", flush=True)  # noqa: T201 - how GitHub takes them
    if not target:
        write_atomically(folder / "summary.md", text.encode("utf-8", "xmlcharrefreplace"))
        return folder / "summary.md"
    try:
        with Path(target).open("a", encoding="utf-8", errors="xmlcharrefreplace") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(f"cannot write the summary of the job, {target}: {error}") from error
    return None


def summary(data: Mapping[str, Any]) -> str:
    """The summary in Markdown: counts, then each check that failed with its words and pictures."""
    loud = _loud(data)
    counts = ", ".join(f"{number} {name}" for name, number in data["counts"].items())
    lines = [f"## Visual checks: {_text(counts)}", ""]
    size = 0
    for number, check in enumerate(loud):
        part = _check(check, str(data.get("report_url", "")))
        size += len(part.encode("utf-8", "xmlcharrefreplace"))
        if size > MOST_BYTES:
            lines.append(f"… and {len(loud) - number} more, see the report in the artifact.")
            break
        lines.append(part)
    if loud:
        lines += ["Accept on your machine: `visualdiff review --from artifact.zip`, or:", ""]
        lines += ["```sh", *_commands(loud), "```"]
    return "\n".join([*lines, ""])


def commands(data: Mapping[str, Any], root: str = "") -> Iterator[str]:
    """Workflow commands, one a line; ``root`` is the root folder's path in the repository."""
    loud = _loud(data)
    for check in loud[:MOST_ANNOTATIONS]:
        path, _, line = check["location"].rpartition(":")
        if not line.isdecimal():
            path, line = check["location"], "1"
        title = f"{check['name']} [{check['variant']}]: {check['status']}"
        values = {"file": f"{root}{path}", "line": line, "title": title}
        said = ",".join(f"{name}={_property(value)}" for name, value in values.items())
        yield f"::error {said}::{_data(check['message'])}"
    for id_ in data.get("flaky", ())[:MOST_ANNOTATIONS]:
        yield f"::warning title=flaky::{_data(f'{id_} changed its outcome between attempts')}"
    if loud[MOST_ANNOTATIONS:]:
        more = f"{len(loud) - MOST_ANNOTATIONS} more visual checks failed, see the summary"
        yield f"::notice title=visualdiff::{_data(more)}"


def _loud(data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [check for check in data["checks"] if check["status"] not in SETTLED]


def _below_workspace(data: Mapping[str, Any], folder: Path) -> str:
    """Where the root folder lies in the repository, with a slash at the end; empty for its top."""
    root = (folder.parent / str(data.get("collected", {}).get("root", ".."))).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or root).resolve()
    below = root.relative_to(workspace).as_posix() if root.is_relative_to(workspace) else "."
    return "" if below == "." else f"{below}/"


def _check(check: Mapping[str, Any], url: str) -> str:
    head = f"**{_text(check['name'])}** [{_text(check['variant'])}] {_text(check['status'])}"
    words = f"<pre>{escape(check['message'])}</pre>".replace("\n", "&#10;")
    return f"### {head}\n\n{_text(check['test'])}\n\n{words}\n{_pictures(check, url)}\n"


def _pictures(check: Mapping[str, Any], url: str) -> str:
    """Thumbnails that lead to the pictures, where these are published."""
    if not url:
        return ""
    shown = [(what, check[what]) for what in ("expected", "actual", "diff") if check[what]]
    links = (f"{url.rstrip('/')}/{quote(path)}" for _, path in shown)
    cells = "".join(
        f'<a href="{escape(link)}"><img src="{escape(link)}" width="260" alt="{what}"></a> '
        for (what, _), link in zip(shown, links, strict=True)
    )
    return f"\n{cells.strip()}\n" if cells else ""


def _commands(checks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One command for each test, at most a handful."""
    import shlex

    tests = list(dict.fromkeys(str(check["test"]) for check in checks if check["actual"]))
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
