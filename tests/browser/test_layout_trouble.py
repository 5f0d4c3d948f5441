"""Pages that make their structure hard to read: right, or none and a note. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.causes.explain import explain_layouts
from pytest_visualdiff.errors import CaptureError
from pytest_visualdiff.layouts.storage import encode

if TYPE_CHECKING:
    from capture_support import Site
    from pytest_visualdiff.model import Screenshot

BODY = "<h1>Shop</h1><p class=name style='color:rgb(1,2,3)'>Vase</p><button id=buy>Buy</button>"
PATCHES = {
    "JSON": "const old = JSON.stringify; JSON.stringify = (value) => old(value, null, 2);"
    " JSON.parse = () => ({})",
    "toJSON": "Array.prototype.toJSON = String.prototype.toJSON = () => 'x'",
    "array methods": "Array.prototype.map = Array.prototype.filter = Array.prototype.find ="
    " function () { return this; }",
    "push": "Array.prototype.push = function () { return 0; }",
    "getComputedStyle": "window.getComputedStyle = () => document.body.style",
    "styles that lie": "const old = window.getComputedStyle; window.getComputedStyle = (...all) =>"
    " new Proxy(old(...all), { get: (style, name) => name === 'getPropertyValue' ? () => 'red'"
    " : style[name] })",
    "boxes": "Element.prototype.getAttributeNames = () => { throw new Error('no'); }",
}
HUGE = "x" * 1_000_000


def picture(driver: Any) -> Screenshot:
    return capture(driver, CaptureOptions(layout="changed"))


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
def test_a_page_that_patches_built_ins_has_the_right_layout_or_none(
    driver: Any, site: Site, patch: str
) -> None:
    driver.get(site.page(f"<script>{patch}</script>{BODY}"))
    try:
        shot = picture(driver)
    except CaptureError as error:  # the driver's own answers are spoilt, too
        assert "scripts changed what the browser answers" in str(error)  # noqa: PT017
        return
    if shot.layout is None:
        assert any("page structure was not read" in note for note in shot.notes)
        return
    by_tag = {one.tag: one for one in shot.layout.elements}
    assert by_tag["p"].text == "Vase"
    assert by_tag["button"].selector == "#buy"
    assert shot.layout.style(by_tag["p"].index)["color"] == "rgb(1, 2, 3)"


def test_a_strict_content_security_policy_does_not_hinder_reading(driver: Any, site: Site) -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'"
    driver.get(site.page(BODY, Content_Security_Policy=policy))
    layout = picture(driver).layout
    assert layout is not None
    assert "#buy" in [one.selector for one in layout.elements]


def test_a_page_of_fifty_thousand_elements_has_a_picture_and_a_note(
    driver: Any, site: Site
) -> None:
    driver.get(
        site.page("<h1>Many</h1><div style='height:9px;overflow:hidden'>" + "<i></i>" * 50_000)
    )
    shot = picture(driver)
    assert shot.layout is None
    assert any("50,0" in note and "20,000" in note for note in shot.notes)


def test_endless_texts_names_and_pictures_make_no_large_layout(driver: Any, site: Site) -> None:
    html = (
        f"<p id='{HUGE}' title='{HUGE}'>{HUGE}</p><div class='{HUGE}' style='overflow:hidden;"
        f"height:30px;background-image:url(data:image/png;base64,{HUGE})'>x</div>"
        f"<input value='{HUGE}' placeholder='{HUGE}'><span style='font-family:{HUGE}'>a</span>"
    )
    driver.get(site.page(html.replace("<p ", "<p style='overflow:hidden;height:20px' ")))
    layout = picture(driver).layout
    assert layout is not None
    assert len(encode(layout)) < 20_000
    assert len(repr(layout)) < 400_000


def test_another_picture_in_a_data_url_is_told_in_a_short_line(driver: Any, site: Site) -> None:
    driver.get(
        site.page(f"<div id=box style='background-image:url(data:image/png;base64,{HUGE})'>x")
    )
    before = picture(driver).layout
    driver.execute_script(
        "box.style.backgroundImage = arguments[0]", f"url(data:image/png;,{HUGE}y)"
    )
    after = picture(driver).layout
    assert before is not None
    assert after is not None
    (cause,) = explain_layouts(before, after)
    assert (cause.selector, cause.name) == ("#box", "background-image")
    assert len(cause.message) < 300


def test_elements_with_one_id_are_told_apart(driver: Any, site: Site) -> None:
    driver.get(site.page("<p id=a>one</p><p id=a>two</p><p id=a>three</p>"))
    before = picture(driver).layout
    driver.execute_script("document.querySelectorAll('p')[1].style.color = 'red'")
    after = picture(driver).layout
    assert before is not None
    assert after is not None
    (cause,) = explain_layouts(before, after)
    found = driver.find_elements("css selector", cause.selector)
    assert [one.text for one in found] == ["two"]
