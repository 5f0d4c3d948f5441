"""Location cases from real pages: a picture to find, a screen, and where it is, if at all.

A template is the crop of an element from one screenshot; the screen is another screenshot. The
truth comes from the document of the screen's page. A case is left out where the truth would be
open to doubt: something else on the screen has the same text or the same icon, the element is
covered, cut off, wrapped otherwise, without contrast, or looks the same at two places.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING

from research.detection.cases import ROOT
from research.detection.pages import SPLITS
from research.location.plans import BROWSERS, KINDS, Plan, Survey
from research.location.shots import Place, Shot, State, shot, step, take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SEEDS = {"tuning": 20261, "templates": 77003, "untouched": 20_261_128}
EACH_KIND = {"tuning": 28, "templates": 36, "untouched": 72}
WIDTHS, HEIGHTS = (15, 320), (14, 130)
SIZES = ((1280, 800), (1280, 800), (1920, 1080))
UNSTEADY = ("backstrap-widgets",)
"""Pages that draw themselves otherwise each time."""
CHOOSY = ("relabel", "translate")
"""Steps that tell which of their elements they changed as they should."""
SAME_LETTERS = 0.02
"""How much wider letters may be in another browser, before they are of another font."""
STRETCH = 0.035
"""How much an element may be wider or higher than the scale says, before it is another shape."""


@dataclass(frozen=True)
class Case:
    """One template and one screen; a line of ``locations.jsonl``. Boxes in image pixels."""

    id: str
    split: str
    kind: str
    page: str
    browser: str
    template: str
    screen: str
    truth: Sequence[float] | None
    """Left, top, width, height; None where the template is not on the screen."""
    scale: float
    note: str
    element: str
    margin: int
    origin: Sequence[int]
    """Where the template was cut from its own screenshot."""
    agreement: float
    """Normalised correlation of the gray template with its true place: tells of strange cases."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Which cases of a split: those of its own seed, or others of the same pages."""

    split: str
    seed: int
    each: int
    """Cases of each kind."""

    @classmethod
    def of(cls, split: str, seed: int | None = None, each: int | None = None) -> Draw:
        """The split's own cases without another wish."""
        return cls(split, seed or SEEDS[split], each or EACH_KIND[split])

    @property
    def folder(self) -> Path:
        """Where the pictures of its split lie."""
        return ROOT / self.split

    @property
    def file(self) -> Path:
        """Where its cases are listed."""
        own = self == Draw.of(self.split)
        return self.folder / (
            "locations.jsonl" if own else f"locations-{self.seed}-{self.each}.jsonl"
        )

    def chance(self, kind: str = "") -> random.Random:
        """What is drawn by chance, the same each time."""
        return random.Random(f"{self.seed} {kind}" if kind else self.seed)  # noqa: S311 - repeatable, not secret


def load(draw: Draw) -> list[Case]:
    """Read the cases of a draw; make them when they are missing."""
    file = draw.file
    if not file.is_file():
        make(draw)
    cases = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [Case(**case) for case in cases]


def make(draw: Draw) -> list[Case]:
    """Take the screenshots, cut the templates, write the cases."""
    (draw.folder / "locations").mkdir(parents=True, exist_ok=True)
    plans = plan(draw)
    take(draw.folder, [state for one in plans for state in (one.template, one.screen)])
    cases: list[Case] = []
    for kind in KINDS:
        rng = draw.chance(kind)
        of_kind = (assemble(draw.folder, draw.split, one, rng) for one in plans if one.kind == kind)
        cases += islice(in_turn(list(of_kind)), draw.each)
    lines = "".join(json.dumps(asdict(case)) + "\n" for case in cases)
    draw.file.write_text(lines, encoding="utf-8")
    return cases


def plan(draw: Draw) -> list[Plan]:
    """Survey the pages of a split, and plan cases of every kind for each."""
    rng, folder = draw.chance(), draw.folder
    pages = [page.name for page in SPLITS[draw.split] if page.name not in UNSTEADY]
    states = {page: _usual(page, rng) for page in pages}
    take(folder, [state for both in states.values() for state in both.values()])
    plans = []
    for page in pages:
        shots = {browser: shot(folder, state) for browser, state in states[page].items()}
        known = {browser: one for browser, one in shots.items() if one is not None}
        if len(known) < len(BROWSERS):
            continue
        others = [s for name in pages if name != page for s in states[name].values()]
        survey = Survey(known, tuple(candidates(known, rng)), tuple(others))
        plans += [one for make_plans in KINDS.values() for one in make_plans(survey, rng)]
    return [one for kind in KINDS for one in _some(plans, kind, draw.each, rng)]


def _some(plans: list[Plan], kind: str, each: int, rng: random.Random) -> list[Plan]:
    """As many plans of a kind as cases are wanted; nearly every page has its part in each."""
    of_kind = [one for one in plans if one.kind == kind]
    return rng.sample(of_kind, min(len(of_kind), each))


def _usual(page: str, rng: random.Random) -> dict[str, State]:
    size, y = rng.choice(SIZES), rng.choice((0, 0, 260, 700))
    steps = (step("scroll", y=y),) if y else ()
    return {browser: State(page, browser, size, steps=steps) for browser in BROWSERS}


def candidates(shots: dict[str, Shot], rng: random.Random) -> list[Place]:
    """Elements worth finding, seen in both browsers; each kind of element in turn."""
    first, second = (shots[browser] for browser in BROWSERS)
    fit = [place for place in first.places if _fit(place) and place.path in second.by_path]
    unique = [place for place in fit if not twins(place, first, present=True)]
    rng.shuffle(unique)
    seen: Counter[str] = Counter()
    ranked = []
    for place in unique:
        ranked.append((seen[place.kind], place))
        seen[place.kind] += 1
    return [place for _, place in sorted(ranked, key=lambda pair: pair[0])]


def _fit(place: Place) -> bool:
    _, _, width, height = place.box
    return (
        place.hit
        and place.single
        and WIDTHS[0] <= width <= WIDTHS[1]
        and HEIGHTS[0] <= height <= HEIGHTS[1]
    )


def twins(place: Place, screen: Shot, *, present: bool) -> bool:
    """Whether something else on the screen has the same text, or is the same icon or field."""

    def related(path: str) -> bool:
        return present and (
            path == place.path
            or path.startswith(place.path + ".")
            or place.path.startswith(path + ".")
        )

    if any(one.key == place.key and not related(one.path) for one in screen.places):
        return True
    if not place.words:
        return False
    words = re.compile(rf"(?<!\w){re.escape(place.words)}(?!\w)", re.IGNORECASE)
    in_fields = [(one.words, one.path) for one in screen.places if one.key.startswith("field:")]
    texts = (*screen.texts, *in_fields)
    return any(words.search(text) and not related(path) for text, path in texts)


def assemble(folder: Path, split: str, one: Plan, rng: random.Random) -> Iterator[Case]:
    """Make the cases of a plan that are beyond doubt."""
    template, screen = shot(folder, one.template), shot(folder, one.screen)
    if template is None or screen is None:
        return
    done = {
        name: answer for (name, _), answer in zip(one.screen.steps, screen.answers, strict=True)
    }
    changed = next((done[name] for name in CHOOSY if name in done), one.paths)
    for path in one.paths:
        margin = rng.choice((0, 0, 0, 2, 4, 6)) if not one.transparent else 0
        place = template.by_path.get(path)
        if place is None or not place.single or path not in changed:
            continue
        if twins(place, template, present=True) or twins(place, screen, present=one.present):
            continue
        if one.kind == "other-browser" and not _same_font(path, template, screen):
            continue
        case = _case(folder, split, one, (template, screen, place, margin))
        if case is not None:
            yield case


def _same_font(path: str, *shots: Shot) -> bool:
    """Whether both browsers have the font, or fall back to the same one."""
    first, second = (shot.answers[-1].get(path, ()) for shot in shots)
    return len(first) == len(second) and all(
        abs(there - here) < SAME_LETTERS * here for here, there in zip(first, second, strict=True)
    )


def _case(folder: Path, split: str, one: Plan, parts: tuple[Shot, Shot, Place, int]) -> Case | None:
    from research.location import pixels

    template, screen, place, margin = parts
    crop = _crop(template, place, margin)
    there = screen.by_path.get(place.path) if one.present else None
    truth = _truth(one, (place, there), crop, (template, screen))
    if crop is None or (one.present and truth is None):
        return None
    look = pixels.cut(template.picture, crop)
    if not pixels.clear(look, (crop, margin), (template.picture, screen.picture), truth, one):
        return None
    image = pixels.rounded(look, place.radius * template.ratio) if one.transparent else look
    rim = f"-{margin}" if margin else ""  # another draw may cut it otherwise
    name = f"{one.kind}-{place.path.replace('.', '_')}-{one.screen.digest}{rim}"
    file = folder / "locations" / f"{name}.png"
    pixels.save(file, image)
    return Case(
        id=name,
        split=split,
        kind=one.kind,
        page=one.template.page,
        browser=one.screen.browser,
        template=str(file.relative_to(folder)),
        screen=str(screen.picture.relative_to(folder)),
        truth=truth,
        scale=round(one.scale, 4),
        note=one.note,
        element=place.kind,
        margin=margin,
        origin=crop,
        agreement=pixels.agreement(look, screen.picture, truth),
    )


def _crop(template: Shot, place: Place, margin: int) -> tuple[int, int, int, int] | None:
    """The whole pixels around the element and its margin; None where the picture ends before."""
    x, y, width, height = (value * template.ratio for value in place.box)
    left, top = math.floor(x + 0.01) - margin, math.floor(y + 0.01) - margin
    right, bottom = math.ceil(x + width - 0.01) + margin, math.ceil(y + height - 0.01) + margin
    limit_x, limit_y = (math.floor(side * template.ratio) for side in template.size)
    if left < 0 or top < 0 or right > limit_x or bottom > limit_y:
        return None
    return left, top, right - left, bottom - top


def _truth(
    one: Plan,
    places: tuple[Place, Place | None],
    crop: tuple[int, int, int, int] | None,
    shots: tuple[Shot, Shot],
) -> tuple[float, float, float, float] | None:
    """Where the crop is on the screen; None where it is not whole, covered, or of another shape."""
    here, there = places
    template, screen = shots
    if crop is None or there is None or not (there.hit and there.single and there.key == here.key):
        return None
    x0, y0, width0, height0 = (value * template.ratio for value in here.box)
    x1, y1, width1, height1 = (value * screen.ratio for value in there.box)
    wide, high = width1 / width0, height1 / height0
    # A pixel of layout rounding is no other shape.
    if any(
        abs(grown / one.scale - 1) > STRETCH and abs(grown - one.scale) * side > 1.5
        for grown, side in ((wide, width0), (high, height0))
    ):
        return None
    left, top = x1 + (crop[0] - x0) * wide, y1 + (crop[1] - y0) * high
    box = left, top, crop[2] * wide, crop[3] * high
    limit_x, limit_y = (side * screen.ratio for side in screen.size)
    if min(left, top) < -0.5 or left + box[2] > limit_x + 0.5 or top + box[3] > limit_y + 0.5:
        return None
    if one.kind == "moved" and math.hypot(x1 - x0, y1 - y0) < 0.2:
        return None
    return tuple(round(value, 3) for value in box)  # type: ignore[return-value]


def in_turn(sources: list[Iterator[Case]]) -> Iterator[Case]:
    """Take the first case of each source, then the second of each, and so on."""
    while sources:
        for source in list(sources):
            case = next(source, None)
            if case is None:
                sources.remove(source)
            else:
                yield case
