"""What a check decides, as a table, and the words of a verdict."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import Any

import pytest

from pytest_visualdiff import model, text
from pytest_visualdiff.checks import decision
from pytest_visualdiff.model import Box, Cause, Difference, Environment, Kind, Status, Verdict
from pytest_visualdiff.options.table import Layer, Settings

TABLE = """
absent  -        new      created  created created
present match    match    match    match   updated
present mismatch mismatch mismatch updated updated
"""
CASES = [
    (baseline == "present", comparison == "match", mode, outcome)
    for baseline, comparison, *outcomes in map(str.split, TABLE.strip().splitlines())
    for mode, outcome in zip(decision.APPROVE, outcomes, strict=True)
]

CHANGED = Difference(Kind.CHANGED, Box(412, 18, 96, 32), 0.71, {}, "41 pixels differ")
MOVED = Difference(Kind.MOVED, Box(40, 96, 600, 420), 0.0, {"offset": [0, 12]}, "by (0, +12)")
VERDICT = Verdict(
    status=Status.MISMATCH,
    test="tests/test_home.py::test_header[chrome]",
    name="header",
    key="tests/test_home/test_header/header.chrome.png",
    variant="chrome-linux-1280x800@1x",
    message="",
    differences=(CHANGED, MOVED),
)
PLACES = {"baseline": "baselines/b.png", "actual": ".visualdiff/a.png", "diff": ".visualdiff/d.png"}
MARKED = Settings().over(Layer.MARKER, {"confidence": 0.9, "max_move": 4})


@pytest.mark.parametrize(("has_baseline", "same", "approve", "outcome"), CASES)
def test_the_decision_table(has_baseline: bool, same: bool, approve: str, outcome: str) -> None:
    status = decision.decide(has_baseline=has_baseline, same=same, approve=approve)
    assert status is Status(outcome)
    assert status.writes is (outcome in ("created", "updated"))
    assert status.passed is (outcome not in ("new", "mismatch"))


def test_without_a_baseline_what_the_comparison_says_plays_no_part() -> None:
    for approve in decision.APPROVE:
        first, second = (
            decision.decide(has_baseline=False, same=same, approve=approve)
            for same in (True, False)
        )
        assert first is second


def test_a_difference_reads_as_the_contract_shows() -> None:
    assert decision.explain(VERDICT, PLACES, MARKED).splitlines() == [
        "'header' differs from its baseline [chrome-linux-1280x800@1x]",
        (
            "  'changed'    at (412, 18) 96x32: 41 pixels differ; confidence 0.71, required 0.9"
            " (confidence, from marker)"
        ),
        "  'moved'      at (40, 96) 600x420: by (0, +12), allowed 4 (max_move, from marker)",
        "  baseline baselines/b.png",
        "  actual   .visualdiff/a.png",
        "  diff     .visualdiff/d.png",
        "  accept:  visualdiff approve 'tests/test_home.py::test_header[chrome]'",
    ]


@pytest.mark.parametrize(
    ("status", "head", "lines"),
    [
        (Status.MATCH, "matches its baseline", ["note"]),
        (Status.MISMATCH, "differs from its baseline", ["note", *PLACES, "accept"]),
        (Status.NEW, "has no baseline yet", ["note", *PLACES, "accept"]),
        (Status.CREATED, "has a new baseline", ["note", *PLACES]),
        (Status.UPDATED, "has an updated baseline", ["note", *PLACES]),
    ],
)
def test_each_outcome_says_what_a_person_can_do(
    status: Status, head: str, lines: list[str]
) -> None:
    verdict = replace(VERDICT, status=status, differences=(), notes=("made elsewhere",))
    first, *rest = decision.explain(verdict, PLACES, Settings()).splitlines()
    assert first == f"'header' {head} [chrome-linux-1280x800@1x]"
    assert [line.split()[0].rstrip(":") for line in rest] == lines


def test_a_place_that_is_not_there_is_not_shown() -> None:
    message = decision.explain(replace(VERDICT, status=Status.NEW), {**PLACES, "diff": ""}, MARKED)
    assert message.splitlines()[-2] == "  actual   .visualdiff/a.png"


@pytest.mark.parametrize(
    "test", ["a.py::test[it's]", "a.py::test[$(reboot)]", "a.py::test[a b]", "a.py::test[`x`\\n]"]
)
def test_the_command_to_accept_is_one_word_of_a_shell(test: str) -> None:
    last = decision.explain(replace(VERDICT, test=test), PLACES, MARKED).splitlines()[-1]
    assert shlex.split(last) == ["accept:", "visualdiff", "approve", test]


def test_a_hostile_name_stays_on_its_line() -> None:
    message = decision.explain(replace(VERDICT, name="a\nb\x1b[31m", differences=()), {}, MARKED)
    assert message.splitlines()[0].startswith(r"'a\nb\x1b[31m' differs")


@pytest.mark.parametrize(
    ("changes", "options", "end"),
    [
        ({}, {}, "; confidence 0.71, required 0.91 (confidence, from default)"),
        ({"confidence": 0.29}, {}, "; confidence 0.29, required 0.91 (confidence, from default)"),
        ({"confidence": 0.9099}, {}, "; confidence 0.90, required 0.91 (confidence, from default)"),
        ({"confidence": 0.004}, {}, "; clearly different"),
        ({"kind": Kind.MISSING}, {"confidence": 1}, "required 1 (confidence, from call)"),
        ({"kind": Kind.MOVED}, {}, ", allowed 0 (max_move, from default)"),
        ({"kind": Kind.RESIZED}, {"max_resize": "0.02"}, ", allowed 0.02 (max_resize, from call)"),
        ({"kind": Kind.SIZE}, {}, "required 0.91 (confidence, from default)"),
        ({"kind": Kind.SIZE, "detail": {"scale": [2, 2]}}, {}, "0 (max_resize, from default)"),
        ({"kind": Kind.RECOLOURED}, {"max_recolour": 3}, "allowed 3 (max_recolour, from call)"),
        (
            {"kind": Kind.MOVED},
            {"strictness": "relaxed"},
            "allowed 1 (max_move, from call (strictness=relaxed))",
        ),
        (
            {"message": "confidence 0.71, required 0.91"},
            {},
            "96x32: confidence 0.71, required 0.91 (confidence, from default)",
        ),
    ],
)
def test_a_difference_names_the_limit_and_who_set_it(
    changes: dict[str, Any], options: dict[str, Any], end: str
) -> None:
    """What falls short of a limit is rounded down, and so never reads as if it reached it."""
    settings = Settings().over(Layer.CALL, options)
    assert decision.describe(replace(CHANGED, **changes), settings).endswith(end)


@pytest.mark.parametrize(
    ("baseline", "actual", "notes"),
    [
        ({}, {}, []),
        ({"browser_version": "1"}, {"browser_version": "1"}, []),
        ({"browser_version": "1"}, {}, []),
        ({}, {"browser_version": "2"}, []),
        (
            {"browser_version": "1"},
            {"browser_version": "2"},
            ["the baseline was made with another browser version: 1, now 2"],
        ),
        (
            {"platform": "mac", "fonts": "a", "tool": "x"},
            {"platform": "linux", "fonts": "b", "tool": "y"},
            [
                "the baseline was made with another platform: mac, now linux",
                "the baseline was made with other fonts installed: a, now b",
            ],
        ),
    ],
)
def test_a_baseline_made_elsewhere_is_noted(
    baseline: dict[str, str], actual: dict[str, str], notes: list[str]
) -> None:
    assert list(decision.notes_on_environment(baseline, actual)) == notes


def test_counts_are_in_the_order_of_the_statuses() -> None:
    statuses = [Status.NEW, Status.MATCH, Status.CAPTURE_ERROR, Status.MATCH]
    counted = model.counts([replace(VERDICT, status=status) for status in statuses])
    assert list(counted.items()) == [("match", 2), ("new", 1), ("capture-error", 1)]
    assert model.counts([]) == {}


def test_what_a_limit_of_its_kind_allows_is_noted_with_the_limit() -> None:
    """But not noise that is hardly to be seen."""
    settings = Settings().over(Layer.MARKER, {"max_move": 20})
    allowed, noise = replace(MOVED, confidence=1.0), replace(CHANGED, confidence=0.99)
    assert list(decision.notes_on_tolerated([allowed, noise], settings)) == [
        "tolerated: 'moved' at (40, 96) 600x420: by (0, +12), allowed 20 (max_move, from marker)"
    ]
    many = list(decision.notes_on_tolerated([allowed] * 5, settings))
    assert len(many) == decision.MOST_NOTES + 1
    assert many[-1] == "tolerated: 2 more of the allowed kinds"


def test_masks_that_nobody_asks_for_are_noted() -> None:
    assert list(decision.notes_on_old_masks(())) == []
    (note,) = decision.notes_on_old_masks((Box(1, 2, 3, 4),))
    assert note.startswith("the baseline still masks (1, 2) 3x4, which the test no longer asks for")
    (note,) = decision.notes_on_old_masks((Box(1, 2, 3, 4),) * 9)
    assert note.count("3x4") == decision.MOST_NOTES


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 pictures"), (1, "1 picture"), (2, "2 pictures")]
)
def test_numbers_come_with_their_noun(count: int, words: str) -> None:
    assert text.counted(count, "picture") == words


def test_all_numbers_are_told_where_they_are_asked_for() -> None:
    difference = replace(CHANGED, confidence=0.0, message="clearly different")
    assert decision.describe(difference, Settings()).endswith("96x32: clearly different")
    told = decision.describe(difference, Settings(), verbose=True)
    assert told.endswith("96x32: confidence 0, required 0.91 (confidence, from default)")


def test_differences_of_one_cause_stand_below_its_sentence() -> None:
    cause = Cause("#buy", "style", "margin-top", "0px", "12px", message="`#buy` moved by (0, +12)")
    moved = replace(MOVED, causes=(cause,))
    verdict = replace(VERDICT, differences=(moved, *[moved] * 4, CHANGED))
    lines = decision.explain(verdict, PLACES, MARKED).splitlines()
    assert lines[1] == "  `#buy` moved by (0, +12)"
    assert lines[2].startswith("     'moved'")
    assert lines[5] == "     and 2 more places"
    assert lines[6].startswith("  'changed'")


OWN = Environment(browser="chrome", platform="linux", viewport=(1000, 700), pixel_ratio=1.0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"viewports": [(390, 844)]}, ["is of 1000x700, and viewports asks for 390x844 (marker)"]),
        ({"browsers": ["firefox"]}, ["is of chrome, and browsers asks for firefox (marker)"]),
        ({"pixel_ratio": 2}, ["is of 1, and pixel_ratio asks for 2.0 (marker)"]),
        ({"viewports": [(390, 844), (1000, 700)], "browsers": ["firefox", "chrome"]}, []),
        ({}, []),
    ],
)
def test_what_the_options_ask_for_and_the_driver_is_not_is_told(
    options: dict[str, Any], told: list[str]
) -> None:
    """A driver that the test made itself does not follow the options; a default is no wish."""
    notes = [*decision.notes_on_wishes(OWN, Settings().over(Layer.MARKER, options))]
    assert len(notes) == len(told)
    assert all(words in note for words, note in zip(told, notes, strict=True))


def test_a_browser_that_stands_in_is_what_was_asked_for() -> None:
    """Chromium runs where Chrome was asked for and is not installed."""
    chromium = replace(OWN, browser="chromium")
    wish = Settings().over(Layer.INI, {"browsers": ["chrome"]})
    assert not [*decision.notes_on_wishes(chromium, wish)]


@pytest.mark.parametrize("browser", ["", "screen", "firefox-screen"])
def test_pictures_of_no_page_have_no_wish(browser: str) -> None:
    wish = Settings().over(Layer.INI, {"viewports": [(390, 844)]})
    assert not [*decision.notes_on_wishes(replace(OWN, browser=browser), wish)]
