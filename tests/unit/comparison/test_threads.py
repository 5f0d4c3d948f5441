"""OpenCV's threads are sent home for a while, and come back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.threads import alone


def test_threads_come_back_when_the_last_who_wants_none_is_done() -> None:
    before = cv2.getNumThreads()
    with alone():
        with alone():
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before


def test_threads_come_back_after_an_error() -> None:
    before = cv2.getNumThreads()
    with pytest.raises(ValueError, match="wrong"), alone():
        raise ValueError("wrong")
    assert cv2.getNumThreads() == before


def test_a_comparison_leaves_the_number_of_threads_as_it_was() -> None:
    before = cv2.getNumThreads()
    expected = np.full((40, 40, 3), 255, np.uint8)
    actual = expected.copy()
    actual[10:20, 10:20] = 0
    assert not compare_arrays(expected, actual).same
    assert cv2.getNumThreads() == before
