"""Which checks a command is about."""

from __future__ import annotations

import pytest

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.review.selection import Selection, chosen, expression


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


def test_findings_of_a_sweep_are_kinds_too() -> None:
    found = {"findings": [{"kind": "off-screen"}]}
    swept = Verdict(Status.NEW, "t", "swept", "k", "v", "", sweep=found)
    checks = {"swept": swept, "other": Verdict(Status.NEW, "t", "other", "k", "v", "")}
    assert [*chosen(checks, Selection(kinds=("off-screen",)), list)] == ["swept"]
    with pytest.raises(UsageError, match="wrapped"):
        chosen(checks, Selection(kinds=("wrapped",)), list)
