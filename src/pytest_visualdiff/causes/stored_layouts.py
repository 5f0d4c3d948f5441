"""Causes of the differences between two picture files that hold the structure of their pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_visualdiff.errors import ImageError, LayoutUnreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_visualdiff.model import Difference

UNEXPECTED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Errors of the explanation itself, as of damaged data: a difference is told all the same."""


def with_causes(
    differences: Sequence[Difference], expected: bytes, actual: bytes
) -> tuple[Difference, ...]:
    """The differences with their causes; as they are where a file holds no readable structure."""
    from pytest_visualdiff.layouts.storage import CHUNK, layout_of

    if not differences or CHUNK not in expected or CHUNK not in actual:
        return tuple(differences)
    from pytest_visualdiff.causes.explain import explained

    try:
        layouts = layout_of(expected), layout_of(actual)
    except (ImageError, LayoutUnreadable):
        return tuple(differences)
    if layouts[0] is None or layouts[1] is None:
        return tuple(differences)
    try:
        found = explained(layouts[0], layouts[1], differences)
    except UNEXPECTED:
        return tuple(differences)
    told = []
    for number, difference in enumerate(differences):
        near = [(scores[number], cause) for cause, scores in found if number in scores]
        near.sort(key=lambda one: -one[0])
        told.append(replace(difference, causes=tuple(cause for _, cause in near)))
    return tuple(told)
