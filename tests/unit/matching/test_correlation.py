"""Correlation of a few places agrees with that of many."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_visualdiff.matching.correlation import PreparedTemplate, correlation


@pytest.mark.parametrize("cut_out", [False, True], ids=["opaque", "transparent"])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 5), (7, 7), (9, 11)])
def test_a_part_scores_like_the_whole(rows: int, columns: int, *, cut_out: bool) -> None:
    """How places are multiplied and summed depends on their number; the scores do not."""
    rng = np.random.default_rng(7)
    screen = rng.integers(0, 256, (80, 120)).astype(np.float32) - 128
    weights = (rng.random((20, 30)) < 0.8).astype(np.float32) if cut_out else None
    prepared = PreparedTemplate.of(screen[31:51, 42:72].copy(), weights)
    whole = correlation(screen, prepared)
    top, left = 31 - rows // 2, 42 - columns // 2
    around = np.ascontiguousarray(screen[top : top + 19 + rows, left : left + 29 + columns])
    part = correlation(around, prepared)
    assert part.shape == (rows, columns)
    np.testing.assert_allclose(part, whole[top : top + rows, left : left + columns], atol=2e-4)
    assert divmod(int(part.argmax()), columns) == (rows // 2, columns // 2)
