"""Paints over typed secrets in every picture of a screen.

A password field shows dots, and is left as it is. Any other field that got a secret is painted
over in each later picture, wherever it is by then, for as long as it is on the page. Where no page
can tell (a native dialog, the location bar), the place that changed is painted over from then on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_visualdiff.images.codec import REDACTED
from pytest_visualdiff.model import Box
from pytest_visualdiff.secrets import typed

if TYPE_CHECKING:
    from pytest_visualdiff.desktop.browser_window import BrowserWindow
    from pytest_visualdiff.model import Array

_AROUND = 2


@dataclass
class _Field:
    """A field that holds a secret, and where it showed it when it could last be asked."""

    window: BrowserWindow
    element: Any
    box: Box | None = None


@dataclass
class SecretMasker:
    """The fields and places of one screen that hold secrets."""

    _fields: list[_Field] = field(default_factory=list)
    _places: list[Box] = field(default_factory=list)
    _shown: dict[int, tuple[BrowserWindow, list[Box]]] = field(default_factory=dict)
    """Windows, and where their pages showed a secret when they could last be asked."""

    def watch(self, window: BrowserWindow) -> None:
        """Look for secrets in this window's page, too."""
        self._shown[id(window)] = window, []

    def in_field(self, window: BrowserWindow, element: Any) -> None:
        """A secret is about to be typed into a field of a page."""
        self._fields.append(_Field(window, element))

    def in_change(self, before: Array, after: Array) -> None:
        """A secret was typed, nobody knows where: hide what changed."""
        box = _changed(before, after)
        if box is not None:
            self._places.append(box.grown(_AROUND))

    def forget_places(self) -> None:
        """Another page is shown, on which those places are others."""
        self._places.clear()

    def clean(self, picture: Array) -> Array:
        """The picture with every secret painted over."""
        boxes = [*self._places, *filter(None, map(_shown, self._fields)), *self._in_pages()]
        if not boxes:
            return picture
        cleaned: Array = picture.copy()
        for box in boxes:
            part = box.clipped(picture.shape[1], picture.shape[0])
            cleaned[part.y : part.bottom, part.x : part.right] = REDACTED
        return cleaned

    def _in_pages(self) -> list[Box]:
        """Where pages show a secret, wherever it came from: a reload, a search form, a script."""
        if typed():
            for number, (window, _) in self._shown.items():
                with suppress(Exception):  # a dialog is open, or the browser died
                    self._shown[number] = window, window.secrets()
        return [box for _, boxes in self._shown.values() for box in boxes]


def _shown(one: _Field) -> Box | None:
    with suppress(Exception):  # a dialog is open, or the browser died: what was known holds
        one.box = one.window.exposed(one.element)
    return one.box


def _changed(before: Array, after: Array) -> Box | None:
    if before.shape != after.shape:
        return Box(0, 0, after.shape[1], after.shape[0])
    rows, columns = np.nonzero((before != after).any(axis=2))
    if not len(rows):
        return None
    left, top = int(columns.min()), int(rows.min())
    return Box(left, top, int(columns.max()) - left + 1, int(rows.max()) - top + 1)
