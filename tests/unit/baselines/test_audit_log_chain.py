"""The order of lines of a log whose branches were merged."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_visualdiff.baselines.audit_log import Chain

# a - b - d - f      (d and e are two branches, joined by f)
#      \- c - e -/
MERGED = {"a": [], "b": ["a"], "c": ["b"], "d": ["b"], "e": ["c"], "f": ["d", "e"]}


@pytest.mark.parametrize(
    ("some", "newest"),
    [("", ""), ("a", "a"), ("ab", "b"), ("bcd", "cd"), ("cde", "de"), ("abcdef", "f"), ("ad", "d")],
)
def test_the_newest_lines_are_those_that_no_other_one_follows(some: str, newest: str) -> None:
    assert Chain(MERGED).newest(some) == {*newest}


def test_branches_that_nobody_joined_have_two_heads() -> None:
    assert Chain({one: MERGED[one] for one in "abcde"}).heads == ("d", "e")
    assert Chain(MERGED).heads == ("f",)
    assert Chain({}).heads == ()


def test_predecessors_that_are_not_there_are_left_out_and_circles_are_refused() -> None:
    assert Chain({"b": ["gone"]}).heads == ("b",)
    with pytest.raises(ValueError, match="circle"):
        Chain({"a": ["b"], "b": ["a"]})


@given(st.data())
def test_newest_is_what_walking_back_from_all_others_does_not_meet(data: st.DataObject) -> None:
    """For any graph of lines, with joins and without."""
    links: dict[str, list[str]] = {}
    for number in range(data.draw(st.integers(0, 12))):
        before = data.draw(st.lists(st.sampled_from(sorted(links)), max_size=3)) if links else []
        joins = data.draw(st.booleans())
        links[f"{number:02}"] = [*Chain(links).heads] if joins else before
    above: dict[str, set[str]] = {}
    for one, before in links.items():
        above[one] = {*before, *itertools.chain.from_iterable(above[it] for it in before)}
    chain = Chain(links)
    some = {one for one in links if data.draw(st.booleans())}
    assert chain.newest(some) == some - {it for one in some for it in above[one]}


@pytest.mark.parametrize("stale", [False, True])
def test_memory_grows_with_the_lines_not_with_their_square(stale: bool) -> None:
    """Pairs of branches, joined one after the other, maybe beside a branch that stays open."""

    def size(pairs: int) -> int:
        links: dict[str, list[str]] = {"head": [], **({"stale": ["head"]} if stale else {})}
        head = "head"
        for number in range(pairs):
            links |= {f"{number}a": [head], f"{number}b": [head]}
            head = f"{number}j"
            links[head] = [f"{number}a", f"{number}b"]
        if stale:
            links["end"] = [head, "stale"]
        tracemalloc.start()
        chain = Chain(links)
        chain.newest(links)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert size(1000) < 8 * size(200)
