"""Places that show the template pixel by pixel: found by bytes, near where it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.matching.planes import Template
    from pytest_visualdiff.model import Array

_MOST = 64  # places at which one row of the template may be without telling anything


class Needle:
    """The row of a template that tells most, to be looked for as bytes."""

    def __init__(self, template: Template) -> None:
        self.template = template
        rgb, ink, counts = template.rgb, template.ink, template.counts
        changes = ink[:, 1:] != ink[:, :-1]
        if counts is not None:
            changes &= counts[:, 1:] & counts[:, :-1]
        self.row = int(np.argmax(changes.sum(axis=1)))
        run: tuple[int, int] = (
            (0, rgb.shape[1]) if counts is None else _longest_run(counts[self.row])
        )
        self.left: int = run[0]
        self.right: int = run[1]
        self.bytes = rgb[self.row, self.left : self.right].tobytes()

    def near(self, screen: Array, x: float, y: float, reach: int) -> tuple[int, int] | None:
        """The place within ``reach`` pixels of (x, y) whose pixels equal all that count."""
        width, height = self.template.size
        rows, columns = screen.shape[:2]
        left, top = max(0, round(x) - reach), max(0, round(y) - reach)
        right = min(columns, round(x) + reach + width)
        bottom = min(rows, round(y) + reach + height)
        if right - left < width or bottom - top < height:
            return None
        lines = screen[top + self.row : bottom - height + self.row + 1, left:right]
        for row, column in self._hits(np.ascontiguousarray(lines)):
            place = left + column, top + row
            if left <= place[0] <= right - width and self._equals(screen, *place):
                return place
        return None

    def _hits(self, lines: Array) -> Iterator[tuple[int, int]]:
        """Where the row is, as (row, column) of a template that begins there."""
        hay, pitch = lines.tobytes(), lines.shape[1] * 3
        at = -1
        for _ in range(_MOST):
            at = hay.find(self.bytes, at + 1)
            if at < 0:
                return
            row, byte = divmod(at, pitch)
            if byte % 3 == 0 and byte + len(self.bytes) <= pitch:
                yield row, byte // 3 - self.left

    def _equals(self, screen: Array, x: int, y: int) -> bool:
        width, height = self.template.size
        part = screen[y : y + height, x : x + width]
        counts = self.template.counts
        if counts is None:
            return np.array_equal(part, self.template.rgb)
        return np.array_equal(part[counts], self.template.rgb[counts])


def _longest_run(counts: Array) -> tuple[int, int]:
    """Begin and end of the longest run of true values."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], counts.astype(np.int8), [0]])))
    if not steps.size:
        return 0, 0
    begins, ends = steps[::2], steps[1::2]
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int(ends[longest])
