"""From JSON to typed records and back, and the JSON Schema of a record: all from its annotations.

A ``run.json`` may come from anywhere, so nothing in it is believed before its type was checked.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pytest_visualdiff.model import Box

T = TypeVar("T")

MAX_DEPTH = 40
"""Objects and lists inside each other; nothing that we write comes near."""

LARGEST_NUMBER = 2**53
"""Whole numbers above it are not exact in JavaScript, nor in most readers of JSON."""


class NotOfSchema(ValueError):
    """Data that does not fit its record; the message says where and why."""


def parse(text: bytes) -> Any:
    """The JSON in a file; raises ``NotOfSchema`` for what is none, or is nested too deep."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deep" if isinstance(error, RecursionError) else error
        raise NotOfSchema(f"not JSON that can be read: {why}") from error


def decode(kind: type[T], data: Any, where: str) -> T:
    """The value of that type in JSON data; unknown entries of a record are left out.

    Raises ``NotOfSchema``, which names the place, for another type, for a number that is not
    finite, and for a missing entry.
    """
    result: T = _decode(kind, data, where)
    return result


def _decode(kind: Any, data: Any, where: str) -> Any:  # noqa: PLR0911 - one line for each kind
    origin = get_origin(kind)
    if kind is Any:
        return _plain(data, where)
    if origin in (Union, types.UnionType):
        return _of_union(get_args(kind), data, where)
    if origin is tuple:
        return _tuple(get_args(kind), data, where)
    if origin in (Mapping, dict):
        return _mapping(get_args(kind)[1], data, where)
    if kind is Box:
        return Box(*_decode(tuple[int, int, int, int], data, where))
    if is_dataclass(kind):
        return _record(kind, data, where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, data, where)
    return _scalar(kind, data, where)


def _of_union(kinds: Sequence[Any], data: Any, where: str) -> Any:
    if data is None and type(None) in kinds:
        return None
    (kind,) = (one for one in kinds if one is not type(None))
    return _decode(kind, data, where)


def _tuple(kinds: Sequence[Any], data: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(data, (list, tuple)):
        raise _wrong(where, "a list", data)
    if kinds[-1] is Ellipsis:
        return tuple(_decode(kinds[0], one, f"{where}[{at}]") for at, one in enumerate(data))
    if len(data) != len(kinds):
        raise _wrong(where, f"a list of {len(kinds)}", data)
    pairs = enumerate(zip(kinds, data, strict=True))
    return tuple(_decode(kind, one, f"{where}[{at}]") for at, (kind, one) in pairs)


def _mapping(kind: Any, data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise _wrong(where, "an object", data)
    return {_text(name, where): _decode(kind, one, f"{where}.{name}") for name, one in data.items()}


def _record(kind: Any, data: Any, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise _wrong(where, "an object", data)
    values = {}
    for name, annotation, required in entries(kind):
        if name in data:
            values[name] = _decode(annotation, data[name], f"{where}.{name}")
        elif required:
            raise NotOfSchema(f"{where}.{name} is missing")
    return kind(**values)


def _member(kind: type[Enum], data: Any, where: str) -> Enum:
    try:
        return kind(data)
    except ValueError as error:
        known = ", ".join(str(one.value) for one in kind)
        raise NotOfSchema(f"{where} must be one of {known}, not {_shown(data)}") from error


def _scalar(kind: Any, data: Any, where: str) -> Any:
    if kind is str:
        if not isinstance(data, str):
            raise _wrong(where, "a text", data)
        return _text(data, where)
    if kind is bool:
        if not isinstance(data, bool):
            raise _wrong(where, "true or false", data)
        return data
    if isinstance(data, bool) or not isinstance(data, int if kind is int else (int, float)):
        raise _wrong(where, "a whole number" if kind is int else "a number", data)
    return kind(_number(data, where))


def _number(data: float, where: str) -> float:
    if not math.isfinite(data) or abs(data) > LARGEST_NUMBER:
        raise NotOfSchema(f"{where} must be a number up to {LARGEST_NUMBER}, not {_shown(data)}")
    return data


def _text(data: Any, where: str) -> str:
    """A text that any encoding of Unicode takes: half a character becomes its escape."""
    if "\0" in data:
        raise NotOfSchema(f"{where} holds a NUL character")
    return str(data).encode("utf-8", "backslashreplace").decode()


def _plain(data: Any, where: str, depth: int = 0) -> Any:
    """JSON of any shape, with finite numbers and not too deep."""
    if depth > MAX_DEPTH:
        raise NotOfSchema(f"{where} is nested deeper than {MAX_DEPTH} levels")
    if isinstance(data, str):
        return _text(data, where)
    if isinstance(data, Mapping):
        return {
            _text(name, where): _plain(one, f"{where}.{name}", depth + 1)
            for name, one in data.items()
        }
    if isinstance(data, (list, tuple)):
        return [_plain(one, f"{where}[{at}]", depth + 1) for at, one in enumerate(data)]
    if data is None or isinstance(data, bool):
        return data
    return _number(data, where)


def _wrong(where: str, wanted: str, data: Any) -> NotOfSchema:
    return NotOfSchema(f"{where} must be {wanted}, not {_shown(data)}")


def _shown(data: Any) -> str:
    """A value in short, as one printable line."""
    try:
        said = ascii(data)
    except (ValueError, RecursionError):
        said = type(data).__name__
    return said if len(said) <= 60 else f"{said[:60]}…"


def entries(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Name, type and whether it must be there, of each entry of a record."""
    return _entries(kind)


@cache
def _entries(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    hints = get_type_hints(kind)
    return tuple(
        (one.name, hints[one.name], one.default is MISSING and one.default_factory is MISSING)
        for one in fields(kind)
        if one.init
    )


def json_schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a type; records stand in ``$defs``."""
    definitions: dict[str, Any] = {}
    described = _schema(kind, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **described,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:  # noqa: PLR0911 - one line for each kind
    origin = get_origin(kind)
    if kind is Any:
        return {}
    if origin in (Union, types.UnionType):
        (one,) = (one for one in get_args(kind) if one is not type(None))
        return {"anyOf": [_schema(one, definitions), {"type": "null"}]}
    if origin is tuple:
        return _list_schema(get_args(kind), definitions)
    if origin in (Mapping, dict):
        return {"type": "object", "additionalProperties": _schema(get_args(kind)[1], definitions)}
    if kind is Box:
        whole = {"type": "integer"}
        return {"type": "array", "prefixItems": [whole] * 4, "minItems": 4, "maxItems": 4}
    if is_dataclass(kind):
        return _record_schema(kind, definitions)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [one.value for one in kind]}
    return {"type": {str: "string", bool: "boolean", int: "integer", float: "number"}[kind]}


def _list_schema(kinds: Sequence[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if kinds[-1] is Ellipsis:
        return {"type": "array", "items": _schema(kinds[0], definitions)}
    items = [_schema(one, definitions) for one in kinds]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _record_schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in definitions:
        definitions[name] = {}  # a record that holds itself ends here
        definitions[name] = {
            "type": "object",
            "properties": {one: _schema(hint, definitions) for one, hint, _ in entries(kind)},
            "required": [one for one, _, required in entries(kind) if required],
        }
    return {"$ref": f"#/$defs/{name}"}
