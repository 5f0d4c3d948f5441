"""A Selenium Grid: what it has, what waits for it, and how sessions end with their owner.

A Grid ends a session that nobody uses after its own ``--session-timeout`` (300 seconds unless set
otherwise), and a client cannot shorten that. So each session carries a label of its owner, and a
small process, the guard, ends the sessions with that label when the owner has been killed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import sys
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STATUS_SECONDS = 5.0
LABEL = "se:name"
"""The capability that carries the label; the Grid shows it as the session's name."""


class Slot(NamedTuple):
    """A place for one session on a node."""

    browser: str
    version: str
    session: str
    """The id of the session that runs there; empty where it is free."""
    label: str


class Node(NamedTuple):
    """One machine of a Grid."""

    address: str
    version: str
    available: bool
    slots: tuple[Slot, ...]


class Grid(NamedTuple):
    """What a Grid tells of itself."""

    nodes: tuple[Node, ...]
    waiting: int | None
    """Requests for a session in its queue; None where it does not tell."""

    @property
    def slots(self) -> list[Slot]:
        """The slots of all nodes."""
        return [slot for node in self.nodes for slot in node.slots]

    def words(self) -> str:
        """Nodes, slots and queue in a few words."""
        every = Counter(slot.browser for slot in self.slots)
        busy = Counter(slot.browser for slot in self.slots if slot.session)
        slots = ", ".join(f"{name} {busy[name]} of {every[name]} busy" for name in sorted(every))
        nodes = f"{len(self.nodes)} node{'s' * (len(self.nodes) != 1)}"
        queue = "" if self.waiting is None else f"; {self.waiting} waiting in its queue"
        return f"{nodes}, {slots or 'no slots'}{queue}"


def address_of(remote: str) -> tuple[str, str | None, str | None]:
    """The address without user and password, the user, and the password."""
    parts = urlsplit(remote)
    place = parts.netloc.rpartition("@")[2]
    return (
        urlunsplit(parts._replace(netloc=place)).rstrip("/"),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def grid_at(remote: str) -> Grid | None:
    """What the Grid at that address tells; None where it is no Grid, or does not answer."""
    try:
        value = _asked(remote, "/status")["value"]
        # A hub without nodes tells only this.
        alone = "Selenium Grid" in str(value.get("message", ""))
        nodes = value.get("nodes", []) if alone else value["nodes"]
        return Grid(tuple(_node(node) for node in nodes), waiting_at(remote))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def end_session(remote: str, session: str) -> None:
    """End a session by its id; never raises."""
    with contextlib.suppress(OSError, ValueError):
        _asked(remote, f"/session/{session}", method="DELETE")


class SessionGuard:
    """Ends all sessions with one label when this process has ended, however that happens."""

    def __init__(self, remote: str) -> None:
        self.remote = remote
        self.label = f"visualdiff {uuid.uuid4().hex}"
        self.gave_up = False
        """Whether a request was given up, whose session the Grid may still start."""
        self._process = self._started()

    def end_all(self) -> None:
        """End the sessions with this label that are still open."""
        grid = grid_at(self.remote)
        for slot in grid.slots if grid else ():
            if slot.session and slot.label == self.label:
                end_session(self.remote, slot.session)

    def dismiss(self) -> None:
        """End what is left, and stop waiting; not yet where a session may still come."""
        self.end_all()
        if self.gave_up:
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process.returncode = 0  # It ends by itself, after this process.
            return
        self._process.kill()
        self._process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-S", "-c", _GUARD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Not as an argument, which other users of the machine can read.
        address, user, password = address_of(self.remote)
        facts = {"address": address, "headers": _headers(user, password), "label": self.label}
        if process.stdin is not None:
            process.stdin.write(json.dumps(facts).encode() + b"\n")
            process.stdin.flush()
        return process


# Knows nothing of this package, which may be in a folder that it cannot import from. A session that
# was starting when its owner was killed appears some seconds later.
_GUARD = f"""
import json, sys, time
from urllib.request import Request, urlopen
facts = json.loads(sys.stdin.readline())
sys.stdin.read()
def ask(path, method="GET"):
    request = Request(facts["address"] + path, method=method, headers=facts["headers"])
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)
for _ in range(60):
    try:
        for node in ask("/status")["value"]["nodes"]:
            for slot in node["slots"]:
                session = slot["session"]
                if session and session["capabilities"].get("{LABEL}") == facts["label"]:
                    ask("/session/" + session["sessionId"], "DELETE")
    except Exception:
        pass
    time.sleep(1)
"""


def _asked(remote: str, path: str, method: str = "GET", data: bytes | None = None) -> Any:
    from urllib.request import Request, urlopen  # 20 ms that only a remote pays

    address, user, password = address_of(remote)
    headers = {**_headers(user, password), "Content-Type": "application/json"}
    request = Request(address + path, method=method, headers=headers, data=data)  # noqa: S310 - the user's own
    with urlopen(request, timeout=STATUS_SECONDS) as answer:  # noqa: S310
        return json.load(answer)


def _headers(user: str | None, password: str | None) -> dict[str, str]:
    if user is None:
        return {}
    both = base64.b64encode(f"{user}:{password or ''}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


def waiting_at(remote: str) -> int | None:
    """How many requests wait in the queue of a Grid; None where it does not tell."""
    query = json.dumps({"query": "{ grid { sessionQueueSize } }"}).encode()
    base = remote.rstrip("/").removesuffix("/wd/hub")
    try:
        answer = _asked(base, "/graphql", "POST", query)
        return int(answer["data"]["grid"]["sessionQueueSize"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _node(node: Mapping[str, Any]) -> Node:
    return Node(
        str(node.get("uri") or node.get("externalUri") or ""),
        str(node.get("version", "")),
        node.get("availability") == "UP",
        tuple(_slots(node)),
    )


def _slots(node: Mapping[str, Any]) -> Iterator[Slot]:
    for slot in node["slots"]:
        kind, session = slot["stereotype"], slot.get("session") or {}
        yield Slot(
            str(kind.get("browserName", "")),
            str(kind.get("browserVersion", "")),
            str(session.get("sessionId", "")),
            str((session.get("capabilities") or {}).get(LABEL, "")),
        )
