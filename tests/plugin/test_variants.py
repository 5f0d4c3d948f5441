"""What was configured is what ran: a test that cannot run in each browser is refused by name."""

from __future__ import annotations

import pytest

# The refusal needs no browser; what is not refused tells where it was to run.
CONFTEST = """
    import pytest

    @pytest.fixture(scope="session")
    def _visualdiff_pool():
        class Pool:
            def acquire(self, spec):
                print("ran in {} {}x{}".format(spec.name, *spec.viewport))
                return spec.name

            def release(self):
                pass

        return Pool()
"""

FEATURE = """
    Feature: Shop
      Scenario: Look
        Given a page
"""

BDD = """
    import pytest
    import pytest_bdd

    pytest_bdd.scenarios("shop.feature")
    {mark}

    @pytest_bdd.given("a page")
    def page(visualdiff_driver):
        assert visualdiff_driver in ("chrome", "firefox")
"""

UNITTEST = """
    import unittest

    import pytest

    class {name}({base}):
        @pytest.fixture(autouse=True)
        def _driver(self, visualdiff_driver):
            self.driver = visualdiff_driver

        def test_it(self):
            assert self.driver in ("chrome", "firefox")
"""

ASKED = """
    def test_it(request):
        assert request.getfixturevalue("visualdiff_driver") in ("chrome", "firefox")
"""

BY_HAND = """
    import pytest

    @pytest.mark.parametrize("visualdiff_driver", ["firefox"], indirect=True)
    def test_it(visualdiff_driver):
        assert visualdiff_driver == "firefox"
"""

PLAIN_UNITTEST = UNITTEST.format(name="Shop", base="unittest.TestCase")

REFUSED = {
    "pytest-bdd": (BDD.format(mark=""), "*step of this pytest-bdd scenario*", "*pytestmark = *"),
    "unittest": (
        PLAIN_UNITTEST,
        "*cannot parametrise a unittest.TestCase*",
        "*for browser, viewport in *'chrome', '1280x800'*'firefox', '1280x800'*",
    ),
    "dynamic": (ASKED, "*asked for while the test runs*", '*usefixtures("visualdiff_driver")*'),
}


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST)
    pytester.makefile(".feature", shop=FEATURE)
    return pytester


def run(project: pytest.Pytester, test: str, *arguments: str) -> pytest.RunResult:
    project.makepyfile(test)
    return project.runpytest_inprocess("-rP", *arguments)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_test_that_cannot_run_in_all_browsers_is_refused_with_the_remedy(
    project: pytest.Pytester, kind: str
) -> None:
    test, why, remedy = REFUSED[kind]
    result = run(project, test, "-o", "visualdiff_browsers=chrome firefox")
    assert result.ret == 1
    alone = "*would run in chrome-1280x800 alone, and not in firefox-1280x800 (browsers from ini)*"
    result.stdout.fnmatch_lines([alone])
    result.stdout.fnmatch_lines([why])
    result.stdout.fnmatch_lines([remedy])


@pytest.mark.parametrize("kind", REFUSED)
def test_such_a_test_runs_where_one_browser_is_wanted(project: pytest.Pytester, kind: str) -> None:
    run(project, REFUSED[kind][0]).assert_outcomes(passed=1)


def test_windows_are_not_left_out_either(project: pytest.Pytester) -> None:
    """A test that chose its browser by hand did not choose one of the windows."""
    many = "visualdiff_viewports=1280x800 390x844"
    result = run(project, BY_HAND, "-o", many)
    result.stdout.fnmatch_lines(["*firefox-1280x800 alone, and not in firefox-390x844 (viewports*"])
    result.stdout.fnmatch_lines(["*the test parametrises visualdiff_driver itself*"])
    run(project, BY_HAND, "-o", "visualdiff_browsers=chrome firefox").assert_outcomes(passed=1)


def test_the_remedy_for_scenarios_runs_them_in_each_browser(project: pytest.Pytester) -> None:
    test = BDD.format(mark='pytestmark = pytest.mark.usefixtures("visualdiff_driver")')
    result = run(project, test, "-o", "visualdiff_browsers=chrome firefox")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["ran in chrome 1280x800", "ran in firefox 1280x800"])


def test_the_remedy_for_unittest_runs_it_in_each_browser(project: pytest.Pytester) -> None:
    """The loop of the message, as it is printed."""
    many = ("-o", "visualdiff_browsers=chrome firefox")
    lines = [
        line.removeprefix("E").strip() for line in run(project, PLAIN_UNITTEST, *many).outlines
    ]
    first = next(at for at, line in enumerate(lines) if line.startswith("for browser, viewport"))
    head, *body = lines[first : first + 4]
    loop = "\n".join([f"    {head}", *(f"        {line}" for line in body)])
    test = UNITTEST.format(name="ShopTests", base="")
    result = run(project, test + "\n" + loop, *many)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["ran in chrome 1280x800", "ran in firefox 1280x800"])
