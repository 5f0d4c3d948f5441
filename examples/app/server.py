"""Pennywell, the example site: a small invented product to point visual tests at.

    with serve() as app:
        driver.get(app.url + "/pricing")
        app.bug = "button-shift"          # from now on every page carries this bug

or, from a shell:

    python examples/app/server.py --port 8000 --bug button-shift

A page without a bug is the same, byte for byte, on every request: no dates, no random numbers.
Only `#clock` on the dashboard moves.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import html
import os
import secrets
import sys
import threading
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HERE = Path(__file__).resolve().parent
PAGES = HERE / "pages"
STATIC = HERE / "static"
SESSION = "session"
LONGEST_FORM = 16_384

USERS: dict[str, str] = {"ada": "s3cret@1"}
"""Who may log in: user name to password."""

BUGS: dict[str, str] = {
    "blank-label": "the label of the #buy button has vanished, the button is still there",
    "button-shift": "#buy on the pricing page sits 12 px lower",
    "dimmed": "the whole page is a little too dark",
    "missing-footer": "the footer is gone on every page",
    "missing-icon": "the icon of the overdue card on the dashboard has disappeared",
    "overflow": "the highlighted pricing card is too wide on a small screen",
    "recolour": "primary buttons have a slightly different green",
    "resized-icon": "the logo is a little larger than it should be",
    "typo": "one wrong character in a heading of each page",
    "wrong-number": "one wrong digit in the invoice table of the dashboard",
}
"""The planted bugs: name to what is wrong. A bug is a stylesheet in `static/bugs` or a swap."""

SWAPS: dict[str, dict[str, str]] = {
    "typo": {
        "Pricing as plain": "Pricing as plein",
        "Latest invoices": "Latest invoises",
        "Good to see you": "Good to see yov",
        "taught us": "taught vs",
        "Set up your": "Set up yuor",
    },
    "wrong-number": {"€6,480.00": "€6,430.00"},
}
"""For bugs in the text of a page: what is written, and what the bug writes in its place."""

CONTENT_TYPES: dict[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


class UnknownBugError(ValueError):
    """A bug that was never planted was asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unknown bug {name!r}; known bugs: {', '.join(sorted(BUGS))}")


@dataclass(frozen=True)
class Request:
    """What the browser asked for, already taken apart."""

    method: str
    path: str
    query: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    session: str = ""
    seen_etag: str = ""


@dataclass(frozen=True)
class Reply:
    """What the browser is given."""

    status: HTTPStatus
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class App:
    """The running site; `close` it, or let `serve` do so."""

    def __init__(self, bug: str | None = None, port: int = 0) -> None:
        self._bug = known_bug(bug if bug is not None else os.environ.get("DEMO_BUG"))
        self._sessions: dict[str, str] = {}
        self._server = _Server(("127.0.0.1", port), _handler_for(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="example-app", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The address of the site, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def bug(self) -> str | None:
        """The bug that every page carries now, or None; set it at any time."""
        return self._bug

    @bug.setter
    def bug(self, name: str | None) -> None:
        self._bug = known_bug(name)

    def login_cookie(self, user: str = "ada") -> dict[str, str]:
        """Make a session cookie for `driver.add_cookie`, to reach the dashboard at once."""
        return {"name": SESSION, "value": self.open_session(user), "path": "/"}

    def open_session(self, user: str) -> str:
        """Log `user` in and return the session's token."""
        token = secrets.token_urlsafe(24)
        self._sessions[token] = user
        return token

    def end_session(self, token: str) -> None:
        """Log out whoever holds `token`."""
        self._sessions.pop(token, None)

    def user_of(self, request: Request) -> str | None:
        """Say who sent this request, or None for a stranger."""
        return self._sessions.get(request.session)

    def bug_of(self, request: Request) -> str | None:
        """Choose the bug of this one answer: `?bug=NAME` beats `bug`, an empty `?bug=` is none."""
        asked = dict(parse_qsl(request.query, keep_blank_values=True)).get("bug")
        return self._bug if asked is None else known_bug(asked)

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serve(bug: str | None = None, port: int = 0) -> Iterator[App]:
    """Run the site on 127.0.0.1 (port 0: a free one); bug None: what DEMO_BUG says, else none."""
    app = App(bug, port)
    try:
        yield app
    finally:
        app.close()


def known_bug(name: str | None) -> str | None:
    """Return `name` when it is a planted bug, and None for None or an empty name."""
    if not name:
        return None
    if name not in BUGS:
        raise UnknownBugError(name)
    return name


# ---------------------------------------------------------------- answers


def answer(app: App, request: Request) -> Reply:
    """Turn a request into its reply; there is no other way."""
    if request.path in STATIC_FILES:
        return static_file(request)
    route = ROUTES.get((request.method, request.path))
    try:
        if route is None:
            return document("not-found", app.bug_of(request), HTTPStatus.NOT_FOUND)
        return route(app, request)
    except UnknownBugError as error:
        return Reply(HTTPStatus.BAD_REQUEST, f"{error}\n".encode(), plain_text())


def home(app: App, request: Request) -> Reply:
    """Lead to the plans: there is no landing page."""
    app.bug_of(request)
    return redirect("/pricing", request)


def public_page(name: str) -> Callable[[App, Request], Reply]:
    """Make the route of a page that is the same for everybody."""

    def show(app: App, request: Request) -> Reply:
        return document(name, app.bug_of(request))

    return show


def show_login(app: App, request: Request) -> Reply:
    """Show the empty log-in form."""
    return document("login", app.bug_of(request), username="", invalid="", problem="")


def try_login(app: App, request: Request) -> Reply:
    """Start a session, or say on the form that the two do not belong together."""
    user, password = request.form.get("username", ""), request.form.get("password", "")
    if right_password(user, password):
        cookie = f"{SESSION}={app.open_session(user)}; Path=/; HttpOnly; SameSite=Lax"
        return redirect("/dashboard", request, ("Set-Cookie", cookie))
    return document(
        "login",
        app.bug_of(request),
        HTTPStatus.FORBIDDEN,
        username=html.escape(user, quote=True),
        invalid='aria-invalid="true" aria-describedby="login-error"',
        problem=read(PAGES / "parts" / "login-error.html"),
    )


def right_password(user: str, password: str) -> bool:
    """Say whether `password` belongs to `user`, in the same time for a wrong one."""
    known = hmac.compare_digest(password.encode(), USERS.get(user, "").encode())
    return known and user in USERS


def log_out(app: App, request: Request) -> Reply:
    """End the session."""
    app.end_session(request.session)
    return redirect("/login", request, ("Set-Cookie", f"{SESSION}=; Path=/; Max-Age=0"))


def dashboard(app: App, request: Request) -> Reply:
    """Show the overview to somebody who is logged in."""
    bug, user = app.bug_of(request), app.user_of(request)
    if user is None:
        return redirect("/login", request)
    return document("dashboard", bug, user=html.escape(user.title()))


def take_order(app: App, request: Request) -> Reply:
    """Take the order form of a browser without scripts; nothing is stored."""
    app.bug_of(request)
    return redirect("/form", request)


ROUTES: dict[tuple[str, str], Callable[[App, Request], Reply]] = {
    ("GET", "/"): home,
    ("GET", "/article"): public_page("article"),
    ("GET", "/dashboard"): dashboard,
    ("GET", "/form"): public_page("form"),
    ("GET", "/login"): show_login,
    ("GET", "/pricing"): public_page("pricing"),
    ("POST", "/form"): take_order,
    ("POST", "/login"): try_login,
    ("POST", "/logout"): log_out,
}


# ---------------------------------------------------------------- documents and files


def document(
    name: str, bug: str | None, status: HTTPStatus = HTTPStatus.OK, **values: str
) -> Reply:
    """Fill in a page of `pages/`."""
    text = plant(Template(read(PAGES / f"{name}.html")).substitute(parts(name, bug) | values), bug)
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
    return Reply(status, text.encode(), headers)


def parts(name: str, bug: str | None) -> dict[str, str]:
    """Gather the pieces that pages share; a page names those it wants."""
    shared = {path.stem.replace("-", "_"): read(path) for path in PARTS}
    here = f'href="/{name}"'
    shared["header"] = shared["header"].replace(here, f'{here} aria-current="page"')
    if bug == "missing-footer":
        shared |= {"footer": "", "small_footer": ""}
    return shared | {"bug_style": bug_style(bug)}


def bug_style(bug: str | None) -> str:
    """Link the extra stylesheet of a bug; nothing at all where there is none."""
    path = f"/static/bugs/{bug}.css"
    return f'<link rel="stylesheet" href="{path}">' if path in STATIC_FILES else ""


def plant(text: str, bug: str | None) -> str:
    """Give `text` the wording of a bug."""
    for right, wrong in SWAPS.get(bug or "", {}).items():
        text = text.replace(right, wrong)
    return text


def static_file(request: Request) -> Reply:
    """Send a file of `static/`; only the paths found there at start-up exist at all."""
    path = STATIC_FILES[request.path]
    body = path.read_bytes()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = (("Cache-Control", "public, max-age=300"), ("ETag", etag))
    if request.seen_etag == etag:
        return Reply(HTTPStatus.NOT_MODIFIED, b"", headers)
    content_type = ("Content-Type", CONTENT_TYPES[path.suffix])
    return Reply(HTTPStatus.OK, body, (content_type, *headers))


def redirect(path: str, request: Request, *headers: tuple[str, str]) -> Reply:
    """Send the browser elsewhere; what the address said after `?` goes along."""
    query = f"?{request.query}" if request.query else ""
    uncached = (("Location", path + query), ("Cache-Control", "no-store"))
    return Reply(HTTPStatus.SEE_OTHER, b"", (*uncached, *headers))


def plain_text() -> tuple[tuple[str, str], ...]:
    """Give the headers of a short message."""
    return (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"))


def read(path: Path) -> str:
    """Read the text of a file."""
    return path.read_text(encoding="utf-8")


PARTS = tuple(sorted((PAGES / "parts").glob("*.html")))
STATIC_FILES = {
    f"/static/{path.relative_to(STATIC).as_posix()}": path
    for path in STATIC.rglob("*")
    if path.suffix in CONTENT_TYPES
}


# ---------------------------------------------------------------- HTTP


class _Server(ThreadingHTTPServer):
    """Says nothing when a browser closes a connection early."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Let real errors be seen, and only those."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            traceback.print_exc()


class _Handler(BaseHTTPRequestHandler):
    """Turns HTTP into a `Request` and a `Reply` into HTTP."""

    app: App
    protocol_version = "HTTP/1.1"
    server_version = "Pennywell"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._send(answer(self.app, self._request("GET")))

    def do_HEAD(self) -> None:
        self._send(answer(self.app, self._request("GET")), with_body=False)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > LONGEST_FORM:
            self.close_connection = True
            self._send(Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"too long\n", plain_text()))
            return
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        self._send(answer(self.app, self._request("POST", dict(parse_qsl(body)))))

    def log_message(self, *_: object) -> None:
        """Stay quiet: the tests have the word."""

    def _request(self, method: str, form: Mapping[str, str] | None = None) -> Request:
        address = urlsplit(self.path)
        etag = self.headers.get("If-None-Match", "")
        return Request(method, address.path, address.query, form or {}, self._session(), etag)

    def _session(self) -> str:
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return ""
        return cookies[SESSION].value if SESSION in cookies else ""

    def _send(self, reply: Reply, *, with_body: bool = True) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        if reply.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(reply.body)


def _handler_for(app: App) -> type[_Handler]:
    return type("Handler", (_Handler,), {"app": app})


# ---------------------------------------------------------------- command line


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve the example site on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="default: a free port")
    parser.add_argument("--bug", metavar="NAME", help=f"one of {', '.join(sorted(BUGS))}")
    options = parser.parse_args()
    try:
        with serve(options.bug, options.port) as app:
            sys.stdout.write(f"{app.url} (bug: {app.bug or 'none'}); stop with Ctrl-C\n")
            sys.stdout.flush()
            threading.Event().wait()
    except UnknownBugError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
