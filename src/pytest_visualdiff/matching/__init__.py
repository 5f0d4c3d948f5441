"""Finds a template on a screen, or says that it is not there.

Correlation only proposes places; whether one *is* the template is decided by the local structure
of the registered pixels. This module is cheap to import; numpy and OpenCV are loaded when the
first search happens.
"""

from __future__ import annotations

from pytest_visualdiff.matching.search_options import CONFIDENCE, SCALES, SearchOptions

__all__ = ["CONFIDENCE", "SCALES", "SearchOptions"]
