"""A calibration in words: the measurements, the advice, and lines to paste."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pytest_visualdiff.calibrate.study import MOST_MASKED, area_of, covered, to_mask
from pytest_visualdiff.calibrate.study_values import Outcome
from pytest_visualdiff.text import counted, rounded_down

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_visualdiff.calibrate.study_values import Curve, Series, SeriesResult, Spot, Study
    from pytest_visualdiff.comparison import Limits

_HOPELESS = (
    "neither limits nor masks can keep this page quiet: too much of it changes with each load;"
    " give it fixed content in the test, or check its steady parts one by one"
)

_LEAST_SHARE = 0.0001
"""A smaller share is written as "under" this one: powers of ten are hard to read."""

SPOTS = 8
"""At most this many flickering places are listed one by one."""


def summary(study: Study) -> str:
    """The whole report."""
    parts = [study.target, *(_series(one, study) for one in study.judged), _advice(study)]
    return "\n\n".join(parts)


def _series(judged: SeriesResult, study: Study) -> str:
    lines = [_headline(judged.seen.series), *_noise(judged), *_verdict(judged, study)]
    return "\n".join([*lines, "", *_table(judged, study)])


def _headline(series: Series) -> str:
    fresh = sum(shot.fresh for shot in series.shots)
    browsers = f" in {counted(fresh, 'browser process', 'browser processes')}" if fresh else ""
    return f"[{series.title}] {counted(len(series.shots), 'shot')}{browsers}"


def _noise(judged: SeriesResult) -> Iterator[str]:
    noise, series = judged.seen.noise, judged.seen.series
    if len(series.distinct) == 1:
        yield "  noise     none: every shot shows the same pixels"
        return
    yield (
        f"  noise     {len(series.distinct)} different pictures; {_share(noise.share)} of the"
        f" pixels differ in a pair ({_share(noise.worst_share)} in the worst one), by ΔE"
        f" {noise.median:.2g} (median) and at most {noise.most:.3g}"
    )
    for number, spot in enumerate(noise.spots[:SPOTS]):
        yield f"  {'where' if not number else '':<9} {_spot(spot)}"
    if noise.spots[SPOTS:]:
        yield f"            and {counted(len(noise.spots) - SPOTS, 'more place')}"


def _share(share: float) -> str:
    if 0 < share < _LEAST_SHARE:
        return f"under {100 * _LEAST_SHARE:g} %"
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.0f} %"


def _spot(spot: Spot) -> str:
    name = f"  {spot.selector}" if spot.selector else ""
    return f"{spot.box}  ΔE up to {spot.most:.3g}, in {100 * spot.share:.0f} % of the pairs{name}"


def _verdict(judged: SeriesResult, study: Study) -> Iterator[str]:
    count = judged.seen.series.count
    quiets = [("present", judged.present, study.present, False)]
    if (study.proposed, judged.masks) != (study.present, ()):
        quiets.append(("proposed", judged.proposed, study.proposed, bool(judged.masks)))
    for name, quiet, limits, masked in quiets:
        yield (
            f"  {name:<9} {limits_text(limits)}{' and masks' if masked else ''}: {quiet.differing}"
            f" of {count} pairs differ, lowest confidence {rounded_down(quiet.confidence)}"
        )


def limits_text(limits: Limits) -> str:
    """The two limits that calibration moves."""
    return f"threshold {limits.threshold:g}, confidence {limits.confidence:g}"


def _table(judged: SeriesResult, study: Study) -> Iterator[str]:
    other = study.proposed != study.present
    yield "  smallest change that is found (where places differ: the easiest to the hardest)"
    yield f"  {'limits':<38} {'present':>16}" + (f" {'proposed':>16}" if other else "")
    both = zip(judged.present_curves, judged.proposed_curves, strict=True)
    for before, after in both:
        cells = [smallest_text(before, study.present.confidence)]
        cells += [smallest_text(after, study.proposed.confidence)] if other else []
        yield f"  {before.name:<38}" + "".join(f" {cell:>16}" for cell in cells)


def smallest_text(curve: Curve, required: float) -> str:
    """From which strength on a change is found at the easiest place, and at every place."""
    smallest = curve.smallest(required)
    if not smallest:
        return "no place for it"
    easiest, hardest = (_strength(end, curve) for end in (min(smallest), max(smallest)))
    span = hardest if easiest == hardest else f"{easiest} to {hardest}"
    return f"{span} {curve.unit}"


def _strength(found: float, curve: Curve) -> str:
    """One strength; a mark says if it lies at or beyond the end of the tried strengths."""
    if math.isinf(found):
        return f"over {curve.strengths[-1]:g}"
    return f"{'≤ ' if found == curve.strengths[0] else ''}{found:g}"


def _advice(study: Study) -> str:
    return "\n".join([*study.notes, *_ADVICE[study.outcome](study), *_levels(study)])


def _levels(study: Study) -> Iterator[str]:
    masked = " (with the masks)" if any(one.masks for one in study.judged) else ""
    yield ""
    yield f"levels of strictness that stay quiet{masked}: {', '.join(study.levels) or 'none'}"


def _stable(study: Study) -> Sequence[str]:
    return ["the page is perfectly stable: keep the limits it has", *_kept(study)]


def _quiet(study: Study) -> Sequence[str]:
    return ["the page is noisy, but far below the limits: keep them", *_kept(study)]


def _kept(study: Study) -> Sequence[str]:
    return [f"  ({limits_text(study.present)})"]


def _limits(study: Study) -> Sequence[str]:
    return ["proposed, for all pages:", "", *ini(study), "", "or for this page alone:", "",
            _marker(_keywords(study)), *_alternative(study)]  # fmt: skip


def _alternative(study: Study) -> Iterator[str]:
    """Masks in place of other limits, if only a part of the picture exceeds the present ones."""
    masks = []
    for one in study.judged:
        series = one.seen.series
        spots = to_mask(one.seen.noise.spots, one.present.boxes)
        if covered(map(area_of, spots), math.prod(series.sizes[0])) > MOST_MASKED:
            return
        masks += [mask_text(spot, series.ratio) for spot in spots]
    if masks:
        yield from ("", "or mask what flickers, and keep the limits for the rest:", "")
        yield _marker([f"mask=[{', '.join(dict.fromkeys(masks))}]"])


def _masks(study: Study) -> Sequence[str]:
    lines = ["limits alone cannot keep this page quiet; mask what flickers, in its test:", ""]
    return [*lines, _marker([*_keywords(study), f"mask=[{', '.join(masks(study))}]"])]


def _unstable(_study: Study) -> Sequence[str]:
    return [_HOPELESS]


_ADVICE = {
    Outcome.STABLE: _stable,
    Outcome.QUIET: _quiet,
    Outcome.LIMITS: _limits,
    Outcome.MASKS: _masks,
    Outcome.UNSTABLE: _unstable,
}


def changed(study: Study) -> dict[str, float]:
    """The limits that are to change, by option name."""
    names = ("threshold", "confidence")
    return {
        name: getattr(study.proposed, name)
        for name in names
        if getattr(study.proposed, name) != getattr(study.present, name)
    }


def ini(study: Study) -> list[str]:
    """Lines for pytest's ini file."""
    return [
        "[pytest]",
        *(f"visualdiff_{name} = {value:g}" for name, value in changed(study).items()),
    ]


def _keywords(study: Study) -> list[str]:
    return [f"{name}={value:g}" for name, value in changed(study).items()]


def _marker(keywords: Sequence[str]) -> str:
    return f"@pytest.mark.visualdiff({', '.join(keywords)})"


def masks(study: Study) -> list[str]:
    """The masks as Python writes them: selectors, and boxes in CSS pixels of the picture."""
    texts = [mask_text(spot, one.seen.series.ratio) for one in study.judged for spot in one.masks]
    return list(dict.fromkeys(texts))


def mask_text(spot: Spot, ratio: float) -> str:
    """One mask as Python writes it."""
    if spot.selector:
        return repr(spot.selector)
    box = spot.box.grown(2)
    left, top = max(0, math.floor(box.x / ratio)), max(0, math.floor(box.y / ratio))
    width, height = math.ceil(box.right / ratio) - left, math.ceil(box.bottom / ratio) - top
    return f"({left}, {top}, {width}, {height})"
