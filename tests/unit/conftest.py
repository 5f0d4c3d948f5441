"""Property tests see the same examples in each run, without a deadline; a run to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from runs import Review

if TYPE_CHECKING:
    from pathlib import Path

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """A project, the current folder, with a run whose pictures wait for a decision."""
    monkeypatch.chdir(tmp_path)
    return Review(tmp_path)
