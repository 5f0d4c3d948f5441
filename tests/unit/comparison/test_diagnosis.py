"""Every change a person would notice is a difference, of the right kind, at the right place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pytest_visualdiff.comparison import Limits, compare_arrays
from pytest_visualdiff.model import Box, Kind

from .conftest import font

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array

BUTTON = Box(30, 240, 121, 41)
PARAGRAPH = Box(30, 130, 330, 75)
CARD = Box(30, 310, 371, 131)
PHOTO = Box(440, 100, 150, 150)
ICON = Box(300, 250, 13, 13)


def retyped(page: Any, old: str, new: str) -> Any:
    """The page with another paragraph."""
    return page.but(paragraph=tuple(line.replace(old, new) for line in page.paragraph))


# name, how the page changes, the kind of the only (or worst) difference, a box it overlaps
CHANGES: list[tuple[str, Callable[[Any], Any], Kind, Box]] = [
    ("a typo", lambda p: retyped(p, "wizards", "wizerds"), Kind.CHANGED, PARAGRAPH),
    ("an icon removed", lambda p: p.but(icons=p.icons[1:]), Kind.MISSING, ICON),
    (
        "an icon added",
        lambda p: p.but(icons=(*p.icons, (390, 250))),
        Kind.ADDED,
        Box(390, 250, 13, 13),
    ),
    (
        "an icon moved far",
        lambda p: p.but(icons=(*p.icons[:2], (380, 290))),
        Kind.MOVED,
        Box(380, 290, 13, 13),
    ),
    ("icons enlarged", lambda p: p.but(icon_side=16), Kind.RESIZED, ICON),
    ("a photo enlarged", lambda p: p.but(photo_side=165), Kind.RESIZED, PHOTO),
    ("a photo removed", lambda p: p.but(photo=False), Kind.MISSING, PHOTO),
    ("a photo moved", lambda p: p.but(photo_at=(433, 111)), Kind.MOVED, PHOTO),
    ("a button 1 px right", lambda p: p.but(button=(31, 240, 151, 280)), Kind.MOVED, BUTTON),
    ("a button 1 px left", lambda p: p.but(button=(29, 240, 149, 280)), Kind.MOVED, BUTTON),
    ("a button 1 px down", lambda p: p.but(button=(30, 241, 150, 281)), Kind.MOVED, BUTTON),
    ("a button 1 px up", lambda p: p.but(button=(30, 239, 150, 279)), Kind.MOVED, BUTTON),
    (
        "a bare button 1 px down",
        lambda p: p.but(label="", button=(30, 241, 150, 281)),
        Kind.MOVED,
        BUTTON,
    ),
    ("a button moved askew", lambda p: p.but(button=(33, 245, 153, 285)), Kind.MOVED, BUTTON),
    ("a button at ΔE 5", lambda p: p.but(blue="#2f7eed"), Kind.RECOLOURED, BUTTON),
    ("a button at ΔE 3", lambda p: p.but(blue="#2f77ed"), Kind.RECOLOURED, BUTTON),
    ("a button as bright", lambda p: p.but(blue="#8a5ca0"), Kind.RECOLOURED, BUTTON),
    ("opacity 0.9", lambda p: p.but(button_opacity=0.9), Kind.RECOLOURED, BUTTON),
    ("a label lost", lambda p: p.but(label=""), Kind.MISSING, BUTTON),
    ("a border 2 px thick", lambda p: p.but(border=2), Kind.CHANGED, CARD),
    ("a border of another colour", lambda p: p.but(border_colour="#4070c0"), Kind.RECOLOURED, CARD),
    ("a border lost", lambda p: p.but(border_colour="#ffffff"), Kind.MISSING, CARD),
    ("paler text", lambda p: p.but(ink="#444444"), Kind.RECOLOURED, PARAGRAPH),
    ("another ground", lambda p: p.but(ground="#f0f4f0"), Kind.RECOLOURED, CARD),
    ("a paragraph moved", lambda p: p.but(paragraph_at=(30, 134)), Kind.MOVED, PARAGRAPH),
]
BLAND = {"a bare button 1 px down": {"label": ""}}


@pytest.mark.parametrize(("name", "change", "kind", "box"), CHANGES, ids=[c[0] for c in CHANGES])
def test_a_change_is_told_by_its_kind_and_place(
    page: Any, name: str, change: Callable[[Any], Any], kind: Kind, box: Box
) -> None:
    """A changed page differs; every difference told is of the one right kind."""
    start = page.but(**BLAND.get(name, {}))
    found = compare_arrays(start.draw(), change(start).draw())
    assert not found.same
    assert {difference.kind for difference in found.differences} == {kind}, found.explain()
    assert any(difference.box.overlaps(box) for difference in found.differences)
    assert found.confidence < 0.91


@pytest.mark.parametrize(
    ("place", "colour"),
    [((600, 455), (255, 0, 0)), ((5, 5), (255, 255, 0)), ((90, 245), (0, 255, 0))],
)
def test_a_single_saturated_pixel_is_a_difference(
    expected: Array, place: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    """One clearly wrong pixel is enough, and its box is that pixel."""
    actual = expected.copy()
    actual[place[1], place[0]] = colour
    found = compare_arrays(expected, actual)
    assert [difference.box for difference in found.differences] == [Box(*place, 1, 1)]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("inverted blobs", 0, 255),
        ("opposite hues", 1, 2),
    ],
)
def test_structure_alone_does_not_fool(
    draw_photo: Callable[..., Array], name: str, first: int, second: int
) -> None:
    """Pictures of the same structure in opposite colours differ (a trap for SSIM)."""
    photo = draw_photo(80)
    other = 255 - photo if name == "inverted blobs" else np.roll(photo, second - first, axis=2)
    assert compare_arrays(photo, other).confidence < 1e-6


def test_colours_of_equal_luminance_differ() -> None:
    """Red and a green that look alike in gray are different colours."""
    red = np.full((40, 40, 3), (200, 0, 0), np.uint8)
    green = np.full((40, 40, 3), (0, 102, 0), np.uint8)
    (difference,) = compare_arrays(red, green).differences
    assert difference.kind is Kind.RECOLOURED
    assert (difference.detail["from"], difference.detail["to"]) == ("#c80000", "#006600")


def test_a_hairline_removed_is_a_difference() -> None:
    """Antialias tolerance does not swallow a line one pixel thick."""
    expected = np.full((40, 80, 3), 255, np.uint8)
    expected[20, 10:70] = 200
    (difference,) = compare_arrays(expected, np.full_like(expected, 255)).differences
    assert (difference.kind, difference.box) == (Kind.MISSING, Box(10, 20, 60, 1))


def test_the_first_of_equal_icons_removed_is_missing_not_moved() -> None:
    """A thing is not said to have moved to where its twin always was."""
    expected = np.full((80, 200, 3), 255, np.uint8)
    for x in (20, 60, 100):
        expected[30:42, x : x + 12] = (200, 30, 60)
        expected[34:38, x + 2 : x + 10] = 255
    actual = expected.copy()
    actual[30:42, 20:32] = 255
    (difference,) = compare_arrays(expected, actual).differences
    assert (difference.kind, difference.box) == (Kind.MISSING, Box(20, 30, 12, 12))


@pytest.mark.parametrize(("old", "new"), [("nobody", "nobdy"), ("jugs,", "jugs")])
def test_a_letter_lost_is_missing_though_the_rest_of_the_line_moved(
    page: Any, expected: Array, old: str, new: str
) -> None:
    """What a moved thing covered is told as missing, and stays so where the move is tolerated."""
    actual = retyped(page, old, new).draw()
    found = compare_arrays(expected, actual)
    assert [d.kind for d in found.differences] == [Kind.MOVED, Kind.MISSING]
    tolerant = compare_arrays(expected, actual, limits=Limits(max_move=20))
    assert [d.kind for d in tolerant.differences] == [Kind.MISSING]


def test_a_typo_inside_a_moved_paragraph_is_told_on_its_own(page: Any) -> None:
    """What moved and what differs inside of it are two differences."""
    moved = retyped(page.but(paragraph_at=(30, 134)), "wizards", "wizerds")
    found = compare_arrays(page.draw(), moved.draw())
    told = {difference.kind: difference for difference in found.differences}
    assert set(told) == {Kind.MOVED, Kind.CHANGED}
    assert told[Kind.MOVED].detail["offset"] == [0, 4]
    assert told[Kind.CHANGED].box.width < 12


def test_a_band_pushed_into_a_page_of_fixed_size_moves_the_rest(expected: Array) -> None:
    """Below an insertion one move is told instead of hundreds of changes."""
    band = np.full((30, 640, 3), (255, 240, 180), np.uint8)
    actual = np.concatenate((expected[:70], band, expected[70:-30]))
    found = compare_arrays(expected, actual)
    told = {difference.kind: difference for difference in found.differences}
    assert set(told) == {Kind.MOVED, Kind.ADDED}
    assert told[Kind.MOVED].detail["offset"] == [0, 30]
    assert told[Kind.ADDED].box == Box(0, 70, 640, 30)


def test_moved_and_repainted_is_not_merely_moved(page: Any) -> None:
    """A button that moved and changed its colour is never explained by the move alone."""
    actual = page.but(button=(34, 240, 154, 280), blue="#2fa04d").draw()
    found = compare_arrays(page.draw(), actual)
    assert {difference.kind for difference in found.differences} != {Kind.MOVED}


@pytest.mark.parametrize("colour", [(32, 96, 160), (240, 240, 240)])
def test_an_inserted_band_is_told_beside_what_it_pushed(
    expected: Array, colour: tuple[int, int, int]
) -> None:
    """One difference for the band, one for everything below."""
    actual = np.vstack([np.full((24, expected.shape[1], 3), colour, np.uint8), expected[:-24]])
    found = {one.kind: one for one in compare_arrays(expected, actual).differences}
    assert found[Kind.MOVED].detail["offset"] == [0, 24]
    assert found[Kind.ADDED].box.overlaps(Box(0, 0, expected.shape[1], 24))
    assert len(found) == 2


@pytest.mark.parametrize("distance", [1.3, 2.4, 3.5])
def test_a_move_is_told_in_tenths_of_a_pixel(
    draw_text: Callable[..., Array], distance: float
) -> None:
    """Text that moved by more than half a pixel and less than a whole one beyond the last."""
    (found,) = compare_arrays(draw_text(0), draw_text(distance)).differences
    assert found.kind is Kind.MOVED
    across, down = found.detail["offset"]
    assert abs(across - distance) <= 0.15
    assert down == 0
    assert found.message == f"by ({across:+g}, 0)"


PILLS = ((20, 40), (160, 40), (300, 40))


def with_pills(places: Any, width: int = 70, label: str = "Tag") -> Array:
    """Equal pills on a white page."""
    image = Image.new("RGB", (640, 300), "white")
    pen = ImageDraw.Draw(image)
    for x, y in places:
        pen.rounded_rectangle((x, y, x + width, y + 32), 16, fill=(47, 111, 237))
        pen.text((x + width / 2, y + 16), label, font=font(14), fill="white", anchor="mm")
    return np.array(image)


@pytest.mark.parametrize("offset", [(93, 0), (-15, 0), (0, 93), (57, 120)])
@pytest.mark.parametrize("width", [70, 120])
@pytest.mark.parametrize("some", [slice(0, 3), slice(2, 3)], ids=["all", "the last"])
def test_equal_things_that_moved_are_told_as_moved(
    offset: tuple[int, int], width: int, some: slice
) -> None:
    """Whatever else of their kind is beside them, and however far they went."""
    moved = [(x + offset[0], y + offset[1]) for x, y in PILLS[some]]
    still = [place for place in PILLS if place not in PILLS[some]]
    found = compare_arrays(with_pills(PILLS, width), with_pills([*still, *moved], width))
    assert {difference.kind for difference in found.differences} == {Kind.MOVED}, found.explain()
    assert {tuple(one.detail["offset"]) for one in found.differences} == {offset}


@pytest.mark.parametrize(
    ("was", "now"),
    [("Above", "Below"), ("April", "May"), ("Save", "Send"), ("Next", "Back"), ("Left", "Edit")],
)
@pytest.mark.parametrize("size", [14, 18, 24])
def test_another_word_is_never_told_as_resized(was: str, now: str, size: int) -> None:
    """However alike the widths are, a limit for sizes does not tolerate another text."""

    def drawn(word: str) -> Array:
        image = Image.new("RGB", (220, 70), "white")
        ImageDraw.Draw(image).text((20, 20), word, font=font(size), fill=(20, 20, 20))
        return np.array(image)

    found = compare_arrays(drawn(was), drawn(now), limits=Limits(max_resize=0.3, max_recolour=5))
    assert not found.same
    assert Kind.RESIZED not in {difference.kind for difference in found.differences}


def see_through(ground: int, card: int) -> Array:
    """A card with text and a button, on grounds of some opacity."""
    image = Image.new("RGBA", (300, 200), (255, 255, 255, ground))
    pen = ImageDraw.Draw(image)
    pen.rectangle((20, 20, 140, 120), fill=(240, 240, 250, card))
    pen.text((30, 40), "Hello there", font=font(18), fill=(20, 20, 20, 255))
    pen.rectangle((180, 60, 260, 100), fill=(47, 111, 237, 255))
    return np.array(image)


@pytest.mark.parametrize(
    ("was", "now", "opacity"),
    [
        ((255, 255), (0, 255), [1, 0]),
        ((0, 255), (255, 255), [0, 1]),
        ((255, 255), (128, 255), [1, 0.5]),
        ((0, 255), (0, 0), [1, 0]),
    ],
    ids=["ground lost", "ground gained", "half", "card lost"],
)
def test_a_ground_of_another_opacity_is_told_so(
    was: tuple[int, int], now: tuple[int, int], opacity: list[float]
) -> None:
    found = compare_arrays(see_through(*was), see_through(*now))
    assert [one.detail.get("opacity") for one in found.differences] == [opacity], found.explain()
    assert "transparency changed" in found.explain()


def test_a_thing_lost_on_a_transparent_ground_is_missing() -> None:
    """Its pixels became transparent as well, but nothing stayed on them."""
    expected = see_through(0, 255)
    actual = expected.copy()
    actual[55:105, 175:265] = 0
    assert [one.kind for one in compare_arrays(expected, actual).differences] == [Kind.MISSING]
