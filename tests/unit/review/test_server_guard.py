"""The guard lets the page through, and nobody else: other sites, other names, other users."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_visualdiff.review.server import RequestGuard

GATE = RequestGuard(8000)

PAGE: dict[str, Any] = {
    "host": "127.0.0.1:8000",
    "origin": "http://127.0.0.1:8000",
    "authorization": f"Bearer {GATE.token}",
    "sec-fetch-site": "same-origin",
}
COOKIES = {GATE.cookie: GATE.ticket}


def refusal(method: str, path: str, cookies: dict[str, str] = COOKIES, **changes: Any) -> int:
    """The status of the refusal, 0 where the request may pass."""
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in (PAGE | changed).items() if value is not None}
    found = GATE.refusal(method, path, headers, cookies)
    return found.status if found else 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("POST", "/session"),
        ("GET", "/api/run"),
        ("POST", "/api/decide"),
        ("GET", "/run/images/a.png"),
        ("GET", "/baseline/a.png"),
    ],
)
def test_the_page_passes(method: str, path: str) -> None:
    assert refusal(method, path) == 0
    assert refusal(method, path, host="localhost:8000", origin="http://localhost:8000") == 0


@pytest.mark.parametrize("path", ["/", "/session", "/api/run", "/api/decide", "/run/images/a.png"])
@pytest.mark.parametrize(
    "host",
    ["evil.example:8000", "evil.example", "127.0.0.1", "127.0.0.1:80", "", None, "[::1]:8000"],
)
def test_a_name_pointed_at_this_machine_is_refused(path: str, host: str | None) -> None:
    """DNS rebinding: the browser believes to be on another site, and its Host says so."""
    assert refusal("POST" if path.endswith(("n", "e")) else "GET", path, host=host) == 421


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://127.0.0.1:9000", "http://localhost:8000", "null", None],
)
def test_what_changes_something_comes_from_the_page_itself(origin: str | None) -> None:
    """Also with the token and the cookie; a server on another port is another site here."""
    assert refusal("POST", "/api/decide", origin=origin) == 403
    assert refusal("POST", "/session", origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_cannot_even_load_a_picture(site: str) -> None:
    assert refusal("GET", "/run/images/a.png", sec_fetch_site=site) == 403


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer x", GATE.token, f"Bearer {GATE.ticket}"],
    ids=["no header", "empty", "no token", "blank", "guessed", "no scheme", "the cookie's value"],
)
def test_data_and_decisions_need_the_token_and_a_cookie_is_none(authorization: str | None) -> None:
    for method, path in (("GET", "/api/run"), ("POST", "/api/decide"), ("POST", "/session")):
        assert refusal(method, path, authorization=authorization) == 401


@pytest.mark.parametrize("ticket", ["", "x", GATE.token], ids=["empty", "guessed", "the token"])
def test_pictures_need_the_cookie_and_the_token_is_none(ticket: str) -> None:
    for path in ("/run/images/a.png", "/baseline/a.png"):
        assert refusal("GET", path, {GATE.cookie: ticket}) == 401
        assert refusal("GET", path, {}) == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_is_answered(method: str) -> None:
    assert refusal(method, "/api/decide") == 405


def test_unknown_paths_need_the_token_too() -> None:
    """So that nobody can find out what is here."""
    assert refusal("GET", "/docs", authorization=None) == 401


def test_each_start_has_its_own_secrets() -> None:
    secrets = {
        secret
        for _ in range(3)
        for guard in [RequestGuard(1)]
        for secret in (guard.token, guard.ticket)
    }
    assert len(secrets) == 6
    assert min(map(len, secrets)) >= 43


def test_the_token_is_in_the_fragment_which_is_sent_nowhere() -> None:
    before, _, fragment = GATE.address.partition("#")
    assert (before, fragment) == ("http://127.0.0.1:8000/", f"token={GATE.token}")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    assert GATE.set_cookie().endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert GATE.token not in GATE.set_cookie()
