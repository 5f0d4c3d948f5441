"""A few attacks of each kind do no harm; ``script/bench hostile`` tries all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import hostile

NEEDS_FORK = ("kills", "deciders")
NEEDS_PROC = ("browsers",)


@pytest.mark.parametrize("kind", hostile.ATTACKS)
def test_no_attack_does_harm(kind: str) -> None:
    """Nobody's baseline changes, no file elsewhere does, nothing is lost, nothing breaks down."""
    if kind in NEEDS_FORK and not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    if kind in NEEDS_PROC and not Path("/proc/self").exists():
        pytest.skip("this system does not tell which processes there are")
    count = hostile.run(kind, hostile.ATTACKS[kind][1])
    assert count.harm == []
    assert count.survived == count.tried == hostile.ATTACKS[kind][1]
