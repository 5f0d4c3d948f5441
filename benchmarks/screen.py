"""What a real screen costs: looking, finding, and the log-in journey. ``script/bench screen``.

On a 1920x1080 virtual display with the example site in Firefox, PyAutoGUI's own functions beside
ours in the same run. Medians.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.desktop import browser_window, display
from pytest_visualdiff.desktop.machine import Desktop
from pytest_visualdiff.matching.locate import locate

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "examples" / "app"))
SIZE = (1920, 1080)


def timed(work: Callable[[], Any], rounds: int) -> float:
    """Median milliseconds of a call, the first one left out."""
    work()
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return 1000 * median(spent)


def row(what: str, ours: float, theirs: float, other: str) -> None:
    """One line of the result."""
    print(f"{what:<44} {ours:8.2f} ms   {other}: {theirs:8.2f} ms   {theirs / ours:5.1f} times")


def looking(rounds: int) -> None:
    """Grab and search on 1920x1080, beside PyAutoGUI's."""
    shown = display.start(SIZE)
    desktop = Desktop.on(shown)
    try:
        from server import serve

        with serve() as app:
            compare(desktop, f"{app.url}/login", rounds)
    finally:
        desktop.close()


def compare(desktop: Desktop, url: str, rounds: int) -> None:
    """The page in Firefox, its button as the template."""
    folder = Path(tempfile.mkdtemp())
    opened = browser_window.start(
        BrowserSpec("firefox", headed=True),
        desktop.display,
        desktop.windows,
        browser_window.for_a_screen(folder, None),
    )
    try:
        opened.driver.get(url)
        desktop.grabber.settled(5)
        box = opened.to_screen(opened.driver.find_element("id", "login"))
        button = desktop.grabber.look()[box.y : box.bottom, box.x : box.right].copy()
        measure(desktop, button, rounds)
    finally:
        opened.browser.quit()


def measure(desktop: Desktop, button: Array, rounds: int) -> None:
    """The rows."""
    import pyautogui
    import pyscreeze
    from PIL import Image

    # Its quickest way to look, by Pillow: taken by itself where gnome-screenshot is installed.
    pyscreeze.GNOMESCREENSHOT_EXISTS = True
    look, needle = desktop.grabber.look, Image.fromarray(button)

    def theirs(*, grayscale: bool) -> Any:
        return pyautogui.locateOnScreen(needle, confidence=0.9, grayscale=grayscale)

    with desktop.display.entered():
        row("look at the screen", timed(look, rounds), timed(pyautogui.screenshot, rounds),
            "pyautogui.screenshot")  # fmt: skip
        ours = timed(lambda: locate(button, look()), rounds)
        for words, gray in (("", False), (", gray", True)):
            other = timed(lambda gray=gray: theirs(grayscale=gray), rounds)  # type: ignore[misc]
            row("look and find a button", ours, other, f"locateOnScreen(confidence=0.9{words})")


def journey(browser: str, runs: int) -> None:
    """The example's log-in journey, and how much of it was waiting for the page."""
    totals, steps = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
            test = f"examples/test_login_journey.py::test_login[{browser}]"
            subprocess.run(
                [*command, test, f"--visualdiff-output-dir={folder}/runs"],
                cwd=ROOT, check=True, capture_output=True,
            )  # fmt: skip
            latest = (Path(folder) / "runs" / "latest").read_text("utf-8")
            data = json.loads((Path(folder) / "runs" / latest / "run.json").read_bytes())
            steps.append(data["journeys"][0]["steps"])
            totals.append(sum(step["duration"] for step in steps[-1]))
    print(f"\nlog-in journey in {browser}: {median(totals):.2f} s, of {runs} runs")
    for number, step in enumerate(steps[0]):
        took = median(run[number]["duration"] for run in steps)
        print(f"  {step['action']:<10} {step['what'][:40]:<40} {took:6.2f} s")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--runs", type=int, default=3, help="of each journey")
    arguments = parser.parse_args()
    looking(arguments.rounds)
    for browser in ("firefox", "chrome"):
        journey(browser, arguments.runs)


if __name__ == "__main__":
    main()
