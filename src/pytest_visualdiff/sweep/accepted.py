"""The findings that were accepted: a small JSON document, which is the baseline of a sweep.

It holds what does not change from run to run: no boxes, versions or host names. A finding is the
accepted one while kind, element and browsers are the same and it has not become much worse.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_visualdiff.baselines.ignored import sweep_fingerprint
from pytest_visualdiff.errors import BaselineUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from pytest_visualdiff.baselines.ignored import Ignored
    from pytest_visualdiff.model import BaselineKey
    from pytest_visualdiff.sweep.findings import Finding
    from pytest_visualdiff.sweep.page_result import PageResult

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
        before = self.amounts.get(finding.fingerprint)
        return before is not None and finding.amount <= before * WORSE + LEAST


def document(result: PageResult) -> bytes:
    """The findings of a page as the document that approval makes the baseline."""
    ordered = sorted(result.findings, key=lambda one: one.fingerprint)
    parts = urlsplit(result.url)
    data = {
        "schema": SCHEMA,
        "reference": result.sights[0].browser,
        "browsers": [one.browser for one in result.sights],
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


def pardoned(
    findings: Sequence[Finding], key: BaselineKey, ignored: Iterable[Ignored], today: date
) -> dict[str, date]:
    """Until when each finding is ignored that is today, by fingerprint."""
    live = sorted((one for one in ignored if one.until >= today), key=lambda one: one.until)
    known = {one.fingerprint: one.until for one in live}
    names = {one.fingerprint: sweep_fingerprint(key, one.fingerprint) for one in findings}
    return {finding: known[name] for finding, name in names.items() if name in known}
