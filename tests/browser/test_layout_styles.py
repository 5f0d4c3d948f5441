"""Styles that are read once for many elements are those that the browser computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff import read_layout
from pytest_visualdiff.layouts.page_layout import DETAILED

if TYPE_CHECKING:
    from capture_support import Site

ITEMS = "<ul>" + "<li class=item><b>word</b> <i>more</i></li>" * 5 + "</ul>"

# Everything by which a page can tell elements of one class apart.
PAGES = {
    "by number": f"<style>li:nth-child(2){{color:red;letter-spacing:3px}}</style>{ITEMS}",
    "by neighbour": f"<style>b + i{{font-size:30px}}i{{text-indent:1em}}</style>{ITEMS}",
    "font of the parent": (
        "<style>li:last-child{font-size:30px}b{text-indent:2em;border-radius:1em}</style>" + ITEMS
    ),
    "custom property": (
        "<style>li:first-child{--tint:red;--gap:9px}b{color:var(--tint);word-spacing:var(--gap)}"
        f"</style>{ITEMS}"
    ),
    "attribute": (
        "<style>[data-state=on]{font-style:italic}[title]{letter-spacing:4px}</style>"
        "<p data-state=on>one</p><p data-state=off>two</p><p title=x>three</p><p>four</p>"
    ),
    "id": "<style>#two{font-style:italic}</style><p id=one>one</p><p id=two>two</p>",
    "escaped id": "<style>#a\\:b{font-style:italic}</style><p id=a>one</p><p id=a:b>two</p>",
    "style": "<p>one</p><p style='letter-spacing:5px'>two</p><p style='--x:1'>three</p>",
    "presentation": "<p align=right>one</p><p>two</p><font color=red>x</font><font>y</font>",
    "link": "<a href=#x>one</a><a>two</a>",
    "nested rules": "<style>ul{& li:nth-child(3){color:blue} .item{color:green}}</style>" + ITEMS,
    "in a media rule": (
        f"<style>@media (min-width:1px){{@layer x{{li:nth-child(even){{order:4}}}}}}</style>{ITEMS}"
    ),
    "a container": (
        "<style>.box{container-type:inline-size}@container (min-width:300px)"
        "{p{font-style:italic;letter-spacing:2px}}</style>"
        "<div class=box style='width:500px'><p>a</p></div>"
        "<div class=box style='width:100px'><p>b</p></div>"
    ),
    "generated": (
        "<style>li:nth-child(2)::before{content:'x';color:red}li::after{content:attr(title)}"
        f"</style>{ITEMS}<ul><li title=a>q</li><li title=b>r</li></ul>"
    ),
    "a shadow root": (
        "<div id=host><p>one</p><p>two</p></div><script>host.attachShadow({mode:'open'})"
        ".innerHTML='<style>::slotted(:first-child){color:red}p{color:blue}</style>"
        "<p>in</p><slot></slot>'</script><p>out</p>"
    ),
    "a sheet by script": (
        f"{ITEMS}<script>const s=new CSSStyleSheet();s.replaceSync('li:nth-child(4){{color:red}}');"
        "document.adoptedStyleSheets=[s]</script>"
    ),
    "animated": (
        f"{ITEMS}<script>document.querySelectorAll('li')[1].animate("
        "[{opacity:.2},{opacity:.4}],{duration:1000,fill:'both'}).pause()</script>"
    ),
    "focused": f"<style>button:focus{{color:red}}:focus-within{{outline:2px solid red}}</style>"
    f"{ITEMS}<div><button id=f>a</button></div><div><button>b</button></div>"
    "<script>f.focus()</script>",
    "in percent": (
        "<style>p{margin:5% auto;padding:3%;transform:translateX(10%);width:50%}</style>"
        "<div style='width:300px'><p>a</p></div><div style='width:200px'><p>a</p></div>"
    ),
    "positioned": "<style>div{position:relative;left:3px}i{position:absolute}</style>"
    "<div><i>a</i></div><div style='height:90px'><i>b</i></div>",
    "grid": "<style>div{display:grid;grid-template-columns:1fr 2fr}</style>"
    "<div><b>a</b><b>b</b></div><div style='width:300px'><b>a</b><b>b</b></div>",
}  # fmt: skip

# The styles of all elements, one by one, as the browser computes them.
TRUTH = """
const found = [], visit = (root) => {
  for (const node of root.children || []) {
    if (/^(script|style|head|meta|link|title)$/.test(node.localName)) continue;
    const read = (style) => arguments[0].map((name) => style.getPropertyValue(name));
    found.push([node.localName, read(getComputedStyle(node))]);
    for (const part of ["::before", "::after"]) {
      const style = getComputedStyle(node, part);
      if (!/^(none|normal|)$/.test(style.content)) found.push([part, read(style)]);
    }
    visit(node);
    if (node.shadowRoot) visit(node.shadowRoot);
  }
};
visit(document);
return found;
"""


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_each_element_has_the_styles_that_the_browser_computes(
    driver: Any, site: Site, html: str
) -> None:
    driver.get(site.page(html))
    layout = read_layout(driver, detailed=True)
    told = [
        [one.tag, list(layout.styles[one.style])]
        for one in layout.elements
        if one.tag != "::marker"
    ]
    truth = driver.execute_script(TRUTH, list(DETAILED))
    assert len(told) > 3
    assert [one for one, _ in told] == [one for one, _ in truth]
    wrong = [
        (tag, name, is_told, is_true)
        for (tag, ours), (_, theirs) in zip(told, truth, strict=True)
        for name, is_told, is_true in zip(DETAILED, ours, theirs, strict=True)
        if is_told != is_true
    ]
    assert wrong == []
