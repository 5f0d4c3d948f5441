"""A place that has the template's structure may have another look: told, or refused on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import pytest_visualdiff as vd

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

Colour = tuple[int, int, int]
WHITE, INK = (255, 255, 255), (20, 20, 20)
GREEN, RED, BLUE, AMBER = (40, 160, 70), (205, 50, 45), (13, 110, 253), (240, 170, 20)


def faded(colour: Colour, opacity: float) -> Colour:
    """The colour as ``opacity`` paints it on white."""
    red, green, blue = (round(255 - opacity * (255 - one)) for one in colour)
    return red, green, blue


def button(text: Colour, ground: Colour) -> Array:
    """A button with a label."""
    picture = Image.new("RGB", (120, 36), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((2, 2, 117, 33), 6, fill=ground, outline=text)
    draw.text((36, 9), "Pay now", fill=text, font=ImageFont.load_default(14))
    return np.asarray(picture)


def lamp(light: Colour) -> Array:
    """A small round lamp in front of its label."""
    picture = Image.new("RGB", (120, 36), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 12, 22, 24), fill=light)
    draw.text((32, 9), "Database", fill=INK, font=ImageFont.load_default(14))
    return np.asarray(picture)


def screen_with(part: Array, at: tuple[int, int] = (150, 80)) -> Array:
    screen = Image.new("RGB", (400, 240), WHITE)
    ImageDraw.Draw(screen).text((20, 20), "Orders of today", fill=INK)
    screen.paste(Image.fromarray(part), at)
    return np.asarray(screen)


ENABLED = button(WHITE, BLUE)
OTHERS = {
    "disabled by opacity": (ENABLED, button(WHITE, faded(BLUE, 0.5))),
    "disabled by gray text": (button(INK, (239, 239, 239)), button((160,) * 3, (245, 245, 245))),
    "enabled again": (button((160,) * 3, (245, 245, 245)), button(INK, (239, 239, 239))),
    "danger": (ENABLED, button(WHITE, RED)),
    "red lamp": (lamp(GREEN), lamp(RED)),
    "green lamp": (lamp(RED), lamp(GREEN)),
    "amber lamp": (lamp(GREEN), lamp(AMBER)),
    "lamp that is off": (lamp(GREEN), lamp((190, 190, 190))),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_look_is_told_and_with_colour_no_match(name: str) -> None:
    """Without ``colour`` a word in the result; with it the error says what is there."""
    template, other = OTHERS[name]
    match = vd.locate(template, screen_with(other), confidence=0.4)
    assert match.look
    with pytest.raises(vd.TemplateNotFound, match="another look") as caught:
        vd.locate(template, screen_with(other), confidence=0.4, colour=True)
    assert caught.value.best is not None
    assert caught.value.best.look in str(caught.value)
    assert vd.locate_all(template, screen_with(other), confidence=0.4, colour=True) == ()


@pytest.mark.parametrize("name", OTHERS)
def test_of_two_places_the_one_with_the_look_is_taken(name: str) -> None:
    """With ``colour`` the right one is found beside the other."""
    template, other = OTHERS[name]
    both = screen_with(other).copy()
    both[160:196, 40:160] = template
    match = vd.locate(template, both, confidence=0.4, colour=True)
    assert (match.box.x, match.box.y) == (40, 160)
    assert match.look == ""


@pytest.mark.parametrize("template", [ENABLED, lamp(GREEN), lamp(RED), button(INK, WHITE)])
@pytest.mark.parametrize("how", ["moved", "larger", "compressed", "redrawn"])
def test_the_same_look_stays_the_same(template: Array, how: str) -> None:
    """Half a pixel elsewhere, another size, compression and redrawn text are no other look."""
    import cv2

    part = template
    if how == "moved":
        shift = np.array([[1, 0, 0.5], [0, 1, 0.5]], np.float32)
        part = cv2.warpAffine(template, shift, (120, 36), borderValue=(255, 255, 255))
    elif how == "larger":
        part = cv2.resize(template, None, fx=1.25, fy=1.25, interpolation=cv2.INTER_CUBIC)
    elif how == "compressed":
        packed = cv2.imencode(".jpg", template, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
        part = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    elif how == "redrawn":
        part = cv2.GaussianBlur(template, (3, 3), 0.5)
    match = vd.locate(template, screen_with(part), confidence=0.6, colour=True)
    assert match.look == ""
