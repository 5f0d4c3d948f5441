"""Deciding on pictures that were seen."""

from __future__ import annotations
