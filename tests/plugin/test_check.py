"""visualdiff.check: what a user sees, and how its three families of trouble differ."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from pictures import page

if TYPE_CHECKING:
    from conftest import Project

HEADER = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
BOMB = struct.pack(">I", 13) + HEADER + struct.pack(">I", zlib.crc32(HEADER))


def test_a_difference_says_what_happened_where_and_what_to_do(project: Project) -> None:
    project.approve()
    project.show(page(button=(60, 92)))
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*= visualdiff =*",
            "1 check: 1 mismatch",
            "test_it.py:4: 'page' differs from its baseline [[]image[]]",
            "*'moved'*by (0, +12)*max_move, from default*",
            "*baseline baselines/test_it/test_page/page.image.png",
            "*actual   .visualdiff/*.actual.png",
            "*diff     .visualdiff/*.diff.png",
            "*accept:  visualdiff approve test_it.py::test_page",
            "look: file://*report.html",
            "FAILED test_it.py::test_page - VisualDifference: page: moved at *",
        ]
    )
    assert result.stdout.str().count("by (0, +12)") == 1


def test_limits_come_from_the_closest_layer_and_the_message_names_it(project: Project) -> None:
    project.pytester.makeini("[pytest]\nvisualdiff_max_move = 3")
    project.approve()
    project.show(page(button=(60, 92)))
    project.run().stdout.fnmatch_lines(["*allowed 3 (max_move, from ini)*"])
    project.run("--visualdiff-max-move=5").stdout.fnmatch_lines(["*from command line)*"])
    project.run("--visualdiff-max-move=12").assert_outcomes(passed=1)


def test_a_level_is_named_by_the_message_and_by_the_record(project: Project) -> None:
    """The closest one wins, with all of its row."""
    project.pytester.makeini("[pytest]\nvisualdiff_max_move = 20")
    project.approve()
    project.show(page(button=(60, 92)))
    project.run().assert_outcomes(passed=1)
    result = project.run("--visualdiff-strictness=strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*allowed 0 (max_move, from command line (strictness=strict))*"])
    limits = project.record()["checks"][0]["limits"]
    assert limits["max_move"]["origin"] == "command line (strictness=strict)"


def test_markers_of_module_class_and_function_merge(project: Project) -> None:
    project.write("""
        from pathlib import Path
        import pytest
        HERE = Path(__file__).parent
        pytestmark = pytest.mark.visualdiff(max_move=12, confidence=0.5)

        class TestIt:
            @pytest.mark.visualdiff(confidence=0.6)
            def test_page(self, visualdiff):
                verdict = visualdiff.check(HERE / "page.png", "page")
                assert verdict.limits["max_move"] == {"value": 12.0, "origin": "marker"}
                assert verdict.limits["confidence"]["value"] == 0.6
                verdict = visualdiff.check(HERE / "page.png", "again", confidence=0.7)
                assert verdict.limits["confidence"] == {"value": 0.7, "origin": "call"}
    """)
    project.approve().assert_outcomes(passed=1)
    assert list(project.baselines()) == [
        "test_it/TestIt.test_page/again.image.png",
        "test_it/TestIt.test_page/page.image.png",
    ]


def test_soft_checks_go_on_and_fail_the_test_once_at_its_end(project: Project) -> None:
    project.write("""
        from pathlib import Path
        HERE = Path(__file__).parent
        def test_page(visualdiff):
            visualdiff.check(HERE / "page.png", "first", soft=True)
            visualdiff.check(HERE / "page.png", "second", soft=True)
            print("went on")
    """)
    result = project.run("-v")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*'first' has no baseline*", "*'second' has no baseline*"])
    assert "went on" in result.stdout.str()
    assert project.statuses() == {"first": "new", "second": "new"}


@pytest.mark.parametrize(
    ("call", "error", "status"),
    [
        ("visualdiff.check(HERE / 'nowhere.png', 'page')", "BrokenImage: cannot read",
         "capture-error"),
        ("visualdiff.check(object(), 'page')", "UnsupportedTarget: *object*", "capture-error"),
        ("visualdiff.check(HERE / 'page.png', 'page', treshold=3)",
         "UnknownOption: *did you mean 'threshold'*", "usage-error"),
        ("visualdiff.check(HERE / 'page.png', 'page', threshold='much')",
         "InvalidValue: threshold must be a number*", "usage-error"),
        ("visualdiff.check(HERE / 'page.png', '')", "InvalidName: *empty*", "usage-error"),
        ("visualdiff.check(HERE / 'page.png', 7)", "InvalidName: *int*", "usage-error"),
        ("visualdiff.check(HERE / 'page.png', 'x' * 2000)", "InvalidName: *2000*", "usage-error"),
        ("visualdiff.check(HERE / 'page.png', 'page', mask=['#clock'])", "InvalidValue: *#clock*",
         "usage-error"),
    ],
)  # fmt: skip
def test_bad_input_is_a_typed_error_and_never_a_visual_difference(
    project: Project, call: str, error: str, status: str
) -> None:
    project.write(f"""
        from pathlib import Path
        HERE = Path(__file__).parent
        def test_page(visualdiff):
            {call}
    """)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"E *{error}*"])
    assert "VisualDifference" not in result.stdout.str()
    assert set(project.statuses().values()) == {status}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda png: png[: len(png) // 2], "truncated"),
        (lambda _: b"no picture", "not a PNG"),
        (lambda _: b"", "empty"),
        (lambda _: b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (lambda png: png[:8] + BOMB + png[33:], "decompression bomb"),
    ],
    ids=["truncated", "text", "empty", "lfs", "bomb"],
)
def test_a_damaged_baseline_is_a_store_error_and_stays_as_it_is(
    project: Project, damage: object, words: str
) -> None:
    project.approve()
    (path,) = (project.pytester.path / "baselines").rglob("*.png")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    damaged = path.read_bytes()
    result = project.approve("changed")
    result.stdout.fnmatch_lines([f"E *BaselineUnreadable: *page.image.png*{words}*"])
    assert project.statuses() == {"page": "store-error"}
    assert path.read_bytes() == damaged


def test_a_baseline_of_another_size_is_explained(project: Project) -> None:
    project.approve()
    from PIL import Image

    path = project.pytester.path / "page.png"
    with Image.open(path) as image:
        taller = Image.new("RGB", (240, 184), "white")
        taller.paste(image)
    taller.save(path)
    project.run().stdout.fnmatch_lines(["*'size'*24*"])


def test_an_unwritable_baseline_folder_fails_the_test_with_a_store_error(project: Project) -> None:
    (project.pytester.path / "baselines").write_text("a file, no folder")
    result = project.approve()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *Baseline*baselines*"])
    assert set(project.statuses().values()) == {"store-error"}


def test_a_mask_that_covers_everything_is_never_green(project: Project) -> None:
    project.write("""
        from pathlib import Path
        def test_page(visualdiff):
            visualdiff.check(Path(__file__).parent / "page.png", "page", mask=[(0, 0, 999, 999)])
    """)
    project.approve("new")
    project.run().stdout.fnmatch_lines(["E *NothingCompared*"])


def test_skip_skips_and_is_not_green(project: Project) -> None:
    project.approve()
    project.run("--visualdiff-skip").assert_outcomes(skipped=1)
    assert project.statuses() == {"page": "skipped"}


def test_an_unknown_marker_key_is_an_error_of_its_test_alone(project: Project) -> None:
    project.write("""
        from pathlib import Path
        import pytest
        @pytest.mark.visualdiff(treshold=3)
        def test_page(visualdiff):
            pass
        @pytest.mark.visualdiff(3)
        def test_positional(visualdiff):
            pass
        def test_other():
            pass
    """)
    result = project.run()
    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(["*UnknownOption*did you mean 'threshold'*"])
    result.stdout.fnmatch_lines(["*UsageError*takes keywords only*"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--visualdiff-threshold=much"], "--visualdiff-threshold must be a number*not 'much'"),
        (["--visualdiff-browser=firefx"], "*did you mean 'firefox'*"),
        (["--visualdiff-approve=everything"], "*must be one of none, new, changed, all*"),
        (["-o", "visualdiff_confidence=2"], "visualdiff_confidence must be*from 0 to 1*"),
        (["--visualdiff-remote=localhost"], "--visualdiff-remote must be a URL*"),
    ],
)
def test_wrong_flags_and_ini_values_end_the_run_before_any_test(
    project: Project, arguments: list[str], words: str
) -> None:
    result = project.run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*visualdiff: {words}*"])


def test_a_soft_difference_is_never_green(project: Project) -> None:
    """Also where the test then skips itself, or a fixture checks while it is torn down."""
    project.write("""
        from pathlib import Path
        import pytest
        HERE = Path(__file__).parent

        def test_skips(visualdiff):
            visualdiff.check(HERE / "page.png", "page", soft=True)
            pytest.skip("no more to see")

        @pytest.fixture
        def late(visualdiff):
            yield
            visualdiff.check(HERE / "page.png", "page", soft=True)

        def test_is_over(late):
            pass

        def test_fails_once(visualdiff):
            visualdiff.check(HERE / "page.png", "page", soft=True)
            assert False
    """)
    project.run().assert_outcomes(skipped=1, passed=1, failed=1, errors=2)


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_name_of_any_letters_reaches_the_controller_and_the_junit_file(
    project: Project, workers: str
) -> None:
    project.write("""
        from pathlib import Path

        def test_page(visualdiff):
            visualdiff.check(Path(__file__).parent / "page.png", "\\ud800 \\x1b[2J é")
    """)
    project.run("--visualdiff-approve=new", "--junitxml=j.xml", "-n", workers).assert_outcomes(
        passed=1
    )
    (found,) = ET.parse(project.pytester.path / "j.xml").iter("property")
    assert found.attrib == {"name": r"visualdiff:\ud800 \x1b[2J é", "value": "created"}
    assert list(project.statuses().values()) == ["created"]


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_comparator_of_another_make_may_use_numpy_and_keep_no_pictures(
    project: Project, workers: str
) -> None:
    project.pytester.makeconftest("""
        import numpy as np
        from pytest_visualdiff import Box, Comparison, Difference, Kind

        def exact(expected, actual, *, masks, region, limits):
            rows, columns = np.nonzero((expected != actual).any(axis=2))
            box = Box(columns.min(), rows.min(), 1, 1)
            found = Difference(Kind.CHANGED, box, np.float64(0.25), {"n": rows.size}, "other")
            return Comparison(np.float64(0.25), (found,))

        def pytest_visualdiff_register(registry):
            registry.comparators["exact"] = exact
    """)
    project.approve()
    project.show(page(button=(60, 92)))
    result = project.run("--visualdiff-comparator=exact", "-n", workers)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*other*"])
    assert project.record()["checks"][0]["confidence"] == 0.25


def test_pictures_in_a_test_of_many_browsers_have_a_baseline_for_each(project: Project) -> None:
    """A ready-made picture does not say where it is from; the test's own id must."""
    project.write("""
        from pathlib import Path
        import pytest

        @pytest.fixture
        def visualdiff_driver(request):
            return request.param

        @pytest.mark.visualdiff(browsers=["chrome", "firefox"])
        def test_page(visualdiff, visualdiff_driver):
            visualdiff.check(Path(__file__).parent / "page.png", "page")

        @pytest.mark.parametrize(argnames="visualdiff_driver", argvalues=["mine"], indirect=True)
        def test_by_hand(visualdiff_driver):
            assert visualdiff_driver == "mine"
    """)
    project.approve().assert_outcomes(passed=3)
    folders = [path.rpartition("/")[0] for path in project.baselines()]
    assert ["chrome" in folders[0], "firefox" in folders[1]] == [True, True]
