"""Names of checks: each has its own in a test, and none leaves the folder of baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project


def test_the_same_name_twice_in_a_test_is_refused(project: Project) -> None:
    project.write("""
        from pathlib import Path
        HERE = Path(__file__).parent
        def test_page(visualdiff):
            visualdiff.check(HERE / "page.png", "page")
            visualdiff.check(HERE / "page.png", "page")
    """)
    project.approve().stdout.fnmatch_lines(["E *DuplicateName: 'page' is checked twice*"])


@pytest.mark.parametrize("name", ["../../escape", "a'b\"c", "two\nlines", "x" * 300, "<script>"])
def test_hostile_names_stay_inside_the_baseline_folder(project: Project, name: str) -> None:
    project.write(f"""
        from pathlib import Path
        def test_page(visualdiff):
            visualdiff.check(Path(__file__).parent / "page.png", {name!r})
    """)
    project.approve().assert_outcomes(passed=1)
    (path,) = project.baselines()
    assert path.startswith("test_it/test_page/")
    project.run().assert_outcomes(passed=1)


def test_names_that_look_alike_as_files_get_baselines_of_their_own(project: Project) -> None:
    project.write("""
        from pathlib import Path
        HERE = Path(__file__).parent
        def test_page(visualdiff):
            visualdiff.check(HERE / "page.png", "a b")
            visualdiff.check(HERE / "other.png", "a/b")
    """)
    project.show(page(label="Bye"), "other.png")
    project.approve().assert_outcomes(passed=1)
    assert len(project.baselines()) == 2
    project.run().assert_outcomes(passed=1)


def test_a_check_and_a_sweep_of_one_test_have_names_of_their_own(project: Project) -> None:
    """With the same name, one verdict would take the other's place in the record."""
    project.write("""
        from pathlib import Path

        def test_page(visualdiff, visualdiff_sweep):
            visualdiff.check(Path(__file__).parent / "page.png", "page", soft=True)
            visualdiff_sweep.check("http://127.0.0.1:9/", "Page")
    """)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*DuplicateName: 'Page' is checked twice in *::test_page*"])
