"""The fixtures that tests use. Each imports and makes its object when it is requested."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.baselines.identity import Variant
from pytest_visualdiff.options.table import PREFIX, Layer, Settings
from pytest_visualdiff.plugin.items import identity
from pytest_visualdiff.plugin.state import (
    NAMES,
    SCREEN,
    SETTINGS,
    SOFT,
    VERDICTS,
    marked,
    session_of,
)
from pytest_visualdiff.secrets import data_without_secrets, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver.remote.webdriver import WebDriver

    from pytest_visualdiff.browsers.pool import BrowserPool, RemoteSessions
    from pytest_visualdiff.checks.checker import Checker
    from pytest_visualdiff.desktop.machine import Desktop, DesktopPool
    from pytest_visualdiff.desktop.screen import Screen
    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.sweep.sweeper import Sweeper


@pytest.fixture(scope="session")
def visualdiff_config(pytestconfig: pytest.Config) -> Settings:
    """The options as ini and command line set them (read only)."""
    return pytestconfig.stash[SETTINGS]


@pytest.fixture
def visualdiff(request: pytest.FixtureRequest) -> Checker:
    """The checks of this test: ``visualdiff.check(target, name)``."""
    from pytest_visualdiff.checks.checker import Checker

    item: pytest.Item = request.node
    settings = marked(item, item.config.stash[SETTINGS])
    checker = Checker(
        test=identity(item),
        settings=settings,
        services=session_of(item.config).services,
        on_verdict=_on_verdict(item, settings),
        skip=_skip if settings["skip"] else None,
        names=item.stash[NAMES],
    )
    item.stash[SOFT].append(checker)
    return checker


def _on_verdict(item: pytest.Item, settings: Settings) -> Callable[[Verdict], None]:
    """Keep a verdict for the test's report."""

    def keep(verdict: Verdict) -> None:
        if typed():  # a page may show them in its address, its title or a message
            verdict = type(verdict).from_dict(data_without_secrets(verdict.to_dict()))
        item.stash[VERDICTS].append(verdict)
        if screen := item.stash[SCREEN]:
            screen.checked(verdict)
        if "junit" in settings["report"] and item.config.getoption("xmlpath", None):
            name = f"{PREFIX}:{repr(verdict.name)[1:-1]}"  # XML takes no control characters
            item.user_properties.append((name, verdict.status.value))
            if not verdict.passed:
                from pytest_visualdiff.plugin import junit

                junit.note(item, verdict, session_of(item.config).folder.path)
        item.ihook.pytest_visualdiff_verdict(item=item, verdict=verdict)

    return keep


def _skip(reason: str) -> None:
    __tracebackhide__ = True
    pytest.skip(reason)


# --- browsers -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def visualdiff_browser_options() -> Callable[[str, Any], Any] | None:
    """Override it to change how browsers start.

    Return a function that takes the browser's name and Selenium's options, and returns the options
    to use.
    """
    return None


@pytest.fixture(scope="session")
def _visualdiff_remote_sessions(visualdiff_config: Settings) -> Iterator[RemoteSessions]:
    """The sessions that this process holds on a Grid, in all of its pools."""
    from pytest_visualdiff.browsers.pool import RemoteSessions

    with contextlib.closing(RemoteSessions(visualdiff_config["remote_sessions"])) as sessions:
        yield sessions


@pytest.fixture(scope="session")
def _visualdiff_pool(
    visualdiff_browser_options: Callable[[str, Any], Any] | None,
    _visualdiff_remote_sessions: RemoteSessions,
) -> Iterator[BrowserPool]:
    yield from _pool(visualdiff_browser_options, _visualdiff_remote_sessions)


def _pool(
    customise: Callable[[str, Any], Any] | None, sessions: RemoteSessions
) -> Iterator[BrowserPool]:
    from pytest_visualdiff.browsers.pool import BrowserPool

    with contextlib.closing(BrowserPool(customise, sessions)) as pool:
        yield pool


@pytest.fixture
def visualdiff_driver(
    request: pytest.FixtureRequest, _visualdiff_pool: BrowserPool
) -> Iterator[WebDriver]:
    """A Selenium WebDriver with clean cookies and storage and the wanted inner window size."""
    from pytest_visualdiff.browsers import BrowserSpec

    settings = marked(request.node, request.config.stash[SETTINGS])
    variant = getattr(request, "param", None)
    if not isinstance(variant, Variant):
        from pytest_visualdiff.plugin.variants import only_variant

        variant = only_variant(request.node, settings, variant)
    spec = BrowserSpec.of(settings, variant.browser, variant.viewport, variant.pixel_ratio)
    yield _visualdiff_pool.acquire(spec)
    _visualdiff_pool.release()


# --- across browsers ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _visualdiff_sweep_pool(
    visualdiff_browser_options: Callable[[str, Any], Any] | None,
    _visualdiff_remote_sessions: RemoteSessions,
) -> Iterator[BrowserPool]:
    """Browsers of its own: a sweep cleans them before each page, and a test may use its driver."""
    yield from _pool(visualdiff_browser_options, _visualdiff_remote_sessions)


@pytest.fixture
def visualdiff_sweep(
    request: pytest.FixtureRequest, _visualdiff_sweep_pool: BrowserPool
) -> Iterator[Sweeper]:
    """Compare a page across browsers: ``visualdiff_sweep.check(url, name)``."""
    from pytest_visualdiff.sweep.sweeper import Sweeper

    item: pytest.Item = request.node
    settings = marked(item, item.config.stash[SETTINGS])
    sweeper = Sweeper(
        test=identity(item),
        settings=settings,
        services=session_of(item.config).services,
        pool=_visualdiff_sweep_pool,
        on_verdict=_on_verdict(item, settings),
        skip=_skip if settings["skip"] else None,
        names=item.stash[NAMES],
    )
    item.stash[SOFT].append(sweeper)
    yield sweeper
    _visualdiff_sweep_pool.release()


# --- screens ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _visualdiff_desktops() -> Iterator[DesktopPool]:
    from pytest_visualdiff.desktop.machine import DesktopPool

    with contextlib.closing(DesktopPool()) as desktops:
        yield desktops


@pytest.fixture
def visualdiff_screen(
    request: pytest.FixtureRequest,
    _visualdiff_desktops: DesktopPool,
    visualdiff_browser_options: Callable[[str, Any], Any] | None,
) -> Iterator[Screen]:
    """A real screen with keyboard and pointer: a virtual display of this process, or with
    ``--visualdiff-screen=real`` the desktop of the machine, for one test at a time.
    """
    item: pytest.Item = request.node
    settings = marked(item, item.config.stash[SETTINGS])
    with _desktop(item, settings, _visualdiff_desktops) as desktop:
        screen = item.stash[SCREEN] = _screen(item, settings, desktop)
        item.stash[SOFT].append(screen)
        screen.customise = visualdiff_browser_options
        try:
            yield screen
        finally:
            screen.close()


def _desktop(
    item: pytest.Item, settings: Settings, pool: DesktopPool
) -> contextlib.AbstractContextManager[Desktop]:
    from pytest_visualdiff.desktop import machine

    if settings["screen"] == "real":
        return machine.real(item.nodeid, settings["screen_wait"])
    width, height = (round(side * settings["pixel_ratio"]) for side in settings["screen_size"])
    return contextlib.nullcontext(pool.virtual((width, height)))


def _screen(item: pytest.Item, settings: Settings, desktop: Desktop) -> Screen:
    from pytest_visualdiff.desktop.masking import SecretMasker
    from pytest_visualdiff.desktop.recording import Journal
    from pytest_visualdiff.desktop.screen import Screen
    from pytest_visualdiff.desktop.template_files import Templates

    folders = [item.path.parent, item.config.rootpath]
    return Screen(
        desktop,
        settings,
        Journal(identity(item), session_of(item.config).services),
        Templates(
            tuple(folder / name for folder in folders for name in _template_folders(settings))
        ),
        SecretMasker(),
    )


def _template_folders(settings: Settings) -> tuple[str, ...]:
    """The folder of the option; without one also that of earlier versions."""
    named = settings["template_dir"]
    return (named, "templates") if settings.origin("template_dir") is Layer.DEFAULT else (named,)
