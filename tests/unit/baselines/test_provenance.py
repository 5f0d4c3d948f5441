"""Where a picture comes from, as texts in the PNG itself."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_visualdiff.baselines import provenance
from pytest_visualdiff.images import codec
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Box, Environment, Screenshot

if TYPE_CHECKING:
    from collections.abc import Iterator

PNG = codec.encode(np.zeros((4, 6, 3), np.uint8))
CHROME = Environment("chrome", "156.0.1", "linux", (1280, 800), 1.5)
MASKS = (Box(1, 2, 3, 4), Box(0, 0, 1, 1))


@pytest.fixture(autouse=True)
def _fresh_fonts() -> Iterator[None]:
    provenance.fonts.cache_clear()
    yield
    provenance.fonts.cache_clear()


def with_masks(text: str) -> bytes:
    return png_file.with_text(PNG, {"masks": text})


def test_a_picture_of_a_browser_says_how_it_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "fonts", lambda: "f00d")
    texts = provenance.texts(Screenshot(PNG, CHROME, MASKS), {"threshold": 2})
    assert texts.pop("tool").startswith("pytest-visualdiff ")
    assert texts == {
        "browser": "chrome",
        "browser_version": "156.0.1",
        "platform": "linux",
        "viewport": "1280x800",
        "pixel_ratio": "1.5",
        "fonts": "f00d",
        "options": '{"threshold": 2}',
        "masks": "[[1, 2, 3, 4], [0, 0, 1, 1]]",
    }


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((0, 23), (0, 0), (0, 23)),
        ((0, 23), (0, 23), None),
        (None, (0, 23), None),
        ((0, 23), None, None),
    ],
)
def test_another_scroll_position_is_told(
    before: tuple[int, int] | None, now: tuple[int, int] | None, told: tuple[int, int] | None
) -> None:
    texts = provenance.texts(Screenshot(PNG, CHROME, scroll=before), {})
    assert texts.get("scroll") == ("0,23" if before else None)
    stored = png_file.with_text(PNG, texts)
    assert provenance.scrolled_elsewhere(stored, Screenshot(PNG, CHROME, scroll=now)) == told


def test_a_ready_made_picture_claims_no_browser_and_no_fonts() -> None:
    texts = provenance.texts(Screenshot(PNG, Environment()), {})
    assert set(texts) == {"tool", "options", "masks"}


def test_the_same_check_gives_the_same_texts() -> None:
    """No clock, no host name: two machines that see the same write the same bytes."""
    one, two = (
        provenance.texts(Screenshot(PNG, CHROME, MASKS), limits)
        for limits in ({"a": 1, "b": "é"}, {"b": "é", "a": 1})
    )
    assert png_file.with_text(PNG, one) == png_file.with_text(PNG, two)


@pytest.mark.parametrize("masks", [(), MASKS])
def test_the_masks_of_a_stored_picture_come_back(masks: tuple[Box, ...]) -> None:
    texts = provenance.texts(Screenshot(PNG, CHROME, masks), {"mask": ["#clock\n"]})
    stored = png_file.with_text(PNG, texts)
    assert provenance.masks(stored) == masks
    assert json.loads(png_file.texts(stored)["options"]) == {"mask": ["#clock\n"]}


@pytest.mark.parametrize(
    "png",
    [
        PNG,
        b"no PNG at all",
        *map(
            with_masks, ["", "{", "5", "null", "[5]", "[[1, 2, 3]]", '[["a", 1, 1, 1]]', "[null]"]
        ),
        *map(with_masks, ["[[Infinity, 0, 1, 1]]", "[[NaN, 0, 1, 1]]", "[[1,2,3,4,5]]"]),
    ],
)
def test_a_foreign_picture_has_no_masks(png: bytes) -> None:
    assert provenance.masks(png) == ()


def listed(text: bytes) -> Any:
    return lambda *_, **__: subprocess.CompletedProcess([], 0, stdout=text)


def test_the_fingerprint_of_fonts_is_about_the_set_and_not_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/fc-list")
    found = []
    for text in (b"A:B\nC:D\n", b"C:D\nA:B\n", b"A:B\n"):
        provenance.fonts.cache_clear()
        monkeypatch.setattr(subprocess, "run", listed(text))
        found.append(provenance.fonts())
    assert found[0] == found[1] != found[2]
    assert len(found[0]) == 12


@pytest.mark.parametrize("error", [OSError("gone"), subprocess.TimeoutExpired("fc-list", 20), None])
def test_unknown_fonts_are_no_trouble(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    def failing(*_: object, **__: object) -> None:
        assert error
        raise error

    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/fc-list" if error else None)
    monkeypatch.setattr(subprocess, "run", failing)
    assert provenance.fonts() == ""


CLOCK, LOGO, ELEMENT = "#clock", "(1, 2) 3x4", "<selenium WebElement (session=1)>"


def stored(asked: list[str] | None, *boxes: Box) -> bytes:
    """A picture taken with masks, as asked for and as found; None where a flag set them."""
    limits = {} if asked is None else {"mask": {"value": asked, "origin": "call"}}
    return png_file.with_text(PNG, provenance.texts(Screenshot(PNG, CHROME, boxes), limits))


A, B = Box(0, 0, 10, 10), Box(50, 50, 10, 10)


@pytest.mark.parametrize(
    ("png", "found", "asked", "left"),
    [
        (stored([CLOCK], A), (A,), [CLOCK], ()),
        (stored([CLOCK], A), (B,), [CLOCK], ()),
        (stored([CLOCK], A), (B,), [CLOCK, "#logo"], ()),
        (stored([CLOCK], A), (), [], (A,)),
        (stored([CLOCK], A), (B,), ["#logo"], (A,)),
        (stored([CLOCK, LOGO], A, B), (A,), [CLOCK], (B,)),
        (stored([LOGO], A), (A.grown(2),), ["(0, 0) 14x14"], ()),
        (stored([LOGO], A.grown(2)), (A,), ["(0, 0) 10x10"], (A.grown(2),)),
        (stored([ELEMENT], A), (B,), ["<selenium WebElement (session=2)>"], ()),
        (stored([ELEMENT], A), (), [], (A,)),
        (stored(None, A), (A,), [CLOCK], ()),
        (stored(None, A), (), [], (A,)),
        (stored([CLOCK]), (), [], ()),
        (PNG, (), [], ()),
    ],
)
def test_a_stored_mask_that_a_test_no_longer_asks_for_is_found(
    png: bytes, found: tuple[Box, ...], asked: list[str], left: tuple[Box, ...]
) -> None:
    """Not one whose element merely moved, nor one that a larger mask covers."""
    assert provenance.no_longer_masked(png, found, asked) == left
