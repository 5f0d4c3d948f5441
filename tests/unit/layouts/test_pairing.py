"""Elements find their twins by DOM path, and also where the DOM differs."""

from __future__ import annotations

from pytest_visualdiff.layouts.pairing import pair
from sweep_support import Page


def listed(texts: list[str], **ids: str) -> Page:
    page = Page()
    for at, text in enumerate(texts):
        page.add("li", (0, 20 * at, 100, 20), text, id=ids.get(text, ""))
    return page


def twins(a: Page, b: Page) -> dict[str, str]:
    one, two = a.layout(), b.layout()
    both = pair(one, two).both
    return {one.elements[i].text: two.elements[j].text for i, j in both if one.elements[i].text}


def test_the_same_dom_is_paired_by_path() -> None:
    names = ["a1", "b2", "c3"]
    assert twins(listed(names), listed(names)) == {name: name for name in names}


def test_an_element_more_does_not_shift_the_others() -> None:
    names = ["first", "second", "third"]
    assert twins(listed(names), listed(["new", *names])) == {name: name for name in names}


def test_elements_that_changed_places_are_paired() -> None:
    assert twins(listed(["one", "two"]), listed(["two", "one"])) == {"one": "one", "two": "two"}


def test_an_id_counts_more_than_the_text() -> None:
    found = twins(listed(["old"], old="x"), listed(["else", "new"], new="x"))
    assert found == {"old": "new"}


def test_another_text_at_the_same_place_is_the_same_element() -> None:
    assert twins(listed(["Firefox", "end"]), listed(["Chrome", "end"])) == {
        "Firefox": "Chrome",
        "end": "end",
    }


def test_an_element_that_was_moved_elsewhere_is_found() -> None:
    a, b = Page(), Page()
    for page, there in ((a, 0), (b, 1)):
        boxes = [page.add("div", (0, 50 * at, 100, 50), classes=f"c{at}") for at in range(2)]
        page.add("span", (0, 0, 50, 20), "moved text", parent=boxes[there])
    assert twins(a, b) == {"moved text": "moved text"}


def test_no_element_has_two_twins() -> None:
    a, b = listed(["x"] * 5), listed(["x"] * 3)
    found = pair(a.layout(), b.layout())
    partners = [j for j in found.of_a if j >= 0]
    assert len(partners) == len(set(partners)) == 5  # html, body and three items


def test_many_siblings_that_differ_take_no_square_of_the_time() -> None:
    """Not a timing: a quadratic pairing of 20,000 siblings would not end."""
    a = listed([f"text {at}" for at in range(20_000)])
    b = listed([f"text {at}" for at in reversed(range(20_000))])
    assert len(twins(a, b)) == 20_000
