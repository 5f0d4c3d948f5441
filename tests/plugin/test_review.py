"""``visualdiff review`` and ``visualdiff report`` as processes of their own."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from importlib import util
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from pictures import page
from pytest_visualdiff.cli.review_command import needs_extra
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.images.png import pixels_only
from pytest_visualdiff.review.foreign_run import without_claims

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Project

ID = "test_it.py::test_page::page"


@contextmanager
def review(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command's process and the address that it printed; ended as a person does, by Ctrl-C."""
    command = [sys.executable, "-m", "pytest_visualdiff", "review", "--no-browser", *arguments]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        try:
            word, _, address = process.stdout.readline().strip().partition(" ")
            assert word == "review", address
            yield process, address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def ask(address: str, path: str, wish: dict[str, Any] | None = None) -> Any:
    """A request of the page; the first one exchanges the token of the address for a cookie."""
    url = urlsplit(address)
    if address not in SESSIONS:
        token = {"Authorization": f"Bearer {url.fragment.removeprefix('token=')}"}
        headers, data = sent(url.netloc, "POST", "/session", "", token)
        SESSIONS[address] = (headers["set-cookie"].partition(";")[0], data["page"])
    cookie, below = SESSIONS[address]
    method, body = ("GET", "") if wish is None else ("POST", json.dumps(wish))
    return sent(url.netloc, method, f"{below}{path[1:]}", body, {"Cookie": cookie})[1]


SESSIONS: dict[str, tuple[str, str]] = {}


def sent(host: str, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[Any, Any]:
    connection = http.client.HTTPConnection(host, timeout=20)
    usual = {"Content-Type": "application/json", "Origin": f"http://{host}"}
    connection.request(method, path, body, headers=usual | headers)
    answer = connection.getresponse()
    told, data = {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return told, json.loads(data)


def test_a_decision_on_the_page_is_one_in_the_project(project: Project) -> None:
    project.approve()
    project.show(page(label="Sold"))
    project.run().assert_outcomes(failed=1)
    with review(project.pytester.path) as (process, address):
        assert ask(address, "/api/run")["decisions"][ID]["state"] == "waiting"
        wish = {"action": "approve", "ids": [ID], "reason": "sold out"}
        assert ask(address, "/api/decide", wish)["decisions"][ID]["state"] == "approved"
    assert process.stdout
    assert process.returncode == 0
    project.run().assert_outcomes(passed=1)


def test_what_still_waits_is_told_at_the_end(project: Project) -> None:
    project.run().assert_outcomes(failed=1)
    with review(project.pytester.path) as (process, _):
        assert process.stdout
        assert process.stdout.readline() == "stop with Ctrl-C\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "1 of 1 checks wait for a decision\n"
    assert process.returncode == 1


def test_a_run_from_ci_is_reviewed_from_its_zip_to_the_same_pixels(project: Project) -> None:
    """Byte for byte, but for what the picture of an artifact claims of itself."""
    project.run().assert_outcomes(failed=1)
    folder = project.runs[-1].parent
    (check,) = project.record()["checks"]
    seen = (folder / check["actual"]).read_bytes()
    archive = project.pytester.path / "artifact.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.rglob("*"):
            file.write(path, path.relative_to(folder.parent))
    laptop = project.pytester.path / "laptop"
    laptop.mkdir()
    (laptop / "pytest.ini").write_text("[pytest]\n")  # a project of its own
    with review(laptop, "--from", str(archive)) as (_, address):
        ask(address, "/api/decide", {"action": "approve", "ids": [ID]})
    (stored,) = (laptop / "baselines").rglob("*.png")
    assert stored.read_bytes() == without_claims(seen)
    assert pixels_only(stored.read_bytes()) == pixels_only(seen)


def test_a_port_that_is_taken_is_a_usage_error(project: Project) -> None:
    project.run()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = project.command("review", "--no-browser", f"--port={taken.getsockname()[1]}")
    assert result.ret == 2
    result.stderr.fnmatch_lines(["*cannot listen on 127.0.0.1:*choose another --port"])


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_out_of_range_is_a_usage_error(project: Project, port: str) -> None:
    project.run()
    assert project.command("review", "--no-browser", f"--port={port}").ret == 2


def test_without_a_run_there_is_nothing_to_review(project: Project) -> None:
    result = project.command("review", "--no-browser")
    assert result.ret == 1
    result.stderr.fnmatch_lines(["*no run in .visualdiff: run pytest first*"])


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "uvicorn" else object())
    with pytest.raises(UsageError, match=r"needs uvicorn: .*pytest-visualdiff\[review\]"):
        needs_extra()


def test_a_report_is_drawn_again_from_the_record_alone(project: Project, tmp_path: Path) -> None:
    project.run()
    path = project.runs[-1].parent / "report.html"
    path.unlink()
    result = project.command("report")
    assert result.ret == 0
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    result = project.command("report", "--single", str(tmp_path / "one.html"))
    assert result.stdout.lines == [str(tmp_path / "one.html")]
    assert "data:image/png;base64," in (tmp_path / "one.html").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_told(project: Project) -> None:
    project.run()
    (project.pytester.path / "file").write_text("")
    result = project.command("report", "--single", "file/one.html")
    assert result.ret == 1
    result.stderr.fnmatch_lines(["visualdiff: cannot write the report: *"])
