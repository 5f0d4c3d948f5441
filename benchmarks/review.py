"""The report and the review page: what they cost the machine, and the person in front of them.

``report``: seconds and MiB to write the report of 2,000 checks. ``page``: seconds until the page
has painted and listens to keys, and how long it takes to scroll and to filter 2,000 entries.
``person``: keystrokes and seconds to accept and reject, by a script that has only the keyboard; a
person needs the time to look on top of it.

Run it with ``python -m benchmarks.review [report page person]`` from the project's folder.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.support import folder
from selenium.webdriver.common.keys import Keys

from capture_support import opened
from pytest_visualdiff.report import html as report
from review_support import Served, reviewing
from sample_sizes import forty, many, one
from viewer_page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sample_run import Sample

BROWSERS = ("chrome", "firefox")
MIB = 1 << 20


def reports(rounds: int = 5) -> Iterator[str]:
    """How long the report of 2,000 checks takes, and how large it is."""
    yield "| 2,000 checks, of which differ | written in s | MiB | one file in s | MiB |"
    yield "|---|---|---|---|---|"
    for differing in (0, 40, 2000):
        with folder() as root:
            sample = many(root, 2000, differing)
            data = sample.record()
            alone = root / "alone.html"
            wrote = [_timed(report.write, data, sample.folder.path) for _ in range(rounds)]
            single = _timed(report.write_single, data, sample.folder.path, alone)
            sizes = [
                path.stat().st_size / MIB for path in (sample.folder.path / report.NAME, alone)
            ]
        yield (
            f"| {differing:,} | {statistics.median(wrote):.2f} | {sizes[0]:.2f}"
            f" | {single:.2f} | {sizes[1]:.1f} |"
        )


TIMES = """
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return [paint ? paint.startTime : null, performance.getEntriesByName("ready")[0]?.startTime];
"""

# Milliseconds of each frame while the list is scrolled from its start to its end.
SCROLL = """
    const done = arguments[0], list = document.getElementById("list"), frames = [];
    const end = list.scrollHeight - list.clientHeight;
    let last = performance.now(), step = 0;
    const next = (now) => {
      if (step) frames.push(now - last);
      last = now;
      step += 1;
      list.scrollTop = end * step / 120;
      if (step < 120) requestAnimationFrame(next); else done(frames);
    };
    requestAnimationFrame(next);
"""

# Milliseconds from a key in the search field to the frame after the list is drawn.
FILTER = """
    const done = arguments[0], field = document.getElementById("search"), times = [];
    const texts = ["d", "da", "das", "dash", "", "firefox", "390 chrome", "form", "x", ""];
    const next = () => {
      const text = texts.shift();
      if (text === undefined) { done(times); return; }
      const start = performance.now();
      field.value = text;
      field.dispatchEvent(new Event("input", {bubbles: true}));
      requestAnimationFrame(() => requestAnimationFrame(() => {
        times.push(performance.now() - start);
        setTimeout(next, 50);
      }));
    };
    next();
"""


def pages(rounds: int = 5) -> Iterator[str]:
    """First paint, and how fast 2,000 entries can be scrolled and filtered."""
    yield (
        "| browser | first paint ms | listed and ready ms | scroll: frame ms, median"
        " | worst | filter: to the next frame ms, median | worst |"
    )
    yield "|---|---|---|---|---|---|---|"
    with folder() as root:
        sample = many(root, 2000, 2000)
        url = report.write(sample.record(), sample.folder.path).as_uri()
        for name in BROWSERS:
            with opened(name) as driver:
                page = Page(driver)
                times = [_opened(page, url) for _ in range(rounds)]
                frames = driver.execute_async_script(SCROLL)
                keys = driver.execute_async_script(FILTER)
            paint, ready = (statistics.median(column) for column in zip(*times, strict=True))
            yield (
                f"| {name} | {paint:.0f} | {ready:.0f} | {statistics.median(frames):.1f}"
                f" | {max(frames):.0f} | {statistics.median(keys):.0f} | {max(keys):.0f} |"
            )


def _opened(page: Page, url: str) -> tuple[float, float]:
    page.open(url)
    paint, ready = page.run(TIMES)
    return float(paint), float(ready)


class Typist:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        """One key after the other."""
        self.count += len(keys)
        self.page.press(*keys)


def accept_one(person: Typist) -> None:
    """The one difference there is is shown at once."""
    person.press("a")


def accept_one_of_forty(person: Typist) -> None:
    """Find it by its name, accept it."""
    person.press("/", *"chrome-37", Keys.ENTER)
    person.page.wait(lambda: "of 2 decided" not in person.page.decided() and person.page.rows())
    person.press("a")


def accept_group(person: Typist) -> None:
    """The group stands first, and is one decision."""
    person.press("a")


def reject_three_of_forty(person: Typist) -> None:
    """Look through them, and reject the fifth, the sixth and the seventh."""
    person.press(*"jjjj")
    for number in range(3):
        person.press("r")
        person.page.wait_decided(f"{number + 1} of 40")


TASKS: tuple[tuple[str, Callable[..., Sample], Any, int], ...] = (
    ("accept 1 of 1", one, accept_one, 1),
    ("accept 1 of 40", lambda root: forty(root, same=False), accept_one_of_forty, 1),
    ("accept one group of 40", forty, accept_group, 40),
    ("reject 3 of 40", lambda root: forty(root, same=False), reject_three_of_forty, 3),
)


def person() -> Iterator[str]:
    """Keystrokes and seconds from the page's being there to the decision's being stored."""
    yield "| task | keystrokes | seconds, Chromium | seconds, Firefox |"
    yield "|---|---|---|---|"
    for what, make, act, decisions in TASKS:
        took: list[float] = []
        keys: set[int] = set()
        for name in BROWSERS:
            with folder() as root, reviewing(make(root)) as served, opened(name) as driver:
                typist, seconds = _done(served, Page(driver), act, decisions)
                took.append(seconds)
                keys.add(typist.count)
        yield f"| {what} | {', '.join(map(str, keys))} | {took[0]:.1f} | {took[1]:.1f} |"


def _done(served: Served, page: Page, act: Any, decisions: int) -> tuple[Typist, float]:
    page.open(served.guard.address)
    if decisions == 40:
        page.wait(lambda: page.all(".row.group"))
    typist = Typist(page)
    start = time.perf_counter()
    act(typist)
    page.wait(lambda: page.decided().startswith(f"{decisions} of"))
    return typist, time.perf_counter() - start


def _timed(act: Callable[..., object], *values: object) -> float:
    start = time.perf_counter()
    act(*values)
    return time.perf_counter() - start


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "report": reports,
    "page": pages,
    "person": person,
}


def main() -> int:
    """Measure the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all by default")
    for name in parser.parse_args().parts or PARTS:
        for line in PARTS[name]():
            print(line, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
