"""Options in the configuration file: every way of writing a value that pytest's files have."""

from __future__ import annotations

import pytest

TEST = """
    def test_it(visualdiff_config):
        assert visualdiff_config["headed"] is True
        assert visualdiff_config["browsers"] == ("firefox",)
        assert visualdiff_config["viewports"] == ((390, 844), (800, 600))
        assert visualdiff_config["threshold"] == 3.0
        assert visualdiff_config["mask"] == ("#a, #b", ".c")
"""
INI_OPTIONS = """
    [tool.pytest.ini_options]
    visualdiff_headed = true
    visualdiff_browsers = "firefox"
    visualdiff_viewports = ["390x844", "800x600"]
    visualdiff_threshold = 3
    visualdiff_mask = ["#a, #b", ".c"]
"""
NATIVE = """
    [{table}]
    visualdiff_headed = true
    visualdiff_browsers = "firefox"
    visualdiff_viewports = [[390, 844], "800x600"]
    visualdiff_threshold = 3
    visualdiff_mask = ["#a, #b", ".c"]
"""
native = pytest.mark.skipif(
    pytest.version_tuple < (9,), reason="pytest reads native TOML tables from version 9 on"
)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", INI_OPTIONS),
        pytest.param("pyproject.toml", NATIVE.format(table="tool.pytest"), marks=native),
        pytest.param("pytest.toml", NATIVE.format(table="pytest"), marks=native),
    ],
)
def test_values_of_toml_files_keep_their_meaning(
    pytester: pytest.Pytester, file: str, text: str
) -> None:
    (pytester.path / file).write_text(text.replace("\n    ", "\n"))
    pytester.makepyfile(TEST)
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


@native
def test_an_override_on_the_command_line_wins_over_a_native_table(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "pytest.toml").write_text("[pytest]\nvisualdiff_headed = true\n")
    pytester.makepyfile(
        "def test_it(visualdiff_config): assert visualdiff_config['headed'] is False"
    )
    pytester.runpytest_subprocess("-o", "visualdiff_headed=false").assert_outcomes(passed=1)


@native
def test_a_wrong_native_value_ends_the_run_with_its_name(pytester: pytest.Pytester) -> None:
    (pytester.path / "pytest.toml").write_text('[pytest]\nvisualdiff_threshold = "much"\n')
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*visualdiff_threshold must be a number*not 'much'*"])


@pytest.mark.parametrize("flag", ["-u", "--update-snapshots", "--snapshot-update"])
def test_the_flag_of_another_tool_is_answered_with_ours(
    pytester: pytest.Pytester, flag: str
) -> None:
    result = pytester.runpytest_subprocess(flag)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*did you mean --visualdiff-approve=changed*"])


def test_a_flag_that_a_conftest_offers_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        def pytest_addoption(parser):
            parser.addoption("--snapshot-update", action="store_true")
        """
    )
    pytester.makepyfile(
        "def test_it(pytestconfig): assert pytestconfig.getoption('--snapshot-update')"
    )
    pytester.runpytest_subprocess("--snapshot-update").assert_outcomes(passed=1)


def test_the_help_groups_the_options_by_theme(pytester: pytest.Pytester) -> None:
    told = pytester.runpytest_subprocess("--help").stdout.str()
    for theme in ("limits of the comparison", "how a picture is taken", "baselines, runs"):
        assert f"visualdiff: {theme}" in told
