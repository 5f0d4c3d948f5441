"""What a run shows: each report draws from run.json's data alone, and captures nothing."""

from __future__ import annotations
