"""A project with a run whose pictures wait for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runs import Review

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return Review(tmp_path)
