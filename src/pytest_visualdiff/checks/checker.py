"""One check, from a target to a verdict: the object behind the ``visualdiff`` fixture.

It knows no pytest: the plugin hands it the callbacks it needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.baselines import ignored, provenance
from pytest_visualdiff.checks import decision, evidence, template_search
from pytest_visualdiff.checks.base import CheckBase
from pytest_visualdiff.checks.closest import CheckBaselines, closest
from pytest_visualdiff.errors import BaselineUnreadable, ImageError, StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Status
from pytest_visualdiff.options.table import Layer, pick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_visualdiff.baselines.ignored import IgnoredSplit
    from pytest_visualdiff.checks.closest import Closest
    from pytest_visualdiff.checks.context import CheckContext
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.images.codec import ImageSource
    from pytest_visualdiff.model import BaselineKey, Match, Screenshot, Verdict
    from pytest_visualdiff.options.table import Settings


CACHE = "cache"
"""Folder below the output folder that keeps decoded baselines."""


@dataclass(repr=False)
class Checker(CheckBase):
    """The checks of the pictures of one test."""

    def check(self, target: Any, name: str | None = None, **options: Any) -> Verdict:
        """Compare a picture of the target with its approved baseline.

        ``target`` is a WebDriver, a WebElement, a page, frame or locator of Playwright, a path,
        PNG bytes, a PIL image, an array, or any object with a ``screenshot()`` of its own.
        ``name`` must be unique in the test. Options are those of the option table; ``soft=True``
        lets the test go on after a difference, and fails it at its end.

        Raises ``VisualDifference`` for a difference or a missing baseline, ``CaptureError`` if
        no trustworthy picture could be made, ``StoreError`` if the baseline cannot be read or
        written, ``UsageError`` for a wrong name or option.
        """
        __tracebackhide__ = True
        name = self._next_name() if name is None else name
        return self._check(self.context(name), name, target, options)

    async def acheck(self, target: Any, name: str | None = None, **options: Any) -> Verdict:
        """``check`` for a page, frame or locator of Playwright's async API.

        The test's event loop stays free meanwhile. Other targets are checked as by ``check``.
        """
        __tracebackhide__ = True
        from pytest_visualdiff.capture import event_loop

        name = self._next_name() if name is None else name
        context = self.context(name)
        if not event_loop.is_async(target):
            return self._check(context, name, target, options)
        return await event_loop.beside(lambda: self._check(context, name, target, options))

    def _check(
        self, context: CheckContext, name: str, target: Any, options: Mapping[str, Any]
    ) -> Verdict:
        __tracebackhide__ = True
        started = clock.now()
        with self.recording_failure(context):
            settings = self._begin(context, name, options)
            baselines = CheckBaselines(self.services.store, context)
            shot = self._capture(target, settings, baselines)
            best = self._closest(baselines, shot, settings)
            best = self._with_causes(best, shot, settings)
            status = decision.status_of(best, settings["approve"])
            verdict = self._verdict(context, status, shot, best, settings)
            verdict = self._with_evidence(verdict, shot, best)
            verdict = self._explained(verdict, settings)
        return self._report(verdict, clock.now() - started, soft=settings["soft"])

    def locate(
        self,
        target: Any,
        template: ImageSource,
        *,
        confidence: float | None = None,
        timeout: float | None = None,
    ) -> Match:
        """The place of a target that shows the template, in pixels of the target's picture.

        ``target`` is anything that ``check`` takes. A live one is captured again until the
        template is there or ``timeout`` seconds have passed (the option ``timeout`` without one),
        a ready-made picture once. ``confidence`` in [0, 1] is 0.9 without one.

        Raises ``TemplateNotFound`` with the best place of the last picture, ``AmbiguousTemplate``,
        ``FlatTemplate``, and ``CaptureError`` if no trustworthy picture could be made.
        """
        return template_search.locate(
            target, template, self.settings, self.services.registry, confidence, timeout
        )

    def _next_name(self) -> str:
        count = len(self.names) + 1
        return "shot" if count == 1 else f"shot-{count}"

    def _begin(self, context: CheckContext, name: str, options: Mapping[str, Any]) -> Settings:
        """Reserve the name and resolve the options; skips the test if checks are switched off."""
        self.reserve_name(name)
        self.skip_if_off(context)
        return self.settings.over(Layer.CALL, options)

    def _capture(self, target: Any, settings: Settings, baselines: CheckBaselines) -> Screenshot:
        from pytest_visualdiff.capture import CaptureOptions, capture

        layout = "always" if settings["approve"] == "all" else "changed"
        return capture(
            target,
            CaptureOptions(
                **settings.group("capture"), layout=layout if settings["layout"] else "never"
            ),
            baselines.first_png,
            adapters=self.services.registry.adapters,
        )

    def _closest(
        self, baselines: CheckBaselines, shot: Screenshot, settings: Settings
    ) -> Closest | None:
        key = baselines.context.key(shot.environment)
        return closest(
            baselines.pictures(shot.environment),
            shot.png,
            lambda baseline: self._compare(baseline, shot, settings),
            lambda comparison: self._split_ignored(comparison, key),
        )

    def _with_causes(
        self, best: Closest | None, shot: Screenshot, settings: Settings
    ) -> Closest | None:
        """The closest baseline's differences with their causes; those to ignore are tolerated."""
        if best is None or best.comparison.same or not settings["layout"]:
            return best
        from pytest_visualdiff.checks import layout_causes

        return layout_causes.with_causes(best, shot, settings["ignore_causes"])

    def _compare(self, baseline: bytes, shot: Screenshot, settings: Settings) -> Comparison:
        from pytest_visualdiff.comparison import Limits
        from pytest_visualdiff.comparison.encoded_pair import Encoded, Rules, compare_encoded

        masks = (*shot.masks, *provenance.masks(baseline))
        rules = Rules(masks, shot.region, Limits(**settings.group("compare")))
        files = Encoded(baseline, shot.png, cache=self.services.folder.output / CACHE)
        comparator = pick("comparator", settings["comparator"], self.services.registry.comparators)
        try:
            return compare_encoded(files, rules, comparator)
        except ImageError:
            self._require_readable(baseline)
            raise

    def _require_readable(self, baseline: bytes) -> None:
        from pytest_visualdiff.images.codec import to_array

        try:
            to_array(baseline)
        except ImageError as error:
            raise BaselineUnreadable(f"a baseline of {self.test.nodeid}: {error}") from error

    def _split_ignored(self, comparison: Comparison, key: BaselineKey) -> IgnoredSplit:
        """The comparison without the known differences that are ignored today."""
        if comparison.same:
            return ignored.IgnoredSplit(comparison)
        from pytest_visualdiff.comparison.shape import shaped

        services = self.services
        return ignored.split_ignored(shaped(comparison), key, services.ignored(), services.today())

    def _verdict(
        self,
        context: CheckContext,
        status: Status,
        shot: Screenshot,
        best: Closest | None,
        settings: Settings,
    ) -> Verdict:
        """The verdict without pictures and message; a new baseline must be writable."""
        key = best.baseline.key if best else context.key(shot.environment)
        refused: tuple[str, ...] = ()
        if status.writes:
            try:
                self.services.store.check_writable(key)
            except StoreError as error:
                if best is None or best.comparison.same:
                    raise
                status, refused = Status.MISMATCH, (f"it is not approved: {error}",)
        verdict = context.verdict(
            status,
            key=key.path,
            variant=shot.environment.variant,
            size=png_file.size(shot.png),
            limits=decision.limits(settings),
            url=shot.url,
            title=shot.title,
            areas=shot.areas,
        )
        told = (*shot.notes, *decision.notes_on_wishes(shot.environment, settings))
        if best is None:
            moved = context.earlier_baseline(shot.environment, self.services)
            return replace(verdict, notes=(*told, *moved))
        return replace(
            verdict,
            confidence=best.comparison.confidence,
            differences=() if best.comparison.same else best.comparison.differences,
            ignored=best.split.ignored,
            before=png_file.digest(best.baseline.png),
            notes=(
                *refused,
                *told,
                *decision.notes(best, shot, settings, self.services.store),
            ),
        )

    def _with_evidence(self, verdict: Verdict, shot: Screenshot, best: Closest | None) -> Verdict:
        return evidence.save(verdict, shot, best, self.services.folder, self.test.file_suffix)

    def _explained(self, verdict: Verdict, settings: Settings) -> Verdict:
        shown = evidence.places(verdict, self.services)
        message = decision.explain(
            verdict, shown, settings, self.services.displayed_output, verbose=self.services.verbose
        )
        return replace(verdict, message=message)

    def _report(self, verdict: Verdict, seconds: float, *, soft: bool) -> Verdict:
        __tracebackhide__ = True
        verdict = replace(verdict, duration=round(seconds, 6))
        self.on_verdict(verdict)
        self.raise_or_postpone([] if verdict.passed else [verdict], soft=soft)
        return verdict
