"""The frozen values that travel between the packages: a stage takes some and returns some.

Coordinates are image pixels with the origin at the top left unless a docstring says CSS pixels.
Images are RGB ``uint8`` arrays of shape (height, width, 3).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.uint8]
    from collections.abc import Sequence


@dataclass(frozen=True, order=True, slots=True)
class Box:
    """A rectangle: left, top, width and height, all in pixels, width and height >= 0."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.y + self.height

    @property
    def area(self) -> int:
        """Number of pixels inside."""
        return self.width * self.height

    @classmethod
    def enclosing(cls, x: float, y: float, width: float, height: float) -> Box:
        """The smallest whole-pixel box around a fractional rectangle."""
        left, top = math.floor(x + 1e-6), math.floor(y + 1e-6)
        right, bottom = math.ceil(x + width - 1e-6), math.ceil(y + height - 1e-6)
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    def moved(self, dx: int, dy: int) -> Box:
        """The same box elsewhere."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, margin: int) -> Box:
        """The box with ``margin`` pixels more on each side."""
        return Box(
            self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin
        )

    def clipped(self, width: int, height: int) -> Box:
        """The part of the box inside a canvas of that size (zero-sized where there is none)."""
        left, top = min(max(0, self.x), width), min(max(0, self.y), height)
        right, bottom = max(left, min(self.right, width)), max(top, min(self.bottom, height))
        return Box(left, top, right - left, bottom - top)

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        left, top = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Box(left, top, right - left, bottom - top)

    def overlaps(self, other: Box) -> bool:
        """Whether the two share at least one pixel."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def __str__(self) -> str:
        return f"({self.x}, {self.y}) {self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a picture came from; ``variant`` is the part of it that names the baseline."""

    browser: str = ""
    """Requested browser name (chrome, firefox …); empty for a ready-made image."""
    browser_version: str = ""
    platform: str = ""
    """linux, windows or mac."""
    viewport: tuple[int, int] = (0, 0)
    """Inner width and height in CSS pixels."""
    pixel_ratio: float = 1.0
    """Device pixels per CSS pixel."""

    @property
    def variant(self) -> str:
        """For example ``chrome-linux-1280x800@1x``; ``image`` for a ready-made picture."""
        if not self.browser:
            return "image"
        width, height = self.viewport
        return f"{self.browser}-{self.platform}-{width}x{height}@{self.pixel_ratio:g}x"


def platform_name(reported: str) -> str:
    """``linux``, ``windows`` or ``mac`` for what WebDriver or ``navigator.platform`` reports."""
    name = reported.lower()
    if name.startswith(("win", "xp", "vista")):
        return "windows"
    if name.startswith(("mac", "darwin", "os x", "osx")):
        return "mac"
    return "linux" if name.startswith("linux") else name or "unknown"


@dataclass(frozen=True, slots=True)
class Screenshot:
    """One picture of a target: PNG bytes, where it came from, and what to leave out of it.

    ``masks`` are boxes in image pixels, measured in the same frame as the pixels.
    ``title`` and ``url`` describe the page (empty for ready-made images).
    """

    png: bytes
    environment: Environment
    masks: tuple[Box, ...] = ()
    region: Box | None = None
    """Where to compare, in image pixels; None is everywhere."""
    url: str = ""
    title: str = ""
    frames: int = 1
    """How many shots were needed until the picture was trusted."""
    notes: tuple[str, ...] = ()
    """What a person should know of the picture: parts that were cut, secrets that were covered."""
    areas: Mapping[str, int] = field(default_factory=dict)
    """How many places each entry of mask, redact and region covers (``redact=".pan"`` -> 4)."""
    scroll: tuple[int, int] | None = None
    """How far the page was scrolled, in CSS pixels, where the picture is of its viewport."""
    layout: Any = None
    """The page's ``PageLayout``, read in the same frame; None where it was not needed."""


class Kind(str, Enum):
    """What happened to a region."""

    MOVED = "moved"
    RESIZED = "resized"
    RECOLOURED = "recoloured"
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    SIZE = "size"

    __str__ = str.__str__


def limit_of(kind: Kind, detail: Mapping[str, Any]) -> str:
    """The option that bounds such a difference: that of its kind, else ``confidence``."""
    if kind is Kind.MOVED:
        return "max_move"
    if kind is Kind.RESIZED or "scale" in detail:
        return "max_resize"
    return "max_recolour" if kind is Kind.RECOLOURED else "confidence"


CLEARLY_DIFFERENT = "clearly different"
"""What is said where a confidence of 0 would tell no more."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something differs: one element, and what was changed on it.

    ``kind`` is ``style``, ``text``, ``attribute``, ``image``, ``added``, ``removed``, ``moved`` or
    ``resized``; the last two only where nothing else explains it. ``box`` is in pixels of the
    actual image (of the expected one where the element is gone).
    """

    selector: str
    """The shortest stable CSS selector of the element; ``>>>`` enters a shadow root or a frame."""
    kind: str
    name: str = ""
    """The CSS property or the attribute."""
    before: str = ""
    after: str = ""
    box: Box = Box(0, 0, 0, 0)
    consequences: int = 0
    """How many further elements this one moved or changed."""
    message: str = ""
    """One sentence."""

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        box = [self.box.x, self.box.y, self.box.width, self.box.height]
        return {**asdict(self), "box": box}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Cause:
        """The value that ``to_dict`` wrote."""
        return cls(**{**data, "box": Box(*data["box"])})


@dataclass(frozen=True, slots=True)
class Difference:
    """One region that differs.

    ``box`` is in pixels of the actual image (of the expected one where the thing is missing).
    ``confidence`` in [0, 1] is the confidence that the region is still the same: 1 is identical.
    ``detail`` holds JSON-able numbers: ``offset`` (dx, dy) in pixels, ``scale`` (x, y),
    ``delta_e`` (CIEDE2000 of the usual colour, ``delta_e_max`` of the worst where known), ``from``
    and ``to`` (``#rrggbb``), ``rows`` or ``columns``, ``pixels`` (count over the threshold).
    """

    kind: Kind
    box: Box
    confidence: float
    detail: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    causes: tuple[Cause, ...] = ()
    """Why it differs, the strongest first; empty where the page's structure is not known."""

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        return {
            "kind": self.kind.value,
            "box": [self.box.x, self.box.y, self.box.width, self.box.height],
            "confidence": round(self.confidence, 6),
            "detail": dict(self.detail),
            "message": self.message,
            "causes": [cause.to_dict() for cause in self.causes],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Difference:
        """The value that ``to_dict`` wrote."""
        return cls(
            Kind(data["kind"]),
            Box(*data["box"]),
            float(data["confidence"]),
            dict(data["detail"]),
            str(data["message"]),
            tuple(map(Cause.from_dict, data.get("causes", ()))),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """A place that looks like a template; all coordinates are pixels of the searched picture.

    ``confidence`` in [0, 1] is that of its worst part after registration, 1 where every pixel is
    equal. It is no correlation score: another label in the same button lowers it a lot.
    """

    box: Box
    """The exact place rounded to whole pixels."""
    exact: tuple[float, float, float, float]
    """The place with sub-pixel precision: left, top, width, height."""
    confidence: float
    scale: float = 1.0
    """Size of the match relative to the template."""
    runner_up: Match | None = None
    """The best other place that does not overlap; None where nothing else comes near."""
    look: str = ""
    """How it looks other than the template, such as ``paler: 40% of the template's contrast`` or
    ``another colour: #d03030 where the template has #30a040``; empty where it looks the same."""

    @property
    def margin(self) -> float:
        """Confidence above the runner-up's, in [-1, 1]."""
        return self.confidence - (self.runner_up.confidence if self.runner_up else 0.0)

    @property
    def center(self) -> tuple[int, int]:
        """The pixel in the middle, where a pointer would click."""
        return self.box.x + self.box.width // 2, self.box.y + self.box.height // 2


class Status(str, Enum):
    """The outcome of one check."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NEW = "new"
    """There is no baseline yet."""
    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"
    CAPTURE_ERROR = "capture-error"
    STORE_ERROR = "store-error"
    USAGE_ERROR = "usage-error"

    __str__ = str.__str__

    @classmethod
    def _missing_(cls, value: object) -> Status | None:
        """The word of an earlier version, which a kind of difference has, too."""
        return cls.NEW if value == "missing" else None

    @property
    def passed(self) -> bool:
        """Whether a test may stay green with it."""
        return self in (Status.MATCH, Status.CREATED, Status.UPDATED)

    @property
    def writes(self) -> bool:
        """Whether the actual image is intended to become the baseline."""
        return self in (Status.CREATED, Status.UPDATED)


def plain(value: Any) -> Any:
    """The value in types that JSON has; numbers of numpy and lone surrogates are converted."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {plain(str(name)): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    number = value.item() if hasattr(value, "item") else value
    return number if isinstance(number, (bool, int, float, type(None))) else str(value)


@dataclass(frozen=True, slots=True)
class BaselineKey:
    """Names one baseline: POSIX path parts below the baseline folder, always safe to join."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one check; it travels as JSON on the test's report.

    Paths are relative to the run folder for ``actual``, ``expected``, ``diff`` and ``frames``;
    ``key`` is relative to the baseline folder. ``before`` and ``after`` are SHA-256 hex digests of
    the baseline file that was seen (empty where there was none) and of the actual image.
    """

    status: Status
    test: str
    """The node id."""
    name: str
    key: str
    variant: str
    message: str
    confidence: float | None = None
    differences: tuple[Difference, ...] = ()
    before: str = ""
    after: str = ""
    actual: str = ""
    expected: str = ""
    """Copy of the baseline that was compared with, kept where something differs."""
    diff: str = ""
    frames: tuple[str, ...] = ()
    attempt: int = 1
    duration: float = 0.0
    """Seconds spent in the check."""
    size: tuple[int, int] = (0, 0)
    """Width and height of the actual image in pixels."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    """Effective options that decided: name -> {"value", "origin"}."""
    environment: Mapping[str, Any] = field(default_factory=dict)
    """Provenance of the actual image, where it was kept (see ``provenance.texts``)."""
    baseline_environment: Mapping[str, Any] = field(default_factory=dict)
    """Likewise of the baseline that it was compared with; empty where that carries none."""
    url: str = ""
    title: str = ""
    location: str = ""
    """``path:line`` of the check in the test, clickable in most terminals."""
    notes: tuple[str, ...] = ()
    areas: Mapping[str, int] = field(default_factory=dict)
    """How many places of the picture each entry of mask, redact and region covers."""
    ignored: tuple[Difference, ...] = ()
    """Known differences that were found again and are ignored until a date; see the notes."""
    change: str = ""
    """What changed, as a hash: pictures with the same one show the same change."""
    sweep: Mapping[str, Any] = field(default_factory=dict)
    """What a cross-browser check saw: its pages and findings; empty for a check of a picture."""

    @property
    def passed(self) -> bool:
        """Whether a test may stay green with it."""
        return self.status.passed

    @property
    def id(self) -> str:
        """Unique in a run: the node id and the name of the check."""
        return f"{self.test}::{self.name}"

    @property
    def main_cause(self) -> Cause | None:
        """The cause that explains most of the differences; of equal ones that of the first."""
        first = [one.causes[0] for one in self.differences if one.causes]
        return max(first, key=first.count) if first else None

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data (the shape of an entry in ``run.json``)."""
        data = asdict(replace(self, differences=(), ignored=()))
        data["differences"] = [difference.to_dict() for difference in self.differences]
        data["ignored"] = [difference.to_dict() for difference in self.ignored]
        return {name: plain(value) for name, value in data.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Verdict:
        """The value that ``to_dict`` wrote."""
        values = dict(data)
        values["status"] = Status(values["status"])
        for name in ("differences", "ignored"):
            values[name] = tuple(map(Difference.from_dict, values.get(name, ())))
        for name in ("frames", "size", "notes"):
            values[name] = tuple(values[name])
        return cls(**values)


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many checks ended with which status, in the order of ``Status``; none of zero."""
    found = [verdict.status for verdict in verdicts]
    return {status.value: found.count(status) for status in Status if status in found}


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of one approval: ``written``, or why not in ``error``."""

    verdict: Verdict
    written: bool = False
    error: str = ""
