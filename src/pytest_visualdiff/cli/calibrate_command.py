"""``visualdiff calibrate``: how noisy is a page, which limits suit it, what do they still see."""

from __future__ import annotations

import json
import re
import sys
from argparse import BooleanOptionalAction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import InvalidValue, StoreError, UsageError
from pytest_visualdiff.options.table import OPTIONS, Layer, Settings

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterator

    from pytest_visualdiff.browsers import BrowserSpec
    from pytest_visualdiff.calibrate.study_values import MeasuredSeries, Study
    from pytest_visualdiff.options.table import Option

GROUPS = ("browser", "level", "compare", "capture")
"""Groups of the option table whose rows are flags of this command, too."""

AREA_OPTIONS = {"mask", "redact", "region"}


def add(commands: Any) -> None:
    """Register the command with its flags."""
    help_ = "measure a page's noise; propose limits; say what they still find"
    parser: ArgumentParser = commands.add_parser("calibrate", help=help_, description=__doc__)
    parser.add_argument("url", nargs="?", metavar="URL", help="the page")
    parser.add_argument(
        "--images", nargs="+", metavar="FILE", help="ready-made pictures of one page instead"
    )
    parser.add_argument("--shots", type=int, default=10, help="pictures to take, 2 to 100")
    parser.add_argument("--fresh", action="store_true", help="a new browser for each shot")
    parser.add_argument("--selector", default="", metavar="CSS", help="only this element")
    parser.add_argument("--plot", metavar="FILE", help="draw the result (.svg)")
    parser.add_argument("--json", metavar="FILE", help="write all figures")
    for option in _rows():
        _add_option(parser, option)
    parser.set_defaults(command=run)


def _rows() -> Iterator[Option]:
    return (row for row in OPTIONS.values() if row.group in GROUPS and Layer.FLAG in row.layers)


def _add_option(parser: ArgumentParser, option: Option) -> None:
    flag = "--" + (option.flag or option.name.replace("_", "-"))
    known: dict[str, Any] = {
        "dest": option.name,
        "default": None,
        "help": option.help.replace("%", "%%"),
    }
    if option.kind.switch:
        parser.add_argument(flag, action=BooleanOptionalAction, **known)
    else:
        action = "append" if option.kind.many else "store"
        parser.add_argument(flag, action=action, metavar="VALUE", **known)


def run(arguments: Namespace) -> int:
    """Calibrate, say it, write it; 0 where limits are enough, 1 where they cannot be."""
    settings = _settings(arguments)
    _check(arguments)
    say = _progress()
    study = _study(arguments, settings, say)
    say("")
    from pytest_visualdiff.calibrate.summary import summary
    from pytest_visualdiff.text import printable

    print("\n".join(map(printable, summary(study).splitlines())))  # noqa: T201 - its output
    _write(arguments, study)
    return 0 if study.outcome.good else 1


def _settings(arguments: Namespace) -> Settings:
    given = {row.name: getattr(arguments, row.name) for row in _rows()}
    values = {name: value for name, value in given.items() if value is not None}
    for name in AREA_OPTIONS & values.keys():
        values[name] = _areas(values[name])
    return Settings().over(Layer.FLAG, values)


def _areas(given: str | list[str]) -> Any:
    """Areas as the option table takes them: ``10,20,30,40`` is a box, all else a selector."""
    if isinstance(given, list):
        return [_areas(one) for one in given]
    numbers = re.fullmatch(r"\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*", given)
    return tuple(map(int, numbers.groups())) if numbers else given


def _check(arguments: Namespace) -> None:
    """Raise ``UsageError`` before anything is started."""
    if bool(arguments.url) == bool(arguments.images):
        raise UsageError("calibrate what? Give a URL, or --images with two or more pictures")
    if arguments.images and len(arguments.images) < 2:
        raise UsageError("--images: one picture has no noise; give two or more of the same page")
    if not 2 <= arguments.shots <= 100:
        raise InvalidValue(f"--shots must be a whole number from 2 to 100, not {arguments.shots}")
    if arguments.plot and Path(arguments.plot).suffix.lower() != ".svg":
        raise UsageError(f"--plot: {arguments.plot!r} does not end in .svg")


def _progress() -> Callable[[str], None]:
    """Say what is going on, in one line that is overwritten, where somebody looks on."""
    if not sys.stderr.isatty():
        return lambda _text: None

    def say(text: str) -> None:
        print(f"\r\x1b[K{text[:100]}", end="", file=sys.stderr, flush=True)  # noqa: T201

    return say


def _study(arguments: Namespace, settings: Settings, say: Callable[[str], None]) -> Study:
    from pytest_visualdiff.calibrate.study import study
    from pytest_visualdiff.comparison import Limits

    seen = _pictures(arguments, settings) if arguments.images else _seen(arguments, settings, say)
    target = arguments.url or f"{len(arguments.images)} pictures"
    return study(target, seen, Limits(**settings.group("compare")), say)


def _pictures(arguments: Namespace, settings: Settings) -> list[MeasuredSeries]:
    from pytest_visualdiff.calibrate.shots import of_pictures
    from pytest_visualdiff.capture import CaptureOptions

    return [of_pictures(arguments.images, CaptureOptions(**settings.group("capture")))]


def _seen(
    arguments: Namespace, settings: Settings, say: Callable[[str], None]
) -> list[MeasuredSeries]:
    from pytest_visualdiff.calibrate.shots import Subject, watch
    from pytest_visualdiff.capture import CaptureOptions

    subject = Subject(
        arguments.url,
        arguments.selector,
        arguments.shots,
        arguments.fresh,
        CaptureOptions(**settings.group("capture")),
    )
    return [watch(subject, spec, say) for spec in _specs(settings)]


def _specs(settings: Settings) -> list[BrowserSpec]:
    from pytest_visualdiff.browsers import BrowserSpec

    return [
        BrowserSpec.of(settings, name, viewport)
        for name, viewport in product(settings["browsers"], settings["viewports"])
    ]


def _write(arguments: Namespace, study: Study) -> None:
    if arguments.json:
        from pytest_visualdiff.calibrate.json_record import record

        text = json.dumps(record(study), indent=1, ensure_ascii=False)
        _save(arguments.json, f"{text}\n".encode())
    if arguments.plot:
        from pytest_visualdiff.calibrate.plot import drawn

        _save(arguments.plot, drawn(study).encode())


def _save(name: str, data: bytes) -> None:
    from pytest_visualdiff.files import write_atomically

    try:
        write_atomically(Path(name), data)
    except OSError as error:
        raise StoreError(f"cannot write {name}: {error}") from error
