"""Causes benchmark: is what was changed on a real page named, the element and the property.

``python -m research.causes --split tuning --pages 10`` changes elements of the first ten pages of a
split of the sweep benchmark. Each case does what a check does: two pictures with their layouts, the
comparison with its usual limits, and the causes of what it found.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pages import Page, Server, fetch
from research.causes.rival import KINDS as KINDS_OF_BOTH
from research.causes.rival import our_kind, rival_kind
from research.sweep.pages import pages_of

from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.causes.explain import explain_layouts
from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.limits import Limits
from pytest_visualdiff.errors import VisualDiffError
from pytest_visualdiff.images.codec import compact, to_array
from pytest_visualdiff.layouts.storage import encode
from pytest_visualdiff.options.table import Layer, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.layouts.page_layout import PageLayout
    from pytest_visualdiff.model import Cause, Screenshot

FOLDER = Path(__file__).parent
KINDS = re.findall(r'^  "([\w-]+)": \[', (FOLDER / "mutate.js").read_text("utf-8"), re.MULTILINE)
KINDS += ["text-word", "text-digit", "text-long", "remove", "insert", "swap", "placeholder",
          "value", "image-broken"]  # fmt: skip
SHEETS = ["sheet-rule", "sheet-property", "sheet-media"]
"""Edits of style sheets: many elements follow."""

MUTATE = f"const [kind, seed] = arguments;\n{(FOLDER / 'mutate.js').read_text('utf-8')}"

# Whether a selector matches the element that was changed, and nothing else.
FOUND = """
const found = (selector) => selector.split(" >>> ").reduce((roots, part) =>
  roots.flatMap((root) =>
    [...(root.shadowRoot || root.contentDocument || root).querySelectorAll(part)]), [document]);
return arguments[0].map((selector) => {
  try {
    const all = found(selector.replace(/::[a-z]+$/, ""));
    return all.length === 1 && all[0] === window.truth;
  } catch (error) { return false; }
});
"""


@dataclass(frozen=True)
class Case:
    """One changed page: what was changed, and how it was told."""

    page: str
    browser: str
    kind: str
    place: int
    """Which of the causes names the element, from 0; -1 for none."""
    named: bool
    """The first cause that names the element names the property, too."""
    causes: int
    milliseconds: float
    first: str
    kinds: tuple[str, str, str] = ("", "", "")
    """The kind of change, as it is, as the first cause tells it, and as the rival tells it."""


def related(name: str, told: Cause) -> bool:
    """Whether a cause names a property, maybe by a part of it."""
    if not name or name == "order":
        return told.kind in ("text", "added", "removed") or told.name == "order"
    names = {told.name, *re.findall(r"(?:^|[;:] )([a-z-]+) \S+ →", told.message)}
    groups = ({"border", "border-color", "border-style"}, {"position", "top", "inset"},
              {"outline", "outline-style", "outline-width", "outline-color"},
              {"height", "min-height"}, {"border-radius", "border-top-left-radius"})  # fmt: skip
    wanted = next((group for group in groups if name in group), {name})
    return any(one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")
               for one in names if one for other in wanted)  # fmt: skip


def pictured(driver: Any) -> Screenshot:
    """A picture with its layout, as a check without a baseline takes it."""
    return capture(driver, CaptureOptions(layout="changed", timeout=8))


def cases(driver: Any, url: str, page: Page, browser: str, count: int) -> Iterator[Case]:
    """The cases of one page."""
    driver.get(url)
    before = pictured(driver)
    seed = zlib.crc32(page.name.encode())
    for at in range(count):
        kind = KINDS[(seed + at * 7) % len(KINDS)]
        driver.get(url)
        told = driver.execute_script(f"{MUTATE}\nreturn makeMutation();", kind, seed + at)
        if not told:
            continue
        case = one_case(driver, before, pictured(driver), told, (page.name, browser, kind))
        if case:
            yield case


def further_cases(driver: Any, url: str, page: Page, browser: str) -> Iterator[Case]:
    """Two independent changes of one page, and edits of its style sheets."""
    driver.get(url)
    before = pictured(driver)
    seed = zlib.crc32(page.name.encode())
    for kind in SHEETS:
        driver.get(url)
        told = driver.execute_script(f"{MUTATE}\nreturn makeMutation();", kind, seed)
        if told:
            yield from sheet_case(before, pictured(driver), told, (page.name, browser, kind))
    driver.get(url)
    truth = []
    for at, kind in enumerate(("color", "text-word")):
        made = driver.execute_script(f"{MUTATE}\nreturn makeMutation();", kind, seed + 31 * at)
        if made:
            truth.append(
                driver.execute_script("window.two = [...(window.two || []), window.truth]")
            )
    if len(truth) == len(("color", "text-word")):
        yield from pair_case(driver, before, pictured(driver), (page.name, browser, "two"))


def causes_between(before: Screenshot, after: Screenshot) -> tuple[Cause, ...]:
    """The causes of what differs between two pictures."""
    expected, actual = (to_array(one.png)[..., :3] for one in (before, after))
    found = compare_arrays(expected, actual, masks=(), region=None, limits=Limits())
    if not found.differences or before.layout is None or after.layout is None:
        return ()
    return explain_layouts(before.layout, after.layout, found.differences)


def sheet_case(
    before: Screenshot, after: Screenshot, told: dict[str, Any], names: tuple[str, ...]
) -> Iterator[Case]:
    """Whether an edit of a style sheet is one cause that names the property."""
    causes = causes_between(before, after)
    if causes:
        page, browser, kind = names
        place = next((at for at, one in enumerate(causes) if related(told["name"], one)), -1)
        whole = place == 0 and len(causes) == 1
        first = f"{told['tag']} {{ {told['name']} }}: {causes[0].message} (of {len(causes)})"
        yield Case(page, browser, kind, place, whole, len(causes), 0.0, first)


def pair_case(
    driver: Any, before: Screenshot, after: Screenshot, names: tuple[str, ...]
) -> Iterator[Case]:
    """Whether two independent changes are both among the causes."""
    causes = causes_between(before, after)
    if causes:
        selectors = [one.selector for one in causes]
        both = [driver.execute_script(f"window.truth = window.two[{at}];{FOUND}", selectors)
                for at in range(2)]  # fmt: skip
        page, browser, kind = names
        named = all(any(one) for one in both)
        first = "; ".join(one.message for one in causes[:3])
        yield Case(page, browser, kind, 0 if named else -1, named, len(causes), 0.0, first)


def one_case(
    driver: Any, before: Screenshot, after: Screenshot, told: dict[str, Any], names: tuple[str, ...]
) -> Case | None:
    """How one change is told; None where no picture shows it."""
    expected, actual = (to_array(one.png)[..., :3] for one in (before, after))
    found = compare_arrays(expected, actual, masks=(), region=None, limits=Limits())
    if not found.differences or before.layout is None or after.layout is None:
        return None
    start = time.perf_counter()
    causes = explain_layouts(before.layout, after.layout, found.differences)
    spent = 1000 * (time.perf_counter() - start)
    gone = names[2] in ("remove", "display-none")
    right = (
        [_is_place(before.layout, one.selector, told) for one in causes]
        if gone
        else driver.execute_script(FOUND, [one.selector for one in causes])
    )
    place = right.index(True) if True in right else -1
    named = place >= 0 and related(told["name"], causes[place])
    first = causes[0].message if causes else "nothing"
    page, browser, kind = names
    kinds = KINDS_OF_BOTH.get(kind, ""), our_kind(causes[0]) if causes else "", ""
    if kinds[0]:
        kinds = (*kinds[:2], rival_kind(before.png, after.png, told["box"]))
    return Case(page, browser, kind, place, named, len(causes), spent, first, kinds)


def _is_place(layout: PageLayout, selector: str, told: dict[str, Any]) -> bool:
    """Whether a selector is that of an element that was where the lost one was."""
    named = [one for one in layout.elements if layout.selector(one.index) == selector]
    return any(
        one.tag == told["tag"]
        and all(abs(a - b) < 1 for a, b in zip(one.box, told["box"], strict=True))
        for one in named
    )


def main() -> None:
    """Make the cases, and print how they are told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="tuning", help="tuning, templates, untouched …")
    parser.add_argument("--pages", type=int, default=10, metavar="N")
    parser.add_argument("--each", type=int, default=8, metavar="N", help="changes of each page")
    parser.add_argument("--browsers", default="chrome,firefox", metavar="A,B")
    parser.add_argument("--further", action="store_true",
                        help="two changes of one page, and edits of style sheets")  # fmt: skip
    parser.add_argument("--wrong", action="store_true", help="tell what is wrong")
    options = parser.parse_args()
    pages = pages_of(options.split)
    pages = pages[:: max(1, len(pages) // options.pages)][: options.pages]
    fetch(pages)
    pool = BrowserPool()
    done: list[Case] = []
    sizes: list[tuple[int, int]] = []
    with Server(pages) as server:
        for browser in options.browsers.split(","):
            settings = Settings().over(Layer.CALL, {})
            driver = pool.acquire(BrowserSpec.of(settings, browser, (1280, 800)))
            for page in pages:
                try:
                    made = (
                        further_cases(driver, server.url(page), page, browser)
                        if options.further
                        else cases(driver, server.url(page), page, browser, options.each)
                    )
                    for one in made:
                        done.append(one)
                        if options.wrong and (one.place != 0 or not one.named):
                            print(f"{one.page} {browser} {one.kind} {one.place}: {one.first}")
                    right = sum(one.place == 0 for one in done)
                    print(f"{page.name}: {right} of {len(done)} elements first", flush=True)
                    shot = pictured(driver)
                    sizes.append((len(encode(shot.layout)), len(compact(shot.png))))
                except VisualDiffError as error:
                    print(f"{page.name} in {browser}: {type(error).__name__}", flush=True)
    pool.close()
    print(table(done, sizes))


def table(done: list[Case], sizes: list[tuple[int, int]]) -> str:
    """The figures, by browser and of all."""
    lines = ["| browser | cases | element first | in first three | property | causes | ms |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for name in [*dict.fromkeys(one.browser for one in done), "all"]:
        some = [one for one in done if name in (one.browser, "all")]
        first = sum(one.place == 0 for one in some)
        three = sum(0 <= one.place < 3 for one in some)
        named = sum(one.place == 0 and one.named for one in some)
        lines.append(
            f"| {name} | {len(some)} | {first / len(some):.1%} | {three / len(some):.1%} |"
            f" {named / len(some):.1%} | {statistics.mean(one.causes for one in some):.2f} |"
            f" {statistics.median(one.milliseconds for one in some):.0f} |"
        )
    share = statistics.median(layout / png for layout, png in sizes) if sizes else 0
    lines.append(f"\nthe layout adds {share:.0%} to a picture (median of {len(sizes)})")
    both = [one.kinds for one in done if one.kinds[2]]
    if both:
        ours, theirs = (sum(one[0] == one[at] for one in both) for at in (1, 2))
        lines.append(f"kind of change ({len(both)} cases): ours {ours / len(both):.0%},"
                     f" blazediff-interpret {theirs / len(both):.0%}")  # fmt: skip
    wrong = Counter(one.kind for one in done if one.place != 0 or not one.named)
    lines.append(f"told wrongly, by kind: {dict(wrong.most_common())}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
