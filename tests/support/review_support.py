"""A review server in this process, for tests: the real application behind a real socket."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from pytest_visualdiff.review.decisions import Decisions
from pytest_visualdiff.review.server import RequestGuard, Review, application
from pytest_visualdiff.review.transaction import DecisionTransaction
from pytest_visualdiff.runs import run_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sample_run import Sample


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Served:
    """A running server, and the sample that it shows."""

    sample: Sample
    guard: RequestGuard
    decisions: Decisions

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.guard.port}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> Answer:
        """A request as the page makes it; a header given as None is left out.

        Paths of data are below the page's own; those that begin with ``//`` are asked for as they
        are, without the first slash.
        """
        if path not in ("/", "/session"):
            path = path[1:] if path.startswith("//") else f"{self.guard.page}{path[1:]}"
        usual: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.guard.port}",
            "Cookie": f"{self.guard.cookie}={self.guard.ticket}",
            "Sec-Fetch-Site": "same-origin",
        }
        if method == "POST":
            usual |= {"Origin": self.origin, "Content-Type": "application/json"}
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.guard.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in usual.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def decide(self, action: str, *ids: str, reason: str = "", **headers: str | None) -> Answer:
        """A decision as the page sends it."""
        wish = {"action": action, "ids": ids, "reason": reason}
        return self.ask("POST", "/api/decide", json.dumps(wish).encode(), **headers)

    def states(self) -> dict[str, str]:
        """Where the checks stand."""
        return {id_: str(one.state) for id_, one in self.decisions.states().items()}


@contextmanager
def reviewing(sample: Sample, who: str = "Ada") -> Iterator[Served]:
    """Serve the review page of a sample on a free port until the block ends."""
    sample.record()
    loaded = run_files.load(sample.output, sample.run_id)
    decisions = Decisions(
        loaded, DecisionTransaction.of_project(sample.baselines, sample.output, who)
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    guard = RequestGuard(listener.getsockname()[1])
    config = uvicorn.Config(
        application(Review(decisions), guard), log_level="error", lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Served(sample, guard, decisions)
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(timeout=20)
        listener.close()


def baselines(root: Path) -> dict[str, bytes]:
    """Key → bytes of all pictures in a folder of baselines."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.png")}
