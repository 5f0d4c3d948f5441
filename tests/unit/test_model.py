"""The frozen values: boxes, and verdicts that travel as JSON."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_visualdiff.model import (
    Box,
    Difference,
    Environment,
    Kind,
    Status,
    Verdict,
    platform_name,
)

boxes = st.builds(Box, *[st.integers(-30, 30)] * 2, *[st.integers(0, 40)] * 2)


def pixels(box: Box) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box.x, box.right) for y in range(box.y, box.bottom)}


@given(boxes, st.integers(1, 25), st.integers(1, 25))
@settings(deadline=None, max_examples=60)
def test_clipping_keeps_exactly_the_pixels_on_the_canvas(box: Box, width: int, height: int) -> None:
    part = box.clipped(width, height)
    assert pixels(part) == pixels(box) & pixels(Box(0, 0, width, height))
    assert part.area == len(pixels(part))
    assert 0 <= part.x <= part.right <= width
    assert 0 <= part.y <= part.bottom <= height


@given(boxes, boxes)
@settings(deadline=None, max_examples=60)
def test_boxes_overlap_where_they_share_a_pixel_and_their_union_holds_both(
    first: Box, second: Box
) -> None:
    shared = pixels(first) & pixels(second)
    if first.area and second.area:
        assert first.overlaps(second) is bool(shared) is second.overlaps(first)
    union = first.union(second)
    assert union == second.union(first)
    assert pixels(first) | pixels(second) <= pixels(union)


@pytest.mark.parametrize(
    ("rectangle", "box"),
    [
        ((1, 2, 3, 4), Box(1, 2, 3, 4)),
        ((1.2, 2.9, 2.8, 3.1), Box(1, 2, 3, 4)),
        ((0.5, 0.5, 1, 1), Box(0, 0, 2, 2)),
        ((-0.5, -1, 1, 1), Box(-1, -1, 2, 1)),
        ((0.9999999, 0.0000001, 10.0000001, 5), Box(1, 0, 10, 5)),
        ((3, 3, 0, 0), Box(3, 3, 0, 0)),
    ],
)
def test_a_fractional_rectangle_is_enclosed_and_rounding_noise_is_not(
    rectangle: tuple[float, float, float, float], box: Box
) -> None:
    assert Box.enclosing(*rectangle) == box


def test_boxes_move_grow_and_print() -> None:
    box = Box(1, 2, 3, 4)
    assert box.moved(2, -3) == Box(3, -1, 3, 4)
    assert box.grown(2) == Box(-1, 0, 7, 8)
    assert str(box) == "(1, 2) 3x4"


@pytest.mark.parametrize(
    ("environment", "variant"),
    [
        (Environment("chrome", "1", "linux", (1280, 800)), "chrome-linux-1280x800@1x"),
        (Environment("firefox", "1", "mac", (390, 844), 2.0), "firefox-mac-390x844@2x"),
        (Environment("edge", "1", "windows", (390, 844), 2.625), "edge-windows-390x844@2.625x"),
        (Environment(), "image"),
    ],
)
def test_a_variant_names_what_changes_a_picture(environment: Environment, variant: str) -> None:
    """The browser's version is not part of it: an update is compared, not begun anew."""
    assert environment.variant == variant


DIFFERENCE = Difference(
    Kind.RECOLOURED, Box(1, 2, 3, 4), 0.1234567891, {"delta_e": 5.5, "from": "#fff"}, "paler"
)
VERDICT = Verdict(
    status=Status.MISMATCH,
    test="t.py::test_a[x]",
    name="näme\n😀",
    key="t/test_a/name.image.png",
    variant="image",
    message="differs",
    confidence=0.25,
    differences=(DIFFERENCE,),
    before="00",
    after="ff",
    actual="images/a.png",
    expected="images/e.png",
    diff="images/d.png",
    frames=("images/1.png", "images/2.png"),
    attempt=2,
    duration=0.5,
    size=(12, 10),
    limits={"threshold": {"value": 2.0, "origin": "ini"}},
    environment={"tool": "x"},
    url="http://localhost/",
    title="</title>",
    location="t.py:3",
    notes=("one", "two"),
    ignored=(DIFFERENCE,),
    change="0123456789abcdef",
)


def test_every_field_of_this_verdict_differs_from_its_default() -> None:
    """So that the next test would notice a field that does not travel."""
    optional = [one for one in dataclasses.fields(Verdict) if one.default != dataclasses.MISSING]
    assert all(getattr(VERDICT, one.name) != one.default for one in optional)
    assert VERDICT.limits
    assert VERDICT.environment


def test_a_verdict_survives_json() -> None:
    travelled = Verdict.from_dict(json.loads(json.dumps(VERDICT.to_dict())))
    for (difference,) in (travelled.differences, travelled.ignored):
        assert difference.confidence == pytest.approx(DIFFERENCE.confidence, abs=1e-6)
    assert dataclasses.replace(travelled, differences=(), ignored=()) == dataclasses.replace(
        VERDICT, differences=(), ignored=()
    )
    assert travelled.to_dict() == VERDICT.to_dict()


def test_a_verdict_of_an_older_run_can_be_read() -> None:
    """It knows of no ignored differences."""
    data = VERDICT.to_dict()
    del data["ignored"]
    assert Verdict.from_dict(data).ignored == ()


def test_a_verdict_is_named_by_its_test_and_name() -> None:
    assert VERDICT.id == "t.py::test_a[x]::näme\n😀"


@pytest.mark.parametrize("status", Status)
def test_only_what_was_compared_or_written_passes(status: Status) -> None:
    """A check that was skipped, or could not be made, is never green."""
    green = status in (Status.MATCH, Status.CREATED, Status.UPDATED)
    assert status.passed is green
    assert dataclasses.replace(VERDICT, status=status).passed is green
    assert status.writes is (green and status is not Status.MATCH)
    assert f"{status}" == status.value


@pytest.mark.parametrize("value", [VERDICT, DIFFERENCE, Box(0, 0, 1, 1), Environment()])
def test_values_are_frozen(value: object) -> None:
    name = dataclasses.fields(value)[0].name  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)


def test_what_travels_is_plain_whatever_a_comparator_or_page_gave() -> None:
    """Numbers of numpy and half characters would stop a worker from sending its report."""
    odd = dataclasses.replace(
        DIFFERENCE, box=Box(np.int64(1), 2, 3, 4), detail={"n": np.float32(2)}
    )
    verdict = dataclasses.replace(
        VERDICT, title="\ud800", confidence=np.float64(0.5), differences=(odd,)
    )
    data = verdict.to_dict()
    assert (data["title"], type(data["confidence"])) == ("\\ud800", float)
    assert (type(data["differences"][0]["box"][0]), data["differences"][0]["detail"]) == (
        int,
        {"n": 2.0},
    )
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        ("linux", "linux"),  # WebDriver
        ("LINUX", "linux"),  # a Selenium Grid
        ("windows", "windows"),
        ("Windows 11", "windows"),
        ("XP", "windows"),
        ("mac", "mac"),
        ("mac os x", "mac"),
        ("OS X 10.11", "mac"),
        ("darwin", "mac"),
        ("Linux x86_64", "linux"),  # navigator.platform
        ("Win32", "windows"),
        ("MacIntel", "mac"),
        ("Android", "android"),
        ("", "unknown"),
    ],
)
def test_webdriver_and_playwright_name_a_platform_alike(reported: str, name: str) -> None:
    assert platform_name(reported) == name
