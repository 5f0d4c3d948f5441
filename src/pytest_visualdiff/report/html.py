"""The HTML report: the viewer, read-only, drawn from run.json's data alone.

Readable from ``file://``; it loads nothing but the run's pictures, and a single file not even them.
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
from pytest_visualdiff.model import Verdict
from pytest_visualdiff.runs.folder import OUTPUT, RunFolder
from pytest_visualdiff.runs.groups import groups, with_variants
from pytest_visualdiff.runs.history import earlier as earlier_runs
from pytest_visualdiff.runs.record import with_present_words
from pytest_visualdiff.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

NAME = "report.html"


def write(data: Mapping[str, Any], folder: Path) -> Path:
    """Write ``report.html`` into the run's folder; returns its path."""
    path = folder / NAME
    write_atomically(path, _encoded(data, folder))
    return path


def write_single(data: Mapping[str, Any], folder: Path, path: Path) -> Path:
    """Write the report as one file that holds the run's pictures, too; returns its path."""
    write_atomically(path, _encoded(data, folder, pictures=held(pictures(data), folder)))
    return path


def _encoded(data: Mapping[str, Any], folder: Path, **more: Any) -> bytes:
    # A page's title may hold half a character, which UTF-8 cannot.
    return render(data, folder, **more).encode("utf-8", "backslashreplace")


def render(data: Mapping[str, Any], folder: Path, **more: Any) -> str:
    """The page as text; ``more`` are further entries of its content."""
    counts = ", ".join(f"{number} {name}" for name, number in data.get("counts", {}).items())
    shown = content(data, folder, groups=same_changes(data, folder), **more)
    return document(shown, title=f"visualdiff: {counts or 'no checks'}")


def same_changes(data: Mapping[str, Any], folder: Path) -> list[dict[str, Any]]:
    """The groups of checks that show the same change; a check that is alone is in none."""
    checks = [Verdict.from_dict(check) for check in data["checks"]]
    found = groups(checks, RunFolder(folder.parent, folder.name))
    return [one.to_dict() for one in found if len(one.members) > 1]


ASSETS = Path(__file__).parent / "assets"


STYLES = ("base", "layout", "stage", "facts")


SCRIPTS = (
    "dom", "data", "scene", "state", "list", "filters", "view", "stage", "tools", "plots",
    "facts", "overview", "dialog", "client", "actions", "detail", "keys", "main",
)  # fmt: skip


_IMPORT = re.compile(r'^import \{[^}]*\} from "\./\w+\.js";\n', re.MULTILINE)


_EXPORT = re.compile(r"^export (?=async|class|const|function)", re.MULTILINE)


def document(content: Mapping[str, Any], *, title: str) -> str:
    """The page as text; ``content`` is JSON-able (see ``content.py``) and cannot become markup."""
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


RUN = (
    "id", "tool", "started", "finished", "interrupted", "crashed", "exit_status", "flaky",
    "approvals",
)  # fmt: skip
"""What is shown of the run itself."""


MOST_HISTORY = 20
"""Earlier runs that are read at most, the newest."""


LARGEST_HISTORY = 64 << 20
"""Bytes of an earlier run.json that is still read."""


def content(data: Mapping[str, Any], folder: Path, **more: Any) -> dict[str, Any]:
    """The content of a report: paths stay relative to the run's folder.

    ``more`` are further entries: ``groups``, ``log``, ``decisions``, ``mode``, ``base``.
    """
    limits: list[Any] = []
    return {
        "mode": "report",
        "base": "./",
        "run": {name: data[name] for name in RUN if name in data},
        "approve": command(str(data.get("id", "")), folder.parent),
        "checks": [
            {**_check(one, limits), "id": id_}
            for id_, one in zip(ids(data["checks"]), data["checks"], strict=True)
        ],
        "journeys": list(data.get("journeys", ())),
        "history": history(folder.parent, data),
        "limits": dict(enumerate(limits)),
        **more,
    }


def ids(checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """An id for each check, the same that the command ``visualdiff`` takes."""
    return with_variants([(f"{one['test']}::{one['name']}", one["variant"]) for one in checks])


def command(run_id: str, output: Path) -> str:
    """The start of the command that accepts checks of this very run; their ids follow."""
    words = ["visualdiff", "approve", f"--run={run_id}"]
    shown = _shown(output)
    if shown != OUTPUT:
        words.append(f"--output-dir={shown}")
    return " ".join(map(quoted, words))


def _shown(output: Path) -> str:
    """The output folder as it is named in the folder where the command is run."""
    try:
        return display_path(output.absolute(), Path.cwd())
    except OSError:  # the current folder was deleted
        return str(output.absolute())


def _check(check: Mapping[str, Any], limits: list[Any]) -> dict[str, Any]:
    """The check without what many repeat: limits are a number, the options' copy is left out."""
    slim = dict(check)
    own = check.get("limits", {})
    if own not in limits:
        limits.append(own)
    slim["limits"] = limits.index(own)
    for name in ("environment", "baseline_environment"):
        made = check.get(name) or {}
        slim[name] = {key: value for key, value in made.items() if key not in _LONG}
    return slim


_LONG = ("options", "masks", "shot", "data")


def history(output: Path, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """This run and those before it in the output folder, oldest first."""
    earlier = [_summary(one) for one in _earlier(output, str(data.get("id", "")))]
    return [*earlier, _summary(data)] if earlier else []


def _earlier(output: Path, own: str) -> Iterator[Mapping[str, Any]]:
    before = [run / "run.json" for run in earlier_runs(output, own)]
    for path in [path for path in before if path.exists()][-MOST_HISTORY:]:
        try:
            if path.stat().st_size <= LARGEST_HISTORY:
                yield with_present_words(json.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a run of others, or a damaged one, is no part of this one's story


def _summary(data: Mapping[str, Any]) -> dict[str, Any]:
    checks = {one["key"]: (one["status"], _share(one)) for one in data["checks"] if one.get("key")}
    return {
        "id": data.get("id", ""),
        "finished": data.get("finished", ""),
        "open": sum(status in ("mismatch", "new") for status, _ in checks.values()),
        "largest": max((share for _, share in checks.values()), default=0.0),
        "checks": checks,
    }


def _share(check: Mapping[str, Any]) -> float:
    """How much of the picture is covered by boxes of differences, in [0, 1]."""
    width, height = check.get("size") or (0, 0)
    boxes = [one["box"] for one in check.get("differences", ())]
    area = sum(box[2] * box[3] for box in boxes)
    return round(min(1.0, area / (width * height)), 6) if width * height else 0.0


def pictures(data: Mapping[str, Any]) -> Iterator[str]:
    """The paths of all pictures that a run names, each once."""
    seen = dict.fromkeys(path for path in _named(data) if path)
    yield from seen


def _named(data: Mapping[str, Any]) -> Iterator[str]:
    for check in data["checks"]:
        yield from (check.get(name, "") for name in ("expected", "diff"))
        if not str(check.get("key", "")).endswith(".json"):
            yield check.get("actual", "")
        yield from check.get("frames", ())
        yield from (one.get("picture", "") for one in check.get("sweep", {}).get("pages", ()))
    for journey in data.get("journeys", ()):
        for step in journey["steps"]:
            yield from (step.get("picture", ""), step.get("template", ""))


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
