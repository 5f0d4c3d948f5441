"""A run from elsewhere: what it says is checked or left out, before anybody decides on it.

Whoever made an artifact may want a person to approve something else than was seen. So

- a check may only write the baseline that belongs to its own test, name and variant;
- its picture must be the one that the record names, and the expected one likewise;
- what a picture says of itself is left out where it would be believed later: that it shows the
  pixels of another file, that parts of it are masked, and which limits held.

A check that fails is refused alone, with the reason; the others can be decided on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from pytest_visualdiff.baselines import content, naming
from pytest_visualdiff.baselines.identity import VARIANT
from pytest_visualdiff.baselines.naming import main_key, slug, without_parameter
from pytest_visualdiff.errors import StoreError, VisualDiffError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey
from pytest_visualdiff.review.decisions import DECIDABLE
from pytest_visualdiff.runs.folder import RunFolder
from pytest_visualdiff.runs.record import Refused
from pytest_visualdiff.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.runs.run_files import Run

KEPT = ("tool", "browser", "browser_version", "platform", "viewport", "pixel_ratio", "fonts")
"""What a picture may say of itself; nothing but the report shows it."""

LONGEST = 200
"""Characters of such a text."""

SWEEPS = "sweep"
"""What stands for the test file of ``visualdiff sweep``."""

# What plugins that repeat a test add to its parameters, such as 1-3.
_COUNTER = re.compile(r"(?<=[\[-])\d+-\d+(?=[\]-])")


@dataclass(frozen=True, slots=True)
class ForeignFolder(RunFolder):
    """The folder of a run from elsewhere; pictures come without what must not be believed."""

    foreign: ClassVar[bool] = True

    def load(self, relative: str) -> bytes:
        """A file of the run; raises ``RunUnreadable`` where it is gone or lies elsewhere."""
        data = RunFolder.load(self, relative)
        return without_claims(data) if relative.endswith(content.PICTURE) else data


def without_claims(data: bytes) -> bytes:
    """The same picture without texts that vouch, mask or limit, and without what shows another.

    What is no PNG is left as it is, and refused by whoever reads it.
    """
    try:
        texts = png_file.texts(data)
        kept = {name: printable(texts[name])[:LONGEST] for name in KEPT if texts.get(name)}
        return png_file.with_text(png_file.pixels_only(data), kept)
    except VisualDiffError:
        return data


def distrust(run: Run) -> Run:
    """The run as one from elsewhere: checks that must not be decided on are refused."""
    raw = run.folder
    folder = ForeignFolder(raw.output, raw.id)
    problems = {one.id: _problem(one.verdict, raw) for one in run.record.checks}
    checks = tuple(
        one if problems[one.id] else replace(one, verdict=_believed(one.verdict, folder))
        for one in run.record.checks
    )
    refused = [Refused(id_, why) for id_, why in problems.items() if why]
    record = replace(run.record, checks=checks, refused=(*run.record.refused, *refused))
    return replace(run, folder=folder, record=record, foreign=True)


def _believed(verdict: Verdict, folder: RunFolder) -> Verdict:
    """The verdict on the picture as it can be approved."""
    made = {name: str(verdict.environment[name]) for name in KEPT if name in verdict.environment}
    if verdict.status not in DECIDABLE or not verdict.actual:
        return replace(verdict, environment=made)
    after = png_file.digest(folder.load(verdict.actual))
    return replace(verdict, environment=made, after=after)


def _problem(verdict: Verdict, folder: RunFolder) -> str:
    """Why the check must not be decided on; empty where it may."""
    if verdict.status not in DECIDABLE:
        return ""
    try:
        return next(_problems(verdict, folder), "")
    except StoreError as error:
        return str(error)


def _problems(verdict: Verdict, folder: RunFolder) -> Iterator[str]:
    if not belongs(verdict):
        yield f"its baseline {verdict.key} is not that of this test, name and variant"
    if not verdict.actual or png_file.digest(folder.load(verdict.actual)) != verdict.after:
        yield f"{verdict.actual or 'no picture'} is not the one that the run says it saw"
    if verdict.expected and png_file.digest(folder.load(verdict.expected)) != verdict.before:
        yield f"{verdict.expected} is not the baseline that the run says it compared with"
    if verdict.key.endswith(content.SWEEP):
        yield from _other_findings(verdict, folder.load(verdict.actual))


def _other_findings(verdict: Verdict, document: bytes) -> Iterator[str]:
    """Whether the document would accept findings that the record does not show."""
    shown = {str(one.get("fingerprint")) for one in verdict.sweep.get("findings", ())}
    try:
        accepts = {str(one["fingerprint"]) for one in json.loads(document)["findings"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        yield f"{verdict.actual} is not a document of findings"
        return
    if accepts - shown:
        yield f"{verdict.actual} accepts {len(accepts - shown)} findings that the run does not show"


def belongs(verdict: Verdict) -> bool:
    """Whether the baseline is that of the test, the name of the check, and the variant."""
    ending = content.SWEEP if verdict.key.endswith(content.SWEEP) else content.PICTURE
    own = main_key(BaselineKey(verdict.key)).path.split("/")
    return any(
        len(parts) == len(own) and all(one in some for one, some in zip(own, parts, strict=True))
        for parts in _paths(verdict, ending)
    )


def _paths(verdict: Verdict, ending: str) -> Iterator[list[set[str]]]:
    """The paths that the check's baseline may have; of each part, the forms that it may have."""
    file, names = _test(verdict)
    for name in names:
        key = naming.baseline_key(file, name, verdict.name, verdict.variant, ending).path
        *folders, last = key.split("/")
        apart = [part for part in file.removesuffix(".py").split("/") if part] + [name]
        both = zip(folders, apart, strict=True)
        yield [*({one, slug(part, apart=True)} for one, part in both), {last}]


def _test(verdict: Verdict) -> tuple[str, set[str]]:
    """The file of a test, and the names that its folder of baselines may be made of."""
    named, bracket, parameters = verdict.test.partition("[")
    file, *names = named.split("::")
    if file == SWEEPS:
        return file, {verdict.test.removeprefix(f"{SWEEPS}::").removesuffix(verdict.name)}
    name = ".".join(names) + bracket + parameters
    known = {name, *_without(name, VARIANT)}
    return file, known | {one for it in known for one in _without(it, _COUNTER)}


def _without(name: str, parameter: re.Pattern[str]) -> Iterator[str]:
    for found in parameter.finditer(name):
        yield without_parameter(name, found[0])
