"""What a test takes away of the environment is still there for the programs that are started."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_visualdiff.browsers import environment

if TYPE_CHECKING:
    import pytest


def test_variables_that_a_test_took_away_are_given_to_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = environment.ENVIRONMENT["PATH"]
    monkeypatch.setattr(os, "environ", {"TZ": "Asia/Tokyo"})
    assert environment.environment()["PATH"] == path
    assert environment.environment()["TZ"] == "Asia/Tokyo"
