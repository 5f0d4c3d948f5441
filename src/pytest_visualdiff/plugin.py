"""The door: pytest's hooks and fixtures. No decisions are made here, and nothing heavy is
imported until a test asks for a fixture.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.identity import TestIdentity, Variant
from pytest_visualdiff.options import OPTIONS, PREFIX, Layer, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from selenium.webdriver.remote.webdriver import WebDriver

    from pytest_visualdiff.checker import Checker
    from pytest_visualdiff.drivers.pool import BrowserPool
    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.session import Session

_settings = pytest.StashKey[Settings]()
_session = pytest.StashKey["Session"]()
_verdicts = pytest.StashKey["list[Verdict]"]()
_checker = pytest.StashKey["Checker | None"]()
_attempts = pytest.StashKey[int]()


# --- set-up -------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each row of the option table becomes a flag and an ini key."""
    group = parser.getgroup(PREFIX, "visual regression testing")
    for option in OPTIONS.values():
        if Layer.INI in option.layers:
            kind = "linelist" if option.kind.many else "string"
            parser.addini(option.ini, option.help, type=kind, default=None)  # type: ignore[arg-type]
        if Layer.FLAG in option.layers:
            action = (
                "append" if option.kind.many else "store_true" if option.kind.switch else "store"
            )
            extra = {} if option.kind.switch else {"metavar": "VALUE"}
            text = f"{option.help}; {option.kind.accepts}".replace("%", "%%")
            group.addoption(
                option.flag_name, dest=option.ini, action=action, default=None, help=text, **extra
            )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let others implement our hooks."""
    from pytest_visualdiff import hooks

    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Resolve ini and command line; wrong values end the run before any test."""
    config.addinivalue_line(
        "markers",
        f"{PREFIX}(browsers=, viewports=, threshold=, confidence=, mask=, ...): options of the"
        " visual checks of a test, class or module; see --help for the names",
    )
    try:
        settings = config.stash[_settings] = _configured(config)
        if not {settings.origin(name) for name in ("report", "store")} <= {Layer.DEFAULT}:
            _of(config)  # finds out now whether parts of these names are registered
    except UsageError as error:
        raise pytest.UsageError(f"{PREFIX}: {error}") from error


def _configured(config: pytest.Config) -> Settings:
    rows = OPTIONS.values()
    ini = {row.name: config.getini(row.ini) for row in rows if Layer.INI in row.layers}
    flags = {row.name: config.getoption(row.ini) for row in rows if Layer.FLAG in row.layers}
    settings = (
        Settings()
        .over(Layer.INI, {name: value for name, value in ini.items() if value not in (None, [])})
        .over(Layer.FLAG, {name: value for name, value in flags.items() if value is not None})
    )
    _consent(settings)
    return settings


def _consent(settings: Settings) -> None:
    in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    if in_ci and settings["approve"] != "none" and not settings["approve_in_ci"]:
        raise UsageError(
            f"--visualdiff-approve={settings['approve']} was refused because CI is set: a pipeline"
            " that approves what it sees can never fail. Approve on a developer's machine, or add"
            " --visualdiff-approve-in-ci if this is meant"
        )


def _of(config: pytest.Config) -> Session:
    """The session's work, made by the first test or report that needs it."""
    if _session not in config.stash:
        from pytest_visualdiff.session import Session

        worker = getattr(config, "workerinput", {})
        config.stash[_session] = Session.create(
            config.stash[_settings],
            root=config.rootpath,
            shown_from=config.invocation_params.dir,
            run_id=worker.get(f"{PREFIX}_run", ""),
            register=config.hook.pytest_visualdiff_register,
        )
    return config.stash[_session]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each xdist worker the run that it belongs to."""
    node.workerinput[f"{PREFIX}_run"] = _of(node.config).folder.id


# --- collection ---------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses our driver in each wanted browser and viewport."""
    if f"{PREFIX}_driver" not in metafunc.fixturenames or _parametrised_by_hand(metafunc):
        return
    settings = metafunc.config.stash[_settings]
    # A wrong marker is raised again by the test's set-up, and reported as an error of that test.
    with contextlib.suppress(UsageError):
        settings = _marked(metafunc.definition, settings)
    variants = [
        Variant(browser, viewport, settings["pixel_ratio"])
        for browser in settings["browsers"]
        for viewport in settings["viewports"]
    ]
    ids = [variant.id for variant in variants]
    metafunc.parametrize(f"{PREFIX}_driver", variants, ids=ids, indirect=True)


def _parametrised_by_hand(metafunc: pytest.Metafunc) -> bool:
    marks = metafunc.definition.iter_markers("parametrize")
    names = (mark.args[0] if mark.args else mark.kwargs.get("argnames", "") for mark in marks)
    return any(f"{PREFIX}_driver" in some for some in names)


def _marked(node: pytest.Item | Any, settings: Settings) -> Settings:
    """Settings with the markers of module, class and function on top, the closest last."""
    for mark in reversed(list(node.iter_markers(PREFIX))):
        if mark.args:
            raise UsageError(
                f"@pytest.mark.{PREFIX} takes keywords only, not {mark.args[0]!r}: write"
                f" @pytest.mark.{PREFIX}(threshold=3)"
            )
        settings = settings.over(Layer.MARKER, mark.kwargs)
    return settings


# --- one test -----------------------------------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A wrong marker is an error of its test, also under xdist."""
    item.stash[_checker], item.stash[_verdicts] = None, []
    item.stash[_attempts] = item.stash.get(_attempts, 0) + 1
    _marked(item, item.config.stash[_settings])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test at its end when soft checks differed."""
    __tracebackhide__ = True
    try:
        result = yield
    except (Exception, pytest.fail.Exception):
        item.stash[_checker] = None  # it fails anyway, and only once
        raise
    _fail_late(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """The same for a test that skipped itself, and for checks of fixtures being torn down."""
    __tracebackhide__ = True
    result = yield
    _fail_late(item)
    return result


def _fail_late(item: pytest.Item) -> None:
    __tracebackhide__ = True
    if checker := item.stash.get(_checker, None):
        checker.fail_late()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Verdicts travel on the report: they survive a worker crash and work without workers."""
    report = yield
    if verdicts := item.stash.get(_verdicts, []):
        vars(report)[PREFIX] = [verdict.to_dict() for verdict in verdicts]
        item.stash[_verdicts] = []
    return report


@pytest.fixture(scope="session")
def visualdiff_config(pytestconfig: pytest.Config) -> Settings:
    """The options as ini and command line set them (read only)."""
    return pytestconfig.stash[_settings]


@pytest.fixture
def visualdiff(request: pytest.FixtureRequest) -> Checker:
    """The checks of this test: ``visualdiff.check(target, name)``."""
    from pytest_visualdiff.checker import Checker

    item: pytest.Item = request.node
    settings = _marked(item, item.config.stash[_settings])

    def seen(verdict: Verdict) -> None:
        item.stash[_verdicts].append(verdict)
        if "junit" in settings["report"]:
            name = f"{PREFIX}:{repr(verdict.name)[1:-1]}"  # XML takes no control characters
            item.user_properties.append((name, verdict.status.value))
        item.ihook.pytest_visualdiff_verdict(item=item, verdict=verdict)

    checker = Checker(
        test=_identity(item),
        settings=settings,
        rooms=_of(item.config).rooms,
        seen=seen,
        skip=_skip if settings["skip"] else None,
    )
    item.stash[_checker] = checker
    return checker


def _skip(reason: str) -> None:
    __tracebackhide__ = True
    pytest.skip(reason)


def _identity(item: pytest.Item) -> TestIdentity:
    callspec = getattr(item, "callspec", None)
    variant = callspec.params.get(f"{PREFIX}_driver") if callspec else None
    file, *classes = item.nodeid.removesuffix(item.name).rstrip(":").split("::")
    return TestIdentity(
        nodeid=item.nodeid,
        file=file,
        name=".".join([*classes, item.name]),
        variant=variant if isinstance(variant, Variant) else None,
        path=str(item.path),
        attempt=item.stash[_attempts],
    )


# --- browsers -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def visualdiff_browser_options() -> Callable[[str, Any], Any] | None:
    """Override it to change how browsers start: a function of the browser's name and Selenium's
    options that returns the options to use.
    """
    return None


@pytest.fixture(scope="session")
def _visualdiff_pool(
    visualdiff_browser_options: Callable[[str, Any], Any] | None,
) -> Iterator[BrowserPool]:
    from pytest_visualdiff.drivers.pool import BrowserPool

    pool = BrowserPool(visualdiff_browser_options)
    yield pool
    pool.close()


@pytest.fixture
def visualdiff_driver(request: pytest.FixtureRequest, _visualdiff_pool: BrowserPool) -> WebDriver:
    """A Selenium WebDriver with clean cookies and storage and the wanted inner window size."""
    from pytest_visualdiff.drivers import BrowserSpec

    settings = _marked(request.node, request.config.stash[_settings])
    variant = getattr(request, "param", None)
    if not isinstance(variant, Variant):  # requested dynamically, or parametrised by hand
        browser, viewport = settings["browsers"][0], settings["viewports"][0]
        variant = Variant(variant or browser, viewport, settings["pixel_ratio"])
    return _visualdiff_pool.acquire(
        BrowserSpec(
            name=variant.browser,
            viewport=variant.viewport,
            pixel_ratio=variant.pixel_ratio,
            headed=settings["headed"],
            remote=settings["remote"],
            capabilities=settings["capabilities"],
        )
    )


# --- the end, on the controller -----------------------------------------------------------------


def pytest_sessionstart(session: pytest.Session) -> None:
    """Gather verdicts on the controller, or in the only process."""
    config = session.config
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Collector(config), f"{PREFIX}-collector")


class _Collector:
    """Feeds reports to the session and shows what it made of them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._lines: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Verdicts of this process and of every worker arrive here."""
        verdicts = getattr(report, PREFIX, [])
        if verdicts or _session in self._config.stash:
            failed = report.outcome not in ("passed", "skipped")
            _of(self._config).report(report.nodeid, report.when or "", verdicts, failed=failed)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Approve, write run.json and the reports; a refused approval fails the run."""
        config = self._config
        if _session not in config.stash or not _of(config).ledger.attempts:
            return
        interrupted = exitstatus in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR)
        data, self._lines, good = _of(config).finish(
            interrupted=interrupted, status=int(exitstatus)
        )
        if not good and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if data:
            config.hook.pytest_visualdiff_finish(config=config, run=data)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The section that says what happened and what to do next."""
        if self._lines:
            terminalreporter.section(PREFIX)
        for line, colour in self._lines:
            terminalreporter.write_line(line, **({colour: True} if colour else {}))
