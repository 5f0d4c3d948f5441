"""From what a sweep saw of a page to the verdict on it, and what is kept in the run folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_visualdiff import text
from pytest_visualdiff.baselines import naming
from pytest_visualdiff.baselines.content import SWEEP
from pytest_visualdiff.baselines.ignored import sweep_fingerprint
from pytest_visualdiff.checks import decision
from pytest_visualdiff.checks.evidence import not_kept
from pytest_visualdiff.errors import BaselineUnreadable, StoreError
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.runs.folder import OUTPUT
from pytest_visualdiff.sweep.page_result import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from pytest_visualdiff.baselines.ignored import Ignored
    from pytest_visualdiff.checks.context import CheckContext
    from pytest_visualdiff.checks.services import CheckServices
    from pytest_visualdiff.model import BaselineKey
    from pytest_visualdiff.options.table import Settings
    from pytest_visualdiff.sweep.findings import Finding
    from pytest_visualdiff.sweep.page_result import PageResult
    from pytest_visualdiff.sweep.visit import PageObservation

MOST_TOLD = 25
"""Findings that the message tells one by one; the page shows all of them."""


@dataclass(frozen=True)
class KnownFindings:
    """Which findings of a page are no news."""

    accepted: Accepted
    until: Mapping[str, date]

    def __call__(self, one: Finding) -> bool:
        """Whether a finding was accepted, or is ignored today."""
        return self.accepted.has(one) or one.fingerprint in self.until


def page_verdict(
    result: PageResult, here: CheckContext, settings: Settings, services: CheckServices
) -> Verdict:
    """The verdict on a page in one window size; saves pictures and findings in the run folder."""
    variant = variant_of(result)
    test = here.test
    key = naming.baseline_key(test.file, test.name, here.name, variant, SWEEP, test.apart)
    baseline = services.store.read(key)
    until = ignored_until(result.findings, key, services.ignored(), services.today())
    known = KnownFindings(Accepted.read(baseline), until)
    new = [one for one in result.findings if not known(one)]
    status = _status(result, new, baseline, settings["approve"])
    if status.writes:
        services.store.check_writable(key)
    verdict = here.verdict(
        status,
        key=key.path,
        variant=variant,
        before=png_file.digest(baseline) if baseline else "",
        size=_size(result.observations[0]),
        limits=_limits(settings),
        url=result.url,
        title=result.title,
        notes=(*result.notes, *_told_until(result.findings, until)),
        sweep=_sweep_field(result, known, key, services, here),
    )
    if status is not Status.MATCH:
        verdict = _keep(verdict, accepted_document(result), baseline or b"", services, here)
    return replace(verdict, message=explain(verdict, new, result, services))


def variant_of(result: PageResult) -> str:
    """For example ``sweep-linux-390x844@1x``."""
    width, height = result.viewport
    shot = next((one.shot for one in result.observations if one.shot), None)
    platform = shot.environment.platform if shot else "unknown"
    ratio = shot.environment.pixel_ratio if shot else 1.0
    return f"sweep-{platform}-{width}x{height}@{ratio:g}x"


def _status(
    result: PageResult, new: Sequence[Finding], baseline: bytes | None, approve: str
) -> Status:
    """What could not be compared is never a match, whatever the others are like."""
    if result.errors:
        return Status.CAPTURE_ERROR
    if baseline is None and not new:
        return Status.MATCH  # nothing is there to accept
    return decision.decide(has_baseline=baseline is not None, same=not new, approve=approve)


def _size(observation: PageObservation) -> tuple[int, int]:
    return png_file.size(observation.shot.png) if observation.shot else (0, 0)


def _limits(settings: Settings) -> dict[str, Any]:
    names = [f"sweep_{name}" for name in limits(settings)]
    return {
        name: {"value": settings[name], "origin": settings.origin_text(name)}
        for name in (*names, "sweep_kinds")
    }


def _told_until(findings: Sequence[Finding], until: Mapping[str, date]) -> list[str]:
    days = sorted({until[one.fingerprint] for one in findings if one.fingerprint in until})
    return [
        f"{text.counted(sum(until.get(one.fingerprint) == day for one in findings), 'finding')}"
        f" ignored until {day}"
        for day in days
    ]


# --- what is kept -------------------------------------------------------------------------------


def _sweep_field(
    result: PageResult,
    known: KnownFindings,
    key: BaselineKey,
    services: CheckServices,
    here: CheckContext,
) -> dict[str, Any]:
    """The ``sweep`` field of the verdict."""
    keep = bool(result.findings or result.errors)
    stem = f"sweep/{key.path.removesuffix(SWEEP)}{here.test.file_suffix}"
    pages = [_page(one, f"{stem}.{one.browser}.png" if keep else "", result, services)
             for one in result.observations]  # fmt: skip
    return {
        "reference": result.observations[0].browser,
        "viewport": list(result.viewport),
        "url": result.url,
        "pages": pages,
        "findings": [
            {
                "number": number,
                **one.to_dict(),
                "known": known(one),
                "until": str(known.until.get(one.fingerprint, "")),
            }
            for number, one in enumerate(result.findings, 1)
        ],
    }


def _page(
    one: PageObservation, path: str, result: PageResult, services: CheckServices
) -> dict[str, Any]:
    picture = services.folder.keep(path, one.shot.png) if path and one.shot else ""
    return {
        "browser": one.browser,
        "browser_version": one.version,
        "picture": picture,
        "size": list(_size(one)),
        "title": one.layout.title if one.layout else "",
        "url": one.layout.url if one.layout else "",
        "error": result.errors.get(one.browser, ""),
        "milliseconds": dict(one.milliseconds),
    }


def _keep(
    verdict: Verdict, seen: bytes, baseline: bytes, services: CheckServices, here: CheckContext
) -> Verdict:
    stem = f"sweep/{verdict.key.removesuffix(SWEEP)}{here.test.file_suffix}"
    save = services.folder.save
    told = replace(verdict, after=png_file.digest(seen))
    try:
        return replace(
            told,
            actual=save(f"{stem}.actual{SWEEP}", seen),
            expected=save(f"{stem}.expected{SWEEP}", baseline) if baseline else "",
        )
    except StoreError as error:
        return not_kept(told, error)


# --- the message --------------------------------------------------------------------------------


def explain(
    verdict: Verdict, new: Sequence[Finding], result: PageResult, services: CheckServices
) -> str:
    """The message: what is new, most visible first, and what to do."""
    lines = [f"{verdict.name!r} {_head(verdict, new, result)} [{verdict.variant}]"]
    numbers = {id(one): number for number, one in enumerate(result.findings, 1)}
    lines += [f"  {numbers[id(one)]:>3} {one.kind:<10} {one.message}" for one in new[:MOST_TOLD]]
    if new[MOST_TOLD:]:
        lines.append(f"      and {len(new) - MOST_TOLD} more")
    lines += [f"  {name} was not compared: {error}" for name, error in result.errors.items()]
    known = len(result.findings) - len(new)
    lines += [f"  {text.counted(known, 'known finding')}"] if known else []
    lines += [f"  note: {note}" for note in verdict.notes]
    if verdict.status in (Status.MISMATCH, Status.NEW):
        output = services.displayed_output
        elsewhere = "" if output == OUTPUT else f" --output-dir={text.quoted(output)}"
        lines.append(f"  accept:  visualdiff approve {text.quoted(verdict.test)}{elsewhere}")
    return "\n".join(lines)


def _head(verdict: Verdict, new: Sequence[Finding], result: PageResult) -> str:
    names = [one.browser for one in result.observations]
    among = f"in {' and '.join([', '.join(names[:-1]), names[-1]] if names[1:] else names)}"
    if verdict.status is Status.CAPTURE_ERROR:
        return f"was not compared {among}"
    if verdict.status.writes:
        return f"has {text.counted(len(result.findings), 'accepted finding')} {among}"
    if not new:
        return f"is the same {among}"
    return f"has {text.counted(len(new), 'new finding')} {among}"


SCHEMA = 1
"""Number of the shape of the document; a reader refuses another one."""


WORSE = 1.25
"""A finding whose amount has grown by more than this factor and ``LEAST`` is a new one."""


LEAST = 4.0
"""CSS pixels."""


@dataclass(frozen=True)
class Accepted:
    """What was accepted of a page: the fingerprints, each with its amount in CSS pixels."""

    amounts: Mapping[str, float]

    @classmethod
    def read(cls, document: bytes | None) -> Accepted:
        """The accepted findings of a baseline; none without one.

        Raises ``BaselineUnreadable`` for what is no such document.
        """
        if document is None:
            return cls({})
        try:
            data = json.loads(document)
            if data["schema"] != SCHEMA:
                raise BaselineUnreadable(
                    f"accepted findings of schema {data['schema']}, this version reads {SCHEMA}"
                )
            return cls({str(one["fingerprint"]): float(one["amount"]) for one in data["findings"]})
        except (ValueError, KeyError, TypeError) as error:
            raise BaselineUnreadable(f"not a document of accepted findings: {error!r}") from error

    def has(self, finding: Finding) -> bool:
        """Whether a finding was accepted, and is no worse by now."""
        known = [self.amounts[one] for one in finding.fingerprints if one in self.amounts]
        return any(finding.amount <= before * WORSE + LEAST for before in known)


def accepted_document(result: PageResult) -> bytes:
    """The findings of a page as the document that approval makes the baseline."""
    ordered = sorted(result.findings, key=lambda one: one.fingerprint)
    parts = urlsplit(result.url)
    data = {
        "schema": SCHEMA,
        "reference": result.observations[0].browser,
        "browsers": [one.browser for one in result.observations],
        "viewport": list(result.viewport),
        "page": f"{parts.path}{'?' if parts.query else ''}{parts.query}",
        "findings": [_plain(one) for one in ordered],
    }
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _plain(one: Finding) -> dict[str, Any]:
    return {
        "fingerprint": one.fingerprint,
        "kind": one.kind,
        "selector": one.selector,
        "browser": one.browser,
        "partner": one.partner,
        "amount": round(one.amount),
        "message": one.message,
    }


def ignored_until(
    findings: Sequence[Finding], key: BaselineKey, ignored: Iterable[Ignored], today: date
) -> dict[str, date]:
    """Until when each finding is ignored that is today, by fingerprint."""
    live = sorted((one for one in ignored if one.until >= today), key=lambda one: one.until)
    known = {one.fingerprint: one.until for one in live}
    found: dict[str, date] = {}
    for one in findings:
        names = [sweep_fingerprint(key, name) for name in one.fingerprints]
        days = [known[name] for name in names if name in known]
        found |= {one.fingerprint: max(days)} if days else {}
    return found
