"""Start and end real browsers. The only file of this folder that imports selenium."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from selenium import webdriver
from selenium.webdriver.remote.client_config import ClientConfig

from pytest_visualdiff.browsers import installed, webdriver_errors
from pytest_visualdiff.browsers.browser_types import EMULATED, browser_type, resolve
from pytest_visualdiff.browsers.environment import environment
from pytest_visualdiff.browsers.processes import Guard, ProcessGroup, within
from pytest_visualdiff.browsers.remote import LABEL, address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from selenium.webdriver.common.service import Service
    from selenium.webdriver.remote.webdriver import WebDriver as WebDriver  # noqa: PLC0414 - public

    from pytest_visualdiff.browsers.installed import Located
    from pytest_visualdiff.browsers.spec import BrowserSpec

    Options: TypeAlias = Any  # ChromeOptions, FirefoxOptions, ...: what they share has no name
    Customise: TypeAlias = Callable[[str, Any], Any]

START_SECONDS = 60.0
QUIT_SECONDS = 10.0
_TIMEOUTS = {"pageLoad": 30_000, "script": 30_000}
ANSWER_SECONDS = 90
"""How long a command may take; longer than any page load or script, so that those report first."""

# geckodriver takes the permission to clean all origins itself since this version, and refuses it
# among the arguments of Firefox since a later one.
_GECKODRIVER_GRANTS = (0, 36)
_SYSTEM_ACCESS = "-remote-allow-system-access"
_NO_SANDBOX = "--no-sandbox"
_SANDBOX_REFUSED = re.compile(
    "no-sandbox|DevToolsActivePort|instance exited|failed to start|crashed", re.IGNORECASE
)
_REMOTE_ATTEMPTS = 3
_known_needs: dict[tuple[str, str], tuple[str, ...]] = {}
"""Server and browser -> arguments that it was found to need, so that only one start fails."""


class DevToolsRecorder:
    """Remembers the DevTools commands of a test: only what was changed has to be undone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.devtools_used: set[str] = set()
        super().__init__(*args, **kwargs)

    def execute(self, driver_command: Any, params: dict[str, Any] | None = None) -> Any:
        """Run a WebDriver command."""
        if driver_command == "executeCdpCommand" and params:
            self.devtools_used.add(params["cmd"])
        elif driver_command in ("setPermissions", "setNetworkConditions"):
            self.devtools_used.add(driver_command)
        return super().execute(driver_command, params)  # type: ignore[misc]


class Remote(DevToolsRecorder, webdriver.Remote):
    """A browser behind a WebDriver server or Grid."""


@dataclass
class Browser:
    """A running browser: its driver, its processes, and the window that tests get."""

    spec: BrowserSpec
    driver: WebDriver
    processes: ProcessGroup | None = None
    """None for a remote browser, whose processes are another machine's."""
    window: str = ""
    used: bool = field(default=False)
    """Whether a test has had it, so that it must be cleaned for the next one."""

    def quit(self) -> None:
        """End the browser and its driver; never raises, never hangs, leaves no process."""
        with (
            contextlib.suppress(Exception),
            patience(self.driver, QUIT_SECONDS),
            within(QUIT_SECONDS, self.kill),
        ):
            self.driver.quit()
        if self.processes is not None:
            self.processes.release()

    def kill(self) -> None:
        """End a browser that does not answer, without asking it."""
        if self.processes is not None:
            self.processes.kill()


def start(spec: BrowserSpec, customise: Customise | None = None, *, label: str = "") -> Browser:
    """Start what ``spec`` asks for, or raise ``BrowserUnavailable`` that says what to install.

    ``customise(name, options)`` may change the options or return others. ``label`` is noted in a
    session on a Grid.
    """
    browser_type(spec.name)
    if spec.remote:
        browser = _start_remote(spec, customise, label)
    else:
        browser = _start_local(spec, customise)
    try:
        browser.driver.caps["visualdiff:browser"] = spec.name
        browser.window = browser.driver.current_window_handle
        client_config(browser.driver).timeout = ANSWER_SECONDS
    except BaseException:
        browser.quit()
        raise
    return browser


def build_options(spec: BrowserSpec, customise: Customise | None = None) -> Options:
    """The options of a browser: ours, then the spec's capabilities, then the user's function."""
    row = browser_type(spec.name)
    options = resolve(row.options)()
    resolve(row.configure)(options, spec)
    options.page_load_strategy = "normal"
    # An open dialog must be seen by the capture, not closed behind the test's back.
    options.set_capability("unhandledPromptBehavior", "ignore")
    options.timeouts = dict(_TIMEOUTS)
    for name, value in spec.capabilities.items():
        if name == options.KEY and isinstance(value, Mapping):
            _merge(options, value)
        else:
            options.set_capability(name, value)
    return (customise(spec.name, options) if customise else None) or options


def reset_timeouts(driver: WebDriver) -> None:
    """Give the driver the timeouts that every test starts with."""
    # Not by the property: selenium leaves a timeout of zero out of what it sends.
    driver.execute("setTimeouts", {"implicit": 0, **_TIMEOUTS})


def client_config(driver: WebDriver) -> Any:
    """The settings of the connection to the driver."""
    return driver.command_executor._client_config  # type: ignore[union-attr]  # noqa: SLF001


@contextlib.contextmanager
def patience(driver: WebDriver, seconds: float) -> Iterator[None]:
    """Wait less long for an answer of the driver than usual."""
    config = client_config(driver)
    usual, config.timeout = config.timeout, seconds
    try:
        yield
    finally:
        config.timeout = usual


def _merge(options: Options, vendor: Mapping[str, Any]) -> None:
    """Add the parts of ``goog:chromeOptions`` or ``moz:firefoxOptions`` to ours."""
    for name, value in vendor.items():
        if name == "args":
            for argument in value:
                options.add_argument(argument)
        elif name == "binary":
            options.binary_location = value
        elif not hasattr(options, "add_experimental_option"):
            for key, preference in (value if name == "prefs" else {}).items():
                options.set_preference(key, preference)
        else:
            ours = options.experimental_options.get(name)
            merged = {**ours, **value} if isinstance(ours, dict) else value
            options.add_experimental_option(name, merged)


def _start_local(spec: BrowserSpec, customise: Customise | None) -> Browser:
    found = installed.find(spec.name)
    options = build_options(spec, customise)
    if found.browser is None and not options.binary_location:
        raise webdriver_errors.unavailable(spec, found, "it is not installed, or does not run")
    options.binary_location = options.binary_location or _path(found.browser)
    row = browser_type(spec.name)
    if row.engine == "firefox" and not _grants_system_access(found):
        options.add_argument(_SYSTEM_ACCESS)
    # The guard is there before the driver: a kill in the middle of the start leaves nothing.
    guard = Guard(tempfile.mkdtemp(prefix="visualdiff-"))
    service = _service(found, guard)
    try:
        with within(START_SECONDS, lambda: _end(service, guard)), _bounded_manager():
            driver = _driver_class(row.driver)(options=options, service=service)
    except BaseException as error:
        _end(service, guard)
        if isinstance(error, Exception):
            raise webdriver_errors.unavailable(spec, found, _deepest(error)) from error
        raise
    _note_device(driver, options)
    return Browser(spec, driver, ProcessGroup(service.process.pid, guard.folder, guard))


def _note_device(driver: WebDriver, options: Options) -> None:
    """Remember that a device is emulated: the browser does not tell."""
    if "mobileEmulation" in getattr(options, "experimental_options", {}):
        driver.caps[EMULATED] = True


def _driver_class(reference: str) -> Callable[..., WebDriver]:
    """Selenium's class of a local driver that also remembers DevTools commands."""
    base = resolve(reference)
    kind: Callable[..., WebDriver] = type(base.__name__, (DevToolsRecorder, base), {})
    return kind


class WatchedService:
    """Tells the guard of the driver's process as soon as that runs."""

    guard: Guard
    process: Any

    def _start_process(self, path: str) -> None:
        super()._start_process(path)  # type: ignore[misc]
        self.guard.watch(self.process.pid)


def _service(found: Located, guard: Guard) -> Service:
    arguments = []
    row = browser_type(found.name)
    if row.engine == "firefox" and _grants_system_access(found):
        arguments.append("--allow-system-access")
    base = resolve(row.service)
    kind = type(base.__name__, (WatchedService, base), {"guard": guard})
    service: Service = kind(
        executable_path=_path(found.driver) or None,
        service_args=arguments,
        env=_environment(guard),
        # Never set: the variable was already asked when the driver was located.
        driver_path_env_key="VISUALDIFF_NO_OTHER_DRIVER",
        log_output=subprocess.DEVNULL,
        popen_kw=_detached(),
    )
    return service


def _environment(guard: Guard) -> dict[str, str]:
    """A temporary folder of its own: a killed driver leaves its profiles behind."""
    own = {"TMPDIR": guard.folder} if sys.platform.startswith("linux") else {}
    return guard.mark({**environment(), **own})


def _detached() -> dict[str, Any]:
    """Out of reach of Ctrl-C, which would end the browser under a test that is cleaning up."""
    if sys.platform == "win32":
        return {"creation_flags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _end(service: Service, guard: Guard) -> None:
    process = getattr(service, "process", None)
    if process is not None:
        ProcessGroup(process.pid, guard.folder, guard).release()
    else:
        guard.dismiss()
        shutil.rmtree(guard.folder, ignore_errors=True)


def _path(program: installed.Program | None) -> str:
    return program.path if program else ""


def _grants_system_access(found: Located) -> bool:
    if found.driver is None:
        return True  # Selenium Manager fetches a new one.
    numbers = found.driver.version.split(".")[:2]
    return tuple(int(number) for number in numbers) >= _GECKODRIVER_GRANTS


def _deepest(error: BaseException) -> BaseException:
    """Selenium hides why a driver could not be found in the cause of its exception."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


@contextlib.contextmanager
def _bounded_manager() -> Iterator[None]:
    """Without a network Selenium Manager tries for five minutes."""
    usual = os.environ.get("SE_TIMEOUT")
    os.environ.setdefault("SE_TIMEOUT", f"{START_SECONDS:.0f}")
    try:
        yield
    finally:
        if usual is None:
            os.environ.pop("SE_TIMEOUT", None)


def _start_remote(spec: BrowserSpec, customise: Customise | None, label: str) -> Browser:
    options = build_options(spec, customise)
    if label and LABEL not in options.capabilities:
        options.set_capability(LABEL, label)
    row = browser_type(spec.name)
    if row.engine == "firefox":
        options.add_argument(_SYSTEM_ACCESS)
    for argument in _known_needs.get((spec.remote, spec.name), ()):
        options.add_argument(argument)
    reason = ""
    for _ in range(_REMOTE_ATTEMPTS):
        driver, reason = _connected(spec, options)
        if driver is not None:
            return Browser(spec, driver)
        if not _changed(options, reason):
            break
        if _NO_SANDBOX in options.arguments:
            _known_needs[spec.remote, spec.name] = (_NO_SANDBOX,)
    # Without its cause: the frames of that hold the address with its password, and access keys.
    raise webdriver_errors.unavailable_remote(spec, reason) from None


def _connected(spec: BrowserSpec, options: Options) -> tuple[WebDriver | None, str]:
    """A session on the server, or why there is none."""
    address, user, password = address_of(spec.remote)
    config = ClientConfig(address, username=user, password=password, timeout=spec.remote_wait)  # type: ignore[arg-type]
    try:
        return Remote(address, options=options, client_config=config), ""
    except Exception as error:  # noqa: BLE001 - each is told as a typed one, without its frames
        return None, webdriver_errors.whole(_deepest(error))


def _changed(options: Options, reason: str) -> bool:
    """Change the options where the server's reason asks for that; whether it did.

    Firefox: a geckodriver older than 0.36 refuses the argument. Chromium: a node that runs as root
    cannot start it with its sandbox, and does not say so in plain words.
    """
    if _SYSTEM_ACCESS in options.arguments and "system-access" in reason:
        options.arguments.remove(_SYSTEM_ACCESS)
        return True
    sandboxed = hasattr(options, "add_experimental_option") and _NO_SANDBOX not in options.arguments
    if sandboxed and _SANDBOX_REFUSED.search(reason):
        options.add_argument(_NO_SANDBOX)
        return True
    return False
