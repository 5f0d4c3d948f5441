"""Several approved pictures of one check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pictures import page

if TYPE_CHECKING:
    from conftest import Project

MAIN = "test_it/test_page/page.image.png"
SECOND = "test_it/test_page/page.image~2.png"


def test_a_check_matches_when_any_alternative_does_and_says_which(project: Project) -> None:
    """And when none does, the closest one is told, and is the one that approval replaces."""
    other, third = page(colour="#d93025"), page(colour="#d93025", label="Bye")
    project.approve()
    project.show(other)
    project.run().assert_outcomes(failed=1)
    project.command("approve", "--alternative", "--all").stdout.fnmatch_lines(["1 approved*"])
    assert list(project.baselines()) == [MAIN, SECOND]

    project.run().assert_outcomes(passed=1)
    (check,) = project.record()["checks"]
    assert check["key"] == SECOND
    assert check["notes"] == [f"matches approved picture 2 of 2, baselines/{SECOND}"]
    before = project.baselines()[MAIN]

    project.show(third)
    project.run().stdout.fnmatch_lines(
        ["*matches none of 2 approved pictures*closest: approved picture 2 of 2*", f"*{SECOND}"]
    )
    project.command("approve", "--all")
    assert project.baselines()[MAIN] == before
    assert len(project.baselines()) == 2
    project.run().assert_outcomes(passed=1)
    assert project.command("status").ret == 0


def test_a_damaged_alternative_is_a_store_error(project: Project) -> None:
    """Also where another one matches: nobody would find out otherwise."""
    project.approve()
    (project.pytester.path / "baselines" / SECOND).write_bytes(b"damaged")
    project.run().stdout.fnmatch_lines([f"E *BaselineUnreadable: *{SECOND}*"])
    assert project.statuses() == {"page": "store-error"}


def test_a_store_of_others_without_alternatives_works(project: Project) -> None:
    project.pytester.makeconftest("""
        from pytest_visualdiff.baselines.directory import DirectoryStore

        class Own:
            def __init__(self, folder):
                inner = DirectoryStore(folder)
                self.read, self.check_writable = inner.read, inner.check_writable
                self.write = inner.write
                self.describe, self.keys = inner.describe, inner.keys

        def pytest_visualdiff_register(registry):
            registry.stores["own"] = Own
    """)
    project.run("--visualdiff-store=own", "--visualdiff-approve=new").assert_outcomes(passed=1)
    project.run("--visualdiff-store=own").assert_outcomes(passed=1)
    assert project.record()["checks"][0]["notes"] == []


def test_a_mask_that_is_asked_for_no_more_is_noted(project: Project) -> None:
    """It goes on applying until a new baseline is approved."""
    masked = """
        from pathlib import Path

        def test_page(visualdiff):
            visualdiff.check(Path(__file__).parent / "page.png", "page", mask=[(50, 70, 120, 60)])
    """
    project.write(masked)
    project.approve()
    project.run()
    assert project.record()["checks"][0]["notes"] == []
    project.write(masked.replace(", mask=[(50, 70, 120, 60)]", ""))
    project.show(page(label="Bug"))
    project.run().assert_outcomes(passed=1)
    (note,) = project.record()["checks"][0]["notes"]
    assert note.startswith("the baseline still masks (50, 70) 120x60, which the test no longer")
