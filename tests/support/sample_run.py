"""Runs for tests and benchmarks of the viewer: real pages with planted changes, no browser needed.

Everything in them is the same each time, so that a page that shows one has a baseline itself.
"""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_visualdiff import model
from pytest_visualdiff.baselines import naming
from pytest_visualdiff.checks.decision import limits
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.options.table import Settings
from pytest_visualdiff.runs import run_files as run
from pytest_visualdiff.runs.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sample_changes import Change

RUN_ID = "20260105-090000-5a3c1e"
FINISHED = "2026-01-05T09:00:42Z"


@dataclass
class Sample:
    """A project folder with baselines and one run, made check by check."""

    root: Path
    run_id: str = RUN_ID
    verdicts: list[Verdict] = field(default_factory=list)
    journeys: list[dict[str, Any]] = field(default_factory=list)

    @property
    def baselines(self) -> Path:
        return self.root / "baselines"

    @property
    def output(self) -> Path:
        return self.root / ".visualdiff"

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.output, self.run_id)

    def differs(self, test: str, name: str, variant: str, change: Change) -> Verdict:
        """Add a check whose picture differs."""
        key = naming.baseline_key("tests/test_shop.py", test, name, variant)
        place = self.baselines / key.path
        place.parent.mkdir(parents=True, exist_ok=True)
        _put(place, change.before)
        verdict = self._verdict(
            Status.MISMATCH, test, name, variant, key=key.path, before=_digest(change.before)
        )
        stem = f"images/{key.path.removesuffix('.png')}"
        return self._add(
            replace(
                verdict,
                differences=change.about.differences,
                change=change.about.change,
                confidence=0.0,
                size=png_file.size(change.after),
                after=_digest(change.after),
                actual=self._save(f"{stem}.actual.png", change.after),
                expected=self._save(f"{stem}.expected.png", change.before),
                diff=self._save(f"{stem}.diff.png", change.diff),
                environment=environment(variant),
                baseline_environment=environment(variant, older=True),
                limits=limits(Settings()),
                notes=("the baseline was made with another browser version: 140.0, now 141.0",),
            )
        )

    def new(self, test: str, name: str, variant: str, png: bytes) -> Verdict:
        """Add a check without a baseline."""
        key = naming.baseline_key("tests/test_shop.py", test, name, variant)
        verdict = self._verdict(Status.NEW, test, name, variant, key=key.path)
        actual = self._save(f"images/{key.path.removesuffix('.png')}.actual.png", png)
        size = png_file.size(png)
        made = environment(variant)
        return self._add(
            replace(verdict, actual=actual, after=_digest(png), size=size, environment=made)
        )

    def matches(self, test: str, name: str, variant: str) -> Verdict:
        """Add a check that found nothing."""
        key = naming.baseline_key("tests/test_shop.py", test, name, variant)
        return self._add(self._verdict(Status.MATCH, test, name, variant, key=key.path))

    def trouble(self, test: str, name: str, variant: str, *frames: bytes) -> Verdict:
        """Add a check whose page never came to rest."""
        saved = [
            self._save(f"images/{test}/{name}.frame{number}.png", frame)
            for number, frame in enumerate(frames, 1)
        ]
        verdict = self._verdict(Status.CAPTURE_ERROR, test, name, variant)
        message = (
            f"{name!r} was not compared: UnstableTarget: two frames never agreed within 5 s; still"
            " changing: #clock"
        )
        return self._add(replace(verdict, frames=tuple(saved), message=message))

    def sweep(self, test: str, name: str, pages: dict[str, bytes], findings: list[Any]) -> Verdict:
        """Add a cross-browser check."""
        shots = [
            {
                "browser": browser,
                "browser_version": "141.0",
                "picture": self._save(f"sweep/{test}/{name}.{browser}.png", png),
                "size": list(png_file.size(png)),
                "title": "Pennywell",
                "error": "",
            }
            for browser, png in pages.items()
        ]
        seen = {
            "reference": next(iter(pages)),
            "viewport": [1280, 800],
            "url": "http://127.0.0.1/pricing",
            "pages": shots,
            "findings": findings,
        }
        variant = "sweep-linux-1280x800@1x"
        picture = naming.baseline_key("tests/test_shop.py", test, name, variant).path
        key = f"{picture.removesuffix('.png')}.sweep.json"
        found = json.dumps({"findings": findings}).encode()
        return self._add(
            replace(
                self._verdict(Status.NEW, test, name, variant, key=key),
                sweep=seen,
                after=_digest(found),
                actual=self._save(f"sweep/{key}", found),
            )
        )

    def journey(self, test: str, steps: list[dict[str, Any]], pictures: dict[int, bytes]) -> None:
        """Add a journey; ``pictures`` are those of its steps, by number."""
        for step in steps:
            png = pictures.get(step["number"])
            if png:
                step["picture"] = self._save(f"journeys/{test}/{step['number']:02}.png", png)
                step["size"] = list(png_file.size(png))
        self.journeys.append(
            {
                "test": f"tests/test_shop.py::{test}",
                "browser": "firefox",
                "screen": "1280x800@1x",
                "outcome": "failed" if steps[-1]["status"] == "failed" else "passed",
                "steps": steps,
            }
        )

    def record(self, **facts: Any) -> dict[str, Any]:
        """Write run.json; returns its data."""
        given = {
            "started": "2026-01-05T09:00:00Z",
            "finished": FINISHED,
            "exit_status": 1,
            "interrupted": False,
            "approve": "none",
            "counts": model.counts(self.verdicts),
            "flaky": [],
            "approvals": {},
            "journeys": self.journeys,
        }
        written = run.record(
            self.folder, self.verdicts, baseline_dir=self.baselines, facts={**given, **facts}
        )
        return written.to_dict()

    def _verdict(
        self, status: Status, test: str, name: str, variant: str, **values: Any
    ) -> Verdict:
        number = len(self.verdicts)
        return Verdict(
            status=status,
            test=f"tests/test_shop.py::{test}",
            name=name,
            variant=variant,
            message=f"{name!r}: {status} [{variant}]",
            location=f"tests/test_shop.py:{20 + number % 80}",
            duration=0.02 + (number * 37 % 100) / 250,
            title="Pennywell",
            url="http://127.0.0.1:5000/pricing",
            **{"key": "", **values},
        )

    def _add(self, verdict: Verdict) -> Verdict:
        self.verdicts.append(verdict)
        return verdict

    def _save(self, relative: str, png: bytes) -> str:
        if not self.folder.path.exists():
            self.folder.save(relative, png)
        _put(self.folder.path / relative, png)
        return relative


_written: dict[bytes, Path] = {}


def _put(place: Path, data: bytes) -> None:
    """Write a file; equal ones share their bytes on the disk (2,000 of them are made in tests)."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    first = _written.get(data)
    # An approval may have put another file in its place since.
    if first is not None and first.is_file() and first.read_bytes() == data:
        os.link(first, place)
    else:
        place.write_bytes(data)
        _written[data] = place


def environment(variant: str, *, older: bool = False) -> dict[str, str]:
    """Provenance texts of a variant such as ``chrome-linux-1280x800@1x``."""
    browser, platform, rest = variant.split("-")
    size, ratio = rest.removesuffix("x").split("@")
    return {
        "tool": "pytest-visualdiff 1.0",
        "browser": browser,
        "browser_version": "140.0" if older else "141.0",
        "platform": platform,
        "viewport": size,
        "pixel_ratio": ratio,
        "fonts": "2c20e18e9f04",
    }


VARIANTS = tuple(
    f"{browser}-linux-{size}@1x"
    for browser, size in itertools.product(("chrome", "firefox"), ("1280x800", "390x844"))
)

SHOTS = (
    ("test_dashboard", "dashboard"),
    ("test_pricing", "pricing"),
    ("test_article", "article"),
    ("test_form", "form"),
    ("test_login", "empty"),
)


def shots() -> Iterator[tuple[str, str, str]]:
    """Test, name and variant of each page, endlessly: with a number from the second round on."""
    for turn in itertools.count(1):
        for (test, name), variant in itertools.product(SHOTS, VARIANTS):
            yield test if turn == 1 else f"{test}_{turn}", name, variant


STEPS = (
    ("open", "http://127.0.0.1/login", None, None),
    ("click", "username-field.png", [500, 340, 280, 44], 0.998),
    ("type", "ada", None, None),
    ("type", "•••", None, None),
    ("click", "login-button.png", [500, 470, 280, 46], 0.994),
    ("wait_for", "welcome.png", None, 0.612),
)


def journey_steps() -> list[dict[str, Any]]:
    """A log-in whose last step fails."""
    return [
        {
            "number": number,
            "action": action,
            "what": what,
            "status": "failed" if action == "wait_for" else "done",
            "picture": "",
            "size": [0, 0],
            "box": box,
            "point": [box[0] + box[2] // 2, box[1] + box[3] // 2] if box else None,
            "template": "",
            "confidence": confidence,
            "required": 0.9 if confidence else None,
            "runner_up": 0.31 if confidence else None,
            "margin": round(confidence - 0.31, 3) if confidence else None,
            "duration": 0.12 * number,
            "message": "'welcome.png' not found in 5 s: best confidence 0.61 at (85, 112), "
            "required 0.9"
            if action == "wait_for"
            else "",
            "location": f"tests/test_shop.py:{90 + number}",
        }
        for number, (action, what, box, confidence) in enumerate(STEPS, 1)
    ]


def finding(number: int, kind: str, browser: str, box: list[int], **more: Any) -> dict[str, Any]:
    """A finding of a cross-browser check."""
    return {
        "number": number,
        "kind": kind,
        "selector": "main > .plans > article:nth-of-type(2) > a.button",
        "browser": browser,
        "box": box,
        "partner": {"browser": "firefox", "box": [box[0], box[1] - 12, *box[2:]]},
        "message": "12 px lower than in firefox",
        "confidence": 0.93,
        "consequences": 2,
        "known": False,
        "until": "",
        "fingerprint": f"v1:{number}",
        **more,
    }


def _digest(data: bytes) -> str:
    return png_file.digest(data)
