"""One check, from a target to a verdict: capture, compare, judge, and what is kept of it.

The object behind the ``visualdiff`` fixture. It knows no pytest: the plugin hands it the
callbacks it needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.baselines import ignored, provenance
from pytest_visualdiff.checks import closest, context, decision
from pytest_visualdiff.checks.base import CheckBase
from pytest_visualdiff.checks.context import CheckContext
from pytest_visualdiff.checks.finding import Finds
from pytest_visualdiff.errors import (
    BaselineUnreadable,
    ImageError,
    VisualDifference,
    VisualDiffError,
)
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.images.change_signature import noted
from pytest_visualdiff.model import BaselineKey, Environment, Status, Verdict
from pytest_visualdiff.options.table import Layer, pick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_visualdiff.baselines.ignored import IgnoredSplit
    from pytest_visualdiff.checks.closest import ApprovedPicture, Closest
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.model import Screenshot
    from pytest_visualdiff.options.table import Settings


CACHE = "cache"
"""Folder below the output folder that keeps decoded baselines."""


@dataclass
class Checker(CheckBase, Finds):
    """The checks of the pictures of one test."""

    def check(self, target: Any, name: str | None = None, **options: Any) -> Verdict:
        """Compare a picture of the target with its approved baseline.

        ``target`` is a WebDriver, a WebElement, a path, PNG bytes, a PIL image, an array, or any
        object with a ``screenshot()`` of its own. ``name`` must be unique in the test. Options
        are those of the option table; ``soft=True`` lets the test go on after a difference, and
        fails it at its end.

        Raises ``VisualDifference`` for a difference or a missing baseline, ``CaptureError`` when
        no trustworthy picture could be made, ``StoreError`` when the baseline cannot be read or
        written, ``UsageError`` for a wrong name or option.
        """
        __tracebackhide__ = True
        started = clock.now()
        here = CheckContext(
            self.test, name if isinstance(name, str) else repr(name), context.caller(self.test)
        )
        try:
            settings, here = self._begin(name, options, here)
            verdict = self._look(target, settings, here)
        except VisualDiffError as error:
            self.seen(replace(here.trouble(error, self.services), duration=_since(started)))
            raise
        verdict = replace(verdict, duration=_since(started))
        self.seen(verdict)
        if not verdict.passed and not settings["soft"]:
            raise VisualDifference([verdict])
        if not verdict.passed:
            self.postponed.append(verdict)
        return verdict

    def _begin(
        self, name: str | None, options: Mapping[str, Any], here: CheckContext
    ) -> tuple[Settings, CheckContext]:
        here = replace(here, name=self.claim(self._next() if name is None else name))
        self.skip_if_off(here)
        return self.settings.over(Layer.CALL, options), here

    def _next(self) -> str:
        count = len(self.names) + 1
        return "shot" if count == 1 else f"shot-{count}"

    def _look(self, target: Any, settings: Settings, here: CheckContext) -> Verdict:
        from pytest_visualdiff.capture import CaptureOptions, capture

        read: dict[BaselineKey, tuple[ApprovedPicture, ...]] = {}

        def known(environment: Environment) -> tuple[ApprovedPicture, ...]:
            key = here.key(environment)
            if key not in read:
                read[key] = closest.approved_pictures(self.services.store, key)
            return read[key]

        def expected(environment: Environment) -> bytes | None:
            return next((one.png for one in known(environment)), None)

        shot = capture(
            target,
            CaptureOptions(**settings.group("capture")),
            expected,
            adapters=self.services.registry.adapters,
        )
        return self._judge(shot, known(shot.environment), settings, here)

    def _judge(
        self,
        shot: Screenshot,
        known: Sequence[ApprovedPicture],
        settings: Settings,
        here: CheckContext,
    ) -> Verdict:
        key = here.key(shot.environment)
        best = closest.closest(
            known,
            shot.png,
            lambda baseline: self._compare(baseline, shot, settings),
            lambda comparison: self._pardon(comparison, key),
        )
        comparison = best.found.comparison if best else None
        status = decision.decide(
            has_baseline=best is not None,
            same=comparison is None or comparison.same,
            approve=settings["approve"],
        )
        if best:
            key = best.baseline.key
        if status.writes:
            self.services.store.check_writable(key)
        verdict = here.verdict(
            status,
            key=key.path,
            variant=shot.environment.variant,
            confidence=comparison.confidence if comparison else None,
            differences=comparison.differences if comparison and not comparison.same else (),
            ignored=best.found.ignored if best else (),
            before=png_file.digest(best.baseline.png) if best else "",
            size=png_file.size(shot.png),
            limits=context.limits(settings),
            url=shot.url,
            title=shot.title,
            notes=(
                *context.notes(best, shot, settings, self.services),
                *(() if best else here.moved(shot.environment, self.services)),
            ),
            areas=shot.areas,
        )
        return self._keep(verdict, shot, best, settings)

    def _pardon(self, comparison: Comparison, key: BaselineKey) -> IgnoredSplit:
        """What is left of a comparison once known differences are ignored."""
        if comparison.same:
            return ignored.IgnoredSplit(comparison)
        from pytest_visualdiff.comparison.shape import shaped

        services = self.services
        return ignored.split_ignored(shaped(comparison), key, services.ignored(), services.today())

    def _compare(self, baseline: bytes, shot: Screenshot, settings: Settings) -> Comparison:
        from pytest_visualdiff.comparison import Limits
        from pytest_visualdiff.comparison.files import Encoded, Rules, compare_encoded
        from pytest_visualdiff.images.codec import to_array

        masks = (*shot.masks, *provenance.masks(baseline))
        rules = Rules(masks, shot.region, Limits(**settings.group("compare")))
        files = Encoded(baseline, shot.png, cache=self.services.folder.output / CACHE)
        comparator = pick("comparator", settings["comparator"], self.services.registry.comparators)
        try:
            return compare_encoded(files, rules, comparator)
        except ImageError:
            try:
                to_array(baseline)
            except ImageError as error:
                raise BaselineUnreadable(f"a baseline of {self.test.nodeid}: {error}") from error
            raise

    def _keep(
        self, verdict: Verdict, shot: Screenshot, best: Closest | None, settings: Settings
    ) -> Verdict:
        """Store what a person needs to decide, and write the message."""
        if verdict.status is not Status.MATCH:
            from pytest_visualdiff.images.codec import compact

            texts = provenance.texts(shot, verdict.limits)
            png = png_file.vouch(compact(shot.png), shot.png, texts)
            stem = f"images/{verdict.key.removesuffix('.png')}{self.test.file_suffix}"
            save, baseline = self.services.folder.save, best.baseline.png if best else b""
            made = png_file.texts(baseline) if baseline else {}
            elsewhere = decision.made_elsewhere(made, texts)
            verdict = replace(
                noted(verdict, baseline, shot.png),
                after=png_file.digest(png),
                actual=save(f"{stem}.actual.png", png),
                expected=save(f"{stem}.expected.png", baseline) if baseline else "",
                diff=self._diff(f"{stem}.diff.png", best.found.comparison) if best else "",
                environment=texts,
                baseline_environment=made,
                notes=(*verdict.notes, *elsewhere),
            )
        output = context.shown(self.services.folder.output, self.services)
        message = decision.explain(verdict, self._places(verdict), settings, output)
        return replace(verdict, message=message)

    def _diff(self, relative: str, comparison: Comparison) -> str:
        if comparison.same or comparison.diff_source is None:
            return ""
        from pytest_visualdiff.images.codec import encode

        return self.services.folder.save_in_background(
            relative, lambda: encode(comparison.diff_image())
        )

    def _places(self, verdict: Verdict) -> dict[str, str]:
        def shown(relative: str) -> str:
            path = self.services.folder.path / relative
            return context.shown(path, self.services) if relative else ""

        return {
            "baseline": self.services.store.describe(BaselineKey(verdict.key)),
            "actual": shown(verdict.actual),
            "diff": shown(verdict.diff),
        }


def _since(started: float) -> float:
    return round(clock.now() - started, 6)
