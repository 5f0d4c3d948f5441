"""Pages that can hardly be meant are refused by name: none becomes a baseline by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_visualdiff.errors import PageNotShown
from pytest_visualdiff.images.codec import to_array

if TYPE_CHECKING:
    from pytest_visualdiff.capture.script import Answer

_REMEDY = "if that is the page you mean, say allow_error_page=True"


def refuse_wrong(answer: Answer) -> None:
    """Raise ``PageNotShown`` for an error page, an empty one, or a login page not asked for."""
    if answer.wrong:
        raise PageNotShown(f"{answer.url or 'the page'}: {answer.wrong}; {_REMEDY}")


def refuse_flat(answer: Answer, png: bytes) -> None:
    """Raise ``PageNotShown`` for a page that is of one colour all over."""
    pixels = to_array(png)[..., :3]
    first = pixels[0, 0]
    if bool((pixels == first).all()):
        colour = "#{:02x}{:02x}{:02x}".format(*(int(level) for level in first))
        raise PageNotShown(
            f"{answer.url}: the whole picture is of one colour ({colour}), as if the page had not"
            f" been drawn; wait for its contents, or, {_REMEDY}"
        )
