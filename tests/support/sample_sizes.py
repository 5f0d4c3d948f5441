"""The sample runs that the viewer is looked at and measured with."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING

from PIL import Image

from pytest_visualdiff.model import Box, Kind
from sample_changes import Change, changed, lower_button, new_header, page
from sample_run import SHOTS, Sample, finding, journey_steps, shots

if TYPE_CHECKING:
    from pathlib import Path


@functools.cache
def header_of(test: str, name: str, variant: str) -> Change:
    """The page with another header."""
    return changed(page(test, name, variant), new_header)


@functools.cache
def button_of(variant: str) -> Change:
    """The plans with the button lower."""
    picture = page("test_pricing", "pricing", variant)
    return changed(picture, lower_button, Kind.MOVED, Box(490, 580, 300, 46), offset=[0, 12])


def mixed(root: Path) -> Sample:
    """One of everything: differences in a group and alone, new, trouble, sweep and journey."""
    sample = Sample(root)
    first, second = "chrome-linux-1280x800@1x", "firefox-linux-390x844@1x"
    for test, name in SHOTS[:3]:
        sample.differs(f"{test}[chrome]", name, first, header_of(test, name, first))
    sample.differs("test_plans[chrome]", "plans", first, button_of(first))
    sample.new("test_contact[firefox]", "contact", second, page("test_form", "form", second))
    frames = [page("test_login", name, first) for name in ("empty", "wrong-password-3dff736728")]
    sample.trouble("test_clock[chrome]", "clock", first, *frames)
    firefox = page("test_pricing", "pricing", "firefox-linux-1280x800@1x")
    pages = {"firefox": firefox, "chrome": button_of(first).after}
    findings = [
        finding(1, "moved", "chrome", [490, 580, 300, 46]),
        finding(2, "resized", "chrome", [376, 150, 520, 64], consequences=0, known=True),
    ]
    sample.sweep("test_same_everywhere", "pricing", pages, findings)
    login = {number: page("test_login", "empty", first) for number in (1, 2, 3, 4, 5, 6)}
    sample.journey("test_login", journey_steps(), login)
    for test, name in SHOTS:
        sample.matches(f"{test}[firefox]", name, second)
    return sample


def one(root: Path) -> Sample:
    """One difference, the usual case."""
    sample = Sample(root)
    variant = "chrome-linux-1280x800@1x"
    sample.differs("test_plans[chrome]", "plans", variant, button_of(variant))
    for test, name, other in (shot for shot, _ in zip(shots(), range(23), strict=False)):
        sample.matches(f"{test}[{other.split('-')[0]}]", name, other)
    return sample


def forty(root: Path, *, same: bool = True) -> Sample:
    """Forty differences: a new header, the same in all of them; or no two in one group."""
    sample = Sample(root)
    variant = "chrome-linux-1280x800@1x"
    for number in range(40):
        test = f"test_{AREAS[number % len(AREAS)]}[chrome-{number + 1}]"
        change = header_of("test_pricing", "pricing", variant) if same else alone(number)
        sample.differs(test, AREAS[number % len(AREAS)], variant, change)
    return sample


AREAS = ("plans", "cart", "checkout", "orders", "account", "search", "help", "invoices")


def many(root: Path, count: int = 2000, differing: int = 2000) -> Sample:
    """Very many checks of small pictures, of which some differ, each in its own way."""
    sample = Sample(root)
    for number, (test, name, variant) in enumerate(shots()):
        if number == count:
            return sample
        id_ = f"{test}[{variant.split('-linux-')[0]}-{number}]"
        if number < differing:
            sample.differs(id_, name, variant, alone(number % 50))
        else:
            sample.matches(id_, name, variant)
    raise AssertionError("shots never end")


@functools.cache
def alone(number: int) -> Change:
    """A small page with a box of its own place and colour drawn on it."""
    source = page("test_pricing", "pricing", "chrome-linux-1280x800@1x")
    image = Image.open(io.BytesIO(source)).convert("RGB").resize((640, 400))
    file = io.BytesIO()
    image.save(file, "PNG")
    left, top = 30 + number * 11 % 500, 20 + number * 29 % 320
    colour = f"#{(number * 2654435761) % 0xFFFFFF:06x}"
    return changed(
        file.getvalue(),
        lambda _, draw: draw.rectangle((left, top, left + 60, top + 24 + number), fill=colour),
    )
