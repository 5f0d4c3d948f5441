"""A plain, static HTML page of a run, drawn from run.json's data alone.

Readable from ``file://``; runs no script. Everything that comes from a test is escaped.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_visualdiff.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
_GOOD = ("match", "created", "updated")


def write(data: Mapping[str, Any], folder: Path) -> Path:
    """Write ``report.html`` into the run's folder; returns its path."""
    path = folder / "report.html"
    write_atomically(path, render(data).encode("utf-8", "xmlcharrefreplace"))
    return path


def render(data: Mapping[str, Any]) -> str:
    """The page as text."""
    quiet = [check for check in data["checks"] if check["status"] == "match"]
    loud = [check for check in data["checks"] if check["status"] != "match"]
    loud.sort(key=lambda check: check["status"] in _GOOD)
    counts = "".join(_count(name, number) for name, number in data["counts"].items())
    policy = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>visualdiff: {_plain_counts(data)}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>Visual checks</h1>
<p class="counts">{counts}</p>
<p class="run">run {escape(data["id"])} · {escape(data["finished"])} · {escape(data["tool"])}</p>
</header>
<main>
{"".join(_check(check, data) for check in loud)}
{_matches(quiet)}
</main>
</body>
</html>
"""


def _plain_counts(data: Mapping[str, Any]) -> str:
    return escape(", ".join(f"{number} {name}" for name, number in data["counts"].items()))


def _count(name: str, number: int) -> str:
    return f'<span class="status {_class(name)}"><b>{number}</b> {escape(name)}</span>'


def _matches(checks: Sequence[Mapping[str, Any]]) -> str:
    """Checks with nothing to look at, folded into a list."""
    rows = "".join(
        f"<li>{escape(check['test'])} <b>{escape(check['name'])}</b>"
        f" <small>{escape(check['variant'])} · {check['duration'] * 1000:.0f} ms"
        f"{escape(''.join(f' · {note}' for note in check['notes']))}</small></li>"
        for check in checks
    )
    shown = f"<summary>{len(checks)} match their baselines</summary><ul>{rows}</ul>"
    return f"<details>{shown}</details>" if checks else ""


def _class(status: str) -> str:
    return "good" if status in _GOOD else "skipped" if status == "skipped" else "bad"


def _check(check: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    flaky = f"{check['test']}::{check['name']}" in data["flaky"]
    approval = data["approvals"].get(f"{check['test']}::{check['name']}", {}).get("error", "")
    return f"""<article class="{_class(check["status"])}">
<h2><span class="status {_class(check["status"])}">{escape(check["status"])}</span>
{escape(check["name"])} <small>{escape(check["variant"])}{" · flaky" if flaky else ""}</small></h2>
<p class="test">{escape(check["test"])} <small>{escape(check["location"])}</small></p>
{_words(check, approval)}
{_pictures(check)}
</article>
"""


def _words(check: Mapping[str, Any], approval: str) -> str:
    if approval:
        return f"<pre>{escape('not approved: ' + approval)}</pre>"
    return f"<pre>{escape(check['message'])}</pre>"


def _pictures(check: Mapping[str, Any]) -> str:
    shown = [(what, check[what]) for what in ("expected", "actual", "diff") if check[what]]
    shown += [(f"frame {number}", path) for number, path in enumerate(check["frames"], 1)]
    figures = "".join(_figure(what, path) for what, path in shown)
    return f'<div class="pictures">{figures}</div>' if figures else ""


def _figure(what: str, path: str) -> str:
    url = quote(path)
    picture = f'<a href="{url}"><img src="{url}" alt="{escape(what)}" loading="lazy"></a>'
    return f"<figure>{picture}<figcaption>{escape(what)}</figcaption></figure>"
