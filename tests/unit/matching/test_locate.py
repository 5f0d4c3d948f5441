"""Where a template is found, where it is not, and what is said then."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

import pytest_visualdiff as vd
from pytest_visualdiff.images.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_visualdiff.model import Array


def near(match: vd.Match, x: float, y: float, width: float, height: float) -> bool:
    """Whether a match is there, give or take two pixels."""
    wanted = (x, y, width, height)
    return all(abs(a - b) <= 2 for a, b in zip(match.exact, wanted, strict=True))


@pytest.mark.parametrize("row", range(4))
def test_an_unmoved_button_is_found_with_certainty(
    screen: Array, cut: Callable[..., Array], row: int
) -> None:
    match = vd.locate(cut(row), screen)
    assert match.box == vd.Box(38, 58 + 50 * row, 124, 40)
    assert match.exact == (38, 58 + 50 * row, 124, 40)
    assert (match.confidence, match.scale) == (1.0, 1.0)
    assert match.center == (100, 78 + 50 * row)


def test_the_runner_up_is_another_place_and_the_margin_says_how_far_it_is(
    screen: Array, cut: Callable[..., Array]
) -> None:
    match = vd.locate(cut(0), screen)
    assert match.runner_up is not None
    assert not match.runner_up.box.overlaps(match.box)
    assert match.runner_up.confidence < 0.9
    assert match.margin == pytest.approx(1 - match.runner_up.confidence)


def test_a_button_half_a_pixel_away_is_found_there(
    draw: Callable[..., Array], cut: Callable[..., Array]
) -> None:
    match = vd.locate(cut(1), draw(offset=(7.5, 3.5)))
    assert match.confidence >= 0.9
    assert match.exact[:2] == pytest.approx((45.5, 111.5), abs=0.3)


@pytest.mark.parametrize("scale", [0.6, 0.75, 1.12, 1.25, 1.5, 2.0])
def test_another_size_is_found_and_named(
    draw: Callable[..., Array], cut: Callable[..., Array], scale: float
) -> None:
    match = vd.locate(cut(0), draw(scale=scale))
    assert near(match, 38 * scale, 58 * scale, 124 * scale, 40 * scale), match
    assert match.scale == pytest.approx(scale, rel=0.02)


def test_a_dark_theme_is_found(
    draw: Callable[..., Array], cut: Callable[..., Array], dark: object
) -> None:
    assert near(vd.locate(cut(1), draw(theme=dark)), 38, 108, 124, 40)


@pytest.mark.parametrize("other", ["Sign up", "Sign im", "Cancel", ""])
def test_another_label_is_another_button(
    draw: Callable[..., Array], cut: Callable[..., Array], other: str
) -> None:
    changed = draw(labels=(other, "Register", "Overview", "Contact us"))
    with pytest.raises(vd.TemplateNotFound) as caught:
        vd.locate(cut(0), changed)
    assert caught.value.best is not None
    assert caught.value.best.confidence < 0.9


def test_what_is_absent_is_named_with_the_best_place_and_a_picture(
    draw: Callable[..., Array], cut: Callable[..., Array]
) -> None:
    changed = draw(labels=("Sign up", "Register", "Overview", "Contact us"))
    with pytest.raises(vd.TemplateNotFound) as caught:
        vd.locate(cut(0), changed)
    error = caught.value
    assert error.best is not None
    message = str(error)
    assert "the template (124x40) was not found in the 480x320 screen" in message
    assert str(error.best.box) in message
    assert f"{error.best.confidence:.3f}" in message
    assert "required 0.9 (the default)" in message
    assert "scales 0.5 to 2" in message
    with Image.open(io.BytesIO(error.picture())) as picture:
        assert picture.width > 2 * 124


def test_a_message_names_the_files_the_region_and_who_required_what(
    tmp_path: Path, screen: Array, cut: Callable[..., Array]
) -> None:
    (tmp_path / "sign.png").write_bytes(encode(cut(0)))
    (tmp_path / "page.png").write_bytes(encode(screen))
    with pytest.raises(vd.TemplateNotFound) as caught:
        vd.locate(
            tmp_path / "sign.png",
            tmp_path / "page.png",
            confidence=0.95,
            region=(0, 150, 480, 170),
        )
    message = str(caught.value)
    assert "sign.png" in message
    assert "page.png" in message
    assert "region (0, 150) 480x170" in message
    assert "required 0.95 (from the call)" in message


def test_a_region_is_searched_alone_and_answers_in_pixels_of_the_screen(
    screen: Array, cut: Callable[..., Array]
) -> None:
    twice = np.concatenate([screen, screen], axis=1)
    match = vd.locate(cut(2), twice, region=vd.Box(480, 0, 480, 320))
    assert match.box == vd.Box(518, 158, 124, 40)


def test_two_equal_places_are_ambiguous_and_both_are_named(
    screen: Array, cut: Callable[..., Array]
) -> None:
    twice = np.concatenate([screen, screen], axis=1)
    with pytest.raises(vd.AmbiguousTemplate) as caught:
        vd.locate(cut(2), twice)
    assert {match.box.x for match in caught.value.matches[:2]} == {38, 518}
    assert "(38, 158) 124x40" in str(caught.value)
    assert "(518, 158) 124x40" in str(caught.value)


def test_an_equal_place_wins_over_one_that_is_only_alike(
    draw: Callable[..., Array], cut: Callable[..., Array]
) -> None:
    both = np.concatenate([draw(offset=(0.5, 0.5)), draw()], axis=1)
    match = vd.locate(cut(2), both)
    assert (match.box.x, match.confidence) == (518, 1.0)


def test_colour_decides_between_places_of_one_shape(cut: Callable[..., Array]) -> None:
    shape = cut(0)
    board = np.full((60, 300, 3), 255, np.uint8)
    board[10:50, 10:134] = shape[..., ::-1]
    board[10:50, 160:284] = shape
    assert vd.locate(shape, board).box == vd.Box(160, 10, 124, 40)


def test_all_places_are_found_best_first_and_none_twice(
    screen: Array, cut: Callable[..., Array]
) -> None:
    thrice = np.concatenate([screen, screen, screen], axis=1)
    matches = vd.locate_all(cut(3), thrice)
    assert sorted(match.box.x for match in matches) == [38, 518, 998]
    assert all(match.confidence == 1 for match in matches)
    assert vd.locate_all(cut(3, np.flipud(screen)), thrice, scales=[1]) == ()


@pytest.mark.parametrize(
    "template",
    [
        np.full((20, 30, 3), 200, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.dstack([np.random.default_rng(1).integers(0, 256, (20, 30, 3)), np.zeros((20, 30))]),
    ],
    ids=["one colour", "one pixel", "transparent"],
)
def test_a_template_that_shows_nothing_is_refused(template: Array, screen: Array) -> None:
    with pytest.raises(vd.FlatTemplate, match="shows nothing but one colour, or is transparent"):
        vd.locate(template.astype(np.uint8), screen)


def test_transparent_pixels_are_ignored(screen: Array, cut: Callable[..., Array]) -> None:
    alpha = np.zeros((40, 124, 1), np.uint8)
    alpha[6:34, 10:114] = 255
    noise = np.random.default_rng(1).integers(0, 256, (40, 124, 3), np.uint8)
    template = np.where(alpha > 0, cut(1), noise)
    match = vd.locate(np.dstack([template, alpha]), screen)
    assert match.box == vd.Box(38, 108, 124, 40)
    assert match.confidence == 1


def test_colours_of_equal_brightness_are_structure() -> None:
    """A red figure on green of the same gray level is no flat template."""
    random = np.random.default_rng(3)
    cells = random.integers(0, 2, (30, 40)).repeat(8, 0).repeat(8, 1).astype(bool)
    board = np.where(cells[..., None], (200, 60, 60), (60, 132, 60)).astype(np.uint8)
    assert vd.locate(board[40:100, 80:160], board).box == vd.Box(80, 40, 80, 60)


def test_a_template_larger_than_the_screen_is_found_smaller_or_said_to_be_larger(
    screen: Array, cut: Callable[..., Array]
) -> None:
    large = np.array(Image.fromarray(cut(0)).resize((248, 80), Image.Resampling.BICUBIC))
    part = screen[50:110, 20:200]
    assert near(vd.locate(large, part), 18, 8, 124, 40)
    with pytest.raises(vd.TemplateNotFound, match="larger than what was searched") as caught:
        vd.locate(large, part, scales=(1.0,))
    assert caught.value.best is None
    assert caught.value.picture() == b""


def test_scales_are_a_range_or_a_list(
    draw: Callable[..., Array], cut: Callable[..., Array]
) -> None:
    grown = draw(scale=1.5)
    assert vd.locate(cut(0), grown, scales=[1.5]).scale == pytest.approx(1.5, rel=0.01)
    with pytest.raises(vd.TemplateNotFound):
        vd.locate(cut(0), grown, scales=(0.8, 1.2))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"confidence": 1.5}, "confidence must be"),
        ({"confidence": float("nan")}, "confidence must be"),
        ({"scales": ()}, "scales must be"),
        ({"scales": (0, 2)}, "scales must be"),
        ({"region": (0, 0, 5)}, "region is a Box"),
        ({"region": (900, 0, 5, 5)}, "shares no pixel"),
    ],
)
def test_a_wrong_argument_is_named(
    screen: Array, cut: Callable[..., Array], wrong: dict[str, object], says: str
) -> None:
    with pytest.raises(vd.InvalidValue, match=says):
        vd.locate(cut(0), screen, **wrong)  # type: ignore[arg-type]


def test_any_image_source_is_taken(
    tmp_path: Path, screen: Array, cut: Callable[..., Array]
) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(encode(screen))
    for source in (path, str(path), path.read_bytes(), Image.fromarray(screen), screen):
        assert vd.locate(Image.fromarray(cut(0)), source).confidence == 1


def test_searching_changes_neither_picture(screen: Array, cut: Callable[..., Array]) -> None:
    template, copy = cut(0), screen.copy()
    before = template.copy()
    vd.locate(template, copy)
    assert np.array_equal(template, before)
    assert np.array_equal(copy, screen)


def test_an_underline_a_pixel_lower_is_no_other_label(
    draw: Callable[..., Array], cut: Callable[..., Array]
) -> None:
    def underlined(row: int, picture: Array) -> Array:
        changed = picture.copy()
        changed[row : row + 1, 70:131] = 255
        return changed

    template = cut(0, underlined(84, draw()))
    assert vd.locate(template, underlined(85, draw())).confidence >= 0.9
    with pytest.raises(vd.TemplateNotFound):
        vd.locate(template, underlined(85, draw(labels=("Sign up", *"abc"))))
    with pytest.raises(vd.TemplateNotFound):
        vd.locate(template, underlined(70, draw()))


def test_a_match_of_the_smallest_wanted_size_is_found(
    draw: Callable[..., Array], cut: Callable[..., Array]
) -> None:
    match = vd.locate(cut(0), draw(scale=0.75), scales=(0.75, 2.0))
    assert match.scale == pytest.approx(0.75, rel=0.015)


def test_two_equal_places_of_another_size_are_ambiguous_as_well(
    draw: Callable[..., Array], cut: Callable[..., Array]
) -> None:
    grown = draw(scale=1.25)
    with pytest.raises(vd.AmbiguousTemplate):
        vd.locate(cut(2), np.concatenate([grown, grown], axis=1))
