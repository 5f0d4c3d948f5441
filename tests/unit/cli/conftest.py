"""A run with differences of several kinds and browsers, to choose from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_visualdiff.model import Box, Difference, Kind
from runs import Review, recorded


def moved(by: int) -> tuple[Difference, ...]:
    return (Difference(Kind.MOVED, Box(0, 0, 4, 4), 0.9, {"offset": [0, by]}, f"by (0, {by})"),)


@pytest.fixture
def project(review: Review) -> Review:
    """One and two moved equally, in two browsers; three was recoloured; new is new."""
    one, two, three, new = review.checks
    chrome = {**two.environment, "browser": "chrome"}
    red = Difference(Kind.RECOLOURED, Box(0, 0, 4, 4), 0.5, {"from": "#000000", "to": "#ff0000"})
    review.checks = [
        replace(one, differences=moved(3)),
        replace(two, differences=moved(3), environment=chrome),
        replace(three, differences=(red,)),
        new,
    ]
    review.run = recorded(review.folder, review.checks, review.store.root)
    return review
