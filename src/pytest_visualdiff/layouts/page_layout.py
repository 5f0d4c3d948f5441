"""The geometry of a page as one value: read in one script call, and to and from JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_visualdiff.errors import LayoutUnreadable
from pytest_visualdiff.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHEMA = 1
"""Number of the shape of the JSON; a reader refuses another one."""

MOST_ELEMENTS = 25_000
"""Elements of a page that are read at most, unless more are asked for."""

LOOKS = (
    "color", "background-color", "background-image", "border-top-width", "border-right-width",
    "border-bottom-width", "border-left-width", "border-style", "border-color", "border-radius",
    "box-shadow", "font-family", "font-size", "font-weight", "font-style", "text-decoration-line",
    "text-transform", "text-shadow", "filter", "clip-path", "-webkit-text-fill-color", "fill",
    "stroke", "opacity", "visibility", "list-style-type",
)  # fmt: skip
"""Computed styles that are seen."""

CAUSES = (
    "display", "position", "float", "margin", "padding", "transform", "translate", "scale",
    "rotate", "zoom", "inset", "z-index", "order", "flex", "flex-direction", "flex-wrap",
    "align-items", "align-self", "justify-content", "text-align", "vertical-align", "white-space",
    "line-height", "letter-spacing", "word-spacing", "text-indent", "overflow", "box-sizing",
    "min-width", "max-width", "min-height", "max-height", "gap", "direction", "object-fit",
    "width", "height", "word-break", "grid-template-columns", "column-count", "font-stretch",
    "text-overflow", "-webkit-line-clamp",
)  # fmt: skip
"""Computed styles that move or size things: no finding themselves, but the reason of one."""

PROPERTIES = LOOKS + CAUSES
"""Computed styles that a sweep compares."""

DETAILED = (
    *PROPERTIES, "background-position", "background-size", "background-repeat", "background-clip",
    "outline-style", "outline-width", "outline-color", "outline-offset", "text-decoration-color",
    "text-decoration-style", "text-decoration-thickness", "text-underline-offset",
    "backdrop-filter", "mix-blend-mode", "object-position", "aspect-ratio", "border-collapse",
    "border-spacing", "table-layout", "list-style-position", "list-style-image", "writing-mode",
    "font-variant", "font-feature-settings", "overflow-wrap", "align-content",
    "justify-items", "justify-self", "grid-template-rows", "grid-column", "grid-row", "columns",
    "perspective", "mask-image", "accent-color", "appearance", "content-visibility", "tab-size",
    "caption-side", "empty-cells", "font-kerning", "stroke-width", "fill-opacity", "hyphens",
)  # fmt: skip
"""Computed styles that are read to say why a picture differs."""

FEWEST_COLUMNS = 21
"""Columns that every stored layout has; ``attributes`` and ``selector`` came later."""


class Rect(NamedTuple):
    """A rectangle in CSS pixels, from the top left of the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


class Element(NamedTuple):
    """One rendered element. All measures are CSS pixels, from the top left of the page."""

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    parent: int
    """Index of the parent element, the host of a shadow root or the frame; -1 for the root."""
    tag: str
    nth: int
    """Its number among the siblings of its tag, from 1."""
    root: int
    """0: child of an element, 1: of an open shadow root, 2: of a frame's document."""
    id: str
    classes: str
    role: str
    text: str
    """Its own text, or what names it (alt, placeholder, label); at most 80 characters."""
    source: str
    """File name of its picture."""
    box: Rect
    visible: bool
    shown: float
    """Part of its area in [0, 1] that no ancestor clips."""
    fixed: bool
    """It, or an ancestor, is fixed to the window or sticks to it."""
    lines: int
    """Lines of its own text."""
    text_box: Rect
    """Around its own text; zero-sized without one."""
    hidden: tuple[int, int]
    """Pixels of its content, right and below, that it cuts off."""
    picture: int
    """0: none, 1: whole, 2: broken, 3: still loading."""
    natural: tuple[int, int]
    style: int
    """Index into the layout's styles."""
    cover: int
    """Index of the foreign element that lies on top of its middle; -1 where none does."""
    attributes: str = ""
    """Its attributes that are seen, and the state of a field: ``name=value``, joined by U+001D."""
    selector: str = ""
    """The shortest stable CSS selector that is unique on the page, as the reader found it."""

    @property
    def touched(self) -> tuple[float, float]:
        """Where it is touched to see what lies on top: the middle of its first line, or of it."""
        box = self.text_box if self.lines else self.box
        return box.x + box.width / 2, box.y + box.height / max(1, self.lines) / 2

    @property
    def step(self) -> str:
        """Its own part of a DOM path."""
        return f"{('', '::shadow ', '::frame ')[self.root]}{self.tag}:{self.nth}"


@dataclass(frozen=True)
class PageLayout:
    """What one browser made of one page.

    ``elements`` are in document order, a parent before its children. ``styles`` hold the computed
    values of ``properties``, shared by the elements that have the same. ``viewport`` and ``page``
    are width and height in CSS pixels, ``ratio`` the device pixels per CSS pixel. ``fonts`` are
    the web fonts: family, weight, style and status (``loaded``, ``error`` …).
    """

    browser: str
    version: str
    url: str
    title: str
    viewport: tuple[int, int]
    page: tuple[int, int]
    ratio: float
    elements: tuple[Element, ...]
    styles: tuple[tuple[str, ...], ...]
    properties: tuple[str, ...] = PROPERTIES
    fonts: tuple[tuple[str, ...], ...] = ()
    total: int = 0
    """Elements of the page; more than ``elements`` where hidden ones are among them."""
    scroll: tuple[float, float] = (0.0, 0.0)
    """How far the window is scrolled, right and down."""
    hidden: tuple[str, ...] = ()
    """Selectors of elements that are not rendered; of a detailed layout alone."""
    variables: tuple[tuple[str, str], ...] = ()
    """Custom properties of the root element and their values; of a detailed layout alone."""
    picture: tuple[float, float, float, float] | None = None
    """What the picture of a check shows, as left, top, width and height on the page."""
    milliseconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """Indices of the children of each element."""
        found: list[list[int]] = [[] for _ in self.elements]
        for one in self.elements:
            if one.parent >= 0:
                found[one.parent].append(one.index)
        return tuple(map(tuple, found))

    @cached_property
    def ids(self) -> Counter[str]:
        """How often each id is used."""
        return Counter(one.id for one in self.elements if one.id)

    def style(self, index: int) -> dict[str, str]:
        """The computed styles of an element, by property."""
        values = self.styles[self.elements[index].style]
        return dict(zip(self.properties, values, strict=True))

    def selector(self, index: int) -> str:
        """The selector of an element; ``>>>`` enters a shadow root or a frame."""
        return self.elements[index].selector or self.path(index)

    def path(self, index: int) -> str:
        """A selector that only needs the page's structure: the way from the next id or the root."""
        steps: list[str] = []
        while index >= 0:
            one = self.elements[index]
            if one.id and self.ids[one.id] == 1 and not _strange(one.id):
                return " > ".join([f"#{one.id}", *reversed(steps)]).replace("> >>>", ">>>")
            steps.append(self._step(one))
            index = one.parent
        return " > ".join(reversed(steps)).replace("> >>>", ">>>") or "html"

    def _step(self, one: Element) -> str:
        alone = one.tag in ("html", "body")
        step = one.tag if alone else f"{one.tag}:nth-of-type({one.nth})"
        return f">>> {step}" if one.root else step

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        return {**self.head(), "elements": [list(one) for one in self.elements]}

    def head(self) -> dict[str, Any]:
        """The same without the elements."""
        names = [one.name for one in fields(self) if one.name != "elements"]
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name) for name in names},
            "columns": list(Element._fields),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PageLayout:
        """The value that ``to_dict`` wrote; raises ``LayoutUnreadable`` for anything else."""
        try:
            columns = [list(column) for column in zip(*data["elements"], strict=True)]
        except (KeyError, TypeError, ValueError) as error:
            raise LayoutUnreadable(f"not a page layout: {error!r}") from error
        return cls.from_columns({**data, "elements": columns})

    @classmethod
    def from_columns(cls, data: Mapping[str, Any]) -> PageLayout:
        """The same of data whose elements are a list of columns; that of the index may be empty."""
        try:
            if data["schema"] != SCHEMA:
                raise LayoutUnreadable(
                    f"a page layout of schema {data['schema']}; this version reads {SCHEMA}"
                )
            columns = tuple(data["columns"])
            if len(columns) < FEWEST_COLUMNS or columns != Element._fields[: len(columns)]:
                raise LayoutUnreadable("a page layout with other columns than this version reads")
            values = {one.name: data[one.name] for one in fields(cls) if one.name in data}
            for name in ("viewport", "page", "properties", "scroll", "hidden", "picture"):
                if values.get(name) is not None:
                    values[name] = tuple(values[name])
            for name in ("styles", "fonts", "variables"):
                values[name] = tuple(map(tuple, values.get(name, ())))
            values.pop("elements", None)
            elements = _elements(data["elements"])
            _require_consistent(elements, values["styles"], values["properties"])
            return cls(elements=elements, **values)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise LayoutUnreadable(f"not a page layout: {error!r}") from error

    def save(self, path: str | Path) -> None:
        """Write it as JSON, whole or not at all."""
        write_atomically(Path(path), json.dumps(self.to_dict()).encode())

    @classmethod
    def load(cls, path: str | Path) -> PageLayout:
        """Read what ``save`` wrote; raises ``LayoutUnreadable``."""
        try:
            return cls.from_dict(json.loads(Path(path).read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            if isinstance(error, LayoutUnreadable):
                raise
            raise LayoutUnreadable(f"cannot read the page layout {path}: {error}") from error


def _strange(identity: str) -> bool:
    """Whether an id needs escapes in a selector."""
    return not identity.replace("-", "").replace("_", "").isalnum() or identity[0].isdigit()


def _elements(columns: Sequence[Sequence[Any]]) -> tuple[Element, ...]:
    """The elements of a list of columns."""
    if not columns:
        return ()
    count = len(columns[-1])
    if any(len(column) != count for column in columns[1:]):
        raise ValueError("columns of different lengths")
    named: dict[str, Iterable[Any]] = dict(zip(Element._fields, columns, strict=False))
    named["index"] = columns[0] or range(count)
    for name in ("box", "text_box"):
        named[name] = [Rect(*cell) for cell in named[name]]
    for name in ("hidden", "natural"):
        named[name] = [(int(right), int(below)) for right, below in named[name]]
    for name in ("visible", "fixed"):
        named[name] = map(bool, named[name])
    return tuple(map(Element, *named.values()))


def _require_consistent(
    elements: Sequence[Element], styles: Sequence[Sequence[str]], properties: Sequence[str]
) -> None:
    """Raise ``ValueError`` where numbers of other elements or of styles lead nowhere."""
    count = len(elements)
    for at, one in enumerate(elements):
        if one.index != at or not -1 <= one.parent < at or not -1 <= one.cover < count:
            raise ValueError(f"element {at} refers to an element that is not there")
        if not 0 <= one.style < len(styles):
            raise ValueError(f"element {at} has a style that is not there")
    if any(len(one) != len(properties) for one in styles):
        raise ValueError("a style has more or fewer values than there are properties")
