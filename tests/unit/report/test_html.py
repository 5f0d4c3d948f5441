"""The report: drawn from run.json alone, and nothing of a test can become markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from pictures import page as picture
from pytest_visualdiff import model
from pytest_visualdiff.model import Status, Verdict
from pytest_visualdiff.report import html
from pytest_visualdiff.runs.record import RunRecord

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

HOSTILE = (
    "</pre></style></script><!--<script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;{x}"
)


def data(*verdicts: Verdict, **changes: Any) -> dict[str, Any]:
    """What run.json holds, through JSON, as the page gets it from a file."""
    record = {
        "id": "20260101-000000-aaaaaa",
        "tool": "pytest-visualdiff 1",
        "finished": "2026-01-01T00:00:00Z",
        "counts": model.counts(verdicts),
        "flaky": [],
        "approvals": {},
        "checks": [one.to_dict() for one in verdicts],
        **changes,
    }
    return dict(json.loads(json.dumps(record)))


class Outline(HTMLParser):
    """Tags with attributes, and the text inside of each element that has one of its own."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self.comments: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self._inside = str(attributes.get("id") or attributes.get("type") or tag)

    def handle_data(self, text: str) -> None:
        self.text[self._inside] = self.text.get(self._inside, "") + text

    def handle_endtag(self, _: str) -> None:
        self._inside = ""

    def handle_comment(self, text: str) -> None:
        self.comments.append(text)

    @property
    def content(self) -> dict[str, Any]:
        return dict(json.loads(self.text["data"]))

    @property
    def policy(self) -> dict[str, str]:
        (found,) = (
            attributes["content"] or ""
            for _, attributes in self.tags
            if attributes.get("http-equiv") == "Content-Security-Policy"
        )
        return dict(rule.split(" ", 1) for rule in found.split("; "))


def everywhere(text: str) -> dict[str, Any]:
    hostile = replace(
        VERDICT,
        test=f"t.py::test[{text}]",
        name=text,
        variant=text,
        message=text,
        location=text,
        actual=f"images/{text}.png",
        frames=(f"{text}1.png",),
        title=text,
        url=text,
        notes=(text,),
        environment={"browser": text},
    )
    refused = {"approvals": {hostile.id: {"written": False, "error": text}}}
    facts = {"id": text, "tool": text, "finished": text, "counts": {text: 1}}
    journey = {"test": text, "browser": text, "screen": text, "outcome": text, "steps": []}
    return data(hostile, replace(hostile, name=text + "2"), journeys=[journey], **refused, **facts)


def outline(record: dict[str, Any], folder: Path) -> Outline:
    return Outline(html.render(RunRecord.from_dict(record), folder))


@pytest.mark.parametrize("text", [HOSTILE, "'\" onload='x", "]]>", "<!--", "</SCRIPT >", "\u2028"])
def test_nothing_that_comes_from_a_test_becomes_markup(text: str, tmp_path: Path) -> None:
    """The page has the tags and attributes that it has for harmless texts, and no others."""
    hostile, harmless = (outline(everywhere(one), tmp_path) for one in (text, "harmless"))
    assert [(tag, list(attributes)) for tag, attributes in hostile.tags] == [
        (tag, list(attributes)) for tag, attributes in harmless.tags
    ]
    assert hostile.comments == []
    assert hostile.content["checks"][0]["name"] == text
    assert text in hostile.text["title"]


def test_the_page_runs_its_own_script_and_style_and_loads_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    found = outline(everywhere(HOSTILE), tmp_path)
    assert found.policy["default-src"] == "'none'"
    for kind, name in (("script-src", "module"), ("style-src", "style")):
        digest = base64.b64encode(hashlib.sha256(found.text[name].encode()).digest()).decode()
        assert found.policy[kind] == f"'sha256-{digest}'"
    assert not {"iframe", "object", "base", "form"} & dict(found.tags).keys()
    assert not [name for _, one in found.tags for name in one if name.startswith("on")]
    assert not re.search(r"https?://(?!www\.w3\.org/)", found.text["module"] + found.text["style"])


def test_a_check_travels_whole_but_for_what_many_repeat(tmp_path: Path) -> None:
    limits = {"confidence": {"value": 0.98, "origin": "default"}}
    twins = [replace(VERDICT, name=name, limits=limits) for name in ("a", "b")]
    content = outline(data(*twins), tmp_path).content
    assert [one["limits"] for one in content["checks"]] == [0, 0]
    assert content["limits"] == {"0": limits}
    assert content["checks"][0]["message"] == VERDICT.message


def test_checks_that_share_their_id_get_one_each(tmp_path: Path) -> None:
    twins = [replace(VERDICT, variant=variant) for variant in ("chrome", "firefox")]
    content = outline(data(*twins, replace(VERDICT, name="alone")), tmp_path).content
    ids = [one["id"] for one in content["checks"]]
    assert ids == [f"{VERDICT.id} [chrome]", f"{VERDICT.id} [firefox]", "t.py::test_a::alone"]


def test_the_command_names_this_very_run_and_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    record = data(VERDICT)
    usual = outline(record, tmp_path / ".visualdiff" / record["id"]).content
    assert usual["approve"] == f"visualdiff approve --run={record['id']}"
    other = outline(record, tmp_path / "my runs" / record["id"]).content
    assert other["approve"] == f"visualdiff approve --run={record['id']} '--output-dir=my runs'"


def test_earlier_runs_are_told_when_they_are_there(tmp_path: Path) -> None:
    """Damaged ones and later ones are left out."""
    earlier = {"20251230-000000-aaaaaa": data(VERDICT, id="20251230-000000-aaaaaa")}
    earlier["20260202-000000-aaaaaa"] = data(id="20260202-000000-aaaaaa")
    for name, record in earlier.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(json.dumps(record))
    (tmp_path / "20251231-000000-aaaaaa").mkdir()
    (tmp_path / "20251231-000000-aaaaaa" / "run.json").write_text("{")
    record = data(replace(VERDICT, status=Status.MATCH))
    history = outline(record, tmp_path / record["id"]).content["history"]
    assert [run["open"] for run in history] == [1, 0]
    assert history[0]["checks"][VERDICT.key] == ["mismatch", 0.0]
    assert outline(data(VERDICT), tmp_path / "elsewhere" / "run").content["history"] == []


def test_the_page_is_written_into_the_runs_folder(tmp_path: Path) -> None:
    """Also where a title holds half a character, which UTF-8 cannot."""
    path = html.write(data(replace(VERDICT, name="\ud800 é")), tmp_path)
    assert path == tmp_path / "report.html"
    assert "\\ud800 é" in path.read_text(encoding="utf-8")


def test_a_single_file_holds_the_pictures_that_lie_in_the_run(tmp_path: Path) -> None:
    """One that leads out of the folder, or is gone, is left out."""
    folder = tmp_path / "run"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a.png").write_bytes(picture())
    (tmp_path / "secret.png").write_bytes(picture())
    record = data(replace(VERDICT, expected="../secret.png"))
    path = html.write_single(record, folder, tmp_path / "one.html")
    pictures = Outline(path.read_text(encoding="utf-8")).content["pictures"]
    assert list(pictures) == ["images/a.png"]
    kind, _, body = pictures["images/a.png"].partition(";base64,")
    assert (kind, base64.b64decode(body)) == ("data:image/png", picture())


def test_a_page_of_a_run_without_checks_is_whole(tmp_path: Path) -> None:
    found = outline(data(), tmp_path)
    assert found.content["checks"] == []
    assert found.text["title"] == "visualdiff: no checks"
