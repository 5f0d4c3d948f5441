"""What lies in the repository: no large generated drawings."""

from __future__ import annotations

from imports import ROOT


def test_generated_drawings_stay_small() -> None:
    """Plots of all programs together have at most 200 kB; larger ones belong to a release."""
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs").rglob("*.svg")}
    assert sum(sizes.values()) <= 200_000, sizes
