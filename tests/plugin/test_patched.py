"""A test may freeze or patch what it likes: a check works by the real clock, and ends."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project

RESTLESS = """
    import itertools
    from pathlib import Path
    import time

    import freezegun
    import pytest

    HERE = Path(__file__).parent
    SHOTS = itertools.cycle([(HERE / "page.png").read_bytes(), (HERE / "other.png").read_bytes()])

    class Restless:
        def screenshot(self):
            return next(SHOTS)

    def stands_still(*_):
        return 0.0
"""

FREEZERS = {
    "freezegun": """
    @freezegun.freeze_time("2001-02-03")
    def test_page(visualdiff):
        """,
    "freezegun around the fixture": """
    @pytest.fixture(autouse=True)
    def frozen():
        with freezegun.freeze_time("2001-02-03"):
            yield

    def test_page(frozen, visualdiff):
        """,
    "patched": """
    def test_page(visualdiff, monkeypatch):
        for name in ("time", "monotonic", "perf_counter", "sleep"):
            monkeypatch.setattr(time, name, stands_still)
        """,
}


def written(freezer: str, *lines: str) -> str:
    """A test module with that kind of frozen clock around the lines."""
    return RESTLESS + FREEZERS[freezer] + "\n        ".join(lines)


@pytest.mark.parametrize("freezer", FREEZERS)
def test_a_target_that_never_settles_is_told_after_the_timeout(
    project: Project, freezer: str
) -> None:
    project.show(page(label="Other"), "other.png")
    project.write(written(freezer, 'visualdiff.check(Restless(), "page", timeout=0.3)'))
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *UnstableTarget: the target never settled within 0.3 s*"])


@pytest.mark.parametrize("freezer", FREEZERS)
def test_a_template_that_never_comes_is_told_after_the_timeout(
    project: Project, freezer: str
) -> None:
    project.show(page(label="Other"), "other.png")
    line = 'visualdiff.locate(Still(), HERE / "other.png", timeout=0.2)'
    still = """
    class Still:
        def screenshot(self):
            return (HERE / "page.png").read_bytes()
    """
    project.write(
        written(freezer, line).replace("    class Restless", f"{still}\n    class Restless")
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *TemplateNotFound: *"])


@pytest.mark.parametrize("freezer", FREEZERS)
def test_a_run_is_dated_by_the_real_clock(project: Project, freezer: str) -> None:
    project.write(written(freezer, 'visualdiff.check(HERE / "page.png", "page")'))
    project.show(page(label="Other"), "other.png")
    project.run().assert_outcomes(failed=1)
    record = project.record()
    today = dt.datetime.now(dt.timezone.utc).date()
    assert abs(dt.date.fromisoformat(record["started"][:10]) - today).days <= 1
    assert record["id"][:8] == record["started"][:10].replace("-", "")
    assert 0 < record["checks"][0]["duration"] < 600


CHANGED = """
    import os
    from pathlib import Path
    import random
    import secrets
    import tempfile
    import uuid

    import pytest

    HERE = Path(__file__).parent

    def broken(*_, **__):
        raise RuntimeError("patched")

    @pytest.fixture(autouse=True)
    def changed(monkeypatch):
        usual = os.umask(0o777)
        monkeypatch.setattr(os, "environ", {})
        monkeypatch.chdir("/")
        for module, name in ((tempfile, "gettempdir"), (random, "random"), (uuid, "uuid4")):
            monkeypatch.setattr(module, name, broken)
        random.seed(1)
        yield
        os.umask(usual)

    def test_page(visualdiff):
        visualdiff.check(HERE / "page.png", "page")
"""


def test_what_a_test_changes_of_its_process_changes_no_check(project: Project) -> None:
    """Environment, working folder, file mode mask, random numbers; also of files that are kept."""
    project.write(CHANGED)
    project.run("--visualdiff-approve=new").assert_outcomes(passed=1)
    project.show(page(label="Other"))
    project.run().assert_outcomes(failed=1)
    output = project.pytester.path / ".visualdiff"
    kept = [path for path in output.rglob("*") if "cache" not in path.parts]
    assert [path for path in kept if path.suffix == ".png"]
    assert not [path for path in kept if not path.stat().st_mode & 0o400]
    project.command("approve", "--all").stdout.fnmatch_lines(["1 approved, 0 refused"])
    project.run().assert_outcomes(passed=1)
