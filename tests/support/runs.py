"""Runs made by hand, with pictures that wait for a decision: no pytest and no browser needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_visualdiff.baselines.directory import DirectoryStore
from pytest_visualdiff.images import codec
from pytest_visualdiff.images import png as png_file
from pytest_visualdiff.model import BaselineKey, Status, Verdict
from pytest_visualdiff.review.actor import Actor
from pytest_visualdiff.review.decisions import Decisions
from pytest_visualdiff.review.transaction import DecisionTransaction
from pytest_visualdiff.runs import folder, run_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ADA = Actor("Ada <ada@example.org>", "c0ffee")


def picture(shade: int) -> bytes:
    """A tiny PNG; another one for each shade."""
    pixels = np.full((6, 6, 3), shade, np.uint8)
    return png_file.with_text(codec.encode(pixels), {"tool": f"{shade}"})


def seen(
    folder: folder.RunFolder, name: str, png: bytes, before: bytes = b"", **changes: Any
) -> Verdict:
    """A check whose picture is in the run folder and waits for a decision."""
    values: dict[str, Any] = {
        "status": Status.MISMATCH if before else Status.NEW,
        "test": f"t.py::test_{name}",
        "name": name,
        "key": f"t/test_{name}/{name}.image.png",
        "variant": "image",
        "message": f"{name!r} differs",
        "before": png_file.digest(before) if before else "",
        "after": png_file.digest(png),
        "actual": folder.save(f"images/{name}.actual.png", png),
        "expected": folder.save(f"images/{name}.expected.png", before) if before else "",
        "environment": {"browser": "firefox", "browser_version": "153", "platform": "linux"},
    }
    return Verdict(**{**values, **changes})


def recorded(folder: folder.RunFolder, checks: Sequence[Verdict], baselines: Path) -> run_files.Run:
    """The run of these checks, with its ``run.json``."""
    facts = {"started": "", "finished": "", "counts": {}, "flaky": [], "approvals": {}}
    run_files.record(folder, checks, baseline_dir=baselines, facts=facts)
    return run_files.load(folder.output, folder.id)


class Review:
    """A project with three checks that differ from their baselines, and one that is new."""

    OLD = picture(1)

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = folder.RunFolder(path / ".visualdiff", "20260101-000000-aaaaaa")
        self.store = DirectoryStore(path / "baselines", shown_from=path)
        for name in ("one", "two", "three"):
            self.store.write(BaselineKey(f"t/test_{name}/{name}.image.png"), self.OLD, seen="")
        changed = [seen(self.folder, name, picture(at), self.OLD)
                   for at, name in enumerate(("one", "two", "three"), 100)]  # fmt: skip
        self.checks = [*changed, seen(self.folder, "new", picture(103))]
        self.ids = [one.id for one in self.checks]
        self.run = recorded(self.folder, self.checks, self.store.root)

    @property
    def transaction(self) -> DecisionTransaction:
        return DecisionTransaction(self.store, self.store.root, self.folder.output, ADA)

    def decisions(self) -> Decisions:
        return Decisions(self.run, self.transaction)

    def approved(self) -> list[str]:
        """Names of the checks whose picture is the baseline."""
        pairs = zip(self.checks, self.baselines(), strict=True)
        return [one.name for one, png in pairs if png and png_file.digest(png) == one.after]

    def baselines(self) -> list[bytes | None]:
        """What is approved of one, two, three and new."""
        return [self.store.read(BaselineKey(one.key)) for one in self.checks]
