"""What a run did not do says nothing; only what is surely gone is unused."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_visualdiff.model import BaselineKey, Status, Verdict
from pytest_visualdiff.review.unused import findings
from pytest_visualdiff.runs.record import CollectedRecord

SHOP = "tests/test_shop.py"


def check(test: str, key: str) -> Verdict:
    return Verdict(Status.MATCH, test, "x", key, "", "")


def about(
    key: str,
    tests: dict[str, str],
    *checks: Verdict,
    partial: tuple[str, ...] = (),
    files: tuple[str, ...] = (SHOP,),
) -> tuple[bool, str] | None:
    """Whether the baseline is gone, and why; None where it was used."""
    collected = CollectedRecord(tests=tests, partial=partial)
    found = findings([BaselineKey(key)], checks, collected, lambda path: path in files)
    return (found[0].gone, found[0].why) if found else None


CHROME = "tests/test_shop/test_cart/home.chrome-linux-1280x800@1x.png"
CART = f"{SHOP}::test_cart[chrome-1280x800]"
FIRE = f"{SHOP}::test_cart[firefox-1280x800]"
OTHER = CHROME.replace("home", "other")


def test_what_was_used_is_no_finding_and_neither_are_its_alternatives() -> None:
    for key in (CHROME, CHROME.replace(".png", "~2.png")):
        assert about(key, {CART: "passed"}, check(CART, CHROME)) is None
        alternative = CHROME.replace(".png", "~3.png")
        assert about(key, {CART: "passed"}, check(CART, alternative)) is None


@pytest.mark.parametrize(
    ("tests", "checks", "extra", "why"),
    [
        ({CART: "passed"}, [check(CART, OTHER)], {}, "passed without a check of that name"),
        ({f"{SHOP}::test_b": ""}, [], {}, f"{SHOP} has no test test_cart any more"),
        ({"a.py::t": "passed"}, [], {"files": ()}, "there is no tests/test_shop.py any more"),
    ],
)
def test_what_is_surely_gone_is_unused(
    tests: dict[str, str], checks: list[Verdict], extra: dict[str, Any], why: str
) -> None:
    found = about(CHROME, tests, *checks, **extra)
    assert found is not None
    assert found[0]
    assert why in found[1]


@pytest.mark.parametrize(
    ("tests", "checks", "extra", "why"),
    [
        ({CART: ""}, [], {}, "was not run"),
        ({CART: "skipped"}, [], {}, "was skipped"),
        ({CART: "failed"}, [check(CART, OTHER)], {}, "failed, maybe before the check"),
        ({CART: "passed", FIRE: ""}, [check(CART, OTHER)], {}, "firefox-1280x800] was not run"),
        ({FIRE: "passed"}, [check(FIRE, OTHER.replace("chrome", "firefox"))], {},
         "its test was not run in chrome-linux-1280x800@1x"),
        ({CART: "passed"}, [], {}, "its test was not run in chrome-linux-1280x800@1x"),
        ({"a.py::t": "passed"}, [], {}, "tests/test_shop.py was not collected"),
        ({f"{SHOP}::test_b": "passed"}, [], {"partial": (SHOP,)},
         f"only a part of {SHOP} was collected"),
    ],
)  # fmt: skip
def test_what_was_not_run_is_not_known(
    tests: dict[str, str], checks: list[Verdict], extra: dict[str, Any], why: str
) -> None:
    """Deselected, skipped, failed, another browser, another file, a single test."""
    found = about(CHROME, tests, *checks, **extra)
    assert found is not None
    assert not found[0]
    assert why in found[1]


def test_another_window_or_platform_of_the_same_test_is_not_known() -> None:
    for variant in ("chrome-linux-390x844@1x", "chrome-mac-1280x800@1x", "chrome-linux-9x9@1.5x"):
        key = CHROME.replace("chrome-linux-1280x800@1x", variant)
        found = about(key, {CART: "passed"}, check(CART, CHROME))
        assert found == (False, f"its test was not run in {variant}")


def test_parameters_and_classes_are_part_of_the_folder() -> None:
    test = f"{SHOP}::TestCart::test_b[dark-chrome-1280x800]"
    good = "tests/test_shop/TestCart.test_b-dark-9f4cd3f5a9/x.chrome-linux-1x1@1x.png"
    from pytest_visualdiff.baselines.naming import baseline_key

    key = baseline_key(SHOP, "TestCart.test_b[dark]", "gone", "chrome-linux-1280x800@1x").path
    kept = key.replace("gone", "kept")
    found = about(key, {test: "passed"}, check(test, kept))
    assert found == (True, f"{test} passed without a check of that name")
    found = about(good, {test: "passed"}, check(test, kept))
    assert found is not None
    assert "has no test" in found[1]


def test_a_shortened_name_of_a_file_that_was_not_collected_is_not_known() -> None:
    key = "tests/test-caf-0123456789/test_a/x.image.png"
    assert about(key, {CART: "passed"}, files=()) == (False, "its test file has a shortened name")


def test_a_sweep_is_told_by_its_variant_like_a_picture() -> None:
    key = "tests/test_shop/test_cart/old.sweep-linux-390x844@1x.sweep.json"
    test = f"{SHOP}::test_cart"
    kept = key.replace("old", "new")
    assert about(key, {test: "passed"}, check(test, kept)) == (
        True,
        f"{test} passed without a check of that name",
    )
