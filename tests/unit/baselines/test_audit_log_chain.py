"""The order of lines of a log whose branches were merged."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_visualdiff.baselines.audit_log import Chain

# a - b - d - f      (d and e are two branches, joined by f)
#      \- c - e -/
MERGED = {"a": [], "b": ["a"], "c": ["b"], "d": ["b"], "e": ["c"], "f": ["d", "e"]}


def test_a_line_sees_those_that_it_follows_and_no_others() -> None:
    chain = Chain(MERGED)
    seen = {
        one: "".join(other for other in MERGED if chain.happened_after(one, other))
        for one in MERGED
    }
    assert seen == {"a": "", "b": "a", "c": "ab", "d": "ab", "e": "abc", "f": "abcde"}


def test_branches_that_nobody_joined_have_two_heads() -> None:
    assert Chain({one: MERGED[one] for one in "abcde"}).heads == ("d", "e")
    assert Chain(MERGED).heads == ("f",)
    assert Chain({}).heads == ()


def test_predecessors_that_are_not_there_are_left_out_and_circles_are_refused() -> None:
    assert Chain({"b": ["gone"]}).heads == ("b",)
    with pytest.raises(ValueError, match="circle"):
        Chain({"a": ["b"], "b": ["a"]})


@given(st.data())
def test_order_is_that_of_walking_back(data: st.DataObject) -> None:
    links: dict[str, list[str]] = {}
    for number in range(data.draw(st.integers(0, 12))):
        before = data.draw(st.lists(st.sampled_from(sorted(links)), max_size=3)) if links else []
        links[f"{number:02}"] = before
    above: dict[str, set[str]] = {}
    for one, before in links.items():
        above[one] = {*before, *itertools.chain.from_iterable(above[it] for it in before)}
    chain = Chain(links)
    for one, other in itertools.product(links, links):
        assert chain.happened_after(one, other) is (other in above[one])
