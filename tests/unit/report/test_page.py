"""The page: drawn from run.json alone, and nothing of a test can become markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff import judge
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.report import page

if TYPE_CHECKING:
    from pathlib import Path

VERDICT = Verdict(
    status=Status.MISMATCH,
    test="t.py::test_a",
    name="home",
    key="t/test_a/home.image.png",
    variant="image",
    message="'home' differs\n  baseline b",
    actual="images/a.png",
    expected="images/e.png",
    diff="images/d.png",
    location="t.py:3",
)


def data(*verdicts: Verdict, **changes: Any) -> dict[str, Any]:
    """What run.json holds, through JSON, as the page gets it from a file."""
    record = {
        "id": "20260101-000000-aaaaaa",
        "tool": "pytest-visualdiff 1",
        "finished": "2026-01-01T00:00:00Z",
        "counts": judge.counts(verdicts),
        "flaky": [],
        "approvals": {},
        "checks": [one.to_dict() for one in verdicts],
        **changes,
    }
    return dict(json.loads(json.dumps(record)))


class Outline(HTMLParser):
    """Tags, attributes and text of a page; complains where a tag is closed wrongly."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.words.append(text)

    def all(self, tag: str, attribute: str) -> list[str | None]:
        return [attributes[attribute] for name, attributes in self.tags if name == tag]


def test_a_check_is_shown_with_its_words_and_pictures() -> None:
    outline = Outline(page.render(data(VERDICT)))
    assert outline.all("img", "src") == ["images/e.png", "images/a.png", "images/d.png"]
    assert outline.all("a", "href") == outline.all("img", "src")
    assert {"home", VERDICT.message, "expected", "actual", "diff"} <= {
        words.strip() for words in outline.words
    }
    assert "visualdiff: 1 mismatch" in outline.words


def test_a_page_without_checks_is_whole() -> None:
    outline = Outline(page.render(data()))
    assert "article" not in dict(outline.tags)
    assert outline.all("html", "lang") == ["en"]


HOSTILE = "</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;{x}"


def everywhere(text: str) -> dict[str, Any]:
    hostile = replace(
        VERDICT,
        test=f"t.py::test[{text}]",
        name=text,
        variant=text,
        message=text,
        location=text,
        actual=f"images/{text}.png",
        expected=f"images/{text}",
        diff=f"{text}.png",
        frames=(f"{text}1.png",),
        title=text,
        url=text,
        notes=(text,),
    )
    refused = {"approvals": {hostile.id: {"written": False, "error": text}}}
    facts = {"id": text, "tool": text, "finished": text, "counts": {text: 1}}
    match = replace(hostile, status=Status.MATCH)
    return data(hostile, replace(hostile, name=text + "2"), match, **refused, **facts)


@pytest.mark.parametrize("text", [HOSTILE, "'\" onload='x", "]]>", "<!--", "javascript:alert(1)"])
def test_nothing_that_comes_from_a_test_becomes_markup(text: str) -> None:
    """The page has the tags and attributes that it has for harmless texts, and no others."""
    hostile, harmless = (Outline(page.render(everywhere(one))) for one in (text, "harmless"))
    assert [(tag, list(attributes)) for tag, attributes in hostile.tags] == [
        (tag, list(attributes)) for tag, attributes in harmless.tags
    ]
    assert text in {words.strip() for words in hostile.words}
    for url in (*hostile.all("a", "href"), *hostile.all("img", "src")):
        assert re.fullmatch(r"[\w./%~-]+", url or "")


@pytest.mark.parametrize("record", [data(), data(VERDICT), everywhere(HOSTILE)])
def test_the_page_runs_no_script_and_loads_nothing_from_elsewhere(record: dict[str, Any]) -> None:
    outline = Outline(page.render(record))
    (policy,) = (
        attributes["content"] or ""
        for _, attributes in outline.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.split("; ")[0] == "default-src 'none'"
    assert "script" not in policy
    assert not {"script", "iframe", "object", "link", "base", "form"} & dict(outline.tags).keys()
    assert not [name for _, found in outline.tags for name in found if name.startswith("on")]


def test_what_needs_a_look_comes_first() -> None:
    order = [Status.CREATED, Status.MISMATCH, Status.CAPTURE_ERROR, Status.SKIPPED]
    checks = [replace(VERDICT, name=status.value, status=status) for status in order]
    text = page.render(data(*checks))
    shown = re.findall(r'<article class="(\w+)">\s*<h2><span class="status \1">([\w-]+)<', text)
    assert shown == [
        ("bad", "mismatch"),
        ("bad", "capture-error"),
        ("skipped", "skipped"),
        ("good", "created"),
    ]


def test_matches_are_folded_into_a_list_without_words_and_pictures() -> None:
    matches = [
        replace(VERDICT, status=Status.MATCH, name=name, actual="", expected="", diff="")
        for name in ("one", HOSTILE)
    ]
    outline = Outline(page.render(data(*matches)))
    tags = [tag for tag, _ in outline.tags]
    assert (tags.count("details"), tags.count("li")) == (1, 2)
    assert not {"pre", "img", "article"} & set(tags)
    assert {"one", HOSTILE, "2 match their baselines"} <= set(outline.words)


def test_frames_of_an_unstable_page_are_shown() -> None:
    unstable = replace(
        VERDICT, status=Status.CAPTURE_ERROR, actual="", expected="", diff="", frames=("1.png", "2")
    )
    assert Outline(page.render(data(unstable))).all("img", "alt") == ["frame 1", "frame 2"]


def test_flaky_checks_and_refused_approvals_are_told() -> None:
    record = data(
        VERDICT,
        flaky=[VERDICT.id],
        approvals={VERDICT.id: {"written": False, "error": "disk full"}},
    )
    text = page.render(record)
    assert "image · flaky" in text
    assert "not approved: disk full" in text
    assert "flaky" not in page.render(data(VERDICT))


def test_the_page_is_written_into_the_runs_folder(tmp_path: Path) -> None:
    """Also where a title holds half a character, which UTF-8 cannot."""
    path = page.write(data(replace(VERDICT, name="\ud800 é")), tmp_path)
    assert path == tmp_path / "report.html"
    assert "\\ud800 é" in path.read_text(encoding="utf-8")


def test_a_match_is_listed_with_its_notes() -> None:
    """Which alternative it was, and what was ignored."""
    match = replace(VERDICT, status=Status.MATCH, notes=("picture 2 of 3", "<ignored>"))
    words = " ".join(Outline(page.render(data(match))).words)
    assert "ms · picture 2 of 3 · <ignored>" in words
