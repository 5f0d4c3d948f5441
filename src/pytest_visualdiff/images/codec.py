"""Pictures in and out: any source to an array, an array to PNG, cropping, filling, equality.

Importing this module is cheap; numpy and Pillow are imported by the first call that needs them.
"""

from __future__ import annotations

import contextlib
import io
import os
import warnings
import zlib
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.errors import (
    BrokenImage,
    EmptyTarget,
    ImageError,
    ImageTooLarge,
    InvalidValue,
)
from pytest_visualdiff.images import png as png_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from PIL.Image import Image

    from pytest_visualdiff.model import Array, Box

    ImageSource: TypeAlias = str | os.PathLike[str] | bytes | Image | Array

MAX_PIXELS = 268_435_456
"""A picture may have at most this many pixels (16384 x 16384); more is taken for an attack."""

REDACTED = (60, 60, 60)
"""RGB colour that burned boxes are filled with."""


def read(source: str | os.PathLike[str] | bytes) -> bytes:
    """The bytes of an image file; raises ``BrokenImage`` naming a file that cannot be read."""
    if isinstance(source, bytes):
        return source
    try:
        with open(source, "rb") as file:  # noqa: PTH123 - a path may be any os.PathLike
            return file.read()
    except (OSError, ValueError) as error:
        raise BrokenImage(f"cannot read the image {os.fspath(source)!r}: {error}") from error


def to_array(source: ImageSource) -> Array:
    """RGB or RGBA ``uint8`` array of shape (height, width, 3|4) of any image source.

    Accepts a path, encoded bytes (PNG, JPEG, WebP …, any mode and depth), a PIL image, or an
    array. Raises ``BrokenImage``, ``ImageTooLarge``, or ``InvalidValue`` for another object.
    """
    if isinstance(source, (str, bytes, os.PathLike)):
        return decode(read(source), named(source))
    if hasattr(source, "getbands"):
        return _loaded(source, "the image")
    return _checked(source)


def encode(array: Array) -> bytes:
    """PNG bytes of an RGB or RGBA array; the same array always gives the same bytes.

    Each row is stored as its difference from the row above, which compresses fast. ``compact``
    makes a smaller file.
    """
    import numpy as np

    height, width, channels = array.shape
    levels, rows = array.reshape(height, -1), np.empty((height, 1 + width * channels), np.uint8)
    rows[:, 0] = png_file.UP
    rows[0, 1:] = levels[0]
    np.subtract(levels[1:], levels[:-1], out=rows[1:, 1:])
    return png_file.written(width, height, channels, zlib.compress(rows.data, 1))


def compact(png: bytes) -> bytes:
    """The same pixels in a smaller file, if that is smaller; else the file as it is.

    Browsers encode for speed. A stored picture is encoded again for size.
    """
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(opaque(to_array(png))).save(file, "PNG", compress_level=6)
    return min(png, file.getvalue(), key=len)


def as_png(source: ImageSource) -> bytes:
    """PNG bytes of any image source; a PNG stays as it is, byte for byte."""
    if isinstance(source, (str, bytes, os.PathLike)):
        source = read(source)
        if source.startswith(png_file.SIGNATURE):
            check_size(*png_file.verify(source), "the image")
            return source
    return encode(to_array(source))


def same_pixels(first: bytes, second: bytes) -> bool:
    """Whether two PNGs show the same pixels; decodes them only if their data chunks differ."""
    if png_file.same_data(first, second):
        return True
    if png_file.size(first) != png_file.size(second):
        return False
    import numpy as np

    return np.array_equal(opaque(to_array(first)), opaque(to_array(second)))


def crop(png: bytes, box: Box) -> bytes:
    """The part of a PNG inside the box (clipped to the picture), as PNG.

    Raises ``EmptyTarget`` if the box and the picture share no pixel.
    """
    array = to_array(png)
    part = box.clipped(array.shape[1], array.shape[0])
    if not part.area:
        raise EmptyTarget(f"no pixel of {box} lies in the {array.shape[1]}x{array.shape[0]} image")
    return encode(array[part.y : part.bottom, part.x : part.right].copy())


def burn(png: bytes, boxes: Iterable[Box]) -> bytes:
    """The PNG with the boxes (image pixels) filled by one opaque colour, for good."""
    array = to_array(png).copy()
    for box in boxes:
        part = box.clipped(array.shape[1], array.shape[0])
        array[part.y : part.bottom, part.x : part.right, :3] = REDACTED
        array[part.y : part.bottom, part.x : part.right, 3:] = 255
    return encode(array)


def check_size(width: int, height: int, what: str) -> None:
    """Raise ``ImageTooLarge`` where a picture has more than ``MAX_PIXELS`` pixels."""
    if width * height > MAX_PIXELS:
        raise ImageTooLarge(
            f"{what} claims {width}x{height} = {width * height} pixels, at most {MAX_PIXELS} are"
            " decoded (image.MAX_PIXELS): is it a decompression bomb?"
        )
    if width == 0 or height == 0:
        raise BrokenImage(f"{what} has no pixels ({width}x{height})")


def opaque(array: Array) -> Array:
    """The array without its alpha channel, if that is fully opaque."""
    if array.shape[2] == 4 and bool((array[..., 3] == 255).all()):
        return array[..., :3]
    return array


def named(source: str | os.PathLike[str] | bytes) -> str:
    """The name of an image in error messages."""
    return "the image" if isinstance(source, bytes) else f"the image {os.fspath(source)!r}"


def decode(data: bytes, what: str) -> Array:
    """The array of an encoded picture; ``what`` is its name in errors."""
    from PIL import Image, UnidentifiedImageError

    with _typed(what):
        if data.startswith(png_file.SIGNATURE):
            check_size(*png_file.verify(data), what)
        try:
            image = Image.open(io.BytesIO(data))
        except UnidentifiedImageError as error:
            raise BrokenImage(f"{what} is {png_file.describe(data)}") from error
        with image:
            return _loaded(image, what)


def _loaded(image: Any, what: str) -> Array:
    """The pixels of a Pillow image, which may be read from its file only now."""
    with _typed(what):
        check_size(image.width, image.height, what)
        return _from_pillow(image)


@contextlib.contextmanager
def _typed(what: str) -> Iterator[None]:
    """Name the image in each error of decoding it, and give each error our type."""
    from PIL.Image import DecompressionBombError

    try:
        with warnings.catch_warnings():
            # Pixels are wanted, not opinions on metadata; the limit on size is our own.
            warnings.simplefilter("ignore")
            yield
    except ImageError as error:
        if what in str(error):
            raise
        raise type(error)(f"{what}: {error}") from error
    except DecompressionBombError as error:
        raise ImageTooLarge(f"{what}: {error}") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BrokenImage(f"{what} is damaged: {error}") from error


def _from_pillow(image: Any) -> Array:
    import numpy as np

    if image.mode.startswith(("I", "F")):
        sixteen_bits = image.mode.startswith("I;16") or image.format == "PNG"
        return _from_deep(np.asarray(image), sixteen_bits=sixteen_bits)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return np.asarray(image.convert(mode), dtype=np.uint8)


def _from_deep(gray: Any, *, sixteen_bits: bool) -> Array:
    # 16 bits span 0..65535, so the high byte is the 8-bit value; else the brightest pixel tells.
    import numpy as np

    levels = np.nan_to_num(gray.astype(np.float64))
    deep = sixteen_bits or levels.max(initial=0) > 255
    levels = np.clip(levels / 257.0 if deep else levels, 0, 255)
    return np.repeat(np.rint(levels).astype(np.uint8)[..., None], 3, axis=2)


def _checked(source: Any) -> Array:
    import numpy as np

    shape, dtype = getattr(source, "shape", None), getattr(source, "dtype", None)
    if shape is None or dtype is None:
        raise InvalidValue(
            f"an image is a path, bytes, a PIL image or an array, not {type(source).__name__}"
        )
    if (
        dtype != np.uint8
        or len(shape) not in (2, 3)
        or (len(shape) == 3 and shape[2] not in (3, 4))
    ):
        raise InvalidValue(
            f"an image array is uint8 of shape (height, width, 3|4), not {dtype} of {shape}"
        )
    check_size(shape[1], shape[0], "the array")
    array: Array = np.asarray(source)
    return np.repeat(array[..., None], 3, axis=2) if array.ndim == 2 else array
