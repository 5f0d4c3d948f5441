"""Sweeps as a user meets them: the fixture in pytest, and the command, in real browsers."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from capture_support import Site

WIDER = (
    "<h1>Shop</h1><style>#buy {{ width: 100px; display: block; background: #ddd }}"
    " @supports (-moz-appearance: none) {{ #buy {{ width: {width}px }} }}</style>"
    "<a id=buy href=#buy>Buy</a><p>after it</p>"
)

TEST = """
    def test_shop(visualdiff_sweep):
        result = visualdiff_sweep.check({url!r}, "shop", viewports=[(390, 844), (800, 600)])
        assert result.passed
        assert len(result.verdicts) == 2
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("CI", raising=False)
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-W", "error", *arguments)


def command(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return project.run(sys.executable, "-m", "pytest_visualdiff", *arguments)


def record(project: pytest.Pytester) -> dict[str, Any]:
    output = project.path / ".visualdiff"
    latest = (output / "latest").read_text()
    data: dict[str, Any] = json.loads((output / latest / "run.json").read_bytes())
    return data


def test_a_difference_fails_until_it_is_accepted_and_a_worse_one_fails_again(
    project: pytest.Pytester, site: Site
) -> None:
    url = site.page(WIDER.format(width=160), "/shop")
    project.makepyfile(test_shop=TEST.format(url=url))
    failed = run(project)
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines(
        [
            "*`#buy` is 38 % narrower in Chrome than in Firefox",
            "*2 checks: shop 390x844, shop 800x600",
            "*accept:  visualdiff approve --group *",
        ]
    )
    assert command(project, "approve", "--all").ret == 0
    kept = sorted((project.path / "baselines").rglob("*.sweep.json"))
    assert len(kept) == 2
    run(project).assert_outcomes(passed=1)
    assert [one["status"] for one in record(project)["checks"]] == ["match", "match"]

    site.page(WIDER.format(width=320), "/shop")
    run(project).assert_outcomes(failed=1)


def test_a_page_that_is_the_same_needs_no_baseline(project: pytest.Pytester, site: Site) -> None:
    url = site.page(WIDER.format(width=100), "/same")
    project.makepyfile(test_shop=TEST.format(url=url))
    run(project).assert_outcomes(passed=1)
    assert not (project.path / "baselines").exists()


def test_the_sweeps_of_two_workers_are_one_run(project: pytest.Pytester, site: Site) -> None:
    """Each worker sweeps with browsers of its own; one of the two pages differs."""
    same = site.page(WIDER.format(width=100), "/same")
    wide = site.page(WIDER.format(width=160), "/wide")
    project.makepyfile(test_same=TEST.format(url=same), test_wide=TEST.format(url=wide))
    run(project, "-n2").assert_outcomes(passed=1, failed=1)
    told = sorted((one["test"], one["status"]) for one in record(project)["checks"])
    same_, wide_ = ("test_same.py::test_shop", "match"), ("test_wide.py::test_shop", "new")
    assert told == [same_, same_, wide_, wide_]


def test_the_run_tells_a_sweep_in_the_shape_that_the_viewer_draws(
    project: pytest.Pytester, site: Site
) -> None:
    url = site.page(WIDER.format(width=160), "/shape")
    project.makepyfile(test_shop=TEST.format(url=url))
    run(project)
    check = record(project)["checks"][0]
    sweep = check["sweep"]
    assert check["key"].endswith(".sweep.json")
    assert (sweep["reference"], sweep["viewport"], sweep["url"]) == ("firefox", [390, 844], url)
    assert [page["browser"] for page in sweep["pages"]] == ["firefox", "chrome"]
    folder = project.path / ".visualdiff" / record(project)["id"]
    for page in sweep["pages"]:
        assert (folder / page["picture"]).read_bytes().startswith(b"\x89PNG")
        assert page["size"][0] == 390
    (found,) = sweep["findings"]
    assert found["number"] == 1
    assert (found["kind"], found["selector"], found["browser"]) == ("smaller", "#buy", "chrome")
    assert found["box"][2] == 100
    assert found["partner"]["browser"] == "firefox"
    assert found["partner"]["box"][2] == 160
    assert (found["known"], found["until"]) == (False, "")


def test_steps_are_done_in_every_browser(project: pytest.Pytester, site: Site) -> None:
    url = site.page("<button onclick='this.nextSibling.hidden=false'>More</button><p hidden>text")
    project.makepyfile(
        f"""
        def more(driver):
            driver.get({url!r})
            driver.find_element("css selector", "button").click()
            if driver.capabilities["browserName"] == "chrome":
                driver.execute_script("document.querySelector('p').style.marginLeft = '40px'")

        def test_more(visualdiff_sweep):
            result = visualdiff_sweep.check(more, "more", soft=True)
            assert [one.selector for one in result.findings] == ["body > p"]
            assert (result.findings[0].kind, result.findings[0].browser) == ("smaller", "chrome")
        """
    )
    result = run(project)
    result.assert_outcomes(failed=1)  # softly, after its own assertions
    result.stdout.fnmatch_lines(["*VisualDifference*"])


def test_a_finding_is_ignored_until_a_date(project: pytest.Pytester, site: Site) -> None:
    url = site.page(WIDER.format(width=160), "/ignored")
    project.makepyfile(test_shop=TEST.format(url=url))
    run(project)
    assert command(project, "ignore", "*", "--reason", "known").ret == 0
    result = run(project)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*1 finding ignored until *"])
    finding = record(project)["checks"][0]["sweep"]["findings"][0]
    assert finding["known"]
    assert finding["until"]


def test_a_wrong_option_is_named(project: pytest.Pytester) -> None:
    project.makepyfile("""
        def test_it(visualdiff_sweep):
            visualdiff_sweep.check("http://127.0.0.1/", "page", sweep_moves=3)
    """)
    run(project).stdout.fnmatch_lines(["*unknown option 'sweep_moves'*did you mean 'sweep_move'*"])


# --- the command --------------------------------------------------------------------------------


def test_the_command_crawls_tells_each_page_and_goes_on_after_trouble(
    project: pytest.Pytester, site: Site
) -> None:
    start = site.page("<a href=/wide>a</a> <a href=/gone>b</a> <a href=/ok#x>c</a>", "/start")
    site.page(WIDER.format(width=160), "/wide")
    site.page("<p>fine</p>", "/ok")
    result = command(project, "sweep", start, "--crawl", "--viewports=390x844", "--workers=2")
    assert result.ret == 1
    output = result.stdout.str()
    assert "`#buy` is 38 % narrower in Chrome than in Firefox" in output
    rows = {line.split()[0].rpartition("/")[2]: line.split()[2:] for line in result.outlines
            if line.startswith("http") and "390x844" in line and "finding" not in line}  # fmt: skip
    assert rows["start"] == rows["ok"] == ["0", "0", "-"]
    assert rows["wide"] == ["1", "0", "-"]
    assert rows["gone"] == ["0", "0", "firefox,", "chrome"]
    assert "4 pages, 1 new finding, 0 known, 1 not compared" in output
    assert result.stderr.str().count("[") == 4
    assert (project.path / ".visualdiff" / record(project)["id"] / "report.html").is_file()


def test_the_command_is_green_once_what_it_found_is_accepted(
    project: pytest.Pytester, site: Site
) -> None:
    url = site.page(WIDER.format(width=160), "/accepted")
    assert command(project, "sweep", url).ret == 1
    assert command(project, "approve", "--all").ret == 0
    assert command(project, "undo", "--all").ret == 0
    assert not list((project.path / "baselines").rglob("*.json"))
    assert command(project, "approve", "--all").ret == 0
    result = command(project, "sweep", url)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["1 page, 0 new findings, 1 known"])


def test_the_command_takes_a_reference_and_one_browser_alone(
    project: pytest.Pytester, site: Site
) -> None:
    url = site.page(WIDER.format(width=160) + "<img src=/none.png>", "/reference")
    result = command(project, "sweep", url, "--reference=chrome")
    result.stdout.fnmatch_lines(["*`#buy` is 60 % wider in Firefox than in Chrome*"])
    alone = command(project, "sweep", url, "--browsers=firefox")
    assert alone.ret == 1
    alone.stdout.fnmatch_lines(["*broken *shows no picture (none.png) in Firefox"])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "sweep what?"),
        (["nowhere.html"], "neither a URL"),
        (["http://127.0.0.1/", "--reference=edge"], "is none of the browsers"),
        (["http://127.0.0.1/", "--workers=0"], "must be 1 or more"),
        (["http://127.0.0.1/", "--viewports=9x9"], "must be sizes such as"),
    ],
)
def test_wrong_usage_ends_with_2(project: pytest.Pytester, arguments: list[str], word: str) -> None:
    result = command(project, "sweep", *arguments)
    assert result.ret == 2
    assert word in result.stderr.str()
