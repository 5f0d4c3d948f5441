"""An error of this package shows the user's line and the message, and nothing of the plugin."""

from __future__ import annotations

import re

import pytest

from pictures import page

START = """
    from pathlib import Path
    import pytest
    PAGE = Path(__file__).parent / "page.png"

    class Restless:
        number = 0
        def screenshot(self):
            self.number += 1
            return PAGE.with_name(f"{self.number % 2}.png").read_bytes()
"""

# What goes wrong -> the test, and the last line of what pytest shows of it before the message.
ERRORS = {
    "UnknownOption": 'def test_it(visualdiff):\n    visualdiff.check(PAGE, "page", treshold=3)',
    "InvalidValue": 'def test_it(visualdiff):\n    visualdiff.check(PAGE, "page", threshold="x")',
    "UnsupportedTarget": "def test_it(visualdiff):\n    visualdiff.check(object())",
    "UnstableTarget": "def test_it(visualdiff):\n    visualdiff.check(Restless(), timeout=0.1)",
    "BrokenImage": 'def test_it(visualdiff):\n    visualdiff.check(b"no picture")',
    "VisualDifference": "def test_it(visualdiff):\n    visualdiff.check(PAGE)",
    "TemplateNotFound": (
        "def test_it(visualdiff):\n    visualdiff.locate(PAGE, PAGE.with_name('1.png'))"
    ),
    # These have no line of the user's: the test is named.
    "UnknownOption ": "@pytest.mark.visualdiff(treshold=3)\ndef test_it(visualdiff):\n    pass",
    "BrowserUnavailable": (
        '@pytest.mark.visualdiff(browsers=["edge"])\ndef test_it(visualdiff_driver):\n    pass'
    ),
    "VisualDifference ": "def test_it(visualdiff):\n    visualdiff.check(PAGE, soft=True)",
    "UsageError": (
        '@pytest.mark.visualdiff(browsers=["edge", "chrome"])\n'
        'def test_it(request):\n    request.getfixturevalue("visualdiff_driver")'
    ),
}


def failed(pytester: pytest.Pytester, test: str, *arguments: str) -> list[str]:
    """The lines that pytest shows of the failing test."""
    for number, label in enumerate(("One", "Two")):
        (pytester.path / f"{number}.png").write_bytes(page(label=label))
    (pytester.path / "page.png").write_bytes(page())
    body = "\n".join(f"    {line}" for line in test.splitlines())
    pytester.makepyfile(test_it=f"{START}\n{body}")
    # What compares is run elsewhere: numpy cannot be imported again in this process.
    compares = any(word in test for word in ("check(PAGE)", "soft=", "Restless()", "locate("))
    run = pytester.runpytest_subprocess if compares else pytester.runpytest_inprocess
    result = run("-rN", "-v", *arguments)  # without -v a difference has no traceback
    assert result.ret == 1
    text = result.stdout.str().split("____ ", 1)[1]
    return re.split(r"\n(?:=|-){20}", text)[0].splitlines()


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_shows_the_line_of_the_test_and_the_message(
    pytester: pytest.Pytester, kind: str
) -> None:
    lines = failed(pytester, ERRORS[kind])
    text = "\n".join(lines)
    assert re.search(rf"^E +pytest_visualdiff\.errors\.{kind.strip()}: ", text, re.MULTILINE), text
    assert [line for line in lines if re.match(r"test_it\.py:\d+: ", line)], text
    assert "pytest_visualdiff/" not in text
    assert "site-packages" not in text
    assert "direct cause" not in text
    assert "hidden" not in text


def test_pytest_shows_the_frames_where_they_are_asked_for(pytester: pytest.Pytester) -> None:
    text = "\n".join(failed(pytester, ERRORS["InvalidValue"], "--full-trace"))
    assert "pytest_visualdiff/" in text
    assert "direct cause" in text


def test_the_short_summary_has_the_message_of_a_fixture(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    pytester.makepyfile(
        "import pytest\n@pytest.mark.visualdiff(treshold=3)\ndef test_it(visualdiff): pass"
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["ERROR *::test_it - *UnknownOption: *"])


FIXTURES = ("visualdiff", "visualdiff_sweep", "visualdiff_config")


@pytest.mark.parametrize("name", FIXTURES)
def test_a_fixture_describes_itself_in_one_short_line(pytester: pytest.Pytester, name: str) -> None:
    pytester.makepyfile(f"""
        def test_it({name}):
            told = repr({name})
            print(told)
            assert "\\n" not in told
            assert len(told) < 100
            assert told.startswith("<")
    """)
    pytester.runpytest_inprocess("-s").assert_outcomes(passed=1)
