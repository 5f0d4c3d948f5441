"""A test has one baseline, whatever other plugins do to its name; two tests never share one."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project

CHECK = """
    from pathlib import Path
    import pytest
    PAGE = Path(__file__).parent / "page.png"
"""

# What pytest-xdist does to the tests of a group under --dist=loadgroup, up to pytest 8.
GROUPS = """
    import pytest

    def pytest_configure():
        usual = pytest.Function.nodeid
        told = lambda item: getattr(item, "grouped", "") or usual.fget(item)
        pytest.Function.nodeid = property(told)

    def pytest_collection_modifyitems(items):
        for item in items:
            for mark in item.iter_markers("xdist_group"):
                item.grouped = f"{item.nodeid}@{mark.args[0]}"
"""

GROUPED = (
    CHECK
    + """
    @pytest.mark.xdist_group("cart")
    def test_total(visualdiff):
        visualdiff.check(PAGE, "page")

    @pytest.mark.xdist_group("cart")
    class TestCart:
        @pytest.mark.parametrize("what", ["a::b", "c@d"])
        def test_sum(self, visualdiff, what):
            visualdiff.check(PAGE, "page")
"""
)


def test_the_group_of_a_test_is_no_part_of_the_path_of_its_baseline(project: Project) -> None:
    project.write(GROUPED)
    project.approve().assert_outcomes(passed=3)
    plain = project.baselines()
    project.pytester.makeconftest(GROUPS)
    result = project.run("-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*test_total@cart*"])
    assert {check["key"] for check in project.record()["checks"]} == {*plain}
    assert set(project.statuses().values()) == {"match"}
    assert project.command("unused").ret == 0


def test_a_message_names_a_test_of_a_group_as_pytest_takes_it(project: Project) -> None:
    project.write(GROUPED)
    project.pytester.makeconftest(GROUPS)
    project.run("-v").stdout.fnmatch_lines(["*accept:  visualdiff approve test_it.py::test_total"])
    assert project.command("approve", "test_it.py::test_total").ret == 0
    assert [*project.baselines()] == ["test_it/test_total/page.image.png"]


REPEATED = (
    CHECK
    + """
    @pytest.mark.parametrize("what", ["1-3", "dark"])
    def test_total(visualdiff, what):
        visualdiff.check(PAGE, "page")
"""
)


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_repetitions_of_a_test_share_one_baseline(project: Project, workers: str) -> None:
    project.write(REPEATED)
    project.approve().assert_outcomes(passed=2)
    baselines = project.baselines()
    project.run("--count=3", workers).assert_outcomes(passed=6)
    assert project.baselines() == baselines
    project.show(page(label="Bye"))
    project.run("--count=3", workers).assert_outcomes(failed=6)
    for check in project.record()["checks"]:
        assert (project.runs[-1].parent / check["diff"]).is_file()
    assert len({check["actual"] for check in project.record()["checks"]}) == 6


def test_repetitions_that_agree_are_approved_as_one(project: Project) -> None:
    project.write(REPEATED)
    project.run("--count=3", "--visualdiff-approve=new").assert_outcomes(passed=6)
    assert len(project.baselines()) == 2
    project.run().assert_outcomes(passed=2)


def test_repetitions_that_saw_different_pictures_approve_nothing(project: Project) -> None:
    project.show(page(label="Bye"), "other.png")
    project.write(
        CHECK
        + """
    import itertools
    SHOWN = itertools.cycle([PAGE, PAGE.with_name("other.png")])

    def test_total(visualdiff):
        visualdiff.check(next(SHOWN), "page")
    """
    )
    result = project.run("--count=2", "--visualdiff-approve=new")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*its 2 repetitions saw different pictures (flaky)"])
    assert not project.baselines()


def test_a_baseline_of_a_test_that_was_skipped_is_in_use_also_with_repetitions(
    project: Project,
) -> None:
    project.write(REPEATED)
    project.approve()
    project.write(
        REPEATED.replace("(visualdiff, what):", "(visualdiff, what):\n        pytest.skip()")
        + """
    def test_other(visualdiff):
        visualdiff.check(PAGE, "page")
    """
    )
    project.run("--count=2")
    result = project.command("unused")
    result.stdout.no_fnmatch_line("*has no test*")
    assert result.ret == 0


TWINS = (
    CHECK
    + """
    import unittest

    def test_cart(visualdiff):
        visualdiff.check(PAGE, "page")

    def test_Cart(visualdiff):
        visualdiff.check(PAGE, "page")

    @pytest.mark.parametrize("size", ["s", "S"])
    def test_size(visualdiff, size):
        visualdiff.check(PAGE, "page")

    class TestShop:
        def test_it(self, visualdiff):
            visualdiff.check(PAGE, "page")

    class Testshop:
        def test_it(self, visualdiff):
            visualdiff.check(PAGE, "page")

    class OldTests(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def _fixtures(self, visualdiff):
            self.visualdiff = visualdiff

        def test_a(self):
            self.visualdiff.check(PAGE, "page")

        def test_A(self):
            self.visualdiff.check(PAGE, "page")
"""
)


def write_twins(project: Project) -> None:
    project.write(TWINS)
    project.pytester.makeini("[pytest]\npython_files = test_*.py Test_*.py")
    for name in ("Test_file.py", "test_file.py"):
        folder = project.pytester.mkdir(name[:4])
        (folder / name).write_text(
            "from pathlib import Path\n"
            "PAGE = Path(__file__).parent.parent / 'page.png'\n"
            "def test_it(visualdiff):\n"
            "    visualdiff.check(PAGE, 'page')\n"
        )


def test_names_that_differ_only_in_case_get_different_paths(project: Project) -> None:
    write_twins(project)
    project.approve().assert_outcomes(passed=10)
    paths = [*project.baselines()]
    assert len(paths) == 10
    assert len({path.casefold() for path in paths}) == 10
    assert "test_it/test_cart/page.image.png" in paths
    project.run().assert_outcomes(passed=10)
    project.run("test_it.py::test_Cart", "test_it.py::Testshop").assert_outcomes(passed=2)
    project.command("unused").stdout.no_fnmatch_line("*has no test*")


def test_a_run_with_names_that_differ_only_in_case_can_be_taken_from_a_zip(
    project: Project,
) -> None:
    write_twins(project)
    project.run().assert_outcomes(failed=10)
    output = project.pytester.path / ".visualdiff"
    run = project.runs[-1].parent
    with zipfile.ZipFile(project.pytester.path / "run.zip", "w") as archive:
        for path in run.rglob("*"):
            archive.write(path, path.relative_to(output))
    assert project.command("approve", "--all", "--from=run.zip").ret == 0
    project.run().assert_outcomes(passed=10)


def test_names_without_a_twin_keep_the_path_that_they_had(project: Project) -> None:
    project.write("""
        from pathlib import Path

        CART = "test_CART"
        TEST_CART = "no test"

        class TestCart:
            def test_Sum(self, visualdiff):
                visualdiff.check(Path(__file__).parent / "page.png", "Page")
    """)
    project.approve()
    assert [*project.baselines()] == ["test_it/TestCart.test_Sum/Page.image.png"]


def test_a_baseline_at_the_path_of_an_earlier_version_is_named(project: Project) -> None:
    project.write(TWINS)
    old = project.pytester.mkpydir("baselines") / "test_it" / "test_Cart" / "page.image.png"
    old.parent.mkdir(parents=True)
    old.write_bytes(page())
    told = project.run("-k", "test_Cart").stdout
    old, new = ("*baselines/test_it/test_Cart" + end for end in ("/page.image.png", "-*.png"))
    told.fnmatch_lines([f"*note: names that differ only in upper and lower case{old}{new}"])
