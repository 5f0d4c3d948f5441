"""How much of a picture areas cover, and how it is counted."""

from __future__ import annotations

import pytest

from pytest_visualdiff.capture.areas import Rect
from pytest_visualdiff.capture.found import Counted, Found, covered, notes
from pytest_visualdiff.model import Box

PLACE = (Rect(0, 0, 1, 1),)


@pytest.mark.parametrize(
    ("boxes", "pixels"),
    [
        ([], 0),
        ([Box(0, 0, 10, 10)], 100),
        ([Box(0, 0, 10, 5), Box(0, 3, 10, 7)], 100),
        ([Box(0, 0, 8, 8), Box(4, 4, 6, 6), Box(5, 5, 2, 2)], 64 + 36 - 16),
        ([Box(-5, -5, 12, 12), Box(6, 0, 9, 10)], 49 + 40 - 7),
        ([Box(0, 0, 3, 10), Box(6, 0, 4, 10), Box(2, 9, 5, 1)], 30 + 40 + 3),
    ],
)
def test_pixels_in_several_areas_count_once(boxes: list[Box], pixels: int) -> None:
    assert covered(boxes, (10, 10)) == pixels


@pytest.mark.parametrize(
    ("matches", "shown", "text"),
    [
        (4, 4, 'redact=".pan": 4 places'),
        (1, 1, 'redact=".pan": 1 place'),
        (5, 2, 'redact=".pan": 2 places (5 matches; 3 hidden or outside of the picture)'),
        (2, 0, 'redact=".pan": nothing of 2 matches is visible in the picture'),
    ],
)
def test_the_count_of_a_selector_in_words(matches: int, shown: int, text: str) -> None:
    assert str(Counted(Found("redact", '".pan"', matches, (PLACE,) * shown), shown)) == text


def test_a_mask_is_told_only_where_it_covers_nothing_or_too_much() -> None:
    used = Counted(Found("mask", '"p"', 1, (PLACE,)), 1)
    unused = Counted(Found("mask", '"i"', 1, ()), 0)
    assert list(notes([used], [Box(0, 0, 10, 5)], (10, 10))) == []
    (told,) = notes([used, unused], [Box(0, 0, 10, 5)], (10, 10))
    assert told.startswith('mask="i": nothing')
    (told,) = notes([used], [Box(0, 0, 10, 6)], (10, 10))
    assert told.startswith("the masks cover 60% of the picture")
