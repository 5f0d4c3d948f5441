"""Puts every pair to an engine."""

from __future__ import annotations

from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

from research.sweep.cases import labels, load
from research.sweep.engine import ENGINES
from research.sweep.score import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from research.sweep.cases import Case
    from research.sweep.score import Named


def run(split: str, engine: str, jobs: int = 2, step: int = 1) -> list[Outcome]:
    """The outcomes of the pairs of every ``step``-th scene of a split."""
    cases = load(split)
    scenes: dict[str, list[Case]] = {}
    for case in cases:
        scenes.setdefault(case.scene, []).append(case)
    with get_context("spawn").Pool(jobs) as pool:
        chosen = list(scenes.values())[::step]
        answers = pool.imap(partial(_scene, engine), chosen, chunksize=2)
        return [outcome for outcomes in answers for outcome in outcomes]


def _scene(engine: str, cases: Sequence[Case]) -> list[Outcome]:
    """The pair without a fault first: what it shows is no fault's doing."""
    real = labels(cases[0].split).get(cases[0].scene, frozenset())
    found: list[Outcome] = []
    for case in cases:
        standing = _said(found[0].findings) if found else frozenset()
        found.append(one(engine, case, standing, real))
    return found


def one(
    engine: str,
    case: Case,
    standing: frozenset[tuple[str, str]],
    real: frozenset[tuple[str, str]],
) -> Outcome:
    """What the engine says of one pair; its own failure is no answer."""
    try:
        findings, milliseconds = ENGINES[engine](case)
    except Exception as error:  # noqa: BLE001 - counted, and told with the pair
        return Outcome(case.id, case.truth(), (), failed=f"{type(error).__name__}: {error}")
    truth = case.truth({path for named in findings for path in named.paths})
    return Outcome(case.id, truth, findings, standing, real, milliseconds)


def _said(findings: Iterable[Named]) -> frozenset[tuple[str, str]]:
    return frozenset((one.kind, path) for one in findings for path in one.paths)
