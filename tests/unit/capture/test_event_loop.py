"""A check that is not asynchronous awaits things in the event loop of its test."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from pytest_visualdiff.capture import event_loop
from pytest_visualdiff.errors import PageTimeout


async def where() -> tuple[asyncio.AbstractEventLoop, int]:
    await asyncio.sleep(0)
    return asyncio.get_running_loop(), threading.get_ident()


def test_a_value_of_a_sync_api_stays_as_it_is() -> None:
    value = object()
    assert event_loop.result(value) is value


def test_what_is_awaited_runs_in_the_loop_of_the_test_and_the_check_beside_it() -> None:
    async def test() -> None:
        loop, thread = await where()
        check = await event_loop.beside(lambda: (event_loop.result(where()), threading.get_ident()))
        assert check[0] == (loop, thread)
        assert check[1] != thread

    asyncio.run(test())


def test_an_error_arrives_without_the_frames_of_the_thread() -> None:
    """Also one that is no ``Exception``, such as what skips a test."""

    def fail() -> None:
        pytest.skip("not today")

    async def test() -> BaseException:
        try:
            await event_loop.beside(fail)
        except BaseException as error:  # noqa: BLE001 - that is what is tested
            return error
        raise AssertionError

    error = asyncio.run(test())
    assert "not today" in str(error)
    names, at = [], error.__traceback__
    while at:
        names.append(at.tb_frame.f_code.co_name)
        at = at.tb_next
    assert names == ["test", "beside"]


def test_a_check_that_nobody_waits_for_ends_at_its_next_call() -> None:
    """A test that was cancelled leaves no thread that asks the page for ever."""
    entered, ended, errors = threading.Event(), threading.Event(), []

    def work() -> Any:
        entered.set()
        ended.wait(10)
        try:
            event_loop.result(where())
        except PageTimeout as error:
            errors.append(error)

    async def test() -> None:
        task = asyncio.create_task(event_loop.beside(work))
        await asyncio.to_thread(entered.wait, 10)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        ended.set()

    asyncio.run(test())
    assert len(errors) == 1


def test_a_page_that_never_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_loop, "PATIENCE", 0.05)

    async def test() -> None:
        with pytest.raises(PageTimeout, match=r"did not answer within 0\.05 s"):
            await event_loop.beside(lambda: event_loop.result(asyncio.sleep(30)))

    asyncio.run(test())
