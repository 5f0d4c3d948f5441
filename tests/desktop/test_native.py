"""What no WebDriver screenshot shows: dialogs, menus, prompts and downloads of real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.desktop.grabber import same_picture
from pytest_visualdiff.errors import AlertOpen, PageTimeout, TargetNotFound

from .conftest import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_visualdiff import Screen

BROWSERS = ["firefox", "chrome"]
pytestmark = pytest.mark.parametrize("browser", BROWSERS)


def test_an_alert_is_seen_and_answered_by_keys(shown: Callable[..., Screen], browser: str) -> None:
    screen = shown("<button id=ask onclick=\"answer = confirm('Really?')\">Ask</button>", browser)
    button = screen.driver.find_element("id", "ask")
    screen.click(button)

    def dialog_is_told() -> bool:
        try:
            screen.to_screen(button)
        except AlertOpen:
            return True
        return False

    assert until(dialog_is_told)
    screen.wait_still()
    screen.press("enter")
    assert until(lambda: screen.driver.execute_script("return answer"))


def test_the_list_of_a_select_opens_and_is_chosen_from(
    shown: Callable[..., Screen], browser: str
) -> None:
    options = "".join(f"<option>number {number}" for number in range(5))
    screen = shown(f"<select id=list style='margin:50px'>{options}</select>", browser)
    field = screen.driver.find_element("id", "list")
    box = screen.to_screen(field)
    below = (box.x, box.bottom + 4, 60, 60)
    before = screen.look()
    screen.click(field)
    x, y, width, height = below
    assert until(
        lambda: (
            not same_picture(
                before[y : y + height, x : x + width], screen.look()[y : y + height, x : x + width]
            )
        )
    )
    screen.wait_still()
    screen.press("down", "down", "enter")
    assert until(lambda: field.get_property("value") == "number 2")


def test_a_file_is_chosen_in_the_dialog(
    shown: Callable[..., Screen], tmp_path: Path, browser: str
) -> None:
    """The system's own dialog, to which only keys have access."""
    path = tmp_path / "Bericht – größer.txt"
    path.write_text("content", encoding="utf-8")
    screen = shown("<input id=file type=file style='margin:50px'>", browser)
    screen.click(screen.driver.find_element("id", "file"))
    screen.choose_file(path)
    name = "return document.getElementById('file').files[0]?.name"
    assert until(lambda: screen.driver.execute_script(name) == path.name)


def test_without_a_file_dialog_the_error_says_so(
    shown: Callable[..., Screen], browser: str
) -> None:
    screen = shown("<p>nothing", browser)
    with pytest.raises(TargetNotFound, match="no file dialog opened within"):
        screen.choose_file("/tmp/x", timeout=0.2)


def test_a_download_is_whole_when_it_is_given(
    visualdiff_screen: Screen, site: Any, browser: str
) -> None:
    data = b"x" * 300_000
    site.files["/report.bin"] = (
        "application/octet-stream",
        data,
        {"Content-Disposition": "attachment; filename=report.bin"},
    )
    visualdiff_screen.open(site.page("<a id=get href=/report.bin>get</a>"), browser=browser)
    visualdiff_screen.click(visualdiff_screen.driver.find_element("id", "get"))
    path = visualdiff_screen.downloaded("*.bin", timeout=15)
    assert path.read_bytes() == data
    with pytest.raises(PageTimeout, match=r"\*\.pdf"):
        visualdiff_screen.downloaded("*.pdf", timeout=0.1)
    visualdiff_screen.close()
    assert not path.exists()


def test_a_permission_prompt_is_seen_and_answered(
    shown: Callable[..., Screen], browser: str
) -> None:
    """Notifications: the prompt hangs from the location bar; keys or its button answer it."""
    screen = shown(
        '<button id=ask onclick="Notification.requestPermission().then(p => answer = p)">'
        "Ask</button><script>answer = ''</script>",
        browser,
    )
    before = screen.look()
    screen.click(screen.driver.find_element("id", "ask"))
    assert until(lambda: not same_picture(before[:300], screen.look()[:300]))
    screen.wait_still()
    screen.press("escape")
    assert until(lambda: screen.driver.execute_script("return answer") in {"default", "denied"})


def test_a_print_dialog_is_seen_and_closed(shown: Callable[..., Screen], browser: str) -> None:
    """It covers the page, on which nothing of it can be asked."""
    screen = shown("<p>print me", browser)
    before = screen.look()
    screen.hotkey("ctrl", "p")
    assert until(lambda: abs(screen.look().mean() - before.mean()) > 3)
    screen.wait_still()
    assert not same_picture(screen.look(), before)
    screen.press("escape")
    assert until(lambda: abs(screen.look().mean() - before.mean()) < 3)
