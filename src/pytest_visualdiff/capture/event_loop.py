"""Objects of an async API, used by a check that itself is not asynchronous.

A check runs in a thread beside the event loop of its test. Whatever it awaits runs in that loop,
which stays free for the test's own tasks meanwhile: no second loop is needed.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_visualdiff.errors import PageTimeout, UnsupportedTarget

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds until one call to the page must have an answer."""


@dataclass
class _Bridge:
    """The way from a check's thread to the loop of its test."""

    loop: asyncio.AbstractEventLoop
    closed: bool = False
    """The test waits no longer."""


_BRIDGE: ContextVar[_Bridge] = ContextVar("visualdiff_bridge")


def is_async(target: Any) -> bool:
    """Whether it is an object of Playwright's async API."""
    return any(kind.__module__.startswith("playwright.async_api") for kind in type(target).__mro__)


def require(target: Any) -> None:
    """Raise ``UnsupportedTarget`` where the API of a target does not fit the way it is checked."""
    name = type(target).__name__
    if is_async(target):
        if _BRIDGE.get(None) is None:
            raise UnsupportedTarget(
                f"the {name} is of Playwright's async API: await visualdiff.acheck(…) in place of"
                " visualdiff.check(…)"
            )
        return
    running, own = _running(), getattr(target, "_loop", None)
    if running is not None and own is not None and running is not own:
        raise UnsupportedTarget(
            f"the {name} is of Playwright's sync API, and an event loop is already running here:"
            " open the page by playwright.async_api and await visualdiff.acheck(…), or check it in"
            " a test that is no coroutine"
        )


def result(value: Any) -> Any:
    """A value of the sync API as it is; what the async API lets one await, in the test's loop."""
    if not inspect.isawaitable(value):
        return value
    bridge = _BRIDGE.get()
    if bridge.closed:
        if inspect.iscoroutine(value):
            value.close()
        raise PageTimeout("the test waits no longer for its check")
    future = asyncio.run_coroutine_threadsafe(_awaited(value), bridge.loop)
    done, _ = concurrent.futures.wait([future], PATIENCE)
    if done:
        return future.result()
    future.cancel()
    raise PageTimeout(
        f"the page did not answer within {PATIENCE:g} s: does a dialog wait to be accepted, or a"
        " route to be fulfilled?"
    )


async def _awaited(value: Any) -> Any:
    return await value


async def beside(work: Callable[[], T]) -> T:
    """What ``work`` returns, run in a thread; its awaitables run in this loop."""
    bridge = _Bridge(asyncio.get_running_loop())
    token = _BRIDGE.set(bridge)
    try:
        outcome = await asyncio.to_thread(_outcome, work)
    finally:
        bridge.closed = True
        _BRIDGE.reset(token)
    if isinstance(outcome, _Raised):
        # The frames of the thread tell a test's author nothing.
        raise outcome.error.with_traceback(None)
    return outcome


@dataclass
class _Raised:
    error: BaseException


def _outcome(work: Callable[[], T]) -> T | _Raised:
    try:
        return work()
    except BaseException as error:  # noqa: BLE001 - also what skips a test
        return _Raised(error)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
