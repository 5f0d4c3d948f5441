"""``visualdiff review``: look at what a run saw in a browser, and decide there."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.cli import common
from pytest_visualdiff.errors import UsageError

if TYPE_CHECKING:
    import socket
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from pytest_visualdiff.review.decisions import Decisions

PORTS = (0, 65_535)

MOST_TOLD = 20
"""Kinds of trouble that the server tells of."""


def add(commands: Any, run: ArgumentParser) -> None:
    """Register the command; ``run`` has the flags that say which run."""
    parser: ArgumentParser = commands.add_parser(
        "review", parents=[run], help="look, and decide, on a local web page", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; a free one by default")
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, open no browser"
    )
    parser.add_argument(
        "--who", default="", metavar="NAME", help="who decides; git's user by default"
    )
    parser.set_defaults(command=_review)


def _review(arguments: Namespace) -> int:
    needs_extra()
    if not PORTS[0] <= arguments.port <= PORTS[1]:
        raise UsageError(f"--port must be from {PORTS[0]} to {PORTS[1]}, not {arguments.port}")
    decisions = common.decisions(arguments)
    decisions.states()  # trouble with the log is told here, not on the page
    with _listening(arguments.port) as listener:
        _serve(decisions, listener, browser=not arguments.no_browser)
    waiting = len(decisions.waiting())
    common.say(f"{waiting} of {len(decisions.checks)} checks wait for a decision")
    return common.OPEN if waiting else 0


def needs_extra() -> None:
    """Raise ``UsageError`` naming the extra where the web framework is not installed."""
    from importlib.util import find_spec

    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the review page needs {' and '.join(missing)}: install them with"
            " pip install 'pytest-visualdiff[review]'. The HTML report and 'visualdiff approve -i'"
            " need neither"
        )


def _listening(port: int) -> socket.socket:
    """A socket on the loopback address; raises ``UsageError`` where the port is taken."""
    import socket

    from pytest_visualdiff.review.server import HOST

    listener = socket.socket()
    try:
        listener.bind((HOST, port))
        listener.listen()  # a browser that is faster than the server waits, and is not refused
    except OSError as error:
        listener.close()
        raise UsageError(f"cannot listen on {HOST}:{port}: {error}; choose another --port") from (
            error
        )
    return listener


def _serve(decisions: Decisions, listener: socket.socket, *, browser: bool) -> None:
    """Answer until Ctrl-C."""
    import asyncio
    import contextlib
    import webbrowser

    import uvicorn

    from pytest_visualdiff.review.server import RequestGuard, Review, application, load_threads

    guard = RequestGuard(listener.getsockname()[1])
    config = uvicorn.Config(
        application(Review(decisions), guard),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=3,
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Tell the address once Ctrl-C ends the server in good order, not before."""
            asyncio.get_running_loop().set_exception_handler(_tell_once())
            logging.getLogger("uvicorn.error").addFilter(_first_of_its_kind())
            await load_threads()
            await super().startup(sockets)
            common.say(f"review {guard.address}")
            common.say("stop with Ctrl-C")
            sys.stdout.flush()
            if browser:
                webbrowser.open(guard.address)

    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


def _first_of_its_kind() -> Callable[[logging.LogRecord], bool]:
    """A filter of log records: a message is passed on once for each kind of error."""
    known: set[tuple[str, str]] = set()

    def passes(record: logging.LogRecord) -> bool:
        kind = (str(record.msg), repr(record.exc_info[1] if record.exc_info else ""))
        new = kind not in known and len(known) < MOST_TOLD
        if new:
            known.add(kind)
        return new

    return passes


def _tell_once() -> Callable[[Any, dict[str, Any]], None]:
    """A handler of the event loop's errors: each kind is told once.

    asyncio tells of each connection that it cannot take, with a traceback, and tries again at once:
    a system without file descriptors would fill the disk with it.
    """
    known: set[str] = set()

    def handle(_: Any, context: dict[str, Any]) -> None:
        error = context.get("exception")
        message = f"{context.get('message', 'trouble')}: {error}" if error else str(context)
        if message not in known and len(known) < MOST_TOLD:
            known.add(message)
            common.say(f"visualdiff: {message[:300]}", file=sys.stderr)

    return handle
