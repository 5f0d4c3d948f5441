"""For GitHub Actions: a summary of the job, and annotations on the lines of the tests.

Written by the controller from run.json's data. Everything that comes from a test is escaped, for
Markdown and for workflow commands ("Workflow commands for GitHub Actions", docs.github.com).
"""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from pytest_visualdiff.errors import StoreError
from pytest_visualdiff.files import write_atomically
from pytest_visualdiff.runs.folder import RunFolder
from pytest_visualdiff.runs.groups import groups
from pytest_visualdiff.runs.record import RunRecord, good

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.runs.groups import Group

MOST_ANNOTATIONS = 10
"""Errors that GitHub shows of one step."""

MOST_MEMBERS = 10
"""Checks of a group that are listed."""

MOST_COMMANDS = 5

MOST_BYTES = 900_000
"""A summary may have 1 MiB; what comes after that is counted."""


def write(data: Mapping[str, Any], folder: Path) -> Path | None:
    """Add to the job's summary and print annotations; elsewhere write ``summary.md``."""
    run = RunRecord.from_dict(data)
    text = summary(run, groups(run.verdicts, RunFolder(folder.parent, folder.name)))
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


def summary(run: RunRecord, groups: Sequence[Group] = ()) -> str:
    """The summary in Markdown: counts, then each change with its checks, words and pictures.

    The same change in many checks (see ``groups``) is told once.
    """
    parts = _parts(run, groups)
    counts = ", ".join(f"{number} {name}" for name, number in run.counts.items())
    lines = [f"## Visual checks: {_text(counts)}", ""]
    size = 0
    for number, (members, group) in enumerate(parts):
        part = _change(members, group, run.report_url)
        size += len(part.encode("utf-8", "xmlcharrefreplace"))
        if size > MOST_BYTES:
            lines.append(f"… and {len(parts) - number} more, see the report in the artifact.")
            break
        lines.append(part)
    if parts:
        lines += ["Accept on your machine: `visualdiff review --from artifact.zip`, or:", ""]
        lines += ["```sh", *_commands(parts), "```"]
    return "\n".join([*lines, ""])


Part: TypeAlias = "tuple[Sequence[Verdict], Group | None]"
"""Checks that are told together, and their group if they are several."""


def _parts(run: RunRecord, groups: Sequence[Group]) -> list[Part]:
    """What failed: groups of several first, then the other checks one by one."""
    loud = {one.id: one.verdict for one in run.checks if not good(one.verdict)}
    parts: list[Part] = []
    for group in groups:
        members = [loud.pop(id_) for id_ in group.members if id_ in loud and group.members[1:]]
        if members:
            parts.append((members, group))
    return [*parts, *(([one], None) for one in loud.values())]


def commands(run: RunRecord, root: str = "") -> Iterator[str]:
    """Workflow commands, one a line; ``root`` is the root folder's path in the repository."""
    places: dict[str, list[Verdict]] = {}
    for check in _loud(run):
        places.setdefault(check.location, []).append(check)
    for location, checks in [*places.items()][:MOST_ANNOTATIONS]:
        yield _annotation(location, checks, root)
    for id_ in run.flaky[:MOST_ANNOTATIONS]:
        yield f"::warning title=flaky::{_data(f'{id_} changed its outcome between attempts')}"
    if len(places) > MOST_ANNOTATIONS:
        more = f"{len(places) - MOST_ANNOTATIONS} more lines of tests failed, see the summary"
        yield f"::notice title=visualdiff::{_data(more)}"


def _annotation(location: str, checks: Sequence[Verdict], root: str) -> str:
    """One error for all checks that a line of a test made."""
    path, _, line = location.rpartition(":")
    if not line.isdecimal():
        path, line = location, "1"
    first, *others = checks
    also = f" and {len(others)} more" if others else ""
    title = f"{first.name} [{first.variant}]{also}: {first.status}"
    values = {"file": f"{root}{path}", "line": line, "title": title}
    said = ",".join(f"{name}={_property(value)}" for name, value in values.items())
    return f"::error {said}::{_data(first.message)}"


def _loud(run: RunRecord) -> Sequence[Verdict]:
    return [one for one in run.verdicts if not good(one)]


def _below_workspace(run: RunRecord, folder: Path) -> str:
    """Where the root folder lies in the repository, with a slash at the end; empty for its top."""
    root = (folder.parent / (run.collected.root if run.collected else "..")).resolve()
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or root).resolve()
    below = root.relative_to(workspace).as_posix() if root.is_relative_to(workspace) else "."
    return "" if below == "." else f"{below}/"


def _change(members: Sequence[Verdict], group: Group | None, url: str) -> str:
    check = members[0]
    if group is None:
        return _check(check, url)
    checks = [f"- {_text(one.name)} [{_text(one.variant)}] {_text(one.test)}" for one in members]
    more = [f"- … and {len(checks) - MOST_MEMBERS} more"] if checks[MOST_MEMBERS:] else []
    head = f"### {_text(group.title)}\n\nin {len(members)} checks:"
    listed = "\n".join([*checks[:MOST_MEMBERS], *more])
    return f"{head}\n\n{listed}\n\nThe first of them:\n\n{_words(check, url)}"


def _check(check: Verdict, url: str) -> str:
    head = f"**{_text(check.name)}** [{_text(check.variant)}] {_text(check.status)}"
    return f"### {head}\n\n{_text(check.test)}\n\n{_words(check, url)}"


def _words(check: Verdict, url: str) -> str:
    words = f"<pre>{escape(check.message)}</pre>".replace("\n", "&#10;")
    return f"{words}\n{_pictures(check, url)}\n"


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


def _commands(parts: Sequence[Part]) -> Iterator[str]:
    """One command for each group and each test, at most a handful."""
    import shlex

    chosen = dict.fromkeys(
        f"--group {group.id[:8]}" if group else shlex.quote(_shown(members[0].test))
        for members, group in parts
        if members[0].actual
    )
    for one in [*chosen][:MOST_COMMANDS]:
        yield f"visualdiff approve {one} --from artifact.zip"
    if len(chosen) > MOST_COMMANDS:
        yield f"# … and {len(chosen) - MOST_COMMANDS} more"


def _shown(test: str) -> str:
    shown = "".join(sign if sign.isprintable() else "?" for sign in test)
    return shown.replace("```", "???")  # would end the block; in a pattern it still fits


def _text(text: str) -> str:
    """A line of text that Markdown takes as it is."""
    signs = (f"&#{ord(sign)};" if sign in "\\`*_{}[]()#+-.!|<>&~@:/\r\n" else sign for sign in text)
    return "".join(signs)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
