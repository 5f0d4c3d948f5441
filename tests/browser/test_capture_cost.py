"""A page that did not change costs one shot, and few calls of the driver. Real browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from capture_support import look

if TYPE_CHECKING:
    from capture_support import Site

MOVING = (
    "<style>@keyframes spin{to{transform:rotate(360deg) translateX(20px)}}</style>"
    "<div style='width:80px;height:40px;margin:40px;background:linear-gradient(90deg,red,blue);"
    "animation:spin .9s infinite'></div>"
)


def test_an_unchanged_page_needs_one_shot_and_the_same_bytes_come_back(
    driver: Any, site: Site
) -> None:
    driver.get(site.page(MOVING))
    first = look(driver)
    again = look(driver, first.png)
    assert (first.frames, again.frames) == (2, 1)
    assert again.png == first.png


@pytest.mark.parametrize(
    ("html", "options", "calls"),
    [
        ("<h1>still</h1>", {}, 2),
        ("<h1>still</h1>", {"mask": "h1"}, 3),
        (MOVING, {}, 3),
    ],
    ids=["nothing to hold", "a mask to read again", "something to hold"],
)
def test_an_unchanged_page_costs_two_or_three_driver_calls(
    driver: Any, site: Site, html: str, options: dict[str, Any], calls: int
) -> None:
    driver.get(site.page(html))
    baseline = look(driver, **options).png
    commands: list[str] = []
    execute = driver.execute
    driver.execute = lambda *given: (commands.append(given[0]), execute(*given))[1]
    try:
        assert look(driver, baseline, **options).frames == 1
    finally:
        del driver.execute
    # This Firefox has scroll bars that take room: hiding them is something to put back.
    assert len(commands) == (3 if driver.name == "firefox" else calls)
