"""The records of a run: what ``run.json`` holds, as typed values that everything reads and writes.

``docs/run-json.md`` and the JSON Schema are made from these classes. Entries with a default may be
missing in files of earlier versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_visualdiff._version import __version__
from pytest_visualdiff.model import Box, Difference, Status, Verdict, limit_of, plain
from pytest_visualdiff.runs import schema
from pytest_visualdiff.runs.groups import unique_ids
from pytest_visualdiff.runs.schema import NotOfSchema
from pytest_visualdiff.text import rounded_down

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SCHEMA = 1
"""Number of the shape of ``run.json``; a reader refuses another one."""


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """What the run itself did with the picture of a check (``--visualdiff-approve``)."""

    written: bool = False
    """Whether the picture became the baseline."""
    error: str = ""
    """Why it did not."""


@dataclass(frozen=True, slots=True)
class CollectedRecord:
    """Which tests were collected, and how each ended."""

    root: str = ".."
    """The root folder of pytest, relative to the output folder."""
    tests: Mapping[str, str] = field(default_factory=dict)
    """Node id -> outcome; empty for a test that was not run."""
    partial: tuple[str, ...] = ()
    """Files of which only a part was collected."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of a test on a screen."""

    number: int
    action: str = ""
    what: str = ""
    status: str = "done"
    """``done`` or ``failed``."""
    picture: str = ""
    """Path of the screen's picture, relative to the run folder."""
    size: tuple[int, int] = (0, 0)
    box: Box | None = None
    """What was found, or acted on."""
    point: tuple[int, int] | None = None
    template: str = ""
    """Path of the template's picture."""
    confidence: float | None = None
    required: float | None = None
    runner_up: float | None = None
    margin: float | None = None
    duration: float = 0.0
    """Seconds."""
    message: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class JourneyRecord:
    """What a test did on a screen."""

    test: str
    """The node id."""
    browser: str = ""
    screen: str = ""
    outcome: str = "passed"
    """``passed`` or ``failed``."""
    steps: tuple[StepRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepPageRecord:
    """One page of a sweep in one browser."""

    browser: str = ""
    browser_version: str = ""
    picture: str = ""
    """Path relative to the run folder."""
    size: tuple[int, int] = (0, 0)
    title: str = ""
    url: str = ""
    error: str = ""
    """Why it could not be compared."""


@dataclass(frozen=True, slots=True)
class PartnerRecord:
    """The element that a finding's element was compared with."""

    browser: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One finding of a sweep."""

    number: int
    kind: str
    selector: str
    browser: str
    message: str
    fingerprint: str = ""
    box: Box | None = None
    partner: PartnerRecord | None = None
    confidence: float = 0.0
    consequences: int = 0
    known: bool = False
    """Whether it was accepted, or is ignored."""
    until: str = ""
    """The last day on which it is ignored."""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """What a sweep saw of one page in one window size."""

    reference: str = ""
    viewport: tuple[int, int] = (0, 0)
    url: str = ""
    pages: tuple[SweepPageRecord, ...] = ()
    findings: tuple[FindingRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitRecord:
    """An option that decided, and who set it."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A check that cannot be decided on, and why."""

    id: str
    """Its id, or its place in ``run.json`` where it has none."""
    why: str


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check of a run: its verdict, and the id that commands and pages know it by.

    In ``run.json`` the entries of the verdict and the id stand side by side. Each difference also
    names the option that bounds it (``limit``), and says place and limit in words (``words``).
    """

    id: str
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data."""
        data = self.verdict.to_dict()
        for name, some in (
            ("differences", self.verdict.differences),
            ("ignored", self.verdict.ignored),
        ):
            data[name] = [{**one.to_dict(), **self._limit(one)} for one in some]
        return {"id": plain(self.id), **data}

    def _limit(self, one: Difference) -> dict[str, str]:
        return {"limit": limit_of(one.kind, one.detail), "words": words(one, self.verdict.limits)}

    @classmethod
    def from_dict(cls, data: Any, where: str = "check") -> CheckRecord:
        """The value that ``to_dict`` wrote; raises ``NotOfSchema``."""
        verdict = schema.decode(Verdict, data, where)
        if not verdict.test or not verdict.name:
            raise NotOfSchema(f"{where} has no {'name' if verdict.test else 'test'}")
        if verdict.sweep:
            schema.decode(SweepRecord, verdict.sweep, f"{where}.sweep")
        schema.decode(Mapping[str, LimitRecord], verdict.limits, f"{where}.limits")  # type: ignore[type-abstract]
        id_ = data.get("id")
        return cls(schema.decode(str, id_, f"{where}.id") if id_ else verdict.id, verdict)


def words(one: Difference, limits: Mapping[str, Any]) -> str:
    """Place and limit of a difference: ``at (4, 5) 30×40 · allowed 0 (max_move, from ini)``."""
    name = limit_of(one.kind, one.detail)
    box = one.box
    parts = [f"at ({box.x}, {box.y}) {box.width}×{box.height}"]
    measured = f"confidence {rounded_down(one.confidence)}, " if name == "confidence" else ""
    if name in limits:
        verb = "required" if name == "confidence" else "allowed"
        limit = limits[name]
        parts.append(f"{measured}{verb} {limit['value']} ({name}, from {limit['origin']})")
    elif measured:
        parts.append(measured.removesuffix(", "))
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class PastDifference:
    """What is read of a difference of an earlier run."""

    box: Box


@dataclass(frozen=True, slots=True)
class PastCheck:
    """What is read of a check of an earlier run."""

    key: str = ""
    status: str = ""
    size: tuple[int, int] = (0, 0)
    differences: tuple[PastDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class PastRun:
    """What is read of an earlier run."""

    id: str = ""
    finished: str = ""
    checks: tuple[PastCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run: what ``run.json`` holds."""

    id: str = ""
    baseline_dir: str = ""
    """Folder of the baselines, relative to the output folder."""
    checks: tuple[CheckRecord, ...] = ()
    tool: str = ""
    started: str = ""
    """ISO 8601, in UTC."""
    finished: str = ""
    exit_status: int = 0
    """pytest's."""
    interrupted: bool = False
    crashed: bool = False
    """Whether the run ended before it could write this file."""
    approve: str = "none"
    report_url: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Status -> how many checks ended with it."""
    flaky: tuple[str, ...] = ()
    """Ids of checks whose attempts did not agree."""
    approvals: Mapping[str, ApprovalRecord] = field(default_factory=dict)
    """Id of a check -> what the run itself did with its picture."""
    journeys: tuple[JourneyRecord, ...] = ()
    merged: tuple[str, ...] = ()
    """Ids of the runs that this one was merged from."""
    collected: CollectedRecord | None = None
    refused: tuple[Refused, ...] = ()
    """Checks of the file that cannot be decided on; not written."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts of the checks."""
        return tuple(one.verdict for one in self.checks)

    def as_past(self) -> PastRun:
        """What later runs show of this one."""
        checks = (
            PastCheck(
                key=one.key,
                status=str(one.status),
                size=one.size,
                differences=tuple(PastDifference(it.box) for it in one.differences),
            )
            for one in self.verdicts
        )
        return PastRun(self.id, self.finished, tuple(checks))

    @classmethod
    def of(
        cls, id_: str, verdicts: Iterable[Verdict], *, baseline_dir: str, **facts: Any
    ) -> RunRecord:
        """The record of these verdicts; ``facts`` are further entries, as JSON-able data."""
        ids = unique_ids([*verdicts])
        checks = tuple(CheckRecord(name, one) for name, one in ids.items())
        known = {
            name: schema.decode(hint, facts[name], name)
            for name, hint, _ in schema.entries(cls)
            if name in facts
        }
        tool = f"pytest-visualdiff {__version__}"
        return cls(
            **{"id": id_, "baseline_dir": baseline_dir, "tool": tool, **known}, checks=checks
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-able data, ``refused`` left out."""
        data = {name: _encoded(getattr(self, name)) for name in _NAMES}
        data["checks"] = [one.to_dict() for one in self.checks]
        return {"schema": SCHEMA, **{name: one for name, one in data.items() if one is not None}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RunRecord:
        """The value that ``to_dict`` wrote. A check that does not fit the schema is ``refused``.

        Raises ``NotOfSchema`` where the run itself cannot be read.
        """
        checks, refused = _checks(data.get("checks"))
        if isinstance(data.get("counts"), Mapping):
            data = {**data, "counts": _present_words(data["counts"])}
        values = {
            name: schema.decode(hint, data[name], name)
            for name, hint, _ in schema.entries(cls)
            if name in data and name in _NAMES
        }
        return cls(**values, checks=tuple(checks), refused=tuple(refused))


_NAMES = tuple(
    name for name, _, _ in schema.entries(RunRecord) if name not in ("checks", "refused")
)


def _present_words(counts: Mapping[str, Any]) -> dict[str, Any]:
    """The counts by the statuses of this version; earlier ones had other words for some."""
    known = {one.value for one in Status}
    return {name if name in known else _status(name): count for name, count in counts.items()}


def _status(name: str) -> str:
    try:
        return Status(name).value
    except ValueError:
        return name


def _checks(data: Any) -> tuple[list[CheckRecord], list[Refused]]:
    """The checks under ids of their own, and what is no check or stands there twice."""
    if not isinstance(data, (list, tuple)):
        raise NotOfSchema("checks must be a list")
    verdicts: list[Verdict] = []
    refused: list[Refused] = []
    for at, one in enumerate(data):
        try:
            verdicts.append(CheckRecord.from_dict(one, f"checks[{at}]").verdict)
        except NotOfSchema as error:
            refused.append(Refused(_name(one, at), str(error)))
    twice = _twice([one for one in verdicts if one.after])
    refused += [Refused(id_, "the run has this check twice") for id_ in twice]
    again = {*twice}
    known = unique_ids(
        [one for one in verdicts if not (one.after and f"{one.id} [{one.variant}]" in again)]
    )
    return [CheckRecord(id_, one) for id_, one in known.items()], refused


def _twice(verdicts: Sequence[Verdict]) -> list[str]:
    count = Counter(f"{one.id} [{one.variant}]" for one in verdicts)
    return [name for name, number in count.items() if number > 1]


def _name(data: Any, at: int) -> str:
    """What to call a check that cannot be read."""
    test, name = (data.get("test"), data.get("name")) if isinstance(data, Mapping) else ("", "")
    known = isinstance(test, str) and isinstance(name, str) and test and name
    return f"{test}::{name}" if known else f"checks[{at}]"


def _encoded(value: Any) -> Any:
    """A record, or a list or object of records, as JSON-able data."""
    if isinstance(value, Box):
        return [value.x, value.y, value.width, value.height]
    if isinstance(value, Mapping):
        return {name: _encoded(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_encoded(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _encoded(getattr(value, name)) for name in value.__dataclass_fields__}
    return plain(value)


def waits(verdict: Verdict) -> bool:
    """Whether the check has a picture that a person must decide on."""
    return verdict.status in (Status.MISMATCH, Status.NEW)


def good(verdict: Verdict) -> bool:
    """Whether nobody has to look at the check."""
    return verdict.passed or verdict.status is Status.SKIPPED


def pictures(run: RunRecord) -> Iterator[str]:
    """The paths of all pictures that a run names, each once."""
    yield from dict.fromkeys(path for path in _named(run) if path)


def _named(run: RunRecord) -> Iterator[str]:
    for one in run.verdicts:
        yield from (one.expected, one.diff, one.actual) if not one.sweep else ()
        yield from one.frames
        yield from (str(page.get("picture", "")) for page in one.sweep.get("pages", ()))
    for journey in run.journeys:
        for step in journey.steps:
            yield from (step.picture, step.template)


def run_schema() -> dict[str, Any]:
    """The JSON Schema of ``run.json``."""
    described = schema.json_schema(RunRecord)
    records = described["$defs"]
    sweeps = schema.json_schema(SweepRecord)["$defs"]
    records |= sweeps
    records.pop("Refused")
    run, check = records["RunRecord"], records.pop("CheckRecord")
    verdict, difference = records["Verdict"], records["Difference"]
    check = {**verdict, "properties": {**check["properties"], **verdict["properties"]}}
    check["properties"].pop("verdict")
    check["properties"]["sweep"] = {"$ref": "#/$defs/SweepRecord"}
    records["CheckRecord"] = check
    records.pop("Verdict")
    text = {"type": "string"}
    difference["properties"] |= {"limit": text, "words": text}
    run["properties"].pop("refused")
    run["properties"]["schema"] = {"const": SCHEMA}
    run["required"] = ["schema", "id", "baseline_dir", "checks"]
    return described
