"""What a page or a browser can do to a sweep: it is told as not compared, and the sweep goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import CaptureError
from pytest_visualdiff.model import Status
from sweep_support import browsers, swept

if TYPE_CHECKING:
    from capture_support import Site
    from pytest_visualdiff.browsers.pool import BrowserPool
    from sweep_support import Swept

__all__ = ["browsers", "swept"]

WIDER_IN_FIREFOX = (
    "<style>p { width: 200px; background: #ddd }"
    " @supports (-moz-appearance: none) { p { width: 260px } }</style><p>One piece of text</p>"
)


def lost(swept: Swept, page: Any, *words: str) -> dict[str, str]:
    """Sweep a page that cannot be compared; the reasons by browser."""
    with pytest.raises(CaptureError) as caught:
        swept.sweeper.check(page, f"page {len(swept.verdicts)}")
    assert [one.status for one in swept.verdicts] == [Status.CAPTURE_ERROR]
    for word in words:
        assert word in str(caught.value)
    return swept.errors


def test_a_page_that_never_loads(swept: Swept, site: Site) -> None:
    site.page("<p>late", "/late")
    errors = lost(swept, f"{site.origin}/late?wait=9", "PageTimeout")
    assert set(errors) == {"firefox", "chrome"}


def test_a_page_that_leads_to_a_login(swept: Swept, site: Site) -> None:
    site.page("<form>Log in <input type=password></form>", "/login")
    url = site.page("<script>location.replace('/login')</script>", "/secret")
    errors = lost(swept, url, "PageNotShown", "asks for a password", "log in first")
    assert set(errors) == {"firefox", "chrome"}


def test_a_login_page_itself_is_compared(swept: Swept, site: Site) -> None:
    url = site.page("<form>Log in <input type=password></form>", "/login")
    assert swept.sweeper.check(url, "login").passed


def test_a_page_that_throws_is_compared_all_the_same(swept: Swept, site: Site) -> None:
    url = site.page("<p>text</p><script>throw new Error('broken')</script>", "/throws")
    assert swept.sweeper.check(url, "throws").passed


def test_a_page_whose_scripts_break_ours(swept: Swept, site: Site) -> None:
    spoilt = "<p>text</p><script>Element.prototype.getBoundingClientRect = null</script>"
    errors = lost(swept, site.page(spoilt, "/spoilt"), "script")
    assert set(errors) == {"firefox", "chrome"}


def test_a_page_that_patches_arrays_and_json_is_compared(swept: Swept, site: Site) -> None:
    """As old versions of Prototype and MooTools do."""
    patched = (
        "<p>text</p><script>Array.prototype.toJSON = String.prototype.toJSON = () => 'no';"
        " Array.prototype.extra = function () {};</script>"
    )
    assert swept.sweeper.check(site.page(patched, "/patched"), "patched").passed


def test_a_strict_policy_of_content_is_no_obstacle(swept: Swept, site: Site) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'"
    url = site.page(WIDER_IN_FIREFOX, "/csp", Content_Security_Policy=policy)
    found = swept_findings(swept, url)
    assert [one["selector"] for one in found] == ["body > p"]


def swept_findings(swept: Swept, url: str) -> list[dict[str, Any]]:
    """The findings of a page that differs."""
    swept.sweeper.check(url, "page", soft=True)
    found: list[dict[str, Any]] = swept.verdicts[-1].sweep["findings"]
    return found


def test_a_page_of_fifty_thousand_elements(swept: Swept, site: Site) -> None:
    url = site.page(
        "<script>for (let i = 0; i < 50000; i++) document.write('<b>x</b>')</script>", "/many"
    )
    errors = lost(swept, url, "elements", "more than 25,000 are not read")
    assert set(errors) == {"firefox", "chrome"}


def test_what_is_in_nested_frames_is_compared(swept: Swept, site: Site) -> None:
    site.page(WIDER_IN_FIREFOX, "/innermost")
    site.page("<iframe src=/innermost width=400 height=200></iframe>", "/middle")
    url = site.page("<iframe src=/middle width=500 height=300></iframe>", "/frames")
    (found,) = swept_findings(swept, url)
    assert found["selector"].count(">>>") == 2
    assert found["selector"].endswith(">>> body > p")
    assert found["kind"] == "smaller"


def test_a_closed_shadow_root_is_told_of(swept: Swept, site: Site) -> None:
    url = site.page(
        "<x-box></x-box><script>document.querySelector('x-box').attachShadow({mode: 'closed'})"
        ".innerHTML = '<div style=\"width:80px;height:40px;background:red\"></div>'</script>"
        "<style>x-box { display: block }</style>",
        "/closed",
    )
    result = swept.sweeper.check(url, "closed")
    assert any("closed shadow root" in note for note in result.pages[0].notes)
    assert "closed shadow root" in swept.verdicts[0].message


def test_what_is_in_an_open_shadow_root_is_compared(swept: Swept, site: Site) -> None:
    inner = WIDER_IN_FIREFOX.replace("'", '"')
    url = site.page(
        "<x-box></x-box><script>document.querySelector('x-box').attachShadow({mode: 'open'})"
        f".innerHTML = '{inner}'</script>",
        "/open",
    )
    (found,) = swept_findings(swept, url)
    assert found["selector"].endswith("x-box >>> p")


def test_a_download_in_place_of_a_page(swept: Swept, site: Site) -> None:
    site.files["/file"] = (
        "application/octet-stream", b"data", {"Content-Disposition": "attachment"}
    )  # fmt: skip
    errors = lost(swept, f"{site.origin}/file")
    assert set(errors) == {"firefox", "chrome"}


def test_a_page_that_is_not_there(swept: Swept, site: Site) -> None:
    errors = lost(swept, f"{site.origin}/nowhere", "status 404")
    assert set(errors) == {"firefox", "chrome"}


def test_a_browser_that_dies_in_the_middle(swept: Swept, site: Site, browsers: BrowserPool) -> None:
    """The next page has a new one."""
    url = site.page("<p>text</p>", "/fine")

    def steps(driver: Any) -> None:
        driver.get(url)
        if driver.capabilities["browserName"] == "chrome":
            running = [one for spec, (one, _) in browsers._running.items() if spec.name == "chrome"]
            running[0].kill()

    errors = lost(swept, steps, "BrowserDied")
    assert set(errors) == {"chrome"}
    swept.verdicts.clear()
    assert swept.sweeper.check(url, "after").passed
