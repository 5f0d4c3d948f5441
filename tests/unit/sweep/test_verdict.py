"""What was accepted of a sweep: the same finding again is no news, a much worse one is."""

from __future__ import annotations

import json
from datetime import date

import pytest

from pytest_visualdiff.baselines.ignored import Ignored, sweep_fingerprint
from pytest_visualdiff.errors import BaselineUnreadable
from pytest_visualdiff.model import BaselineKey, Box
from pytest_visualdiff.sweep.findings import Finding
from pytest_visualdiff.sweep.page_result import PageResult
from pytest_visualdiff.sweep.verdict import Accepted, accepted_document, ignored_until
from pytest_visualdiff.sweep.visit import PageObservation

TODAY = date(2026, 1, 1)
KEY = BaselineKey("t/test/home.sweep-linux-390x844@1x.sweep.json")


def finding(amount: float = 20.0, selector: str = "#a", kind: str = "larger") -> Finding:
    detail = {"events": [[kind, amount, "width"]]}
    return Finding(kind, selector, "chrome", Box(1, 2, 3, 4), "words", detail=detail)


def seen(*findings: Finding) -> PageResult:
    return PageResult((390, 844), (PageObservation("firefox"), PageObservation("chrome")), findings)


def accepted(*findings: Finding) -> Accepted:
    return Accepted.read(accepted_document(seen(*findings)))


def test_an_accepted_finding_is_known_and_another_is_not() -> None:
    known = accepted(finding())
    assert known.has(finding())
    assert not known.has(finding(selector="#b"))
    assert not known.has(finding(kind="smaller"))
    assert not Accepted.read(None).has(finding())


def test_a_finding_that_became_much_worse_is_new() -> None:
    known = accepted(finding(20))
    assert known.has(finding(28))
    assert known.has(finding(5))
    assert not known.has(finding(60))


def test_the_document_is_the_same_whatever_does_not_matter() -> None:
    """The order of findings, boxes and confidence change from run to run."""
    one, two = finding(), finding(selector="#b")
    assert accepted_document(seen(one, two)) == accepted_document(seen(two, one))
    assert json.loads(accepted_document(seen(one)))["findings"][0]["selector"] == "#a"


@pytest.mark.parametrize("data", [b"{}", b"[]", b'{"schema": 9}', b'{"schema": 1, "findings": 3}'])
def test_another_document_is_refused(data: bytes) -> None:
    with pytest.raises(BaselineUnreadable):
        Accepted.read(data)


def test_an_ignored_finding_is_known_until_its_day_on_its_page() -> None:
    def entry(until: date, key: BaselineKey = KEY) -> Ignored:
        name = sweep_fingerprint(key, finding().fingerprint)
        return Ignored(name, until, key.path, "t", "home", "words", TODAY)

    assert ignored_until([finding()], KEY, [entry(TODAY)], TODAY) == {finding().fingerprint: TODAY}
    assert not ignored_until([finding()], KEY, [entry(date(2025, 12, 31))], TODAY)
    elsewhere = BaselineKey(KEY.path.replace("390", "1280"))
    assert not ignored_until([finding()], elsewhere, [entry(TODAY)], TODAY)
