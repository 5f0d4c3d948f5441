"""Which adapter takes which target, and targets that need no browser of ours."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.capture.areas import Rect
from pytest_visualdiff.capture.photo import scale_of
from pytest_visualdiff.errors import (
    BrokenImage,
    CaptureError,
    EmptyTarget,
    InvalidValue,
    UnstableTarget,
    UnsupportedTarget,
)
from pytest_visualdiff.images.codec import REDACTED, encode, to_array
from pytest_visualdiff.model import Box, Environment, Screenshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ARRAY = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
PNG = encode(ARRAY)


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.fromarray(ARRAY).save(file, "JPEG")
    return file.getvalue()


def test_importing_the_package_imports_no_heavy_library() -> None:
    code = (
        "import sys, pytest_visualdiff.capture as c;"
        "print({'selenium', 'cv2', 'numpy', 'PIL'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_every_form_of_a_picture_is_a_target(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    for target in (PNG, path, str(path), ARRAY, Image.fromarray(ARRAY)):
        shot = capture(target)
        assert (to_array(shot.png) == ARRAY).all()
        assert shot.environment.variant == "image"
    assert capture(PNG).png == PNG, "a PNG stays as it is"
    assert capture(jpeg()).png.startswith(b"\x89PNG")


@pytest.mark.parametrize("target", ["no/such/file.png", b"", b"text", PNG[:50]])
def test_a_broken_picture_is_named(target: Any) -> None:
    with pytest.raises(BrokenImage):
        capture(target)


def test_areas_of_a_picture_are_boxes_in_its_pixels() -> None:
    shot = capture(
        PNG, CaptureOptions(mask=(Box(1, 2, 3, 4), (25, 15, 99, 99)), redact=((4, 4, 2.5, 1),),
                            region=(0, 0, 12, 12))
    )  # fmt: skip
    assert shot.masks == (Box(1, 2, 3, 4), Box(25, 15, 5, 5))
    assert shot.region == Box(0, 0, 12, 12)
    assert (to_array(shot.png)[4, 4:7] == REDACTED).all()
    assert (to_array(shot.png)[5, 4:7] == ARRAY[5, 4:7]).all()


@pytest.mark.parametrize("option", ["mask", "redact", "region"])
def test_a_picture_has_no_elements(option: str) -> None:
    with pytest.raises(InvalidValue, match=f"{option}='#clock': a picture has no elements"):
        capture(PNG, CaptureOptions(**{option: ("#clock",)}))


def test_an_area_that_is_none_is_named() -> None:
    with pytest.raises(InvalidValue, match="an entry of mask is a CSS selector"):
        capture(PNG, CaptureOptions(mask=(object(),)))


def test_a_region_outside_a_picture_is_named() -> None:
    with pytest.raises(EmptyTarget, match="outside the 30x20 picture"):
        capture(PNG, CaptureOptions(region=(50, 50, 5, 5)))


@pytest.mark.parametrize("target", [None, 7, object(), {"a": 1}, int])
def test_an_unknown_target_is_named_with_what_is_accepted(target: object) -> None:
    with pytest.raises(UnsupportedTarget, match="a WebDriver, a WebElement, a page") as caught:
        capture(target)
    assert type(target).__qualname__ in str(caught.value)


def test_an_adapter_of_a_plugin_is_asked_first() -> None:
    mine = Screenshot(PNG, Environment())
    adapters = [(lambda target: target is PNG, lambda *_: mine)]
    assert capture(PNG, adapters=adapters) is mine
    assert capture(ARRAY, adapters=adapters) is not mine


@dataclass
class Locator:
    """An object with a screenshot of its own; plays its shots, repeating the last one."""

    shots: list[Any]
    wishes: list[dict[str, Any]] = field(default_factory=list)

    def screenshot(self, **wishes: Any) -> Any:
        self.wishes.append(wishes)
        return self.shots.pop(0) if len(self.shots) > 1 else self.shots[0]


def test_an_object_that_shoots_itself_must_settle_too() -> None:
    moved = encode(255 - ARRAY)
    assert capture(Locator([moved, PNG, PNG])).frames == 3
    assert capture(Locator([PNG]), None, lambda _: PNG).frames == 1
    with pytest.raises(UnstableTarget):
        capture(Locator([PNG, moved, PNG]), CaptureOptions(timeout=0))


def test_full_page_is_handed_on_only_when_wanted() -> None:
    locator = Locator([PNG])
    capture(locator, CaptureOptions(full_page=True), lambda _: PNG)
    capture(locator, None, lambda _: PNG)
    assert locator.wishes == [{"full_page": True}, {}]


def test_a_screenshot_that_is_no_picture_is_named() -> None:
    with pytest.raises(UnsupportedTarget, match=r"Locator.screenshot\(\) gave no image but int"):
        capture(Locator([7]))


def test_an_asynchronous_screenshot_is_named() -> None:
    async def shot() -> bytes:
        return PNG

    with pytest.raises(UnsupportedTarget, match="asynchronous"):
        capture(Locator([shot()]))


def test_a_screenshot_that_fails_is_a_capture_error() -> None:
    class Broken:
        def screenshot(self) -> bytes:
            raise RuntimeError("page closed")

    with pytest.raises(CaptureError, match="page closed"):
        capture(Broken())


@pytest.mark.parametrize(
    ("pixels", "css", "ratio", "scale"),
    [(800, 800, 1, 1), (1600, 800, 2, 2), (1251, 1001, 1.25, 1.25), (800, 800, 2, 1), (8, 4, 3, 2)],
)
def test_the_scale_is_the_pages_ratio_only_where_the_picture_confirms_it(
    pixels: int, css: float, ratio: float, scale: float
) -> None:
    assert scale_of(pixels, css, ratio) == scale


def test_a_rectangle_is_enclosed_by_whole_image_pixels() -> None:
    assert Rect(10.3, 20, 5.5, 1).scaled(2) == Box(20, 40, 12, 2)
    assert Rect(10, 20, 5, 1).moved(-10, 0.5).scaled(1) == Box(0, 20, 5, 2)


class Driver:
    """What a driver is known by."""

    capabilities: Mapping[str, str] = {}

    def get_screenshot_as_base64(self) -> str:
        return ""


def test_what_keeps_a_driver_is_a_target(monkeypatch: pytest.MonkeyPatch) -> None:
    """SeleniumBase's ``sb``, a page object, a test case with its driver."""
    taken = "pytest_visualdiff.capture.page.capture_page"
    monkeypatch.setattr(taken, lambda page, _options, _expected: page.driver)
    driver = Driver()
    assert capture(SimpleNamespace(driver=driver)) is driver
    with pytest.raises(UnsupportedTarget, match="its driver is none yet: open a page first"):
        capture(SimpleNamespace(driver=None))


def test_a_playwright_object_that_is_no_target_says_what_is() -> None:
    context = type("BrowserContext", (), {"__module__": "playwright.sync_api._generated"})()
    with pytest.raises(
        UnsupportedTarget, match=r"of Playwright.* a page, a frame, a locator or an element"
    ):
        capture(context)
