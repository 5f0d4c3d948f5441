"""Looking for a template on a live target: again until it is there, and no longer than allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

import pytest_visualdiff as vd
from pytest_visualdiff.checks import template_search
from pytest_visualdiff.checks.registry import Registry
from pytest_visualdiff.images.codec import encode
from pytest_visualdiff.options.table import Settings

if TYPE_CHECKING:
    from pytest_visualdiff.model import Array

SCREEN = np.random.default_rng(7).integers(0, 256, (40, 50, 3), np.uint8).repeat(3, 0).repeat(3, 1)
TEMPLATE = SCREEN[30:70, 40:100]
EMPTY = np.full_like(SCREEN, 255)


@dataclass
class Page:
    """Shows itself; the screen appears after so many pictures."""

    empty_for: int = 0
    taken: int = 0

    def screenshot(self) -> bytes:
        self.taken += 1
        return encode(SCREEN if self.taken > self.empty_for else EMPTY)


def locate(target: object, template: Array, timeout: float | None = None) -> vd.Match:
    """What ``visualdiff.locate`` does, with the default options."""
    return template_search.locate(target, template, Settings(), Registry(), timeout=timeout)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_search, "PAUSE", 0)


def test_a_live_target_is_looked_at_until_the_template_is_there() -> None:
    page = Page(empty_for=4)
    assert locate(page, TEMPLATE, timeout=60).box == vd.Box(40, 30, 60, 40)
    assert page.taken > 4


def test_with_no_time_it_is_looked_at_once() -> None:
    page = Page(empty_for=1000)
    with pytest.raises(vd.TemplateNotFound):
        locate(page, TEMPLATE, timeout=0)
    assert page.taken <= 3


def test_a_ready_made_picture_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        template_search.clock, "sleep", lambda _: pytest.fail("waited for a picture")
    )
    with pytest.raises(vd.TemplateNotFound):
        locate(EMPTY, TEMPLATE, timeout=60)
    assert locate(SCREEN, TEMPLATE).confidence == 1


def test_a_wrong_timeout_is_named() -> None:
    with pytest.raises(vd.InvalidValue, match="timeout must be 0 seconds or more, not -1"):
        locate(SCREEN, TEMPLATE, timeout=-1)
