"""The guard lets the page through, and nobody else: other sites, other names, other users."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_visualdiff.review.server import RequestGuard

GUARD = RequestGuard(8000, page="/review-x/")

PAGE: dict[str, Any] = {
    "host": "127.0.0.1:8000",
    "origin": "http://127.0.0.1:8000",
    "sec-fetch-site": "same-origin",
}
COOKIES = {GUARD.cookie: GUARD.ticket}


def refusal(method: str, path: str, cookies: dict[str, str] = COOKIES, **changes: Any) -> int:
    """The status of the refusal, 0 where the request may pass."""
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in (PAGE | changed).items() if value is not None}
    found = GUARD.refusal(method, path, headers, cookies)
    return found.status if found else 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("POST", "/session"),
        ("GET", GUARD.page),
        ("GET", f"{GUARD.page}api/run"),
        ("POST", f"{GUARD.page}api/decide"),
        ("GET", f"{GUARD.page}run/images/a.png"),
        ("GET", f"{GUARD.page}baseline/a.png"),
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


@pytest.mark.parametrize("ticket", ["", "x", GUARD.token], ids=["empty", "guessed", "the token"])
@pytest.mark.parametrize("path", ["api/run", "api/decide", "run/images/a.png", "baseline/a.png"])
def test_data_pictures_and_decisions_need_the_cookie(path: str, ticket: str) -> None:
    for method in ("GET", "POST"):
        assert refusal(method, GUARD.page + path, {GUARD.cookie: ticket}) == 401
        assert refusal(method, GUARD.page + path, {}) == 401


@pytest.mark.parametrize("path", ["/api/run", "/run/images/a.png", "/review-guess/api/run"])
def test_the_cookie_counts_below_the_page_only(path: str) -> None:
    """Other servers on this machine are never sent it, on whatever port they are."""
    assert refusal("GET", path) == 401


def test_the_token_is_exchanged_once() -> None:
    guard = RequestGuard(1)
    header = f"Bearer {guard.token}"
    given = ["", "Bearer", f"Bearer {guard.ticket}", guard.token, header, header]
    assert [guard.exchange(one) for one in given] == [False] * 4 + [True, False]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_is_answered(method: str) -> None:
    assert refusal(method, "/api/decide") == 405


def test_unknown_paths_are_not_answered() -> None:
    """So that nobody can find out what is here."""
    assert refusal("GET", "/docs") == 401


def test_each_start_has_its_own_secrets() -> None:
    secrets = {
        secret
        for _ in range(3)
        for guard in [RequestGuard(1)]
        for secret in (guard.token, guard.ticket, guard.page)
    }
    assert len(secrets) == 9
    assert min(map(len, secrets)) >= 22


def test_the_token_is_in_the_fragment_which_is_sent_nowhere() -> None:
    before, _, fragment = GUARD.address.partition("#")
    assert (before, fragment) == ("http://127.0.0.1:8000/", f"token={GUARD.token}")


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    assert GUARD.set_cookie().endswith(f"; Path={GUARD.page}; HttpOnly; SameSite=Strict")
    assert GUARD.token not in GUARD.set_cookie()
