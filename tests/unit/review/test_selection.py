"""Which checks a command is about."""

from __future__ import annotations

import pytest

from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.model import Box, Cause, Difference, Kind, Status, Verdict
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


def shop() -> dict[str, Verdict]:
    tests = (
        "tests/shop/test_cart.py::TestCart::test_sum[a]", "tests/shop/test_cart.py::test_empty",
        "tests/test_home.py::test_home", "tests/test_home2.py::test_home",
    )  # fmt: skip
    return {test: Verdict(Status.NEW, test, "page", "k", "v", "") for test in tests}


@pytest.mark.parametrize(
    ("id_", "count"),
    [
        ("tests/shop/test_cart.py", 2),
        ("./tests/shop/test_cart.py", 2),
        ("tests/test_home.py", 1),
        ("tests/shop", 2),
        ("tests/shop/", 2),
        ("tests", 4),
        (".", 4),
        ("tests/shop/test_cart.py::TestCart", 1),
        ("tests/shop/test_cart.py::TestCart::test_sum", 1),
        ("tests/*/test_cart.py", 2),
        ("tests/test_home*.py", 2),
        ("*::test_home", 2),
        ("shop/test_cart.py", 2),
        ("./shop", 2),
    ],
)
def test_files_folders_and_classes_mean_what_pytest_means_by_them(id_: str, count: int) -> None:
    """Also relative to the folder that the command is run in."""
    assert len(chosen(shop(), Selection((id_,), below="tests"), list)) == count


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Selection(("tests/test_hme.py",)), "did you mean 'tests/test_home"),
        (Selection(("test",)), "'test' fits no check of this run"),
        (Selection(expression="not home and test_emtpy"), "did you mean 'test_empty'"),
        (Selection(expression="zzz"), "-k 'zzz' fits none of the 4 checks of this run"),
        (Selection(("tests/test_home.py",), "cart"), "-k 'cart' fits none"),
    ],
)
def test_a_selection_that_matches_nothing_is_refused_with_the_nearest_name(
    wanted: Selection, words: str
) -> None:
    with pytest.raises(UsageError) as error:
        chosen(shop(), wanted, list)
    assert words in str(error.value)


def caused(name: str, *causes: Cause) -> Verdict:
    """A check with one difference for each cause."""
    box = Box(0, 0, 1, 1)
    found = tuple(Difference(Kind.CHANGED, box, 0.5, causes=(cause,)) for cause in causes)
    return Verdict(Status.MISMATCH, f"t.py::{name}", name, "k", "v", "", differences=found)


BUY = Cause("#buy", "style", "margin-top", "0px", "12px", message="`#buy` moved by (0, +12)")
LOGO = Cause("#logo", "image", "src", "a.png", "b.png", message="`#logo`: picture a → b")
CAUSED = {
    one.name: one for one in (caused("a", BUY, BUY), caused("b", BUY, LOGO), caused("c", LOGO))
}


@pytest.mark.parametrize("text", ["#buy margin-top", "#buy", "margin-top", BUY.message])
def test_a_cause_chooses_the_checks_that_differ_in_nothing_else(text: str) -> None:
    """Whoever accepts the button did not look at the logo."""
    assert [*chosen(CAUSED, Selection(causes=(text,)), list)] == ["a"]
    assert [*chosen(CAUSED, Selection(causes=(text, "#logo src")), list)] == ["a", "b", "c"]


def test_a_cause_that_no_check_has_alone_names_the_check_to_look_at() -> None:
    with pytest.raises(UsageError, match=r"1 check with that cause differ in more than it.*'b'"):
        chosen({"b": CAUSED["b"]}, Selection(causes=("#buy",)), list)


def test_a_cause_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean '#buy margin-top'"):
        chosen(CAUSED, Selection(causes=("#buy margin-tpo",)), list)
    with pytest.raises(UsageError, match="it knows no causes"):
        chosen({"x": caused("x")}, Selection(causes=("#buy",)), list)
