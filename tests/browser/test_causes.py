"""A failed check of a page names the element and the property that changed. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.causes.explain import explain_layouts
from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.limits import Limits
from pytest_visualdiff.images.codec import to_array

if TYPE_CHECKING:
    from capture_support import Site
    from pytest_visualdiff.model import Cause, Screenshot

PAGE = """<!doctype html><title>shop</title><style>:root{--accent:#0066cc}
body{font:16px 'DejaVu Sans'} .card{border:1px solid #ccc;padding:12px;margin:10px}
.btn{background:var(--accent);color:#fff;padding:8px;border:0} a{color:var(--accent)}
.tag::before{content:'new';color:green} .swatches{display:flex;gap:8px}</style>
<h1 class=title>Shop</h1><div class=card id=one><p class=name>Vase</p>
<button id=buy class=btn>Buy now</button> <a href=#x>more</a></div>
<div class=card id=two><p class=name>Cup</p><button class=btn>Buy now</button></div>
<div class=swatches><b>red</b><i>green</i><u>blue</u></div><p class=tag>tagged</p>
<input id=mail placeholder=mail><input id=box type=checkbox><ul><li>one</li><li>two</li></ul>
<table id=sold><tr><td>1</td><td>9</td></tr><tr><td>2</td><td>8</td></tr></table>
<p id=last>Last paragraph</p>"""

OF = "document.querySelector('{}')"
EDITS = {
    "a margin": ("#buy", "style", "margin-top", "0px", "12px", "{}.style.marginTop = '12px'"),
    "a padding": ("#two", "style", "padding", "12px", "20px", "{}.style.padding = '20px'"),
    "a colour": ("#last", "style", "color", "rgb(0, 0, 0)", "rgb(255, 0, 0)",
                 "{}.style.color = 'red'"),
    "a colour of all": ("body", "style", "color", "rgb(0, 0, 0)", "rgb(0, 0, 255)",
                        "{}.style.color = 'blue'"),
    "a gap": (".swatches", "style", "gap", "8px", "30px", "{}.style.gap = '30px'"),
    "a width": ("#two", "resized", "width", None, "300px", "{}.style.width = '300px'"),
    "a font size": ("h1", "style", "font-size", "32px", "40px", "{}.style.fontSize = '40px'"),
    "nothing shown": ("#last", "style", "display", "block", "none",
                      "{}.style.display = 'none'"),
    "a text": ("#buy", "text", "", "Buy now", "Buy nwo", "{}.textContent = 'Buy nwo'"),
    "a placeholder": ("#mail", "attribute", "placeholder", "mail", "post",
                      "{}.placeholder = 'post'"),
    "a check mark": ("#box", "attribute", "checked", "false", "true", "{}.checked = true"),
    "what is entered": ("#mail", "attribute", "value", "", "me", "{}.value = 'me'"),
    "gone": ("#last", "removed", "", "Last paragraph", "", "{}.remove()"),
    "new": (".banner", "added", "", "", "Sale",
            "document.body.insertAdjacentHTML('afterbegin', '<p class=banner>Sale</p>')"),
    "before it": (".tag::before", "style", "color", "rgb(0, 128, 0)", "rgb(255, 0, 0)",
                  "document.styleSheets[0].insertRule('.tag::before{{color:red !important}}')"),
}  # fmt: skip


def picture(driver: Any) -> Screenshot:
    return capture(driver, CaptureOptions(layout="changed"))


def causes(before: Screenshot, after: Screenshot) -> tuple[Cause, ...]:
    """What explains the differences that are seen between two pictures."""
    expected, actual = (to_array(one.png)[..., :3] for one in (before, after))
    limits = Limits()
    found = compare_arrays(expected, actual, masks=(), region=None, limits=limits)
    assert found.differences
    return explain_layouts(before.layout, after.layout, found.differences)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_the_element_and_what_was_changed_are_named_first(
    driver: Any, site: Site, edit: tuple[str, ...]
) -> None:
    selector, kind, name, was, now, script = edit
    driver.get(site.page(PAGE))
    before = picture(driver)
    driver.execute_script(script.format(OF.format(selector)))
    found = causes(before, picture(driver))
    assert (found[0].selector, found[0].kind, found[0].name, found[0].after) == (
        selector, kind, name, now)  # fmt: skip
    assert was is None or found[0].before == was
    assert len(found) == 1, found


def test_a_custom_property_is_one_cause_with_a_count(driver: Any, site: Site) -> None:
    driver.get(site.page(PAGE))
    before = picture(driver)
    driver.execute_script("document.documentElement.style.setProperty('--accent', '#cc0000')")
    (cause,) = causes(before, picture(driver))
    assert (cause.name, cause.before, cause.after) == ("--accent", "#0066cc", "#cc0000")
    assert cause.consequences == 2


def test_two_changes_are_two_causes(driver: Any, site: Site) -> None:
    driver.get(site.page(PAGE))
    before = picture(driver)
    driver.execute_script(
        "document.querySelector('h1').style.letterSpacing = '2px';"
        "document.querySelector('#last').textContent = 'Other'"
    )
    found = causes(before, picture(driver))
    assert {one.selector for one in found} == {"h1", "#last"}


def test_a_column_that_went_is_one_cause(driver: Any, site: Site) -> None:
    driver.get(site.page(PAGE))
    before = picture(driver)
    driver.execute_script(
        "document.querySelectorAll('#sold td:nth-of-type(2)').forEach((cell) => cell.remove())"
    )
    found = causes(before, picture(driver))
    assert [one.kind for one in found] == ["removed"]
    assert found[0].consequences >= 1


def test_what_no_pixel_shows_is_not_told(driver: Any, site: Site) -> None:
    driver.get(site.page(PAGE))
    before = picture(driver)
    driver.execute_script(
        "document.querySelector('#two').style.transitionDelay = '3s';"
        "document.querySelector('.swatches').style.flexShrink = '7';"
        "document.querySelector('#last').textContent = 'Other'"
    )
    assert [one.selector for one in causes(before, picture(driver))] == ["#last"]


def test_what_is_redacted_never_enters_the_layout(driver: Any, site: Site) -> None:
    secret = "<p class=pan title=4111>4111 1111</p><input type=password id=p value=hunter2>"
    driver.get(site.page(f"{PAGE}{secret}<p style='margin-top:3000px' class=pan>5222 2222</p>"))
    driver.execute_script("document.querySelector('#p').value = 'hunter2'")
    options = CaptureOptions(layout="changed", redact=(".pan",))
    layout = capture(driver, options).layout
    assert layout is not None
    text = repr(layout)
    assert "Buy now" in text
    assert not [word for word in ("4111", "5222", "hunter2") if word in text]
