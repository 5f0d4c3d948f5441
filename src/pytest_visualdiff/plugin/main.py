"""pytest's hooks.

No decision about a check is made here. Heavy modules are imported when a test requests a fixture.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff import clock, files  # noqa: F401 - they read what a test may change
from pytest_visualdiff.browsers import environment  # noqa: F401 - likewise
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.options.table import OPTIONS, PREFIX, THEMES, Layer, Settings
from pytest_visualdiff.plugin import items, terminal_output, tracebacks, worker_reports
from pytest_visualdiff.plugin.collection import COLLECTED, Collected
from pytest_visualdiff.plugin.state import (
    ATTEMPTS,
    NAMES,
    SCREEN,
    SESSION,
    SETTINGS,
    SOFT,
    VERDICTS,
    marked,
    session_of,
)
from pytest_visualdiff.plugin.variants import DRIVER, variants
from pytest_visualdiff.plugin.worker_reports import ReportReceiver
from pytest_visualdiff.secrets import MaskedText

if TYPE_CHECKING:
    from collections.abc import Generator

pytest_plugins = ["pytest_visualdiff.plugin.fixtures"]

FLAGS_OF_OTHERS = (
    "-u",
    "--update-snapshots",
    "--update-snapshot",
    "--snapshot-update",
    "--updateSnapshot",
)
"""How other tools are told to accept what they see."""

# --- set-up -------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Each row of the option table becomes a flag and an ini key."""
    for option in OPTIONS.values():
        group = parser.getgroup(f"{PREFIX}: {THEMES[option.group]}")
        if Layer.INI in option.layers:
            kind = "linelist" if option.kind.many else "string"
            parser.addini(option.ini, option.help, type=kind, default=None)  # type: ignore[arg-type]
        if Layer.FLAG in option.layers:
            action = (
                "append" if option.kind.many else "store_true" if option.kind.switch else "store"
            )
            extra = {} if option.kind.switch else {"metavar": "VALUE", "type": MaskedText}
            text = f"{option.help}; {option.kind.accepts}".replace("%", "%%")
            group.addoption(
                option.flag_name, dest=option.ini, action=action, default=None, help=text, **extra
            )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    """Name our flag where somebody writes the one of another snapshot tool.

    A flag that another plugin or a ``conftest.py`` offers is left alone.
    """
    loaded = yield
    written = [word for word in args if word.partition("=")[0] in FLAGS_OF_OTHERS]
    if written:
        unknown = parser.parse_known_and_unknown_args(args)[1]
        for word in written:
            if word in unknown:
                raise pytest.UsageError(
                    f"unrecognized arguments: {word} (did you mean --{PREFIX}-approve=changed?)"
                )
    return loaded


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the hooks of this plugin, so that others can implement them."""
    from pytest_visualdiff.plugin import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Resolve ini and command line; wrong values end the run before any test."""
    invoked = config.invocation_params
    arguments = tuple(MaskedText(one) for one in invoked.args)
    config.invocation_params = replace(invoked, args=arguments)
    config.addinivalue_line(
        "markers",
        f"{PREFIX}(browsers=, viewports=, threshold=, confidence=, mask=, ...): options of the"
        " visual checks of a test, class or module; see --help for the names",
    )
    try:
        settings = config.stash[SETTINGS] = settings_of(config)
        if not {settings.origin(name) for name in ("report", "store")} <= {Layer.DEFAULT}:
            session_of(config)  # finds out now whether parts of these names are registered
    except UsageError as error:
        raise pytest.UsageError(f"{PREFIX}: {error}") from error
    if config.getoption("htmlpath", None) or config.getoption("allure_report_dir", None):
        from pytest_visualdiff.plugin.integrations import Embedding

        config.pluginmanager.register(Embedding(), f"{PREFIX}-embedding")


def settings_of(config: pytest.Config) -> Settings:
    """The options of the configuration file and the command line; raises ``UsageError``."""
    rows = OPTIONS.values()
    table = _native_table(config)
    ini = {
        row.name: table[row.ini] if row.ini in table else config.getini(row.ini)
        for row in rows
        if Layer.INI in row.layers
    }
    flags = {row.name: config.getoption(row.ini) for row in rows if Layer.FLAG in row.layers}
    settings = (
        Settings()
        .over(Layer.INI, {name: value for name, value in ini.items() if value not in (None, [])})
        .over(Layer.FLAG, {name: value for name, value in flags.items() if value is not None})
    )
    _consent(settings)
    return settings


def _native_table(config: pytest.Config) -> dict[str, Any]:
    """The values that keep their TOML types, without those that ``-o`` replaces."""
    if pytest.version_tuple < (9,) or config.inipath is None or config.inipath.suffix != ".toml":
        return {}
    from pytest_visualdiff.options.configuration_file import native_toml

    replaced = {text.partition("=")[0] for text in config.getoption("override_ini") or ()}
    table = native_toml(config.inipath)
    return {key: value for key, value in table.items() if key not in replaced}


def _consent(settings: Settings) -> None:
    in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    if in_ci and settings["approve"] != "none" and not settings["approve_in_ci"]:
        raise UsageError(
            f"--visualdiff-approve={settings['approve']} was refused because CI is set: a pipeline"
            " that approves what it sees can never fail. Approve on a developer's machine, or add"
            " --visualdiff-approve-in-ci if this is meant"
        )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each xdist worker the run that it belongs to."""
    node.workerinput[f"{PREFIX}_run"] = session_of(node.config).folder.id


# --- collection ---------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses the driver fixture in each requested browser and viewport."""
    if DRIVER not in metafunc.fixturenames or _parametrised_by_hand(metafunc):
        return
    settings = metafunc.config.stash[SETTINGS]
    # A wrong marker is raised again by the test's set-up, and reported as an error of that test.
    with contextlib.suppress(UsageError):
        settings = marked(metafunc.definition, settings)
    wanted = variants(settings)
    ids = [variant.id for variant in wanted]
    metafunc.parametrize(DRIVER, wanted, ids=ids, indirect=True)


def _parametrised_by_hand(metafunc: pytest.Metafunc) -> bool:
    marks = metafunc.definition.iter_markers("parametrize")
    names = (mark.args[0] if mark.args else mark.kwargs.get("argnames", "") for mark in marks)
    return any(DRIVER in some for some in names)


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Collector) -> Generator[None, object, object]:
    """Remember the names in a module or class, for those that differ only in case."""
    made = yield
    items.note_names(collector, made)
    return made


# --- one test -----------------------------------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A wrong marker is an error of its test, also under xdist."""
    item.stash[SCREEN], item.stash[SOFT], item.stash[VERDICTS] = None, [], []
    item.stash[NAMES] = set()
    item.stash[ATTEMPTS] = item.stash.get(ATTEMPTS, 0) + 1
    marked(item, item.config.stash[SETTINGS])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test at its end if soft checks differed."""
    __tracebackhide__ = True
    try:
        result = yield
    except (Exception, pytest.fail.Exception):
        item.stash[SOFT].clear()  # it fails anyway, and only once
        raise
    _fail_late(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """The same for a test that skipped itself, and for checks of fixtures being torn down.

    Meanwhile the diff images are written. If one cannot be written, its test has an error.
    """
    __tracebackhide__ = True
    with contextlib.ExitStack() as stack:
        stack.callback(_settle, item)
        result = yield
        stack.callback(_fail_late, item)
    return result


def _settle(item: pytest.Item) -> None:
    __tracebackhide__ = True
    if SESSION in item.config.stash:
        session_of(item.config).folder.settle()


def _fail_late(item: pytest.Item) -> None:
    __tracebackhide__ = True
    with contextlib.ExitStack() as stack:  # a later error has the earlier one as its context
        for checks in item.stash.get(SOFT, []):
            stack.callback(checks.fail_late)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Verdicts travel on the report: they survive a worker crash and work without workers."""
    with contextlib.ExitStack() as stack:
        if call.excinfo is not None:
            stack.enter_context(tracebacks.shortened(item, call.excinfo))
        report = yield
        if call.excinfo is not None:
            tracebacks.locate(item, call, report)
            terminal_output.shorten(call.excinfo, report)
    items.note_ids(item, report)
    worker_reports.attach(item, report)
    return report


# --- the end, on the controller -----------------------------------------------------------------


def pytest_sessionstart(session: pytest.Session) -> None:
    """Gather verdicts on the controller, or in the only process."""
    config = session.config
    config.stash[COLLECTED] = Collected(config)
    config.pluginmanager.register(config.stash[COLLECTED], f"{PREFIX}-collected")
    if not hasattr(config, "workerinput"):
        receiver = ReportReceiver(config)
        config.pluginmanager.register(receiver, f"{PREFIX}-collector")
        config.pluginmanager.register(receiver.failures, f"{PREFIX}-failures")
