"""The selectors that name elements: unique on the page, short, and the same after an insertion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff import read_layout
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.errors import UnstableTarget

if TYPE_CHECKING:
    from capture_support import Site

# Finds what a selector matches, as a person would: `>>>` enters a shadow root or a frame.
FIND = """
const found = (selector) => selector.split(" >>> ").reduce((roots, part) =>
  roots.flatMap((root) =>
    [...(root.shadowRoot || root.contentDocument || root).querySelectorAll(part)]), [document]);
return arguments[0].map((selector) => {
  const all = found(selector);
  const box = all.length === 1 && all[0].getBoundingClientRect();
  return [all.length, all.length === 1 ? all[0].localName : "", box ? [box.width, box.height] : []];
});
"""

HOSTILE = """<!doctype html><title>hostile</title>
<div id='a"b'>quote</div> <div id="it's">apostrophe</div> <div id="1st">digit</div>
<div id="a b c">blanks</div> <div id="a:b.c#d">signs</div> <div id="-">dash</div>
<div id="twice">one</div> <p id="twice">two</p> <div id="twice">three</div>
<div id="-9">minus</div> <div id="&gt;&gt;&gt;">arrows</div> <div id="\\\\">backslash</div>
<div id="tab&#9;and&#10;line">control</div> <div id="ünï">letters</div> <div id="😀">sign</div>
<div id="" class="">empty</div> <div class="1a a:b c.d [x]">classes</div>
<o:p>colon</o:p><svg width=9 height=9><linearGradient id=g /></svg>
<table><tr><td>1<td>2<tr><td>3<td>4</table><ul><li>a<li>b<li><ul><li>c<li>d</ul></ul>
<form><input name='q"x'><input type=radio name=size value=S>
<input type=radio name=size value=L></form>
<div hidden class=card>not shown</div><div class=card>shown</div>
<div id=host></div><iframe srcdoc="<p class=in>frame</p><p>more</p>"></iframe>
<script>host.attachShadow({mode:'open'}).innerHTML = '<b class=in>x</b><b>y</b><p id=twice>z</p>'
</script>"""

QUIRKS = "<div class=Card>a</div><div class=card>b</div><p id=One>c</p><p id=one>d</p>"

NAMED = """<!doctype html><title>named</title>
<main><h1 class="text-4xl font-bold css-1x2y3z">Shop</h1>
<section id="offers" class="sc-abc jsx-123"><article class="card p-4 md:flex">
  <h2 class="title mt-2">Vase</h2><span class="price Card_price__3fK2a">10</span>
  <button data-testid="buy-vase" class="css-9aA bZkYtq">Buy</button></article>
 <article class="card p-4 md:flex"><h2 class="title">Cup</h2><span class="price">5</span>
  <button aria-label="Buy the cup" class="_button_1x2y3_12">Buy</button></article></section>
<form><input name="email" id=":r1:"><input type="radio" name="size" value="L">
 <input type="radio" name="size" value="M"></form>
<img alt="Our shop" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width=9 height=9>
<div class="flex items-center w-1/2 hover:bg-red-500 bg-blue-500"><div class="hero">Hello</div>
<em class="text-red-500 is-active">utility</em></div>
<a href="/imprint" class="nav-link active">Imprint</a>
<table id="orders"><tbody><tr><td>1</td><td>one</td></tr><tr><td>2</td><td>two</td></tr></tbody>
</table></main>"""


def selectors(driver: Any, url: str) -> list[tuple[str, str]]:
    """The selector and the tag of each element that is read."""
    driver.get(url)
    return [(one.selector, one.tag) for one in read_layout(driver).elements]


@pytest.mark.parametrize("html", [HOSTILE, QUIRKS, NAMED], ids=["hostile", "quirks", "named"])
def test_each_selector_matches_its_element_alone(driver: Any, site: Site, html: str) -> None:
    url = site.page(html)
    driver.get(url)
    layout = read_layout(driver)
    assert len(layout.elements) > 5
    told = driver.execute_script(FIND, [one.selector for one in layout.elements])
    for one, (count, tag, size) in zip(layout.elements, told, strict=True):
        assert (count, tag) == (1, one.tag), one.selector
        assert size == pytest.approx([one.box.width, one.box.height], abs=0.02), one.selector


def test_selectors_are_those_that_a_person_would_write(driver: Any, site: Site) -> None:
    found = {selector for selector, _ in selectors(driver, site.page(NAMED))}
    assert found >= {
        "#offers",
        '[data-testid="buy-vase"]',
        'button[aria-label="Buy the cup"]',
        "h1",
        'input[name="email"]',
        'input[name="size"][value="L"]',
        'img[alt="Our shop"]',
        ".hero",
        'a[href="/imprint"]',
        "#orders",
        "#orders tr:nth-of-type(2)",
        "#orders tr:nth-of-type(2) > td:nth-of-type(1)",
        "form",
        "main",
    }
    assert not [one for one in found if "css-" in one or "text-" in one or "3fK2a" in one]
    assert not [one for one in found if "active" in one or ":r1:" in one or "hover" in one]


INSERT = """
for (const node of [...document.querySelectorAll("main > *, article, .hero")])
  node.before(document.createElement("aside"), document.createElement("p"));
"""


def test_selectors_outlive_siblings_that_are_inserted(driver: Any, site: Site) -> None:
    before = {selector for selector, _ in selectors(driver, site.page(NAMED))}
    driver.execute_script(INSERT)
    after = {one.selector for one in read_layout(driver).elements}
    assert len(before) > 20
    assert before <= after


BLINKS = """<!doctype html><body><div class="css-1x2y3z"><p class="mt-2">still</p>
<b data-testid="clock" style="display:block;width:500px">0</b></div>
<script>setInterval(() => {document.querySelector("b").textContent = Math.random()}, 20)</script>"""


def test_what_keeps_moving_is_named_by_the_same_selector(driver: Any, site: Site) -> None:
    driver.get(site.page(BLINKS))
    with pytest.raises(UnstableTarget, match=r'`\[data-testid="clock"\]` keeps changing'):
        capture(driver, CaptureOptions(timeout=1))
