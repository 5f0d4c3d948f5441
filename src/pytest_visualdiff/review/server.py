"""The review page's server: the viewer, and decisions as ``Decisions`` makes them.

A Starlette application. Paths of a request only ever choose among the pictures that the run names
and the baselines of its checks; nothing else of the disk can be asked for.

The page decides about baselines, so another site that the person has open must not be able to, nor
another user of the machine:

- ``Host`` names this server, or a name that was pointed at 127.0.0.1 (DNS rebinding) is refused;
- what changes something comes with our ``Origin``, which scripts of other sites cannot forge;
- the address that is printed holds a token in its fragment, which browsers send nowhere. It is
  good once: the page exchanges it for a cookie (``HttpOnly``, ``SameSite=Strict``), so that what
  stays in the browser's history opens nothing;
- all data, pictures and decisions need the cookie. It is sent below one path only, which is made
  anew for each start: other servers on 127.0.0.1, on whatever port, are never sent it.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pytest_visualdiff.errors import StoreError, UsageError
from pytest_visualdiff.model import BaselineKey
from pytest_visualdiff.report.html import content, document, policy
from pytest_visualdiff.review.actor import git
from pytest_visualdiff.review.decisions import State
from pytest_visualdiff.runs import groups
from pytest_visualdiff.runs.record import pictures
from pytest_visualdiff.runs.schema import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from pytest_visualdiff.review.decisions import Decisions, Outcome

HOST = "127.0.0.1"
"""The only address that is listened on."""


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every answer."""


LOCKED = "default-src 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy of all that is no page."""

LARGEST = 1 << 20
"""Bytes of a request's body that are read."""

NO_SESSION = (
    "this page is not open here: start 'visualdiff review' again, and open the address that it"
    " prints"
)

USED = (
    "this address was used already, and opens the page once: start 'visualdiff review' again to"
    " open it in another browser"
)

_EXCHANGE = threading.Lock()

ACTIONS = ("approve", "reject", "undo")

MOST_COMMITS = 8


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered, and the HTTP status that says so."""

    status: int
    why: str


@dataclass(frozen=True)
class RequestGuard:
    """The rules of one start of the server on a port; secrets are 256 random bits."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """What the printed address holds; good once."""
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """What the cookie holds."""
    page: str = field(default_factory=lambda: f"/review-{secrets.token_urlsafe(16)}/")
    """Path of the page; the cookie is sent below it only."""
    _used: list[str] = field(default_factory=list, repr=False)
    """Tokens that were exchanged."""

    @property
    def address(self) -> str:
        """The address to open, with the token in its fragment."""
        return f"http://{HOST}:{self.port}/#token={self.token}"

    @property
    def cookie(self) -> str:
        """The cookie's name; cookies know no ports, so the port is part of it."""
        return f"visualdiff-{self.port}"

    def set_cookie(self) -> str:
        """The value of the ``Set-Cookie`` header."""
        return f"{self.cookie}={self.ticket}; Path={self.page}; HttpOnly; SameSite=Strict"

    def exchange(self, authorization: str) -> bool:
        """Whether the header holds the token, and holds it for the first time."""
        if not _same(authorization, f"Bearer {self.token}"):
            return False
        with _EXCHANGE:
            self._used.append(self.token)
            return len(self._used) == 1

    def refusal(
        self, method: str, path: str, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Refusal | None:
        """Why such a request is refused; None where it may pass. Header names in lower case."""
        hosts = {f"{name}:{self.port}" for name in (HOST, "localhost")}
        if headers.get("host", "") not in hosts:
            return Refusal(421, "this server answers to 127.0.0.1 and localhost only")
        if method not in ("GET", "HEAD", "POST"):
            return Refusal(405, f"{method} is not answered here")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return Refusal(403, "requests of other sites are not answered")
        if method == "POST" and headers.get("origin") != f"http://{headers['host']}":
            return Refusal(403, "decisions are taken from the review page only")
        return self._unknown(path, cookies)

    def _unknown(self, path: str, cookies: Mapping[str, str]) -> Refusal | None:
        """Whether the request lacks the cookie; the empty page and the exchange need none."""
        if path in ("/", "/session", self.page):
            return None
        below = path.startswith(self.page)
        good = below and _same(cookies.get(self.cookie, ""), self.ticket)
        return None if good else Refusal(401, NO_SESSION)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


class BadRequest(UsageError):
    """A request that the page does not make."""


@dataclass(frozen=True)
class Review:
    """What the page shows and does; paths and ids of requests are looked up, never joined."""

    decisions: Decisions

    def content(self) -> dict[str, Any]:
        """The viewer's content, with where each check stands."""
        run = self.decisions.run
        more = {"mode": "review", "base": "./run/", "baselines": "./baseline/"}
        return {**content(run.record, run.folder.path, **more), "decisions": self.states()}

    def states(self, ids: Sequence[str] | None = None) -> dict[str, Any]:
        """Where the checks stand that there is something to decide about."""
        return {
            id_: {**one.to_dict(), "error": one.why if one.state is State.REFUSED else ""}
            for id_, one in self.decisions.states(ids).items()
            if one.state is not State.NOTHING
        }

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The same changes; pixels are compared for it, so it is asked for apart."""
        run = self.decisions.run
        return [one.to_dict() for one in groups.groups(run.checks, run.folder)]

    def decide(self, data: Any) -> dict[str, Any]:
        """Make the decisions of a request; raises ``BadRequest`` or ``StoreError``."""
        action, ids, reason = _parsed(data)
        decide = {name: getattr(self.decisions, name) for name in ACTIONS}[action]
        outcomes: list[Outcome] = decide(ids, reason)
        states = self.states(ids)
        return {
            one.id: {**states.get(one.id, {"state": str(one.state)}), "error": one.error}
            for one in outcomes
        }

    def history(self, id_: str) -> dict[str, Any]:
        """What the log and git say of a check's baseline, newest first."""
        verdict = self.decisions.checks.get(id_)
        if verdict is None or not verdict.key:
            return {"log": [], "commits": []}
        transaction = self.decisions.transaction
        log = [one.to_dict() for one in reversed(transaction.history().of(verdict.key))]
        form = "--format=%h%x00%an%x00%aI%x00%s"
        listed = git(transaction.baselines, "log", f"-{MOST_COMMITS}", form, "--", verdict.key)
        commits = [line.split("\0") for line in listed.decode("utf-8", "replace").splitlines()]
        return {"log": log, "commits": [one for one in commits if len(one) == 4]}

    @cached_property
    def _pictures(self) -> frozenset[str]:
        return frozenset(pictures(self.decisions.run.record))

    def picture(self, path: str) -> bytes:
        """A picture that the run names; raises ``StoreError`` for anything else."""
        if path not in self._pictures:
            raise StoreError("no picture of this run has that name")
        return self.decisions.run.folder.load(path)

    def baseline(self, key: str) -> bytes:
        """The baseline of a check of the run; raises ``StoreError`` for anything else."""
        if not any(one.key == key for one in self.decisions.checks.values()):
            raise StoreError("no check of this run has that baseline")
        found = self.decisions.transaction.store.read(BaselineKey(key))
        if found is None:
            raise StoreError("there is no such baseline any more")
        return found


def _parsed(data: Any) -> tuple[str, list[str], str]:
    try:
        action, ids, reason = data["action"], data["ids"], data.get("reason", "")
    except (TypeError, KeyError, AttributeError) as error:
        raise BadRequest("a decision needs action and ids") from error
    if action not in ACTIONS or not isinstance(reason, str) or not isinstance(ids, list):
        raise BadRequest(f"action is one of {', '.join(ACTIONS)}, ids is a list, reason a text")
    if not all(isinstance(one, str) for one in ids):
        raise BadRequest("ids are texts")
    return action, ids, reason


def application(review: Review, guard: RequestGuard) -> Starlette:
    """The application; everything passes the guard first."""
    routes = [
        Route("/", lambda _: _page()),
        Route(guard.page, lambda _: _page()),
        Route("/session", lambda request: _session(guard, request), methods=["POST"]),
        Route(f"{guard.page}api/run", lambda _: JSONResponse(review.content())),
        Route(f"{guard.page}api/groups", lambda _: JSONResponse(review.groups)),
        Route(f"{guard.page}api/state", lambda _: JSONResponse(review.states())),
        Route(
            f"{guard.page}api/past",
            lambda request: JSONResponse(review.history(request.query_params.get("id"))),
        ),
        Route(f"{guard.page}api/decide", _deciding(review), methods=["POST"]),
        Route(
            guard.page + "run/{path:path}",
            lambda request: _png(review.picture(request.path_params["path"])),
        ),
        Route(
            guard.page + "baseline/{path:path}",
            lambda request: _png(review.baseline(request.path_params["path"])),
        ),
    ]
    handlers = {
        StoreError: _error_response(409),
        UsageError: _error_response(400),
        HTTPException: _http_error,
        OSError: _error_response(503),
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.add_middleware(GuardMiddleware, guard=guard)
    return app


async def load_threads() -> None:
    """Import now what the first answer would import, when there may be no file descriptor."""
    await run_in_threadpool(lambda: None)


def _page() -> Response:
    rules = policy().replace(" file:", "")
    text = document({"mode": "review"}, title="visualdiff review")
    headers = {"Content-Security-Policy": f"{rules}; frame-ancestors 'none'"}
    return HTMLResponse(text, headers=headers)


def _session(guard: RequestGuard, request: Request) -> Response:
    """The token for the cookie, once."""
    given = request.headers.get("authorization", "")
    if not guard.exchange(given):
        known = _same(given, f"Bearer {guard.token}")
        return JSONResponse({"error": USED if known else NO_SESSION}, status_code=401)
    return JSONResponse({"page": guard.page}, headers={"Set-Cookie": guard.set_cookie()})


def _png(data: bytes) -> Response:
    return Response(data, media_type="image/png")


def _deciding(review: Review) -> Any:
    async def decide(request: Request) -> Response:
        if request.headers.get("content-type") != "application/json":
            raise BadRequest("decisions are JSON")
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                raise BadRequest(f"at most {LARGEST} bytes in one request")
        try:
            data = parse(body)
        except ValueError as error:
            raise BadRequest(f"decisions are JSON: {error}") from error
        return JSONResponse({"decisions": await run_in_threadpool(review.decide, data)})

    return decide


def _error_response(status: int) -> Any:
    async def answer(_: Request, error: Exception) -> Response:  # not in a thread, which may fail
        return JSONResponse({"error": str(error)}, status_code=status)

    return answer


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"error": f"not answered here ({status})"}, status_code=status)


class GuardMiddleware:
    """ASGI middleware: the guard before, the headers after."""

    def __init__(self, app: ASGIApp, guard: RequestGuard) -> None:
        self.app = app
        self.guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no page of ours opens a WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope)
        refusal = self.guard.refusal(
            request.method, request.url.path, request.headers, request.cookies
        )

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**HEADERS, "Content-Security-Policy": LOCKED}.items():
                    headers.setdefault(name, value)
            await send(message)

        if refusal:
            answer = JSONResponse({"error": refusal.why}, status_code=refusal.status)
            await answer(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)
