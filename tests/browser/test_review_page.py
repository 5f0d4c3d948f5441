"""The review page in real browsers: everything by keyboard, and no way in for other sites."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.keys import Keys

from pictures import page as picture
from review_support import Served, baselines, reviewing
from sample_changes import changed
from sample_run import Sample
from sample_sizes import forty, many
from viewer_page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image, ImageDraw
    from selenium.webdriver.remote.webdriver import WebDriver

pytestmark = pytest.mark.visualdiff(browsers=["chrome", "firefox"])

VARIANT = "chrome-linux-1280x800@1x"


def box_at(left: int, size: int = 24) -> Any:
    def draw(_: Image.Image, draw: ImageDraw.ImageDraw) -> None:
        draw.rectangle((left, 84, left + size, 84 + size), fill="#b00020")

    return draw


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Two alone, three of the same change, one new, one that matches."""
    sample = Sample(tmp_path / "project")
    for number, name in enumerate(("cart", "plans")):
        sample.differs(
            f"test_{name}", name, VARIANT, changed(picture(), box_at(10, 20 + 10 * number))
        )
    for name in ("home", "help", "login"):
        sample.differs(f"test_{name}", name, VARIANT, changed(picture(), box_at(180)))
    sample.new("test_news", "news", VARIANT, picture(label="New"))
    sample.matches("test_same", "same", VARIANT)
    with reviewing(sample) as running:
        yield running


@pytest.fixture
def page(visualdiff_driver: WebDriver, served: Served) -> Page:
    """The page, once it knows which checks show the same change."""
    found = Page(visualdiff_driver).open(served.guard.address)
    found.wait(lambda: found.all(".row.group"))
    return found.settle()


def count(served: Served, state: str) -> int:
    return list(served.states().values()).count(state)


def test_the_token_leaves_the_address_and_a_reload_still_works(page: Page, served: Served) -> None:
    assert page.driver.current_url == f"{served.origin}{served.guard.page}"
    assert page.run("return document.cookie") == ""
    page.driver.refresh()
    page.wait(lambda: page.title == "cart")


def test_what_stays_in_the_history_opens_no_other_browser(page: Page, served: Served) -> None:
    """The printed address is spent, and the page's own path holds nothing without the cookie."""
    page.driver.delete_all_cookies()
    page.run("sessionStorage.clear()")
    for address in (served.guard.address, f"{served.origin}{served.guard.page}"):
        page.driver.get("about:blank")
        page.driver.get(address)
        page.wait(lambda: "used already" in page.text("main") or "not open" in page.text("main"))
        assert "test_shop" not in page.driver.page_source


def test_undo_after_a_reload_takes_back_what_was_decided_last(page: Page, served: Served) -> None:
    page.press("a")
    page.wait_decided("1 of 6 decided")
    page.driver.refresh()
    page.wait(lambda: page.title != "")
    page.press("u")
    page.wait_decided("0 of 6 decided")
    assert count(served, "waiting") == 6


def test_accept_reject_and_undo_by_keyboard_with_a_reason(page: Page, served: Served) -> None:
    before = baselines(served.sample.baselines)
    page.press("e", *"as designed", Keys.ENTER, "a")
    page.wait_decided("1 of 6 decided")
    assert page.title == "plans", "the next that waits comes by itself"
    page.press("r")
    page.wait_decided("2 of 6 decided")
    states = served.decisions.states()
    cart, plans = (states[f"tests/test_shop.py::test_{one}::{one}"] for one in ("cart", "plans"))
    assert (cart.state, cart.who, cart.why) == ("approved", "Ada", "as designed")
    assert (plans.state, plans.why) == ("rejected", "")
    page.press("k", "k", "u")
    page.wait_decided("1 of 6 decided")
    page.press("j", "u")
    page.wait_decided("0 of 6 decided")
    assert baselines(served.sample.baselines) == before
    assert "undone" in page.text("#toast")


def test_undo_takes_the_last_decision_back_from_wherever_one_is(page: Page, served: Served) -> None:
    page.press("a")
    page.wait_decided("1 of 6 decided")
    page.press("u")
    page.wait_decided("0 of 6 decided")
    assert count(served, "waiting") == 6


def test_the_same_change_is_one_decision(page: Page, served: Served) -> None:
    page.choose("in 3 checks")
    assert "Accept all 3" in page.text(".act")
    page.press("a")
    page.wait_decided("3 of 6 decided")
    assert count(served, "approved") == 3
    assert "3 checks accepted. 3 left." in page.text("#toast")


def test_from_one_check_its_whole_group_is_a_key_away(page: Page, served: Served) -> None:
    page.choose("in 3 checks").press(" ", "j")
    page.wait(lambda: "Accept the same change in 3" in page.text(".act"))
    page.press("g")
    page.wait_decided("3 of 6 decided")
    assert count(served, "approved") == 3


def test_all_that_is_listed_is_accepted_after_a_question_with_the_count(
    page: Page, served: Served
) -> None:
    page.press("A")
    assert page.text("dialog h2") == "Accept 6 checks?"
    assert "5 of 6 not opened." in page.text("dialog")
    page.press(Keys.ENTER)  # what is focused is harmless
    page.wait(lambda: not page.all("dialog"))
    assert count(served, "waiting") == 6
    page.press("/", *"test_p", Keys.ENTER).settle()
    page.press("A")
    assert page.text("dialog h2") == "Accept 1 check?"
    page.run("document.querySelector('dialog .primary').click()")
    page.wait_decided("1 of 6 decided")
    page.change("#search", "input", "").press("A")
    page.run("document.querySelector('dialog .primary').click()")
    page.wait_decided("6 of 6 decided")
    assert count(served, "approved") == 6
    assert "Nothing left to decide" in page.text("#toast")


def test_what_was_refused_is_told_where_it_is(page: Page, served: Served) -> None:
    verdict = served.decisions.checks["tests/test_shop.py::test_cart::cart"]
    place = served.sample.baselines / verdict.key
    place.unlink()
    place.write_bytes(picture(label="Theirs"))
    page.press("a")
    page.wait(lambda: "changed since" in page.text(".said"))
    assert "changed since" in page.text("#toast")
    assert page.title == "cart"


def test_a_server_that_was_stopped_is_said_so(visualdiff_driver: WebDriver, tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.differs("test_a", "a", VARIANT, changed(picture(), box_at(10)))
    with reviewing(sample) as served:
        page = Page(visualdiff_driver).open(served.guard.address)
    page.press("a")
    page.wait(lambda: "Was it stopped?" in page.text("#toast"))


def test_single_keys_can_be_switched_off(page: Page, served: Served) -> None:
    """WCAG 2.1.4: they may come from speech input by mistake."""
    page.press("?").run("document.querySelector('dialog input').click()")
    page.press(Keys.ESCAPE, "a")
    page.settle()
    assert count(served, "waiting") == 6
    page.run("localStorage.clear()")


def test_without_the_token_there_is_nothing_to_see(
    visualdiff_driver: WebDriver, served: Served
) -> None:
    page = Page(visualdiff_driver)
    page.driver.get(served.origin)
    page.wait(lambda: "needs the address" in page.text("main"))
    page.driver.get("about:blank")
    page.driver.get(f"{served.origin}/#token=guess")
    page.wait(lambda: "not open here" in page.text("main"))
    assert "test_shop" not in page.driver.page_source


ATTACK = """
    const [target, token, shown, done] = arguments;
    const body = JSON.stringify({action: "approve", ids: ["tests/test_shop.py::test_cart::cart"]});
    const sent = {method: "POST", body, credentials: "include"};
    const headers = {"Content-Type": "application/json", Authorization: "Bearer " + token};
    const told = [];
    const look = (path) => new Promise((resolve) => {
      const picture = new Image();
      picture.onload = () => { told.push(path); resolve(); };
      picture.onerror = resolve;
      picture.src = target + path;
    });
    const tries = [
      () => fetch(target + "api/decide", {...sent, mode: "no-cors"}),
      () => fetch(target + "api/decide", {...sent, headers}),
      () => fetch(target + "api/run", {headers}).then((answer) => told.push(answer.status)),
      () => look(shown),
    ];
    (async () => {
      for (const attempt of tries) try { await attempt(); } catch { /* as it should be */ }
      done(told);
    })();
"""


@contextmanager
def elsewhere() -> Iterator[str]:
    """Another site, on another port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title>")

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_another_site_in_the_same_browser_can_neither_decide_nor_look(
    page: Page, served: Served
) -> None:
    """Not by a form's kind of request, not even with the token, and not by a picture element."""
    before = baselines(served.sample.baselines)
    verdict = served.decisions.checks["tests/test_shop.py::test_cart::cart"]
    with elsewhere() as evil:
        page.driver.get(evil)
        leaked = page.driver.execute_async_script(
            ATTACK,
            f"{served.origin}{served.guard.page}",
            served.guard.token,
            f"run/{verdict.actual}",
        )
    assert leaked == []
    assert baselines(served.sample.baselines) == before
    assert count(served, "waiting") == 6


def test_names_of_tests_never_run(visualdiff_driver: WebDriver, tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=window.hit=1>"
    sample = Sample(tmp_path)
    for number in range(2):
        sample.differs(
            f"test_a[{hostile}]", f"{hostile}{number}", VARIANT, changed(picture(), box_at(10))
        )
    with reviewing(sample) as served:
        page = Page(visualdiff_driver).open(served.guard.address)
        page.wait(lambda: page.all(".row.group"))
        page.press("e", *hostile, Keys.ENTER, "a")
        page.wait_decided("2 of 2 decided")
        page.press(" ", "j", "?", Keys.ESCAPE, "o").settle()
        assert page.run("return window.hit ?? 'never'") == "never"
        assert hostile in page.text("body")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_about(page: Page, theme: str) -> None:
    if page.run("return document.documentElement.dataset.theme") != theme:
        page.press("t")
    found = {"check": page.axe()}
    found["group"] = page.choose("in 3 checks").axe()
    page.press("A")
    found["question"] = page.axe()
    page.press(Keys.ESCAPE, "j", "a")
    page.wait_decided("1 of 6 decided")
    found["decided"] = page.axe()
    assert {name: some for name, some in found.items() if some} == {}


def test_forty_in_one_group_are_one_key(visualdiff_driver: WebDriver, tmp_path: Path) -> None:
    with reviewing(forty(tmp_path)) as served:
        page = Page(visualdiff_driver).open(served.guard.address)
        page.wait(lambda: page.all(".row.group"))
        page.press("a")
        page.wait_decided("40 of 40 decided")
        assert count(served, "approved") == 40


@pytest.mark.visualdiff(browsers=["chrome"])
def test_of_two_thousand_only_those_in_sight_are_in_the_document(
    visualdiff_driver: WebDriver, tmp_path: Path
) -> None:
    with reviewing(many(tmp_path, 2000, 30)) as served:
        page = Page(visualdiff_driver).open(served.guard.address)
        page.change("[name=status]", "change", "")
        assert page.text(".shown") == "2,000 of 2,000 checks"
        assert len(page.all(".row")) < 60
        page.press(Keys.END).settle()
        assert page.all(".row")[-1].get_attribute("aria-posinset") == "2000"
        page.change("#search", "input", "firefox-1999")
        assert len(page.rows()) == 1
