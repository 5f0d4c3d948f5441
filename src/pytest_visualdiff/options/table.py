"""The option table.

One row yields the ini key, the flag, the marker key, the call keyword, the documentation and the
error texts. A resolved value remembers the layer that set it.

Precedence, without exception: default < ini < command line < marker < call. A level of strictness
acts as if its row were written where it is set; a key beside it wins over the level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from pytest_visualdiff.browsers.browser_types import BROWSERS
from pytest_visualdiff.errors import InvalidValue, UnknownOption
from pytest_visualdiff.options.parsing import (
    AREA,
    AREAS,
    CAUSES,
    MAPPING,
    NAMES,
    PATH,
    SELECTORS,
    TEXT,
    TRUTH,
    URL,
    VIEWPORT,
    VIEWPORTS,
    OptionType,
    choice,
    choices,
    integer,
    number,
)
from pytest_visualdiff.options.strictness import DEFAULT, LEVELS, NORMAL
from pytest_visualdiff.secrets import masked
from pytest_visualdiff.text import nearest, one_line

PREFIX = "visualdiff"
T = TypeVar("T")


class Layer(str, Enum):
    """Where a value was set, in rising precedence."""

    DEFAULT = "default"
    INI = "ini"
    FLAG = "command line"
    MARKER = "marker"
    CALL = "call"

    __str__ = str.__str__


class Option(NamedTuple):
    """One row of the table."""

    name: str
    kind: OptionType
    default: Any
    help: str
    group: str
    layers: frozenset[Layer]
    flag: str = ""
    """The flag's name if it differs from ``--visualdiff-<name>``."""

    @property
    def ini(self) -> str:
        """The ini key."""
        return f"{PREFIX}_{self.name}"

    @property
    def flag_name(self) -> str:
        """The command-line flag."""
        return f"--{PREFIX}-{self.flag or self.name.replace('_', '-')}"


class Setting(NamedTuple):
    """A resolved value, the layer that set it, and the level of strictness, if that set it."""

    value: Any
    origin: Layer = Layer.DEFAULT
    level: str = ""


SWEEP_KINDS = ("missing", "overflow", "off-screen", "overlapped", "clipped", "broken", "reordered",
               "larger", "smaller", "wrapped", "misaligned", "restyled")  # fmt: skip

_ALL = frozenset({Layer.INI, Layer.FLAG, Layer.MARKER, Layer.CALL})
_TEST = _ALL - {Layer.CALL}
_RUN = frozenset({Layer.INI, Layer.FLAG})
_FLAG = frozenset({Layer.FLAG})

_ROWS: tuple[Option, ...] = (
    Option("browsers", choices(*BROWSERS), ("chrome",),
           "browsers that a test with visualdiff_driver runs in; chrome falls back to Chromium",
           "browser", _TEST, flag="browser"),
    Option("viewports", VIEWPORTS, ((1280, 800),),
           "inner window sizes in CSS pixels that a test with visualdiff_driver runs in",
           "browser", _TEST, flag="viewport"),
    Option("pixel_ratio", number(0.25, 5), 1.0,
           "device pixels per CSS pixel of the browsers that are started", "browser", _TEST),
    Option("headed", TRUTH, False, "show the browser windows", "browser", _TEST),
    Option("remote", URL, "", "WebDriver server or Selenium Grid to start the browsers on",
           "browser", _TEST),
    Option("remote_wait", number(1, 86_400), 120.0,
           "seconds to wait for a session of the server or Grid", "browser", _TEST),
    Option("remote_sessions", integer(1, 100), 1,
           "sessions that one worker keeps open on the server or Grid; an idle one is ended before"
           " another is asked for", "browser", _RUN),
    Option("capabilities", MAPPING, {}, "WebDriver capabilities merged over ours",
           "browser", _TEST),
    Option("strictness", choice(*LEVELS), DEFAULT,
           "a named level: acts as if its row of the options that follow were written in its place",
           "level", _ALL),
    Option("threshold", number(0.001, 100), NORMAL.threshold,
           "colour difference (CIEDE2000) up to which two pixels count as the same",
           "compare", _ALL),
    Option("confidence", number(0, 1), NORMAL.confidence,
           "required confidence that the worst region is still the same", "compare", _ALL),
    Option("antialiasing", TRUTH, NORMAL.antialiasing,
           "tolerate edges that were redrawn up to half a pixel elsewhere", "compare", _ALL),
    Option("max_move", number(0, 10_000), NORMAL.max_move,
           "pixels that an otherwise equal region may move", "compare", _ALL),
    Option("max_resize", number(0, 10), NORMAL.max_resize,
           "relative change of size that an otherwise equal region may have (0.02 is 2 %)",
           "compare", _ALL),
    Option("max_recolour", number(0, 100), NORMAL.max_recolour,
           "colour difference (CIEDE2000) that an otherwise equal, recoloured region may have",
           "compare", _ALL),
    Option("comparator", TEXT, "diagnosis", "what compares two pictures, by name", "check", _ALL),
    Option("mask", AREAS, (), "areas left out of the comparison; the stored pictures stay clean",
           "capture", _ALL),
    Option("region", AREA, None, "compare only this area", "capture", _ALL),
    Option("redact", AREAS, (), "areas painted over before the picture is stored (secrets)",
           "capture", _ALL),
    Option("full_page", TRUTH, False, "the whole page, not only the viewport", "capture", _ALL),
    Option("timeout", number(0, 600), 5.0,
           "seconds until a picture must be stable", "capture", _ALL),
    Option("animations", choice("freeze", "allow"), "freeze",
           "finish finite animations and hold infinite ones at their start, or leave them alone",
           "capture", _ALL),
    Option("lazy", TRUTH, False, "scroll through the page first, so that lazy content loads",
           "capture", _ALL),
    Option("allow_error_page", TRUTH, False,
           "take the picture of an error page (status of 400 or more, the browser's own), an empty"
           " page, one of a single colour, or a login page that came in place of another",
           "capture", _ALL),
    Option("hover", TRUTH, False, "leave the pointer where it is, so that a hover effect shows",
           "capture", _ALL),
    Option("shadow", TRUTH, False, "include box-shadow and outline of an element", "capture", _ALL),
    Option("style", TEXT, "", "CSS that the page wears for the picture: rules, or a file's path",
           "capture", _ALL),
    Option("hide", SELECTORS, (),
           "what is invisible in the picture and keeps its place", "capture", _ALL),
    Option("remove", SELECTORS, (), "what is left out of the page for the picture",
           "capture", _ALL),
    Option("layout", TRUTH, True,
           "keep the page's structure with its picture, to tell which element and property changed",
           "check", _ALL),
    Option("ignore_causes", CAUSES, (),
           "causes that are tolerated: a kind (text), a property (box-shadow), or either below an"
           " element (text in .clock)", "check", _ALL),
    Option("soft", TRUTH, False, "go on after a difference; the test fails at its end",
           "check", _ALL),
    Option("sweep_browsers", choices(*BROWSERS), ("firefox", "chrome"),
           "browsers that a sweep compares; the first one is the reference", "sweep", _ALL),
    Option("sweep_move", number(0.5, 1000), 3.0,
           "CSS pixels that an edge may lie elsewhere than its neighbours explain", "sweep", _ALL),
    Option("sweep_size", number(0, 10), 0.04,
           "relative change of size beyond what content and container explain (0.04 is 4 %)",
           "sweep", _ALL),
    Option("sweep_text", number(0, 10), 0.06,
           "relative difference of the widths that two font engines give the same text",
           "sweep", _ALL),
    Option("sweep_colour", number(0.1, 100), 6.0,
           "colour difference (CIEDE2000) that text, background or border may have",
           "sweep", _ALL),
    Option("sweep_kinds", choices(*SWEEP_KINDS), SWEEP_KINDS,
           "kinds of findings that count", "sweep", _ALL),
    Option("sweep_alone", TRUTH, True,
           "also report what is at fault in one browser by itself: a page that scrolls sideways,"
           " a broken image, text that is cut off or covered", "sweep", _ALL),
    Option("sweep_elements", integer(1, 1_000_000), 25_000,
           "elements of a page that a sweep reads at most; a larger page is not compared",
           "sweep", _ALL),
    Option("sweep_load", number(0.1, 600), 30.0,
           "seconds until a page must have loaded in a sweep", "sweep", _ALL),
    Option("screen", choice("virtual", "real"), "virtual",
           "what visualdiff_screen works on: a virtual display of its own, or the real desktop,"
           " whose mouse and keyboard it takes", "screen", _RUN),
    Option("screen_size", VIEWPORT, (1280, 800),
           "size of the virtual display in CSS pixels; with pixel_ratio 2 it has twice as many"
           " device pixels each way", "screen", _TEST),
    Option("screen_wait", number(0, 86_400), 600.0,
           "seconds to wait for the real desktop while another test holds it", "screen", _RUN),
    Option("template_dir", PATH, "visual-templates",
           "folder of the templates, beside the test file or in the root folder", "screen", _RUN),
    Option("baseline_dir", PATH, "baselines", "folder of the approved baselines", "run", _RUN),
    Option("output_dir", PATH, ".visualdiff", "folder of the runs", "run", _RUN),
    Option("keep_runs", integer(1, 10_000), 5, "runs kept in the output folder", "run", _RUN),
    Option("report", NAMES, ("html", "junit"),
           "what is made of run.json, by name: html (a page), junit (properties and attachments in"
           " the JUnit file), github (summary and annotations), status (status.json), or one that"
           " a plugin registered", "run", _RUN),
    Option("report_url", URL, "",
           "where the run's folder is published, so that reports of CI systems link and show"
           " pictures", "run", _RUN),
    Option("store", TEXT, "directory", "where baselines live, by name", "run", _RUN),
    Option("approve", choice("none", "new", "changed", "all"), "none",
           "make what this run sees the baseline: where there is none (new), also where it differs"
           " (changed), or always (all)", "run", _FLAG),
    Option("approve_in_ci", TRUTH, False, "approve although CI is set", "run", _FLAG),
    Option("skip", TRUTH, False, "skip each test at its first check", "run", _FLAG),
)  # fmt: skip

THEMES = {
    "browser": "browsers that are started",
    "level": "level of strictness",
    "compare": "limits of the comparison",
    "check": "checks",
    "capture": "how a picture is taken",
    "sweep": "sweeps across browsers",
    "screen": "the screen",
    "run": "baselines, runs and reports",
}
"""The groups of options, in words."""

OPTIONS: Mapping[str, Option] = {option.name: option for option in _ROWS}
"""The table, by name."""


class Settings(Mapping[str, Any]):
    """All options resolved; ``settings["threshold"]`` is a value, ``origin(name)`` its layer.

    Never changed: ``over`` returns new settings.
    """

    def __init__(self, resolved: Mapping[str, Setting] | None = None) -> None:
        self.resolved = resolved or {name: Setting(row.default) for name, row in OPTIONS.items()}

    def __repr__(self) -> str:
        changed = [
            f"{name}={setting.value!r}"
            for name, setting in self.resolved.items()
            if setting.origin is not Layer.DEFAULT
        ]
        return one_line(self, ", ".join(changed) or "all by default")

    def __getitem__(self, name: str) -> Any:
        return self.resolved[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self.resolved)

    def __len__(self) -> int:
        return len(self.resolved)

    def origin(self, name: str) -> Layer:
        """The layer that set the value."""
        return self.resolved[name].origin

    def origin_text(self, name: str) -> str:
        """The layer in words, with the level if one set it: ``marker (strictness=strict)``."""
        _, origin, level = self.resolved[name]
        return f"{origin} (strictness={level})" if level else str(origin)

    def over(self, layer: Layer, values: Mapping[str, Any]) -> Settings:
        """New settings with the values of a further layer, which win over the present ones.

        Within the layer, single options win over a level of strictness. Raises
        ``UnknownOption`` (with the nearest option), or ``InvalidValue``.
        """
        parsed = {name: Setting(parse(name, value, layer), layer) for name, value in values.items()}
        row: dict[str, Setting] = {}
        if "strictness" in parsed:
            level = parsed["strictness"].value
            written = LEVELS[level].values()
            row = {name: Setting(value, layer, level) for name, value in written.items()}
        return Settings({**self.resolved, **row, **parsed})

    def group(self, name: str) -> dict[str, Any]:
        """The values of one group of options."""
        return {key: self[key] for key, option in OPTIONS.items() if option.group == name}


def parse(name: str, value: Any, layer: Layer) -> Any:
    """One value in its final form; raises ``UnknownOption`` or ``InvalidValue``."""
    option = OPTIONS.get(name)
    if option is None or layer not in option.layers:
        raise UnknownOption(_unknown(name, layer))
    try:
        return option.kind.parse(value)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        hint = str(error) if str(error).startswith("did you mean") else ""
        raise InvalidValue(
            f"{_spelled(option, layer)} must be {option.kind.accepts}, not {masked(repr(value))}"
            f" (from {layer})" + (f": {hint}" if hint else "")
        ) from error


def _spelled(option: Option, layer: Layer) -> str:
    return {Layer.INI: option.ini, Layer.FLAG: option.flag_name}.get(layer, option.name)


def _unknown(name: str, layer: Layer) -> str:
    allowed = [option.name for option in OPTIONS.values() if layer in option.layers]
    if name in OPTIONS:
        others = ", ".join(sorted(OPTIONS[name].layers))
        return f"option {name!r} cannot be set by {layer}; it can by {others}"
    hint = nearest(name, allowed)
    known = f"known: {', '.join(allowed)}"
    return f"unknown option {name!r} (from {layer}): " + (f"{hint} ({known})" if hint else known)


def pick(what: str, name: str, registered: Mapping[str, T]) -> T:
    """A registered part by name; raises ``UnknownOption`` with the nearest name."""
    if name not in registered:
        hint = nearest(name, list(registered))
        raise UnknownOption(
            f"no {what} named {name!r}" + (f": {hint}" if hint else "")
            + f" (known: {', '.join(registered)})"
        )  # fmt: skip
    return registered[name]


def markdown() -> str:
    """The table as Markdown, for the documentation."""
    lines = [
        "| option | what it is | values | default | ini | flag | marker | call |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in OPTIONS.values():
        ini = f"`{row.ini}`" if Layer.INI in row.layers else ""
        flag = f"`{row.flag_name}`" if Layer.FLAG in row.layers else ""
        marker, call = (
            "yes" if layer in row.layers else "" for layer in (Layer.MARKER, Layer.CALL)
        )
        cells = [f"`{row.name}`", row.help, row.kind.accepts, f"`{written(row.default)}`"]
        lines.append("| " + " | ".join([*cells, ini, flag, marker, call]) + " |")
    return "\n".join(lines) + "\n"


def written(default: Any) -> str:
    """A value as people write it: ``390x844 1280x800``, ``true``, ``none``."""
    if isinstance(default, tuple) and default and isinstance(default[0], tuple):
        return " ".join(f"{width}x{height}" for width, height in default)
    if isinstance(default, tuple):
        return " ".join(map(written, default)) if default else "none"
    if default in ("", None, {}):
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)
