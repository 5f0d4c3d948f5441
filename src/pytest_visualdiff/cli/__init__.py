"""The ``visualdiff`` command: ``main`` and a file for each of its commands."""

from __future__ import annotations
