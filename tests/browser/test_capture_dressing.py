"""What a page wears for its picture: ``style``, ``hide`` and ``remove``, and nothing afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from capture_support import BLUE, RED, has, look, pixels, where
from pytest_visualdiff.errors import InvalidValue

if TYPE_CHECKING:
    from pathlib import Path

    from capture_support import Site

BANNER = f"<p id=ad style='margin:0;height:30px;background:rgb{RED}'>"
AFTER = f"<p id=end style='margin:0;height:20px;background:rgb{BLUE}'></p>"
PAGE = BANNER + "<b style='visibility:visible'>now</b></p>" + AFTER


def test_what_is_hidden_keeps_its_place(driver: Any, site: Site) -> None:
    """Also what lies in it and is visible by a style of its own."""
    driver.get(site.page(PAGE))
    assert has(pixels(look(driver)), RED), "nothing is to be hidden"
    shot = pixels(look(driver, hide=("#ad",)))
    assert not has(shot, RED)
    assert (shot[:30] == 255).all()
    assert where(shot, BLUE)[1] == 30


def test_what_is_removed_leaves_no_gap(driver: Any, site: Site) -> None:
    driver.get(site.page(PAGE))
    shot = pixels(look(driver, remove=("#ad",)))
    assert not has(shot, RED)
    assert where(shot, BLUE)[1] == 0


def test_rules_of_a_text_or_a_file_are_worn_in_frames_and_shadow_roots(
    driver: Any, site: Site, tmp_path: Path
) -> None:
    """A content security policy does not keep them out."""
    inner = f'<iframe srcdoc="{BANNER}"></iframe><div id=host></div>'
    grow = f"host.attachShadow({{mode: 'open'}}).innerHTML = `{BANNER}`"
    url = site.page(inner, content_security_policy="style-src 'unsafe-inline'; script-src *")
    driver.get(url)
    driver.execute_script(grow)
    rules = "#ad { background: rgb(0, 0, 255) !important }"
    (tmp_path / "worn.css").write_text(rules, encoding="utf-8")
    assert not has(pixels(look(driver)), BLUE), "the rules change nothing"
    for style in (rules, str(tmp_path / "worn.css")):
        shot = pixels(look(driver, style=style))
        assert has(shot, BLUE)
        assert not has(shot, RED)


def test_nothing_is_left_of_it(driver: Any, site: Site) -> None:
    driver.get(site.page(PAGE))
    before = driver.page_source
    look(driver, hide=("b",), remove=("#end",), style="#ad { color: red }")
    assert driver.page_source == before
    assert driver.execute_script("return document.adoptedStyleSheets.length") == 0
    assert has(pixels(look(driver)), RED)


def test_what_is_not_there_may_be_hidden_and_removed(driver: Any, site: Site) -> None:
    """An advertisement does not always come."""
    driver.get(site.page(PAGE))
    assert has(pixels(look(driver, hide=(".late",), remove=(".none",))), RED)


@pytest.mark.parametrize("option", ["hide", "remove"])
def test_a_selector_that_is_none_is_named(driver: Any, site: Site, option: str) -> None:
    driver.get(site.page(PAGE))
    with pytest.raises(InvalidValue, match=r"'a >> b'.*not a valid CSS selector"):
        look(driver, **{option: ("a >> b",)})


def test_a_style_that_is_neither_rules_nor_a_file_is_named(driver: Any, site: Site) -> None:
    driver.get(site.page(PAGE))
    with pytest.raises(InvalidValue, match=r"style='worn.css' is neither CSS .* nor a file"):
        look(driver, style="worn.css")
