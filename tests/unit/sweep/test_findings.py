"""Findings on repeated elements: what says the same of each row is told once."""

from __future__ import annotations

from pytest_visualdiff.model import Box
from pytest_visualdiff.sweep.findings import Finding, merge_repeated


def finding(row: int, amount: float = 5.0, kind: str = "larger", what: str = "input") -> Finding:
    detail = {"events": [[kind, amount, "width"]], "evidence": []}
    path = f"#rows > tr:nth-of-type({row}) > td:nth-of-type(1) > {what}"
    box = Box(10, 40 * row, 20, 20)
    return Finding(kind, f"#box-{row}", "chrome", box, f"`#box-{row}` is larger", 0.5, "firefox",
                   box, detail=detail, path=path)  # fmt: skip


def test_findings_of_one_kind_on_rows_are_one_with_a_count() -> None:
    (merged,) = merge_repeated([finding(row) for row in range(1, 16)])
    assert merged.message == "`#box-1` is larger; and 14 more like it"
    assert merged.detail["also"] == [f"#box-{row}" for row in range(2, 16)]
    assert merged.fingerprint == finding(1).fingerprint


def test_findings_that_say_something_else_stay() -> None:
    several = [finding(1), finding(2, 50.0), finding(3, kind="smaller"), finding(4, what="b")]
    assert merge_repeated(several) == several


def test_what_is_merged_stays_as_it_is() -> None:
    once = merge_repeated([finding(1), finding(2)])
    assert merge_repeated(once) == once
    assert len(merge_repeated([*once, finding(3)])) == 2


def test_an_accepted_finding_is_known_by_the_way_to_its_element_too() -> None:
    one = finding(1)
    earlier = Finding(one.kind, one.path, one.browser, one.box, "", partner=one.partner)
    assert one.fingerprints == (one.fingerprint, earlier.fingerprint)
