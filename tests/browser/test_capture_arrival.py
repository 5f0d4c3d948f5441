"""The wrong page is no baseline by accident, and what did not arrive is told. Real browsers."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import pytest
from selenium.common.exceptions import WebDriverException

from capture_support import BROWSERS, look, solid
from pytest_visualdiff.browsers import BrowserSpec
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.errors import PageNotShown
from pytest_visualdiff.options.table import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capture_support import Site

FORM = "<title>Log in</title><h1>Log in</h1><input type=password>"


def refused(driver: Any, **options: Any) -> str:
    """Why a page is refused; it is not once that is permitted."""
    with pytest.raises(PageNotShown) as caught:
        look(driver, allow_error_page=False, **options)
    assert "allow_error_page=True" in str(caught.value)
    assert look(driver, allow_error_page=True, **options).png
    return str(caught.value)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_status_of_an_error_is_refused(driver: Any, site: Site, status: int) -> None:
    driver.get(site.page("<h1>Oh no</h1>", "/broken", status=str(status)))
    assert f"/broken: the server answered with status {status}" in refused(driver)
    driver.get(site.page("<h1>fine</h1>"))
    assert look(driver, allow_error_page=False).png


def test_an_element_of_an_error_page_is_refused(driver: Any, site: Site) -> None:
    driver.get(site.page("<h1>Oh no</h1>", "/broken", status="500"))
    with pytest.raises(PageNotShown, match="status 500"):
        look(driver.find_element("css selector", "h1"), allow_error_page=False)


def test_the_browsers_own_error_page_is_refused(driver: Any) -> None:
    with contextlib.suppress(WebDriverException):  # some drivers say so at once
        driver.get("http://127.0.0.1:1/")
    assert "this is the browser's own error page (" in refused(driver)


def test_an_empty_page_is_refused_and_one_that_the_test_wrote_is_not(driver: Any) -> None:
    assert "about:blank: the browser shows an empty page" in refused(driver)
    driver.execute_script("document.body.innerHTML = '<h1>written</h1>'")
    assert look(driver, allow_error_page=False).png


def test_a_page_of_one_colour_is_refused_unless_it_is_the_baseline(driver: Any, site: Site) -> None:
    driver.get(site.page("<body style='background:#0000ff'>"))
    assert "the whole picture is of one colour (#0000ff)" in refused(driver)
    approved = look(driver).png
    assert look(driver, approved, allow_error_page=False).frames == 1


def test_an_element_of_one_colour_is_fine(driver: Any, site: Site) -> None:
    driver.get(site.page("<div id=d style='width:50px;height:50px;background:red'></div>"))
    assert look(driver.find_element("id", "d"), allow_error_page=False).png


LEADING = {
    "the server": ("/private", {"status": "302", "Location": "/login?next=/private"}, ""),
    "the server, without saying from where": ("/p", {"status": "303", "Location": "/login"}, ""),
    "a script": ("/js", {}, "<script>location.replace('/login?next=/js')</script>"),
    "a refresh": ("/meta", {}, "<meta http-equiv=refresh content='0;url=/login'>"),
    "a script without loading": (
        "/app",
        {},
        FORM + "<script>history.replaceState(null, '', '/login')</script>",
    ),
}


@pytest.mark.parametrize(("path", "headers", "html"), LEADING.values(), ids=LEADING.keys())
def test_a_login_page_in_place_of_another_is_refused(
    driver: Any, site: Site, path: str, headers: dict[str, str], html: str
) -> None:
    site.page(FORM, "/login")
    driver.get(site.page(html, path, **headers))
    time.sleep(0.4)
    assert "/login" in driver.current_url
    assert "this page asks for a password instead of " in refused(driver)


def test_a_login_page_that_was_wanted_is_taken(driver: Any, site: Site) -> None:
    login = site.page(FORM, "/login")
    for address in (login, f"{login}?next=/account"):
        driver.get(address)
        assert look(driver, allow_error_page=False).png
    driver.get(site.page("<a id=a href='/login?next=/'>Log in</a>"))
    driver.find_element("id", "a").click()
    assert look(driver, allow_error_page=False).png


def test_a_page_with_a_password_field_that_was_moved_is_taken(driver: Any, site: Site) -> None:
    site.page(FORM, "/login/")
    site.page(FORM, "/new/register")
    for path, to in (("/login", "/login/"), ("/register", "/new/register")):
        driver.get(site.page("", path, status="301", Location=to))
        assert look(driver, allow_error_page=False).png


def test_failed_requests_are_told_with_a_picture_that_is_new(driver: Any, site: Site) -> None:
    site.file("/no-image.png", "text/html", b"<p>no image")
    driver.get(
        site.page(
            "<h1>page</h1><link rel=stylesheet href=/gone.css><script src=/gone.js></script>"
            "<img src=/gone.png?v=1><img src=/no-image.png><style>@font-face{font-family:Gone;"
            "src:url(/gone.woff2)}p{font-family:Gone;background:url(/ground.png)}</style><p>text"
        )
    )
    shot = look(driver)
    for path in ("/gone.css", "/gone.js", "/gone.png?v=1", "/gone.woff2", "/ground.png"):
        assert f"`{path}` answered 404" in shot.notes
    assert "`/no-image.png` could not be shown as an image" in shot.notes
    assert "font `Gone` could not be loaded" in shot.notes
    assert look(driver, shot.png).notes == ()


def test_a_page_that_got_everything_has_nothing_to_tell(driver: Any, site: Site) -> None:
    site.file("/there.png", "image/png", solid((9, 9, 9)))
    driver.get(site.page("<h1>page</h1><img src=/there.png>"))
    assert look(driver).notes == ()


ERRORS = """
<h1>page</h1><script>console.warn("mild"); console.log("quiet");
console.error("told", new Error("with a cause"), 7); undefined.thrown</script>
<script>Promise.reject(new Error("unhandled"))</script>
"""


@pytest.fixture(params=BROWSERS)
def started(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A browser that this package started."""
    with contextlib.closing(BrowserPool()) as pool:
        yield pool.acquire(BrowserSpec.of(Settings(), request.param, (800, 600), 1.0))


def test_errors_on_the_console_are_told_and_those_of_a_former_page_are_not(
    started: Any, site: Site
) -> None:
    started.get(site.page(ERRORS))
    told = [note for note in look(started).notes if note.startswith("console: ")]
    for words in ("told", "thrown", "unhandled", "with a cause"):
        assert any(words in note for note in told), words
    assert not any("mild" in note or "quiet" in note for note in told)
    started.get(site.page("<h1>fine</h1>"))
    assert look(started).notes == ()
    started.find_element("tag name", "h1")  # the driver still looks at the page


def test_the_log_of_a_driver_is_kept_for_the_test_and_one_without_a_log_is_left_alone(
    driver: Any, site: Site
) -> None:
    driver.get(site.page(ERRORS))
    told = [note for note in look(driver).notes if note.startswith("console: ")]
    if driver.name == "firefox":  # started elsewhere: it lets no script have its own rights
        assert told == []
    else:
        assert told
        assert [one for one in driver.get_log("browser") if "told" in one["message"]]
    driver.find_element("tag name", "h1")
