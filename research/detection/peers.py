"""The other engines: where each comes from, which settings it runs with, how it is started.

They are installed once, npm's into one folder and PyPI's into one virtual environment below
``benchmarks/.cache``, so that nothing of theirs meets this project's own libraries.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import CACHE, tool
from research.harness.engine import WORKERS, Command, EngineError, ours

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HOME = CACHE / "peers"
NODE = HOME / "node"
PYTHON = HOME / "python"

NPM = {
    "pixelmatch": "7.2.0",
    "pngjs": "7.0.0",
    "odiff-bin": "4.5.0",
    "looks-same": "10.0.1",
    "playwright-core": "1.65.1",
}
PYPI = {
    "blazediff": "6.0.2",
    "scikit-image": "0.26.0",
    "opencv-python-headless": "5.0.0.93",
    "robotframework-doctestlibrary": "0.33.0",
}
MOVE_TOLERANCE = 10
"""Pixels; the value its documentation's examples use."""


def _node(name: str, label: str, *packages: str, **options: Any) -> Command:
    folder = _npm_install(packages)
    words = (tool("node"), str(WORKERS / "node.mjs"), name.partition("+")[0], str(folder))
    version = _version(words[1], [NPM[package] for package in packages], options)
    return Command(name, label, version, words, tuple(options.items()))


def _python(name: str, label: str, *packages: str, **options: Any) -> Command:
    python = _pip_install(packages)
    words = (str(python), str(WORKERS / "python.py"), name.partition("+")[0])
    version = _version(words[1], [PYPI[package] for package in packages], options)
    return Command(name, label, version, words, tuple(options.items()))


def _version(worker: str, releases: Sequence[str], options: dict[str, Any]) -> str:
    """Name everything that decides the answers: releases, options, and the worker's source."""
    settings = [f"{name}{value}" for name, value in options.items()]
    source = hashlib.blake2b(Path(worker).read_bytes(), digest_size=4).hexdigest()
    return "-".join([*releases, *settings, source])


@cache
def _npm_install(packages: tuple[str, ...]) -> Path:
    """Install the packages that are not there in their pinned versions; return the folder."""
    missing = [f"{name}@{NPM[name]}" for name in packages if _npm_version(name) != NPM[name]]
    if missing:
        NODE.mkdir(parents=True, exist_ok=True)
        manifest = NODE / "package.json"
        if not manifest.is_file():
            manifest.write_text('{"private": true}\n', encoding="utf-8")
        words = ["npm", "install", "--no-audit", "--no-fund", "--save-exact", *missing]
        _install([tool("npm"), *words[1:]], NODE)
    return NODE


def _npm_version(name: str) -> str:
    manifest = NODE / "node_modules" / name / "package.json"
    if not manifest.is_file():
        return ""
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])


@cache
def _pip_install(packages: tuple[str, ...]) -> Path:
    """Install the packages into the peers' environment; return its Python."""
    python = PYTHON / "bin" / "python"
    if not python.is_file():
        _install([sys.executable, "-m", "venv", str(PYTHON)])
    wanted = [f"{name}=={PYPI[name]}" for name in packages]
    done = HOME / "installed.txt"
    known = done.read_text(encoding="utf-8").split() if done.is_file() else []
    if missing := [word for word in wanted if word not in known]:
        _install([str(python), "-m", "pip", "install", "--quiet", *missing])
        done.write_text("\n".join([*known, *missing]) + "\n", encoding="utf-8")
    return python


def _install(words: Sequence[str], folder: Path | None = None) -> None:
    print("installing:", *words[1:], file=sys.stderr, flush=True)
    environment = os.environ | {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise EngineError(f"{' '.join(words)} failed: {(done.stderr or done.stdout)[-400:]}")


ENGINES: dict[str, Callable[[], Command]] = {
    "ours": ours,
    "pixelmatch": lambda: _node(
        "pixelmatch", f"pixelmatch {NPM['pixelmatch']}", "pixelmatch", "pngjs", threshold=0.1
    ),
    "odiff": lambda: _node("odiff", f"odiff {NPM['odiff-bin']}", "odiff-bin"),
    "blazediff": lambda: _python("blazediff", f"blazediff {PYPI['blazediff']}", "blazediff"),
    "looks-same": lambda: _node("looks-same", f"looks-same {NPM['looks-same']}", "looks-same"),
    "playwright": lambda: _node(
        "playwright", f"Playwright {NPM['playwright-core']}", "playwright-core"
    ),
    "ssim": lambda: _python(
        "ssim", f"SSIM {PYPI['scikit-image']}", "scikit-image", "opencv-python-headless"
    ),
    "doctest": lambda: _python(
        "doctest",
        f"doctest {PYPI['robotframework-doctestlibrary']}",
        "robotframework-doctestlibrary",
    ),
    "doctest+move": lambda: _python(
        "doctest+move",
        f"doctest+move {PYPI['robotframework-doctestlibrary']}",
        "robotframework-doctestlibrary",
        move_tolerance=MOVE_TOLERANCE,
    ),
    "absdiff": lambda: _python(
        "absdiff", f"absdiff {PYPI['opencv-python-headless']}", "opencv-python-headless"
    ),
}
"""How to get each engine, by the name the command line knows; a call may raise EngineError."""

SETTINGS = {
    "ours": "`vd.compare(expected, actual)` with default options",
    "pixelmatch": "decoded by pngjs, its default threshold 0.1, `includeAA: false`",
    "odiff": "server mode, `antialiasing: true`, `failOnLayoutDiff: true`;"
    " the server always writes its diff picture, which is in its time",
    "blazediff": "the native library of PyPI, `antialiasing=True`, default threshold",
    "looks-same": "default options (CIEDE2000 tolerance 2.3, caret and antialiasing ignored);"
    " its count of pixels and its clusters come from a second call that is not timed",
    "playwright": "the comparator of playwright-core itself, with the defaults of"
    " `toHaveScreenshot` (threshold 0.2, no pixel may differ)",
    "ssim": "scikit-image's `structural_similarity` of the gray pictures, the same from 0.99 on",
    "doctest": "robotframework-doctestlibrary's `compare_images` with default options",
    "doctest+move": f"the same with `move_tolerance={MOVE_TOLERANCE}`",
    "absdiff": "`cv2.absdiff` of the colour pictures: the same when no pixel differs",
}
"""What each is run with, for the report."""
