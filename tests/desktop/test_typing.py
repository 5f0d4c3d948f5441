"""Keys, hot keys, the wheel and the pointer reach the page of a real browser as they were meant."""

from __future__ import annotations

import string
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import InvalidValue, Untypeable

from .conftest import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff import Screen

BROWSERS = ["firefox", "chrome"]
ASCII = "".join(sign for sign in string.printable if sign.isprintable())
FIELD = "<input id=field autofocus style='width:90%' autocomplete=off>"


def field_of(screen: Screen) -> Any:
    field = screen.driver.find_element("id", "field")
    screen.click(field)
    return field


def holds(field: Any, text: str) -> bool:
    return until(lambda: field.get_property("value") == text, 3) or field.get_property("value")


@pytest.mark.parametrize("browser", BROWSERS)
def test_every_character_is_typed(shown: Callable[..., Screen], browser: str) -> None:
    """All printable ASCII by keys; umlauts, CJK and emoji pasted; in one field after the other."""
    screen = shown(FIELD, browser)
    field = field_of(screen)
    for text in (ASCII, "äöüßÉ €", "你好，世界", "😀 👩‍💻 Ł", "a b\u00a0c"):
        screen.type(text)
        assert holds(field, text) is True
        screen.hotkey("ctrl", "a")


@pytest.mark.parametrize("layout", ["de", "fr", "us(dvorak)", "ru"])
def test_the_layout_of_the_keyboard_does_not_matter(
    shown: Callable[..., Screen], layout: str
) -> None:
    """Keys lie elsewhere, or are missing (then it is pasted); shortcuts still work."""
    screen = shown(FIELD, "firefox")
    field = field_of(screen)

    def switch(name: str) -> None:
        base, _, variant = name.partition("(")
        with screen.desktop.display.entered():
            subprocess.run(
                ["setxkbmap", base, "-variant", variant.rstrip(")")], check=True, timeout=10
            )

    try:
        switch(layout)
        for text in (ASCII, "zyZY-äß@€\\"):
            screen.type(text)
            assert holds(field, text) is True
            screen.press(*["backspace"] * len(text))
    finally:
        switch("us")


@pytest.mark.parametrize("browser", BROWSERS)
def test_an_address_with_every_kind_of_sign_is_typed(
    visualdiff_screen: Screen, site: Any, browser: str
) -> None:
    """The real location bar, and the address that the DOM then has."""
    site.page("<p>hello", "/Ünï")
    url = f'{site.page("<p>hello", "/Some/path_x")}?q=a%20b&c="d"&e=@&f=A:B#part'
    visualdiff_screen.open(url, browser=browser)
    there = visualdiff_screen.driver.current_url
    assert there.replace("%22", '"') == url


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_second_address_is_not_completed_to_an_earlier_one(
    visualdiff_screen: Screen, site: Any, browser: str
) -> None:
    """What the browser adds of its own to a shorter address is taken away."""
    long, short = site.page("<p>long", "/start/longer"), site.page("<p>short", "/start")
    for url in (long, short, long):
        visualdiff_screen.open(url, browser=browser)
        assert visualdiff_screen.driver.current_url == url


@pytest.mark.parametrize("browser", BROWSERS)
def test_keys_wheel_and_buttons(shown: Callable[..., Screen], browser: str) -> None:
    screen = shown(
        """<div id=area style="height:300px;background:#eee"></div><p style="height:3000px">
        <script>log = []; area.oncontextmenu = e => { log.push('menu'); e.preventDefault() };
        area.ondblclick = () => log.push('double'); area.onmouseenter = () => log.push('in');
        onkeydown = e => log.push((e.ctrlKey ? 'ctrl+' : '') + e.key)</script>""",
        browser,
    )
    area = screen.driver.find_element("id", "area")

    def logged(what: str) -> bool:
        return until(lambda: what in screen.driver.execute_script("return log"), 3)

    screen.hover(area)
    assert logged("in")
    screen.double_click(area)
    assert logged("double")
    screen.right_click(area)
    assert logged("menu")
    screen.press("f8", "down")
    assert logged("F8")
    assert logged("ArrowDown")
    screen.hotkey("ctrl", "b")
    assert logged("ctrl+b")
    screen.scroll(5)
    assert until(lambda: screen.driver.execute_script("return scrollY") > 100)
    screen.scroll(-20)
    assert until(lambda: screen.driver.execute_script("return scrollY") == 0)


@pytest.mark.parametrize("browser", BROWSERS)
def test_drag(shown: Callable[..., Screen], browser: str) -> None:
    """A slider by its handle, and an element by HTML's own drag and drop."""
    screen = shown(
        """<input id=slider type=range min=0 max=100 value=0 style="width:400px;margin:40px">
        <div id=thing draggable=true style="width:80px;height:40px;background:coral">drag</div>
        <div id=there style="width:200px;height:200px;background:#cde;margin:60px 300px"></div>
        <script>dropped = 0; there.ondragover = e => e.preventDefault();
        thing.ondragstart = e => e.dataTransfer.setData('text/plain', 'x');
        there.ondrop = e => { e.preventDefault(); dropped++ }</script>""",
        browser,
    )
    slider = screen.driver.find_element("id", "slider")
    box = screen.to_screen(slider)
    middle = box.y + box.height // 2
    screen.drag((box.x + 8, middle), (box.x + box.width // 2, middle))
    assert until(lambda: 40 <= int(slider.get_property("value")) <= 60)
    screen.drag(
        screen.driver.find_element("id", "thing"), screen.driver.find_element("id", "there")
    )
    assert until(lambda: screen.driver.execute_script("return dropped") == 1)


def test_texts_and_keys_that_do_not_exist(visualdiff_screen: Screen) -> None:
    """Nothing is typed, and the error names the character or the nearest key."""
    with pytest.raises(Untypeable, match=r"U\+0007, character 3"):
        visualdiff_screen.type("ab\x07")
    with pytest.raises(Untypeable, match="half of a surrogate"):
        visualdiff_screen.type("\ud83d")
    with pytest.raises(InvalidValue, match="did you mean 'enter'"):
        visualdiff_screen.press("entr")
    with pytest.raises(InvalidValue, match="takes a text"):
        visualdiff_screen.type(5)  # type: ignore[arg-type]


def test_without_a_clipboard_program_the_error_says_what_to_install(
    visualdiff_screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    visualdiff_screen.type("plain text needs none")
    with pytest.raises(Untypeable, match=r"apt-get install .*xclip"):
        visualdiff_screen.type("你好")
