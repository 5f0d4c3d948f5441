"""Credentials are used and never shown."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import Any

import pytest

from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.remote import address_of
from pytest_visualdiff.errors import InvalidValue
from pytest_visualdiff.options.table import Layer, Settings
from pytest_visualdiff.secrets import MaskedMapping, MaskedUrl, masked, scrubbed

REMOTE = "http://alice:hunter2secret@127.0.0.1:9/wd/hub"
CAPABILITIES = {
    "platformName": "linux",
    "cloud:options": {"userName": "alice@example.org", "accessKey": "k3y-0123456789"},
    "se:token": "tok-abcdef",
    "proxy": {"httpProxy": "http://bob:pr0xypass@proxy:3128"},
}
SECRETS = ("alice", "hunter2secret", "k3y-0123456789", "tok-abcdef", "pr0xypass")


def settings() -> Settings:
    return Settings().over(Layer.FLAG, {"remote": REMOTE, "capabilities": CAPABILITIES})


@pytest.mark.parametrize(
    "holder",
    [
        settings()["remote"],
        settings()["capabilities"],
        settings().resolved["remote"],
        settings().resolved,
        settings().group("browser"),
        BrowserSpec.of(settings(), "chrome", (800, 600)),
        BrowserSpec("chrome", remote=REMOTE, capabilities=CAPABILITIES),
        replace(BrowserSpec("chrome", remote=REMOTE), headed=True).identity,
    ],
)
def test_no_way_to_print_a_value_shows_it(holder: Any) -> None:
    """``repr``, ``str``, formatting, and being inside of another value's ``repr``."""
    texts = (repr(holder), str(holder), f"{holder}", f"{holder!r}", repr([holder]))
    for text in texts:
        assert not [secret for secret in SECRETS if secret in text]


def test_what_connects_still_has_it() -> None:
    """Masking is of what is shown: the server gets user, password and capabilities."""
    spec = BrowserSpec.of(settings(), "chrome", (800, 600))
    assert address_of(spec.remote) == ("http://127.0.0.1:9/wd/hub", "alice", "hunter2secret")
    assert spec.capabilities["cloud:options"]["accessKey"] == "k3y-0123456789"
    assert address_of(replace(spec, headed=True).remote)[2] == "hunter2secret"
    again = Settings().over(Layer.MARKER, {"remote": MaskedUrl(REMOTE)})
    assert address_of(again["remote"])[2] == "hunter2secret"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("remote", "ftp://alice:hunter2secret@grid"),
        ("remote", "alice:hunter2secret@grid"),
        ("capabilities", '{"accessKey": "k3y-0123456789"'),
        ("capabilities", "{'accessKey': 'k3y-0123456789'}"),
    ],
)
def test_a_wrong_value_is_refused_without_showing_it(name: str, value: str) -> None:
    """The error for a value that cannot be read says what is wrong, not the credentials."""
    with pytest.raises(InvalidValue) as caught:
        Settings().over(Layer.FLAG, {name: value})
    told = str(caught.value)
    assert name in told
    assert not [secret for secret in SECRETS if secret in told]


def test_what_a_server_repeats_is_scrubbed() -> None:
    """A server's error that repeats what it was sent shows none of it."""
    spec = BrowserSpec("chrome", remote=REMOTE, capabilities=CAPABILITIES)
    answer = "bad key k3y-0123456789 of alice, token=tok-abcdef, http://alice:hunter2secret@grid"
    assert not [secret for secret in SECRETS if secret in spec.scrubbed(answer)]


def test_harmless_texts_stay_as_they_are() -> None:
    """Words without credentials are not touched, and short values not replaced everywhere."""
    assert masked("chrome 2 of 3 busy at http://grid:4444/wd/hub") == (
        "chrome 2 of 3 busy at http://grid:4444/wd/hub"
    )
    assert scrubbed("a cat", ("a",)) == "a cat"
    assert repr(MaskedMapping({"browserName": "chrome"})) == "{'browserName': 'chrome'}"


@pytest.mark.parametrize(
    "text", ["a", "key", "key-", "a:", "-", "key ", "://", "key='", "token.", "@"]
)
def test_a_long_answer_of_a_server_is_masked_in_time(text: str) -> None:
    """Steps grow with the length of a text, not with its square: this ends at once or never."""
    assert masked(text * 40_000)


def test_a_remote_that_fails_shows_nothing_in_its_traceback() -> None:
    """Neither the message nor the frames' variables of the error hold credentials."""
    from pytest_visualdiff.browsers.pool import BrowserPool

    spec = BrowserSpec("chrome", remote=REMOTE, capabilities=CAPABILITIES, remote_wait=5)
    pool = BrowserPool()
    try:
        pool.acquire(spec)
    except Exception as error:  # noqa: BLE001 - whichever it is
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        told = "".join(shown.format())
    assert "127.0.0.1:9" in told
    assert "cannot start" in told
    assert not [secret for secret in SECRETS if secret in told]
