"""Colour distance is that of the published formula, and its fast path never decides wrongly."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_visualdiff.comparison.colour import SURELY_LESS, SURELY_MORE, ciede2000, delta_e, lab

# Sharma, Wu, Dalal 2005, table 1: L*, a*, b* of two colours and their CIEDE2000 distance.
PAIRS = """
50 2.6772 -79.7751 50 0 -82.7485 2.0425
50 3.1571 -77.2803 50 0 -82.7485 2.8615
50 2.8361 -74.0200 50 0 -82.7485 3.4412
50 -1.3802 -84.2814 50 0 -82.7485 1.0000
50 -1.1848 -84.8006 50 0 -82.7485 1.0000
50 -0.9009 -85.5211 50 0 -82.7485 1.0000
50 0 0 50 -1 2 2.3669
50 -1 2 50 0 0 2.3669
50 2.4900 -0.0010 50 -2.4900 0.0009 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0010 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0011 7.2195
50 2.4900 -0.0010 50 -2.4900 0.0012 7.2195
50 -0.0010 2.4900 50 0.0009 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0010 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0011 -2.4900 4.7461
50 2.5 0 50 0 -2.5 4.3065
50 2.5 0 73 25 -18 27.1492
50 2.5 0 61 -5 29 22.8977
50 2.5 0 56 -27 -3 31.9030
50 2.5 0 58 24 15 19.4535
50 2.5 0 50 3.1736 0.5854 1.0000
50 2.5 0 50 3.2972 0 1.0000
50 2.5 0 50 1.8634 0.5757 1.0000
50 2.5 0 50 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


@pytest.mark.parametrize("row", PAIRS.strip().splitlines())
def test_the_published_pairs_are_met_to_four_decimals(row: str) -> None:
    """Each of the 34 published distances is reproduced, in both directions."""
    numbers = np.array(row.split(), np.float64)
    first, second, distance = numbers[None, :3], numbers[None, 3:6], numbers[6]
    assert ciede2000(first, second)[0] == pytest.approx(distance, abs=5e-5)
    assert ciede2000(second, first)[0] == pytest.approx(distance, abs=5e-5)


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((255, 255, 255), (100, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0, 0)),
    ],
)
def test_known_colours_have_their_known_lab_values(
    rgb: tuple[int, int, int], expected: tuple[float, float, float]
) -> None:
    """The conversion from sRGB agrees with published values to a twentieth of a unit."""
    assert lab(np.array([rgb], np.uint8))[0] == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("spread", [2, 5, 20, 255])
def test_the_cheap_bounds_hold_in_all_of_srgb(spread: int) -> None:
    """The distance never leaves the bounds between which alone the formula is evaluated."""
    random = np.random.default_rng(spread)
    first = random.integers(0, 256, (100_000, 3), np.uint8)
    noise = random.integers(-spread, spread + 1, first.shape)
    second = np.clip(first + noise, 0, 255).astype(np.uint8)
    cheap = np.linalg.norm(lab(first) - lab(second), axis=1)
    exact = ciede2000(lab(first), lab(second))
    assert np.all(exact * SURELY_LESS <= cheap + 1e-3)
    assert np.all(exact * SURELY_MORE >= cheap - 1e-3)


def test_distances_up_to_the_threshold_count_as_none() -> None:
    """A distance is told only where it exceeds the threshold, whatever comes before it."""
    first = np.array([[100, 100, 100]] * 5 + [[10, 200, 30]], np.uint8)
    second = np.array([[101, 101, 101], [140, 100, 100], [140, 100, 100]] * 2, np.uint8)
    found = delta_e(first, second, 2.0)
    assert found[0] == 0
    assert found[1] == found[2] == found[4] > 2
    assert found[3] == 0
    assert found[5] > 50


def test_no_pixels_have_no_distances() -> None:
    """Empty input gives empty output."""
    none = np.zeros((0, 3), np.uint8)
    assert delta_e(none, none, 2.0).shape == (0,)
