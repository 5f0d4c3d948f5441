"""Pictures that no computed style tells are compared by their pixels, tolerant to their drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sweep_support import browsers, swept

if TYPE_CHECKING:
    from capture_support import Site
    from sweep_support import Swept

__all__ = ["browsers", "swept"]

CANVAS = """<canvas id=c width=120 height=80></canvas><script>
const pen = c.getContext("2d"), firefox = navigator.userAgent.includes("Firefox");
pen.fillStyle = firefox ? "%s" : "%s";
pen.fillRect(0, 0, 120, 80);
pen.fillStyle = "white";
for (let at = 0; at < 5; at++) firefox || %s ? pen.fillRect(10 + 20 * at, 10 + 9 * at, 12, 20)
  : pen.arc(60, 40, 5 + 5 * at, 0, 5) || pen.stroke();
</script>"""

ICON = (
    "<style>svg {{ margin-left: {left}px }}</style><svg id=c width=64 height=64 viewBox='0 0 24 24'"
    " fill=none stroke=black stroke-width=2><circle cx=12 cy=12 r=9 /><path d='M12 7v5l4 2'/></svg>"
)


def found(swept: Swept, url: str) -> list[dict[str, Any]]:
    swept.sweeper.check(url, "page", soft=True)
    told: list[dict[str, Any]] = swept.verdicts[-1].sweep["findings"]
    return told


@pytest.mark.parametrize("left", [0, 10.5])
def test_a_drawing_that_each_browser_smooths_is_the_same(
    swept: Swept, site: Site, left: float
) -> None:
    assert found(swept, site.page(ICON.format(left=left), "/icon")) == []


def test_a_canvas_that_shows_the_same_is_the_same(swept: Swept, site: Site) -> None:
    assert found(swept, site.page(CANVAS % ("navy", "navy", "true"), "/same")) == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (CANVAS % ("navy", "navy", "false"), "`#c` shows another picture in Chrome"),
        (CANVAS % ("navy", "crimson", "true"), "`#c` has other colours in Chrome"),
    ],
)
def test_a_canvas_that_shows_something_else(
    swept: Swept, site: Site, page: str, words: str
) -> None:
    (one,) = found(swept, site.page(page, "/else"))
    assert one["message"].startswith(words)
    assert one["kind"] == "restyled"
    assert one["partner"]["browser"] == "firefox"
