"""The viewer: one page that shows a run, read-only as the report, and with decisions in review."""

from __future__ import annotations
