"""A little page with words and a button, and shots of it with noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pictures import page
from pytest_visualdiff.calibrate.noise import measure
from pytest_visualdiff.calibrate.study_values import MeasuredSeries, Series, Shot
from pytest_visualdiff.images.codec import to_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_visualdiff.model import Array


@pytest.fixture(autouse=True)
def _one_place_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """One place for each change: quick, and enough for what is promised here."""
    monkeypatch.setattr("pytest_visualdiff.calibrate.planting.MOST", 1)


@pytest.fixture
def still() -> Array:
    """The page without noise, 240x160."""
    picture: Array = to_array(page())[..., :3].copy()
    return picture


@pytest.fixture
def seen() -> Callable[..., MeasuredSeries]:
    """Pictures as a series with its noise."""

    def make(*pictures: Array, title: str = "chrome") -> MeasuredSeries:
        shots = tuple(Shot(str(number), one) for number, one in enumerate(pictures))
        series = Series(title, shots)
        return MeasuredSeries(series, measure(series))

    return make


@pytest.fixture
def noisy(still: Array) -> Callable[[int, int], Array]:
    """The page with random levels up to ``depth`` in a gray area of 60x40 at (170, 110)."""

    def make(depth: int, seed: int) -> Array:
        picture: Array = still.copy()
        noise = np.random.default_rng(seed).integers(-depth, depth + 1, (40, 60, 1))
        picture[110:150, 170:230] = np.clip(150 + noise, 0, 255)
        return picture

    return make
