"""The option table and how layers of settings lie on each other."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pytest_visualdiff.errors import InvalidValue, UnknownOption
from pytest_visualdiff.model import Box
from pytest_visualdiff.options.strictness import LEVELS, NORMAL
from pytest_visualdiff.options.table import OPTIONS, Layer, Option, Settings, markdown, parse, pick

RISING = [Layer.DEFAULT, Layer.INI, Layer.FLAG, Layer.MARKER, Layer.CALL]
VALUE = {Layer.INI: "3", Layer.FLAG: "4", Layer.MARKER: 5, Layer.CALL: 6.0}
rows = pytest.mark.parametrize("option", OPTIONS.values(), ids=list(OPTIONS))


def over_all(layers: list[Layer], name: str = "threshold") -> Settings:
    settings = Settings()
    for layer in layers:
        settings = settings.over(layer, {name: VALUE[layer]})
    return settings


@pytest.mark.parametrize(("lower", "higher"), list(itertools.combinations(RISING, 2)))
def test_the_higher_layer_wins_and_is_remembered(lower: Layer, higher: Layer) -> None:
    settings = over_all([layer for layer in (lower, higher) if layer is not Layer.DEFAULT])
    assert settings["threshold"] == float(VALUE[higher])
    assert settings.origin("threshold") is higher


def test_a_layer_changes_only_what_it_names() -> None:
    settings = over_all(RISING[1:4])
    assert settings.origin("confidence") is Layer.DEFAULT
    assert settings["confidence"] == OPTIONS["confidence"].default
    assert dict(settings) == {**dict(Settings()), "threshold": 5.0}


@pytest.mark.parametrize(("lower", "higher"), list(itertools.combinations(RISING[1:], 2)))
def test_a_level_acts_as_if_its_row_were_written_where_it_is_set(
    lower: Layer, higher: Layer
) -> None:
    """So it wins over keys of a lower layer, and loses to those of a higher one."""
    settings = Settings().over(lower, {"threshold": 9}).over(higher, {"strictness": "strict"})
    assert settings.group("compare") == LEVELS["strict"].values()
    assert settings.origin_text("threshold") == f"{higher} (strictness=strict)"
    settings = Settings().over(lower, {"strictness": "strict"}).over(higher, {"threshold": 9})
    assert settings.group("compare") == {**LEVELS["strict"].values(), "threshold": 9.0}
    assert settings.origin_text("threshold") == higher
    assert settings.origin_text("confidence") == f"{lower} (strictness=strict)"


@pytest.mark.parametrize("layer", RISING[1:])
def test_a_key_beside_a_level_wins_over_it(layer: Layer) -> None:
    """Whichever is written first."""
    beside = {"threshold": 7, "strictness": "layout"}
    for values in (beside, dict(reversed(beside.items()))):
        settings = Settings().over(layer, values)
        assert (settings["threshold"], settings.origin_text("threshold")) == (7.0, layer.value)
        assert settings["max_recolour"] == LEVELS["layout"].max_recolour


def test_a_level_sets_nothing_but_its_row() -> None:
    settings = Settings().over(Layer.CALL, {"strictness": "exact", "max_move": 3})
    others = {name: value for name, value in settings.items() if name not in NORMAL.values()}
    assert others == {**{name: Settings()[name] for name in others}, "strictness": "exact"}
    assert settings.origin_text("strictness") == "call"
    assert settings.origin("threshold") is Layer.CALL
    back = settings.over(Layer.CALL, {"strictness": "normal"})
    assert back.group("compare") == NORMAL.values()


def test_settings_are_values() -> None:
    """A layer on top gives new settings; the ones below stay as they were."""
    ini = Settings().over(Layer.INI, {"threshold": 3})
    ini.over(Layer.CALL, {"threshold": 9})
    assert ini["threshold"] == 3.0
    assert ini == Settings().over(Layer.INI, {"threshold": "3"})


def test_the_same_value_from_a_higher_layer_has_the_higher_origin() -> None:
    settings = Settings().over(Layer.MARKER, {"threshold": OPTIONS["threshold"].default})
    assert settings.origin("threshold") is Layer.MARKER


def test_settings_read_as_a_mapping_of_all_options() -> None:
    assert list(Settings()) == list(OPTIONS)
    assert len(Settings()) == len(OPTIONS)
    assert Settings().group("compare") == {
        "threshold": 2.3,
        "confidence": 0.91,
        "antialiasing": True,
        "max_move": 0.0,
        "max_resize": 0.0,
        "max_recolour": 0.0,
    }


@pytest.mark.parametrize(
    ("layer", "name", "words"),
    [
        (Layer.MARKER, "treshold", "unknown option 'treshold' (from marker): did you mean 'thresh"),
        (Layer.CALL, "full_pag", "did you mean 'full_page'?"),
        (Layer.CALL, "mask_", "did you mean 'mask'?"),
        (Layer.CALL, "zzz", "unknown option 'zzz' (from call): known: "),
        (Layer.CALL, "", "unknown option '' (from call): known: "),
        (Layer.CALL, "browsers", "option 'browsers' cannot be set by call; it can by command line"),
        (Layer.MARKER, "output_dir", "'output_dir' cannot be set by marker"),
        (Layer.INI, "approve", "option 'approve' cannot be set by ini; it can by command line"),
        (Layer.DEFAULT, "threshold", "cannot be set by default"),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_set_there_is_named_with_what_can(
    layer: Layer, name: str, words: str
) -> None:
    with pytest.raises(UnknownOption) as caught:
        Settings().over(layer, {name: "none"})
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("layer", "name", "value", "words"),
    [
        (Layer.INI, "threshold", "much", ("visualdiff_threshold must be a number from 0.001 to 100,"
         " not 'much' (from ini)")),
        (Layer.FLAG, "viewports", ["wide"], "--visualdiff-viewport must be sizes such as 1280x800"),
        (Layer.FLAG, "full_page", "perhaps", "--visualdiff-full-page must be true or false"),
        (Layer.MARKER, "threshold", 0, "threshold must be a number from 0.001 to 100, not 0 (from"),
        (Layer.INI, "strictness", "strikt", ("visualdiff_strictness must be one of exact, strict,"
         " normal, relaxed, layout, not 'strikt' (from ini): did you mean 'strict'?")),
        (Layer.CALL, "animations", "freze", "(from call): did you mean 'freeze'?"),
        (Layer.MARKER, "browsers", ["firefax"], "(from marker): did you mean 'firefox'?"),
        (Layer.CALL, "region", (0, 0, float("inf"), 4), "region must be a CSS selector"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_as_the_user_spelled_the_option(
    layer: Layer, name: str, value: Any, words: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        Settings().over(layer, {name: value})
    assert words in str(caught.value)


def test_one_wrong_value_among_many_sets_nothing() -> None:
    settings = Settings()
    with pytest.raises(InvalidValue):
        settings.over(Layer.CALL, {"threshold": 5, "confidence": 7})
    assert settings == Settings()


@rows
def test_a_default_is_accepted_by_its_own_kind(option: Option) -> None:
    """And parsing it changes nothing, so that a default is in its final form."""
    assert option.kind.parse(option.default) == option.default


@rows
def test_a_row_can_be_set_by_some_layer_and_explains_itself(option: Option) -> None:
    assert option.layers
    assert Layer.DEFAULT not in option.layers
    assert option.help[-1] != "."
    for layer in option.layers:
        assert parse(option.name, option.default, layer) == option.default


@rows
def test_names_of_keys_and_flags_have_one_stem(option: Option) -> None:
    assert option.ini == f"visualdiff_{option.name}"
    assert option.flag_name.startswith("--visualdiff-")
    assert "_" not in option.flag_name


def test_no_two_rows_share_a_name() -> None:
    names = [(row.name, row.ini, row.flag_name) for row in OPTIONS.values()]
    assert all(len(set(column)) == len(OPTIONS) for column in zip(*names, strict=True))


@rows
def test_the_markdown_table_has_each_option(option: Option) -> None:
    (line,) = [one for one in markdown().splitlines() if one.startswith(f"| `{option.name}` |")]
    assert line.count("|") == 9
    assert option.help in line
    assert (f"`{option.ini}`" in line) is (Layer.INI in option.layers)
    assert (f"`{option.flag_name}`" in line) is (Layer.FLAG in option.layers)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("browsers", "chrome"),
        ("viewports", "1280x800"),
        ("report", "html junit"),
        ("mask", "none"),
        ("region", "none"),
        ("capabilities", "none"),
        ("antialiasing", "true"),
        ("soft", "false"),
        ("threshold", "2.3"),
        ("keep_runs", "5"),
        ("max_move", "0.0"),
    ],
)
def test_the_markdown_table_writes_defaults_as_a_user_would(name: str, written: str) -> None:
    line = next(one for one in markdown().splitlines() if one.startswith(f"| `{name}` |"))
    assert f"| `{written}` |" in line


def test_parts_are_picked_by_name() -> None:
    registered = {"directory": 1, "memory": 2}
    assert pick("store", "memory", registered) == 2
    with pytest.raises(UnknownOption, match=r"no store named 'memry': did you mean 'memory'\?"):
        pick("store", "memry", registered)
    with pytest.raises(UnknownOption, match=r"no store named 'x' \(known: directory, memory\)"):
        pick("store", "x", registered)


def test_areas_of_pictures_arrive_as_boxes() -> None:
    settings = Settings().over(Layer.CALL, {"mask": (1, 2, 3, 4), "region": [0, 0, 5, 5]})
    assert settings["mask"] == (Box(1, 2, 3, 4),)
    assert settings["region"] == Box(0, 0, 5, 5)
