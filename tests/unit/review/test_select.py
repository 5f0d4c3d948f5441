"""Which checks a command is about."""

from __future__ import annotations

import pytest

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.review.select import expression


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("cart", True),
        ("CART", True),
        ("home", False),
        ("not home", True),
        ("cart and firefox", True),
        ("cart and chrome", False),
        ("cart or chrome and nowhere", True),
        ("(cart or home) and not (chrome or edge)", True),
        ("not not cart", True),
        ("test_cart[firefox-1280x800]", True),
        ("shop.py::test_cart", True),
    ],
)
def test_an_expression_reads_as_that_of_pytest(text: str, fits: bool) -> None:
    assert expression(text)("tests/shop.py::test_cart[firefox-1280x800]::Basket") is fits


@pytest.mark.parametrize("text", ["", " ", "and", "a or", "not", "(a", "a)", "a b", "()", ") ("])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="-k"):
        expression(text)
