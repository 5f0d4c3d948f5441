"""The HTML report: one page with style, script and data, drawn from the record of a run alone.

Readable from ``file://``; it loads nothing but the run's pictures, and a single file not even them.

The scripts in ``assets`` are ES modules. A page opened from ``file://`` may not import other
files, so they stand in one module script, in an order in which each comes after what it imports,
without their import lines. A test holds that their names do not clash.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.files import display_path, inside, write_atomically
from pytest_visualdiff.javascript import joined
from pytest_visualdiff.runs import schema
from pytest_visualdiff.runs.folder import OUTPUT, RunFolder
from pytest_visualdiff.runs.groups import groups
from pytest_visualdiff.runs.history import earlier as earlier_runs
from pytest_visualdiff.runs.record import PastRun, RunRecord, pictures
from pytest_visualdiff.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_visualdiff.runs.record import CheckRecord, PastCheck

NAME = "report.html"

ASSETS = Path(__file__).parent / "assets"

STYLES = ("base", "layout", "stage", "facts")

SCRIPTS = (
    "dom", "data", "dialog", "copy", "crops", "scene", "state", "list", "filters", "view", "stage",
    "tools", "plots", "facts", "overview", "client", "actions", "detail", "keys", "main",
)  # fmt: skip

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=async|class|const|function)", re.MULTILINE)

RUN = (
    "id", "tool", "started", "finished", "interrupted", "crashed", "exit_status", "flaky",
    "approvals",
)  # fmt: skip
"""What is shown of the run itself."""

MOST_HISTORY = 20
"""Earlier runs that are read at most, the newest."""

LARGEST_HISTORY = 64 << 20
"""Bytes of an earlier run.json that is still read."""

_LONG = ("options", "masks", "shot", "data")
"""Entries of an environment that the page does not show."""


def write(data: Mapping[str, Any], folder: Path) -> Path:
    """Write ``report.html`` into the run's folder; returns its path."""
    path = folder / NAME
    write_atomically(path, _encoded(RunRecord.from_dict(data), folder))
    return path


def write_single(data: Mapping[str, Any], folder: Path, path: Path) -> Path:
    """Write the report as one file that holds the run's pictures, too; returns its path."""
    run = RunRecord.from_dict(data)
    write_atomically(path, _encoded(run, folder, pictures=held(pictures(run), folder)))
    return path


def _encoded(run: RunRecord, folder: Path, **more: Any) -> bytes:
    # A page's title may hold half a character, which UTF-8 cannot.
    return render(run, folder, **more).encode("utf-8", "backslashreplace")


def render(run: RunRecord, folder: Path, **more: Any) -> str:
    """The page as text; ``more`` are further entries of its content."""
    counts = ", ".join(f"{number} {name}" for name, number in run.counts.items())
    shown = content(run, folder, groups=same_changes(run, folder), **more)
    return document(shown, title=f"visualdiff: {counts or 'no checks'}")


def same_changes(run: RunRecord, folder: Path) -> list[dict[str, Any]]:
    """The groups of checks that show the same change; a check that is alone is in none."""
    found = groups(run.verdicts, RunFolder(folder.parent, folder.name))
    return [one.to_dict() for one in found if len(one.members) > 1]


# --- the content: what the page shows, compact, and with the earlier runs ---------------------


def content(run: RunRecord, folder: Path, **more: Any) -> dict[str, Any]:
    """The content of a report: paths stay relative to the run's folder.

    ``more`` are further entries: ``groups``, ``log``, ``decisions``, ``mode``, ``base``.
    """
    data, limits = run.to_dict(), list[Any]()
    return {
        "mode": "report",
        "base": "./",
        "run": {name: data[name] for name in RUN},
        "approve": command(run.id, folder.parent),
        "checks": [_slim(one, limits) for one in run.checks],
        "journeys": data["journeys"],
        "history": history(folder.parent, run),
        "limits": dict(enumerate(limits)),
        **more,
    }


def command(run_id: str, output: Path) -> str:
    """The start of the command that accepts checks of this very run; their ids follow."""
    words = ["visualdiff", "approve", f"--run={run_id}"]
    shown = _display_folder(output)
    if shown != OUTPUT:
        words.append(f"--output-dir={shown}")
    return " ".join(map(quoted, words))


def _display_folder(output: Path) -> str:
    """The output folder as it is named in the folder where the command is run."""
    try:
        return display_path(output.absolute(), Path.cwd())
    except OSError:  # the current folder was deleted
        return str(output.absolute())


def _slim(check: CheckRecord, limits: list[Any]) -> dict[str, Any]:
    """The check without what many repeat: limits are a number, the options' copy is left out."""
    slim = check.to_dict()
    own = slim["limits"]
    if own not in limits:
        limits.append(own)
    slim["limits"] = limits.index(own)
    slim["thumbnail"] = _thumbnail(check)
    for name in ("environment", "baseline_environment"):
        slim[name] = {key: value for key, value in slim[name].items() if key not in _LONG}
    return slim


def _thumbnail(check: CheckRecord) -> str:
    """The path of the picture that stands for the check; empty without one."""
    verdict = check.verdict
    pages = verdict.sweep.get("pages", ())
    if pages:
        return next((str(one["picture"]) for one in pages if one.get("picture")), "")
    return verdict.diff or verdict.actual or verdict.expected


def history(output: Path, run: RunRecord) -> list[dict[str, Any]]:
    """This run and those before it in the output folder, oldest first."""
    earlier = [_summary(one) for one in _earlier(output, run.id)]
    return [*earlier, _summary(run.as_past())] if earlier else []


def _earlier(output: Path, own: str) -> Iterator[PastRun]:
    before = [run / "run.json" for run in earlier_runs(output, own)]
    for path in [path for path in before if path.exists()][-MOST_HISTORY:]:
        try:
            if path.stat().st_size <= LARGEST_HISTORY:
                yield schema.decode(PastRun, schema.parse(path.read_bytes()), path.parent.name)
        except (OSError, ValueError):
            continue  # a run of others, or a damaged one, is no part of this one's story


def _summary(run: PastRun) -> dict[str, Any]:
    checks = {one.key: (one.status, _share(one)) for one in run.checks if one.key}
    return {
        "id": run.id,
        "finished": run.finished,
        "open": sum(status in ("mismatch", "new", "missing") for status, _ in checks.values()),
        "largest": max((share for _, share in checks.values()), default=0.0),
        "checks": checks,
    }


def _share(check: PastCheck) -> float:
    """How much of the picture is covered by boxes of differences, in [0, 1]."""
    width, height = check.size
    area = sum(one.box.area for one in check.differences)
    return round(min(1.0, area / (width * height)), 6) if width * height > 0 else 0.0


def held(paths: Iterable[str], folder: Path) -> dict[str, str]:
    """The pictures as data URLs, by path; those that are gone are left out."""
    found = {}
    for path in paths:
        try:
            png = inside(folder, path).read_bytes()
        except (OSError, ValueError):
            continue
        found[path] = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return found


# --- the document: style, script and data in one file, which runs nothing else ----------------


def document(content: Mapping[str, Any], *, title: str) -> str:
    """The page as text; ``content`` is JSON-able (see ``content``) and cannot become markup."""
    return _template().substitute(
        policy=escape(policy()),
        title=escape(title),
        style=style(),
        data=inert(content),
        script=script(),
    )


def inert(content: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element that it stands in, nor open a comment there."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def policy() -> str:
    """The Content-Security-Policy: this script, this style, pictures, and nothing else.

    ``connect-src 'self'`` lets the review page talk to its server; from a file it allows nothing.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script())}'",
            f"style-src '{_hash(style())}'",
            "img-src 'self' file: data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@functools.cache
def script() -> str:
    """All modules as one."""
    return _EXPORT.sub("", _IMPORT.sub("", joined(ASSETS, *(f"{name}.js" for name in SCRIPTS))))


@functools.cache
def style() -> str:
    """All style sheets as one."""
    return "\n".join(_read(f"{name}.css") for name in STYLES)


@functools.cache
def _template() -> Template:
    return Template(_read("page.html"))


def _read(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The source expression of CSP Level 3 for an inline element with that text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
