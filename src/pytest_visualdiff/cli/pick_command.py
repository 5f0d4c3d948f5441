"""``visualdiff pick``: cut a template out of a picture, or out of a page by its element."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.browsers import BROWSERS
from pytest_visualdiff.errors import CaptureError, StoreError, UsageError
from pytest_visualdiff.model import Box
from pytest_visualdiff.options.table import OPTIONS

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from pytest_visualdiff.model import Array

_WEB = ("http://", "https://", "file://")


def add(commands: Any) -> None:
    """Register the command with its flags."""
    help_ = "cut a template out of a picture or a page"
    parser: ArgumentParser = commands.add_parser("pick", help=help_, description=__doc__)
    parser.add_argument("source", metavar="SOURCE", help="a picture, or the URL of a page")
    parser.add_argument("name", metavar="NAME", help="what to call the template; login/firefox"
                        " makes it one of the alternatives of login")  # fmt: skip
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--box", metavar="X,Y,W,H", help="where it is, in pixels of the picture")
    place.add_argument("--element", metavar="SELECTOR", help="which element of the page it is")
    parser.add_argument(
        "--folder",
        default=OPTIONS["template_dir"].default,
        metavar="FOLDER",
        help="templates' folder",
    )
    parser.add_argument("--force", action="store_true", help="replace a template that is there")
    parser.add_argument("--browser", default="chrome", choices=tuple(BROWSERS), help="for a URL")
    parser.add_argument("--viewport", default="1280x800", metavar="WxH", help="for a URL")
    parser.add_argument("--pixel-ratio", default="1", metavar="N", help="for a URL")
    parser.set_defaults(command=run)


def run(arguments: Namespace) -> int:
    """Write the template; 0, or 1 where it is written but fits its own source twice."""
    from pytest_visualdiff.files import inside, write_atomically
    from pytest_visualdiff.images.codec import encode

    screen, box = _on_page(arguments) if _is_page(arguments.source) else _on_picture(arguments)
    template = _cut(screen, box)
    _require_structure(template)
    name = arguments.name if Path(arguments.name).suffix else f"{arguments.name}.png"
    try:
        path = inside(Path(arguments.folder), name)
        if path.exists() and not arguments.force:
            raise UsageError(f"{path} is there already: give another name, or --force")
        write_atomically(path, encode(template))
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        raise StoreError(f"cannot write the template {name!r}: {error}") from error
    print(f"{path}: {box.width}x{box.height}, cut at {box}")  # noqa: T201 - the command's output
    return _unique(template, screen)


def _is_page(source: str) -> bool:
    return source.startswith(_WEB)


def _on_picture(arguments: Namespace) -> tuple[Array, Box]:
    from pytest_visualdiff.images.codec import opaque, to_array

    if not arguments.box:
        raise UsageError("--element needs the URL of a page; of a picture give --box X,Y,W,H")
    return opaque(to_array(arguments.source)), _box(arguments.box)


def _on_page(arguments: Namespace) -> tuple[Array, Box]:
    """The page and the place of an element on it, headless."""
    from pytest_visualdiff.browsers import BrowserSpec
    from pytest_visualdiff.browsers.pool import BrowserPool
    from pytest_visualdiff.capture import CaptureOptions, capture
    from pytest_visualdiff.images.codec import opaque, to_array
    from pytest_visualdiff.options.table import Layer, parse

    viewport = parse("screen_size", arguments.viewport, Layer.MARKER)
    ratio = parse("pixel_ratio", arguments.pixel_ratio, Layer.MARKER)
    pool = BrowserPool(None)
    try:
        driver = pool.acquire(BrowserSpec(arguments.browser, viewport, ratio))
        driver.get(arguments.source)
        shot = capture(driver, CaptureOptions(full_page=True, region=arguments.element))
    except (CaptureError, UsageError) as error:
        raise type(error)(str(error).replace("region=", "--element ")) from error
    finally:
        pool.close()
    box = shot.region or _box(arguments.box)
    return opaque(to_array(shot.png)), box


def _box(text: str) -> Box:
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(f"--box takes X,Y,W,H in whole pixels, not {text!r}") from error
    return Box(x, y, width, height)


def _cut(screen: Array, box: Box) -> Array:
    import numpy as np

    height, width = screen.shape[:2]
    if not box.area or box.clipped(width, height) != box:
        raise UsageError(f"the box {box} does not lie inside of the {width}x{height} picture")
    return np.ascontiguousarray(screen[box.y : box.bottom, box.x : box.right])


def _require_structure(template: Array) -> None:
    """A template of one colour is refused before anything is written."""
    from pytest_visualdiff.matching.locate import locate

    locate(template, template, confidence=0.0, scales=(1.0,))


def _unique(template: Array, screen: Array) -> int:
    from pytest_visualdiff.errors import AmbiguousTemplate
    from pytest_visualdiff.matching.locate import locate

    try:
        locate(template, screen, scales=(1.0,))
    except AmbiguousTemplate as error:
        places = " and ".join(str(match.box) for match in error.matches[:2])
        print(f"it fits {places} equally well: pick more of what is around it")  # noqa: T201
        return 1
    return 0
