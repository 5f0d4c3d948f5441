"""The same change on many pictures is one group; what nobody would have looked at is in none."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageDraw

import pytest_visualdiff as vd
from pytest_visualdiff.model import Cause
from pytest_visualdiff.runs.folder import RunFolder
from pytest_visualdiff.runs.groups import Group, groups
from runs import seen

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_visualdiff.model import Verdict


def drawn(
    number: int,
    *,
    header: str = "Pennywell",
    ground: str = "#20304a",
    height: int = 40,
    button: str = "#2f6fed",
    label: str = "Buy",
    size: tuple[int, int] = (480, 320),
) -> bytes:
    """A page with a header, and content of its own for each number."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0], height), fill=ground)
    draw.text((16, 12), header, fill="white")
    pick = random.Random(number)
    top = height + 20
    for row in range(5):
        words = " ".join(pick.choice(["lorem", "ipsum", "dolor", "amet", "sit"]) for _ in range(6))
        draw.text((16, top + 24 * row), words, fill="black")
    draw.rounded_rectangle((16, top + 140, 136, top + 172), 6, fill=button)
    draw.text((60, top + 150), label, fill="white")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "out", "run")


def changed(folder: RunFolder, name: str, before: bytes, after: bytes, **changes: Any) -> Verdict:
    """A check that saw ``after`` where ``before`` was approved."""
    comparison = vd.compare(before, after)
    assert not comparison.same
    return seen(folder, name, after, before, differences=comparison.differences, **changes)


def sizes(checks: list[Verdict], folder: RunFolder) -> list[int]:
    found = groups(checks, folder)
    assert found == groups(checks, folder)
    assert sorted(id_ for one in found for id_ in one.members) == sorted(one.id for one in checks)
    return [len(one.members) for one in found]


NEW_HEADERS: list[dict[str, Any]] = [
    {"header": "Pennywell & Daughters"},  # other words
    {"ground": "#7a1f2b"},  # another colour
    {"header": "Pennywell & Daughters", "ground": "#7a1f2b"},
    {"height": 52},  # taller: the content of each page moves
]


@pytest.mark.parametrize("new", NEW_HEADERS, ids=str)
def test_a_new_header_on_forty_screenshots_is_one_group(
    folder: RunFolder, new: dict[str, Any]
) -> None:
    checks = [changed(folder, f"page{at}", drawn(at), drawn(at, **new)) for at in range(40)]
    (group,) = groups(checks, folder)
    assert group.members == tuple(one.id for one in checks)
    assert group.title
    assert Group(**{**group.to_dict(), "members": group.members}) == group


def test_one_more_difference_than_the_others_is_a_group_of_its_own(
    folder: RunFolder,
) -> None:
    """Whoever accepts the header did not look at the broken button."""
    new = {"header": "Pennywell & Daughters"}
    checks = [changed(folder, f"page{at}", drawn(at), drawn(at, **new)) for at in range(5)]
    broken = drawn(9, **new, label="NaN", button="#c02020")
    checks.append(changed(folder, "broken", drawn(9), broken))
    assert sizes(checks, folder) == [5, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"label": "Bay"}, {"label": "Boy"}),
        ({"header": "Pennywell & Dauahters"}, {"header": "Pennywell & Daughters"}),
        ({"button": "#2fbf6f"}, {"button": "#bf2f6f"}),
        ({"height": 52}, {"height": 53}),
        ({"size": (480, 340)}, {"size": (480, 350)}),
    ],
    ids=str,
)
def test_what_differs_in_another_way_is_another_group(
    folder: RunFolder, one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Other letters in the same place, another colour, one pixel further, a few rows more."""
    checks = [
        changed(folder, "one", drawn(1), drawn(1, **one)),
        changed(folder, "other", drawn(1), drawn(1, **other)),
        changed(folder, "again", drawn(1), drawn(1, **one)),
    ]
    assert sizes(checks, folder) == [2, 1]


def test_the_same_result_from_another_baseline_is_another_group(folder: RunFolder) -> None:
    new = drawn(1, label="Now")
    checks = [
        changed(folder, "one", drawn(1, label="Buy"), new),
        changed(folder, "two", drawn(1, label="Get"), new),
    ]
    assert sizes(checks, folder) == [1, 1]


def test_new_pictures_group_where_they_are_the_same_picture(folder: RunFolder) -> None:
    checks = [seen(folder, f"new{at}", drawn(at // 2)) for at in range(4)]
    assert sizes(checks, folder) == [2, 2]


def test_what_is_told_by_numbers_alone_groups_over_browsers(folder: RunFolder) -> None:
    """They draw letters differently, and move them equally."""
    fire, chrome = {"header": "Pennywell"}, {"header": "PennyweIl"}
    checks = [
        changed(folder, f"{at}", drawn(at, **kind), drawn(at, **kind, height=52), variant=name)
        for at, (name, kind) in enumerate((("firefox", fire), ("chrome", chrome)))
    ]
    assert sizes(checks, folder) == [2]


def test_a_missing_picture_groups_with_nothing(folder: RunFolder) -> None:
    checks = [changed(folder, f"page{at}", drawn(at), drawn(at, header="New")) for at in range(3)]
    (folder.path / checks[1].expected).unlink()
    assert sizes(checks, folder) == [2, 1]


def test_findings_of_a_sweep_group_by_what_was_found(folder: RunFolder) -> None:
    def swept(name: str, message: str) -> Verdict:
        finding = {"kind": "moved", "selector": "h1", "browser": "chrome", "message": message}
        return seen(folder, name, b"{}", key=f"t/{name}.sweep.json", sweep={"findings": [finding]})

    checks = [swept("a", "4 px lower"), swept("b", "4 px lower"), swept("c", "9 px lower")]
    assert sizes(checks, folder) == [2, 1]
    assert groups(checks, folder)[0].title == "4 px lower"


def test_checks_with_the_same_causes_are_one_group_whatever_their_pixels(
    folder: RunFolder,
) -> None:
    def check(number: int, *causes: Cause) -> Verdict:
        before, after = drawn(number), drawn(number, label="Bye", button=f"#1{number}4466")
        verdict = changed(folder, f"page-{number}", before, after)
        told = [replace(one, causes=causes) for one in verdict.differences]
        return replace(verdict, differences=tuple(told))

    buy = Cause("#buy", "style", "color", "red", "blue", message="`#buy`: color red → blue")
    other = replace(buy, after="green")
    unsaid = Cause("canvas", "image", message="the drawing changed")
    found = groups([check(1, buy), check(2, buy), check(3, other), check(4, unsaid)], folder)
    assert [len(one.members) for one in found] == [2, 1, 1]
    assert found[0].title == "`#buy`: color red → blue"
