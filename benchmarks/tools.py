"""The tools under test: how each is installed, started, and asked for its result.

Each runs with its own default settings, in a project of its own below ``benchmarks/.cache``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from benchmarks.pages import CACHE, VIEWPORT, tool

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATES = Path(__file__).parent / "templates"
TIME_LIMIT = 900


class ToolError(Exception):
    """A tool is missing, or did not do what it was started for."""


@dataclass(frozen=True)
class Outcome:
    """What a tool says about one run: how many checks it made, and which did not pass."""

    checks: int
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command line, and what it needs in its environment."""

    words: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, folder: Path, log: Path) -> tuple[float, int]:
        """Run to the end, output into a file; return the seconds it took and its exit status."""
        environment = {**os.environ, **self.environment}
        environment.pop("PYTEST_ADDOPTS", None)
        start = time.perf_counter()
        with log.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                [str(word) for word in self.words],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status = process.wait(TIME_LIMIT)
                return time.perf_counter() - start, status
            finally:
                # Whatever it left behind would be in the way of the next one.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Tool(ABC):
    """One tool, with a project folder made anew for each benchmark."""

    name: ClassVar[str]
    baselines: ClassVar[str]
    templates: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self.home = CACHE / self.name
        self.work = self.home / "work"
        self.found = ""

    def prepare(self, pages: list[dict[str, str]]) -> None:
        """Install the tool, note its version, and write its project."""
        self.found = self.install()
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        for template in self.templates:
            shutil.copy(TEMPLATES / template, self.work)
        # Chromium as root needs this one flag; nothing else differs from the tools' defaults.
        flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = {"chromium": chromium(), "flags": flags, "viewport": VIEWPORT}
        (self.work / "browser.json").write_text(json.dumps(browser), encoding="utf-8")
        (self.work / "pages.json").write_text(json.dumps(pages), encoding="utf-8")

    def run(self, pages: int, workers: int, *, approve: bool = False) -> tuple[float, Outcome]:
        """Run the checks of the first pages; return the wall time and the outcome."""
        for stale in self.work.glob("result.*"):
            stale.unlink()
        command = self.command(workers, approve=approve)
        command.environment["BENCH_PAGES"] = str(pages)
        log = self.work / "output.txt"
        seconds, status = command.run(self.work, log)
        outcome = self.approved() if approve else self.outcome(log)
        if outcome.checks != pages:
            raise ToolError(
                f"{outcome.checks} of {pages} checks made (exit {status}): {tail(log)}",
            )
        return seconds, outcome

    def approved(self) -> Outcome:
        """Count the baselines, all of which must be pictures of the viewport."""
        pictures = list(self.work.glob(self.baselines))
        sizes = {png_size(picture) for picture in pictures}
        if sizes - {VIEWPORT}:
            raise ToolError(f"baselines of sizes {sorted(sizes)}, expected {VIEWPORT}")
        return Outcome(len(pictures))

    @abstractmethod
    def install(self) -> str:
        """See to it that the tool is there; return its version."""

    @abstractmethod
    def command(self, workers: int, *, approve: bool) -> Command:
        """Return the command that makes all checks, or that makes all baselines."""

    @abstractmethod
    def outcome(self, log: Path) -> Outcome:
        """Read the result of the last run."""


class VisualDiff(Tool):
    """This project's plugin."""

    name = "visualdiff"
    baselines = "baselines/**/*.png"
    templates = ("test_pages.py",)

    def install(self) -> str:
        """Ask this Python for it: it is installed already, or it is not."""
        try:
            return metadata.version("pytest-visualdiff")
        except metadata.PackageNotFoundError:
            raise ToolError("pytest-visualdiff is not installed in this Python") from None

    def command(self, workers: int, *, approve: bool) -> Command:
        """Run pytest, in parallel by pytest-xdist."""
        (self.work / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
        words += ["--visualdiff-browser=chrome", "--junitxml=result.xml"]
        words += ["--visualdiff-approve=new"] if approve else []
        words += ["-n", str(workers)] if workers > 1 else []
        return Command(words)

    def outcome(self, log: Path) -> Outcome:
        """Read pytest's own JUnit file."""
        result = self.work / "result.xml"
        if not result.is_file():
            raise ToolError(f"no result: {tail(log)}")
        cases = list(ET.parse(result).iter("testcase"))  # noqa: S314 - pytest wrote it
        bad = {"failure", "error", "skipped"}
        failed = (case for case in cases if any(part.tag in bad for part in case))
        return Outcome(len(cases), tuple(case.get("name", "") for case in failed))


class _NpmTool(Tool):
    """A tool that npm installs, without the browsers that it would like to bring along."""

    package: ClassVar[str]
    version: ClassVar[str]

    def install(self) -> str:
        """Install the pinned version, once."""
        manifest = self.home / "node_modules" / self.package / "package.json"
        if not manifest.is_file():
            self.home.mkdir(parents=True, exist_ok=True)
            (self.home / "package.json").write_text('{"private": true}', encoding="utf-8")
            words = [tool("npm"), "install", "--no-audit", "--no-fund", "--save-exact"]
            words.append(f"{self.package}@{self.version}")
            log = self.home / "install.txt"
            skip = {"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1", "PUPPETEER_SKIP_DOWNLOAD": "1"}
            if Command(words, skip).run(self.home, log)[1]:
                raise ToolError(f"npm install {self.package}: {tail(log)}")
        return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])

    def binary(self, name: str) -> str:
        """Return the path of an installed command."""
        return str(self.home / "node_modules" / ".bin" / name)

    def result(self, path: str, log: Path) -> Any:
        """Read a JSON result."""
        try:
            return json.loads((self.work / path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise ToolError(f"no result: {tail(log)}") from None


class Playwright(_NpmTool):
    """``toHaveScreenshot`` of @playwright/test: a fresh browser context for each test."""

    name = "playwright"
    package = "@playwright/test"
    version = "1.65.1"
    baselines = "pages.spec.js-snapshots/*.png"
    templates = ("pages.spec.js", "playwright.config.js")

    def command(self, workers: int, *, approve: bool) -> Command:
        """Run its test runner."""
        words = [self.binary("playwright"), "test", f"--workers={workers}"]
        return Command([*words, "--update-snapshots=all"] if approve else words)

    def outcome(self, log: Path) -> Outcome:
        """Read the result of its JSON reporter."""
        (suite,) = self.result("result.json", log)["suites"] or ({"specs": []},)
        failed = (spec["title"] for spec in suite["specs"] if not spec["ok"])
        return Outcome(len(suite["specs"]), tuple(failed))


class Backstop(_NpmTool):
    """BackstopJS with its default engine, puppeteer: a fresh browser for each page."""

    name = "backstop"
    package = "backstopjs"
    version = "6.3.25"
    baselines = "reference/*.png"
    templates = ("backstop.config.js",)

    def command(self, workers: int, *, approve: bool) -> Command:
        """Run its command; the number of workers is that of its captures at a time."""
        action = "reference" if approve else "test"
        words = [self.binary("backstop"), action, "--config=backstop.config.js"]
        shutil.rmtree(self.work / "json", ignore_errors=True)
        return Command(words, {"BENCH_WORKERS": str(workers)})

    def outcome(self, log: Path) -> Outcome:
        """Read its JSON report."""
        tests = self.result("json/jsonReport.json", log)["tests"]
        failed = (test["pair"]["label"] for test in tests if test["status"] != "pass")
        return Outcome(len(tests), tuple(failed))


TOOLS: dict[str, type[Tool]] = {tool.name: tool for tool in (VisualDiff, Playwright, Backstop)}


def chromium() -> str:
    """Find the system's Chromium, which every tool drives."""
    try:
        return tool("chromium", "chromium-browser", "google-chrome", "chrome")
    except FileNotFoundError as missing:
        raise ToolError(str(missing)) from None


def png_size(path: Path) -> tuple[int, int]:
    """Read width and height from a PNG's header."""
    with path.open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return width, height


def tail(log: Path, length: int = 300) -> str:
    """Return the last words of a log, in one line and without colours."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(encoding="utf-8", errors="replace"))
    return " ".join(text.split())[-length:]
