"""``visualdiff locate``: where a template is on a screen, how sure that is, and what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import StoreError, TemplateNotFound, UsageError
from pytest_visualdiff.matching import CONFIDENCE, SCALES

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from pytest_visualdiff.model import Match


def add(commands: Any) -> None:
    """Register the command with its flags."""
    help_ = "find a template on a screen"
    parser: ArgumentParser = commands.add_parser("locate", help=help_, description=__doc__)
    parser.add_argument("template", metavar="TEMPLATE", help="picture of what to find")
    parser.add_argument("screen", metavar="SCREEN", help="picture to find it on")
    parser.add_argument("--confidence", metavar="C", help=f"required, 0 to 1; {CONFIDENCE} if not")
    parser.add_argument("--all", action="store_true", help="every place, not only the best")
    parser.add_argument(
        "--scales", metavar="LOW,HIGH", help="sizes to try: two are a range, else a list"
    )
    parser.add_argument("--region", metavar="X,Y,W,H", help="search only there, in pixels")
    parser.add_argument("--picture", metavar="FILE", help="write template and place side by side")
    parser.set_defaults(command=run)


def run(arguments: Namespace) -> int:
    """Print the place or places; 0 when there is one, 1 when there is none."""
    from pytest_visualdiff.matching.locate import locate, locate_all, picture

    wanted = _wanted(arguments)
    if arguments.all:
        found: Sequence[Match] = locate_all(arguments.template, arguments.screen, **wanted)
    else:
        try:
            found = [locate(arguments.template, arguments.screen, **wanted)]
        except TemplateNotFound as error:
            _write(arguments.picture, error.picture())
            raise
    for match in found:
        print(_line(match))  # noqa: T201 - the command's output
    if found:
        _write(arguments.picture, picture(arguments.template, arguments.screen, found[0]))
    else:
        print("not found")  # noqa: T201 - the command's output
    return 0 if found else 1


def _wanted(arguments: Namespace) -> dict[str, Any]:
    confidence = CONFIDENCE
    if arguments.confidence is not None:
        (confidence,) = _numbers("--confidence", arguments.confidence, 1)
    scales = SCALES if arguments.scales is None else _numbers("--scales", arguments.scales)
    region = None
    if arguments.region is not None:
        region = tuple(map(int, _numbers("--region", arguments.region, 4)))
    return {"confidence": confidence, "scales": scales, "region": region}


def _numbers(flag: str, text: str, count: int | None = None) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if not numbers or count not in (None, len(numbers)):
        how_many = f"{count} numbers" if count else "numbers"
        raise UsageError(f"{flag} takes {how_many} separated by commas, not {text!r}")
    return numbers


def _line(match: Match) -> str:
    text = f"{match.box} at scale {match.scale:.3g}, confidence {match.confidence:.3f}"
    if match.runner_up is None:
        return text
    other = match.runner_up
    return f"{text}; the next best place {other.box} has {other.confidence:.3f}"


def _write(path: str | None, png: bytes) -> None:
    if not path or not png:
        return
    from pytest_visualdiff.files import write_atomically

    try:
        write_atomically(Path(path), png)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error}") from error
