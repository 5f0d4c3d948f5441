"""Fixtures of the tests that drive real browsers."""

from __future__ import annotations

from capture_support import dense, driver, session, site

__all__ = ["dense", "driver", "session", "site"]
