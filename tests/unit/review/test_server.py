"""The review server behind a real socket: what it gives, what it does, and what it never gives."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from pictures import page as picture
from pytest_visualdiff.images import png
from review_support import Served, baselines, reviewing
from sample_changes import changed
from sample_run import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image, ImageDraw

VARIANT = "chrome-linux-1280x800@1x"
IDS = tuple(f"tests/test_shop.py::test_{name}::{name}" for name in ("one", "two", "new"))


def dot(_: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((150, 80, 200, 120), fill="#b00020")


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    made = Sample(tmp_path / "project")
    for name in ("one", "two"):
        made.differs(f"test_{name}", name, VARIANT, changed(picture(), dot))
    made.new("test_new", "new", VARIANT, picture(label="New"))
    made.matches("test_same", "same", VARIANT)
    return made


@pytest.fixture
def served(sample: Sample) -> Iterator[Served]:
    (sample.root / "secret.png").write_bytes(b"secret")
    with reviewing(sample) as running:
        yield running


def test_the_content_says_where_each_check_stands(served: Served) -> None:
    content = served.ask("GET", "/api/run").data
    assert content["mode"] == "review"
    assert {id_: one["state"] for id_, one in content["decisions"].items()} == dict.fromkeys(
        IDS, "waiting"
    )


def test_an_accepted_picture_becomes_the_baseline_byte_for_byte_with_its_reason(
    served: Served,
) -> None:
    answer = served.decide("approve", IDS[0], reason="new colour").data["decisions"]
    assert (answer[IDS[0]]["state"], answer[IDS[0]]["error"]) == ("approved", "")
    assert (answer[IDS[0]]["who"], answer[IDS[0]]["why"]) == ("Ada", "new colour")
    verdict = served.decisions.checks[IDS[0]]
    stored = (served.sample.baselines / verdict.key).read_bytes()
    assert stored == served.decisions.run.folder.load(verdict.actual)
    assert png.digest(stored) == verdict.after
    log = served.ask("GET", f"/api/past?id={quote(IDS[0])}").data["log"]
    assert [(one["act"], one["why"]) for one in log] == [("approve", "new colour")]


def test_undo_gives_back_what_was_there_before(served: Served) -> None:
    before = baselines(served.sample.baselines)
    served.decide("approve", *IDS)
    assert served.states() == {**dict.fromkeys(IDS, "approved"), **_nothing(served)}
    answer = served.decide("undo", *IDS).data["decisions"]
    assert {one["state"] for one in answer.values()} == {"waiting"}
    assert baselines(served.sample.baselines) == before


def test_a_rejected_check_no_longer_waits_and_its_baseline_stays(served: Served) -> None:
    before = baselines(served.sample.baselines)
    answer = served.decide("reject", IDS[1], reason="wrong font").data["decisions"][IDS[1]]
    assert (answer["state"], answer["why"]) == ("rejected", "wrong font")
    assert baselines(served.sample.baselines) == before


def test_a_baseline_changed_underneath_is_told_and_the_others_are_accepted(served: Served) -> None:
    key = served.decisions.checks[IDS[0]].key
    place = served.sample.baselines / key
    place.unlink()
    place.write_bytes(picture(label="Theirs"))
    answer = served.decide("approve", *IDS[:2]).data["decisions"]
    assert "changed since" in answer[IDS[0]]["error"]
    assert answer[IDS[0]]["state"] == "waiting"
    assert answer[IDS[1]]["state"] == "approved"
    assert place.read_bytes() == picture(label="Theirs")


def test_two_reviewers_at_once_lose_nothing(sample: Sample) -> None:
    """Each sees in the end what the other decided, and the log has both."""
    with reviewing(sample, "Ada") as first, reviewing(sample, "Bob") as second:
        asks = [
            threading.Thread(target=first.decide, args=("approve", IDS[0])),
            threading.Thread(target=second.decide, args=("reject", IDS[1])),
            threading.Thread(target=second.decide, args=("approve", IDS[2])),
        ]
        for one in asks:
            one.start()
        for one in asks:
            one.join()
        states = first.ask("GET", "/api/state").data
        assert {id_: (one["state"], one["who"]) for id_, one in states.items()} == {
            IDS[0]: ("approved", "Ada"),
            IDS[1]: ("rejected", "Bob"),
            IDS[2]: ("approved", "Bob"),
        }


def test_unknown_ids_are_told_and_do_nothing(served: Served) -> None:
    answer = served.decide("approve", "nobody").data["decisions"]["nobody"]
    assert "no check" in answer["error"]


def test_pictures_of_the_run_and_baselines_of_its_checks_are_shown(served: Served) -> None:
    verdict = served.decisions.checks[IDS[0]]
    answer = served.ask("GET", f"/run/{quote(verdict.actual)}")
    assert answer.body == served.decisions.run.folder.load(verdict.actual)
    assert answer.headers["content-type"] == "image/png"
    assert served.ask("GET", f"/baseline/{quote(verdict.key)}").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/run/../secret.png",
        "/run/../../secret.png",
        "/run/%2e%2e/%2e%2e/secret.png",
        "/run/..%2f..%2fsecret.png",
        "/run/images/..%5c..%5csecret.png",
        "/run//etc/passwd",
        "/run/%2fetc%2fpasswd",
        "/run/run.json",
        "/run/.visualdiff-run",
        "/run/images/%00.png",
        "/run/",
        "/baseline/../secret.png",
        "/baseline/..%2fsecret.png",
        "/baseline/%2fetc%2fpasswd",
        "/baseline/approvals.jsonl",
        "/baseline/",
        "/etc/passwd",
        "/static/../../secret.png",
        "//etc/passwd",
    ],
)
def test_no_other_file_can_be_had(served: Served, path: str) -> None:
    answer = served.ask("GET", path)
    assert answer.status in (401, 404, 409)
    assert b"secret" not in answer.body.replace(b"secret.png", b"")


def test_a_link_in_the_run_folder_leads_nowhere(served: Served) -> None:
    verdict = served.decisions.checks[IDS[0]]
    place = served.decisions.run.folder.path / verdict.actual
    place.unlink()
    place.symlink_to(served.sample.root / "secret.png")
    answer = served.ask("GET", f"/run/{quote(verdict.actual)}")
    assert (answer.status, b"secret" in answer.body) == (409, False)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}, 403),
        ({"Origin": "https://evil.example", "Sec_Fetch_Site": None}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Cookie": None}, 401),
        ({"Cookie": "visualdiff=guess"}, 401),
        ({"Host": "evil.example"}, 421),
        ({"Content_Type": "text/plain"}, 400),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 400),
    ],
)
def test_a_decision_of_somebody_else_changes_nothing(
    served: Served, changes: dict[str, str | None], status: int
) -> None:
    before = baselines(served.sample.baselines)
    answer = served.decide("approve", *IDS, **changes)
    assert answer.status == status
    assert answer.data["error"]
    assert baselines(served.sample.baselines) == before
    assert set(served.states().values()) == {"waiting", "nothing to decide"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'{"action": "approve"}',
        b'{"action": "delete", "ids": []}',
        b'{"action": "approve", "ids": "all"}',
        b'{"action": "approve", "ids": [1]}',
        b'{"action": "approve", "ids": [], "reason": 1}',
        b" " * (1 << 21),
    ],
)
def test_a_malformed_decision_is_told_so(served: Served, body: bytes) -> None:
    answer = served.ask("POST", "/api/decide", body)
    assert answer.status == 400
    assert answer.data["error"]


@pytest.mark.parametrize("path", ["/", "/api/run", "/run/none.png", "/none"])
def test_every_answer_has_a_strict_policy(served: Served, path: str) -> None:
    headers = served.ask("GET", path).headers
    rules = headers["content-security-policy"].split("; ")
    assert rules[0] == "default-src 'none'"
    assert "frame-ancestors 'none'" in rules
    assert not any("unsafe" in rule for rule in rules)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


def test_the_address_opens_the_page_once(served: Served) -> None:
    """What stays in the history of a browser opens nothing: the token is spent, and data needs the
    cookie that it was exchanged for.
    """
    token = {"Authorization": f"Bearer {served.guard.token}", "Cookie": None}
    guessed = served.ask("POST", "/session", Authorization="Bearer guess")
    assert guessed.status == 401
    first, second = (served.ask("POST", "/session", **token) for _ in range(2))
    assert first.data == {"page": served.guard.page}
    assert first.headers["set-cookie"] == served.guard.set_cookie()
    assert (second.status, "set-cookie" in second.headers) == (401, False)
    assert "used already" in second.data["error"]
    for path in ("/api/run", "/run/images/a.png", "/api/state"):
        assert served.ask("GET", path, **token).status == 401


def test_a_damaged_cookie_or_a_deep_document_is_refused_in_words(served: Served) -> None:
    assert served.ask("GET", "/api/run", Cookie="\xff=;;;=\xe9").status == 401
    answer = served.ask("POST", "/api/decide", b"[" * 100_000)
    assert (answer.status, "nested" in answer.data["error"]) == (400, True)


def test_the_page_holds_no_data_before_the_token_was_shown(served: Served) -> None:
    answer = served.ask("GET", "/", Authorization=None, Cookie=None)
    assert answer.status == 200
    assert b"test_shop" not in answer.body
    assert served.guard.token.encode() not in answer.body


def _nothing(served: Served) -> dict[str, str]:
    return {id_: "nothing to decide" for id_ in served.decisions.checks if id_ not in IDS}
