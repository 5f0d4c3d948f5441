"""Fast ways and the slow way of reading two pictures say the same."""

from __future__ import annotations

import io
import itertools
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import pytest_visualdiff as vd
from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.errors import ImageError
from pytest_visualdiff.images import codec, decode_pair, png_stream
from pytest_visualdiff.images.decoded_cache import DecodedCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_visualdiff.model import Array

MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"]


def page(seed: int = 0, size: tuple[int, int] = (40, 30)) -> Array:
    """Plain ground with a few boxes, so that filters and runs have something to do."""
    random, picture = np.random.default_rng(seed), np.full((size[1], size[0], 3), 250, np.uint8)
    for _ in range(4):
        x, y = random.integers(0, size[0]), random.integers(0, size[1])
        picture[y : y + 5, x : x + 9] = random.integers(0, 256, 3)
    return picture


def changed(picture: Array) -> Array:
    other = picture.copy()
    other[12:20, 3:11] = (200, 30, 30)
    return other


def saved(picture: Array, mode: str = "RGB", kind: str = "PNG", **options: Any) -> bytes:
    file, shown = io.BytesIO(), Image.fromarray(picture)
    if mode == "I;16":
        shown = Image.fromarray(picture[..., 0].astype(np.uint16) * 257)
    elif mode != "RGB":
        shown = shown.convert(mode)
    shown.save(file, "TIFF" if mode == "CMYK" else kind, **options)
    return file.getvalue()


def with_alpha(picture: Array, channels: int) -> bytes:
    opaque = np.full((*picture.shape[:2], channels - 3), 255, np.uint8)
    return codec.encode(np.dstack([picture, opaque]))


ENCODINGS = [
    *(saved(page(), mode) for mode in MODES),
    saved(page(), compress_level=0),
    saved(page(), kind="WEBP", lossless=True),
    saved(page(), kind="BMP"),
    saved(page(), save_all=True, append_images=[Image.fromarray(changed(page()))]),
    saved(changed(page())),
    saved(changed(page()), "RGBA"),
    saved(changed(page()), "P"),
    saved(page(size=(41, 30))),
    saved(page(size=(1, 1))),
]


@pytest.mark.parametrize(
    ("first", "second"), list(itertools.product(range(len(ENCODINGS)), repeat=2))
)
def test_any_two_files_compare_as_their_arrays_do(tmp_path: Path, first: int, second: int) -> None:
    """Whatever mode and format they have; without a cache, and with it cold, warm and damaged."""
    expected, actual = ENCODINGS[first], ENCODINGS[second]
    plain = compare_arrays(codec.to_array(expected), codec.to_array(actual))
    assert vd.compare(expected, actual) == plain
    assert vd.compare(expected, actual, cache=tmp_path) == plain
    assert vd.compare(expected, actual, cache=tmp_path) == plain
    for path in tmp_path.glob("*.raw"):
        path.write_bytes(path.read_bytes()[:-5])
    assert vd.compare(expected, actual, cache=tmp_path) == plain


@given(st.integers(0, 50), st.integers(0, 9), st.sampled_from(["RGB", "RGBA"]), st.booleans())
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_equal_pixels_in_other_bytes_are_the_same(
    tmp_path: Path, seed: int, level: int, mode: str, optimize: bool
) -> None:
    expected = saved(page(seed, (50, 90)), mode)
    actual = saved(page(seed, (50, 90)), compress_level=level, optimize=optimize)
    assert decode_pair.decode_pair(expected, actual) is None
    for _ in range(2):
        assert decode_pair.decode_pair(expected, actual, cache=DecodedCache(tmp_path)) is None
    assert vd.compare(expected, actual).confidence == 1.0


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["RGB", "RGBA"]), st.integers(0, 9))
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pixels_are_those_that_a_decoder_gives(
    tmp_path: Path, first: int, second: int, mode: str, level: int
) -> None:
    one, other = page(first, (30, 70)), page(second, (30, 70))
    expected, actual = saved(one), saved(other, mode, compress_level=level)
    cache = DecodedCache(tmp_path)
    for found in [
        decode_pair.decode_pair(expected, actual),
        *(decode_pair.decode_pair(expected, actual, cache=cache) for _ in range(2)),
    ]:
        if found is None:
            assert np.array_equal(one, other)
        else:
            assert np.array_equal(found[0], one)
            assert np.array_equal(found[1], other)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data,
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: bytes(len(data)),
        lambda data: data[:50] + b"\x07" + data[51:],
        lambda data: data[:-50] + b"\x07\x07" + data[-48:],
    ],
)
def test_kept_rows_are_used_only_where_they_are_those_of_the_picture(
    tmp_path: Path, channels: int, damage: Callable[[bytes], bytes]
) -> None:
    """Whole they tell the same as pixels do; damaged they are told apart from a difference."""
    one, other = page(1, (40, 300)), page(1, (40, 300))
    other[150:155, 7:20] = 9
    expected, cache = saved(one), DecodedCache(tmp_path)
    for _ in range(2):
        decode_pair.decode_pair(expected, with_alpha(other, channels), cache=cache)
    (rows,) = tmp_path.glob("*.rows")
    rows.write_bytes(damage(rows.read_bytes()))
    for actual in (other, one, other):
        found = decode_pair.decode_pair(expected, with_alpha(actual, channels), cache=cache)
        if actual is one:
            assert found is None
        else:
            assert found is not None
            assert np.array_equal(found[0], one)
            assert np.array_equal(found[1], other)


def test_trouble_of_a_faster_inflater_leaves_it_to_the_slow_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The library of the extra has errors of its own."""

    class OwnError(Exception):
        pass

    def refuse(_: int) -> Any:
        raise OwnError("out of luck")

    expected, other, cache = saved(page(1)), changed(page(1)), DecodedCache(tmp_path)
    for _ in range(2):
        decode_pair.decode_pair(expected, saved(other), cache=cache)
    monkeypatch.setattr(
        png_stream, "_inflate", SimpleNamespace(decompressobj=refuse, error=OwnError)
    )
    found = decode_pair.decode_pair(expected, saved(other), cache=cache)
    assert found is not None
    assert np.array_equal(found[1], other)


@given(
    st.sampled_from(ENCODINGS), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=4)
)
@settings(deadline=None, max_examples=150)
def test_damaged_files_are_read_or_refused_with_a_typed_error(
    encoded: bytes, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(encoded)
    for at, value in changes:
        data[at % len(data)] = value
    for files in ((bytes(data), ENCODINGS[4]), (ENCODINGS[4], bytes(data)), (bytes(data),) * 2):
        try:
            assert 0 <= vd.compare(*files).confidence <= 1
        except ImageError as error:
            assert "the image" in str(error)  # noqa: PT017


def test_a_large_file_is_inflated_beside_the_other() -> None:
    """In a thread of its own, with the same outcome."""
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    expected, actual = saved(noise), saved(changed(noise))
    assert len(expected) > decode_pair._MIN_THREAD_BYTES
    found = decode_pair.decode_pair(expected, actual)
    assert found is not None
    assert np.array_equal(found[0], noise)
    assert np.array_equal(found[1], changed(noise))
