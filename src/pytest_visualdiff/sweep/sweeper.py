"""The object behind the ``visualdiff_sweep`` fixture: the same steps in every browser and window.

It knows no pytest: the plugin hands it the callbacks it needs.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import clock
from pytest_visualdiff.checks.base import CheckBase
from pytest_visualdiff.errors import (
    CaptureError,
    InvalidValue,
    UsageError,
)
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.options.table import Layer
from pytest_visualdiff.sweep.page_result import PageResult, compare_page
from pytest_visualdiff.sweep.verdict import page_verdict
from pytest_visualdiff.sweep.visit import PageObservation, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_visualdiff.browsers import BrowserSpec
    from pytest_visualdiff.browsers.pool import BrowserPool
    from pytest_visualdiff.checks.context import CheckContext
    from pytest_visualdiff.checks.services import CheckServices
    from pytest_visualdiff.options.table import Settings
    from pytest_visualdiff.sweep.findings import Finding
    from pytest_visualdiff.sweep.visit import Steps


@dataclass(frozen=True)
class SweepResult:
    """What one check of a sweep found; ``findings`` has those of all window sizes."""

    pages: tuple[PageResult, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, known ones too."""
        return tuple(one for page in self.pages for one in page.findings)

    @property
    def passed(self) -> bool:
        """Whether nothing new was found, and everything could be compared."""
        return all(one.passed for one in self.verdicts)


@dataclass(repr=False)
class Sweeper(CheckBase):
    """The sweeps of one test."""

    pool: BrowserPool = field(kw_only=True)

    def check(
        self,
        url_or_steps: Steps,
        name: str,
        *,
        browsers: Sequence[str] | None = None,
        viewports: Sequence[tuple[int, int]] | None = None,
        **options: Any,
    ) -> SweepResult:
        """Compare a page across browsers, in each window size.

        ``url_or_steps`` is a URL, or a function that takes a WebDriver and leads it to the page:
        it is called once for each browser and window size. The first browser is the reference.
        Options are those of the option table.

        Raises ``VisualDifference`` where a finding is neither accepted nor ignored,
        ``CaptureError`` where a browser could not show the page, ``StoreError`` where the accepted
        findings cannot be read, ``UsageError`` for a wrong name or option. Every window size is
        looked at before anything is raised.
        """
        __tracebackhide__ = True
        context = self.context(name)
        with self.recording_failure(context):
            settings = self._begin(name, browsers, viewports, options, context)
            pages = sweep_page(url_or_steps, settings, self.pool)
            verdicts = [judged(page, context, settings, self.services) for page in pages]
        for verdict in verdicts:
            self.on_verdict(verdict)
        self._raise(verdicts, soft=settings["soft"])
        return SweepResult(tuple(pages), tuple(verdicts))

    def _begin(
        self,
        name: str,
        browsers: Sequence[str] | None,
        viewports: Sequence[tuple[int, int]] | None,
        options: dict[str, Any],
        context: CheckContext,
    ) -> Settings:
        self.reserve_name(name)
        self.skip_if_off(context)
        settings = self.settings
        if viewports is not None:  # a test's driver has a window already, so it is no call option
            settings = settings.over(Layer.MARKER, {"viewports": viewports})
        given = {**options, **({"sweep_browsers": browsers} if browsers is not None else {})}
        return settings.over(Layer.CALL, given)

    def _raise(self, found: Sequence[Verdict], *, soft: bool) -> None:
        __tracebackhide__ = True
        lost = [one for one in found if one.status is Status.CAPTURE_ERROR]
        if lost:
            raise CaptureError("\n\n".join(one.message for one in found if not one.passed))
        self.raise_or_postpone([one for one in found if not one.passed], soft=soft)


def judged(
    page: PageResult, here: CheckContext, settings: Settings, services: CheckServices
) -> Verdict:
    """The verdict on one page in one window size.

    Each of several window sizes is a check, under a name of its own.
    """
    started = clock.now()
    verdict = page_verdict(page, here, settings, services)
    spent = page.milliseconds / 1000 + clock.now() - started
    if len(settings["viewports"]) > 1:
        width, height = page.viewport
        verdict = replace(verdict, name=f"{verdict.name} {width}x{height}")
    return replace(verdict, duration=round(spent, 6))


def sweep_page(steps: Steps, settings: Settings, pool: BrowserPool) -> list[PageResult]:
    """Look at a page in every window size and browser, and compare."""
    if not (callable(steps) or isinstance(steps, str)):
        raise UsageError(f"a sweep takes a URL or a function of a driver, not {steps!r:.200}")
    if len(settings["sweep_browsers"]) < 2 and not settings["sweep_alone"]:
        raise InvalidValue("a sweep of one browser with sweep_alone off compares nothing")
    started = clock.now()
    sizes = settings["viewports"]
    observations = [look(steps, viewport, settings, pool) for viewport in sizes]
    pages = []
    for at, (viewport, seen) in enumerate(zip(sizes, observations, strict=True)):
        others = [one for other, one in enumerate(observations) if other != at]
        pages.append(compare_page(viewport, seen, settings, others))
    spent = 1000 * (clock.now() - started)
    return [replace(page, milliseconds=spent / len(pages)) for page in pages]


def look(
    steps: Steps, viewport: tuple[int, int], settings: Settings, pool: BrowserPool
) -> list[PageObservation]:
    """What each browser shows; a URL is loaded by all of them at once."""
    from pytest_visualdiff.browsers import BrowserSpec
    from pytest_visualdiff.capture import CaptureOptions

    capture = {**settings.group("capture"), "full_page": True, "region": None}
    visit = Visit(CaptureOptions(**capture), settings["sweep_elements"], settings["sweep_load"])
    names = settings["sweep_browsers"]
    specs = [BrowserSpec.of(settings, name, viewport) for name in names]

    def see(name: str, driver: Any) -> PageObservation:
        return driver if isinstance(driver, PageObservation) else visit.see(driver, name, steps)

    if callable(steps) or not pool.at_once(specs):
        return [_alone(see, spec, pool) for spec in specs]
    drivers = [_driver(pool, spec) for spec in specs]
    with ThreadPoolExecutor(len(specs)) as threads:
        return list(threads.map(see, names, drivers))


def _alone(
    see: Callable[[str, Any], PageObservation], spec: BrowserSpec, pool: BrowserPool
) -> PageObservation:
    """What one browser shows; a remote one may be ended afterwards, for the next."""
    seen = see(spec.name, _driver(pool, spec))
    pool.release()
    return seen


def _driver(pool: BrowserPool, spec: BrowserSpec) -> Any:
    """A clean driver, or a observation that says why there is none."""
    try:
        return pool.acquire(spec)
    except CaptureError as error:
        return PageObservation(spec.name, error=f"{type(error).__name__}: {error}")
