"""Ten realistic mistakes on the example site: the first cause says which edit was made."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

import server
from pytest_visualdiff.capture import CaptureOptions, capture
from pytest_visualdiff.causes.explain import explain_layouts
from pytest_visualdiff.comparison import compare_arrays
from pytest_visualdiff.comparison.limits import Limits
from pytest_visualdiff.images.codec import to_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_visualdiff.model import Cause, Screenshot

BUTTONS = (".plans {", ".plan { position: relative; z-index: 0; } .plans {")
LARGE = "{ position: relative; z-index: 1; transform: scale(1.2); border-color: var(--brand);"
HIGHLIGHT = (".plan.highlighted { border-color: var(--brand);", f".plan.highlighted {LARGE}")


@dataclass(frozen=True)
class Mistake:
    """An edit of a file of the site, and the words that the first cause must have."""

    page: str
    was: str
    now: str
    words: tuple[str, ...]
    width: int = 1280
    before: tuple[tuple[str, str], ...] = ()
    """Edits of the page that is right."""


MISTAKES = {
    "a token changed": Mistake(
        "/pricing", "--brand: #0c5a4c", "--brand: #5a0c4c", ("--brand #0c5a4c → #5a0c4c",)
    ),
    "a longer name wraps": Mistake(
        "/pricing", "<h2>Studio</h2>", "<h2>Studio for growing teams</h2>",
        ("#plan-studio", "wraps to 2 lines", "“Studio” → “Studio for growing teams”"),
    ),
    "a font is missing": Mistake(
        "/pricing", "inter-latin-400-normal", "inter-latin-400", ("the font Inter was not loaded",)
    ),
    "z-index": Mistake(
        "/pricing", "z-index: 1; transform", "z-index: -1; transform",
        ("#plan-studio", "z-index 1 → -1"), before=(BUTTONS, HIGHLIGHT),
    ),
    "wrong currency": Mistake("/pricing", "€", "$", ("“€", "→ “$")),
    "a padding in the narrow window": Mistake(
        "/pricing", ".plan { padding: 24px; }", ".plan { padding: 14px; }",
        ("padding 24px → 14px", "2 more elements"), width=390,
    ),
    "an image is not found": Mistake(
        "/article", "harbour.jpg", "harbor.jpg", ("img", "harbour.jpg", "not loaded")
    ),
    "a column is dropped": Mistake(
        "/pricing", r"(?m)(<tr>.*)<(t[dh])\b.*?</\2></tr>", r"\1</tr>",
        ("column", "removed", "Agency"),
    ),
    "the header is too tall": Mistake(
        "/article", "gap: 36px; min-height: 72px", "gap: 36px; min-height: 132px",
        (".site-header", "min-height 72px → 132px", "pushed down"),
    ),
    "the colour of links": Mistake(
        "/login", "a { color: var(--brand);", "a { color: var(--coral);",
        ("color #0c5a4c → #b8412d",),
    ),
}  # fmt: skip


class Editor:
    """The site's answers with some words replaced."""

    def __init__(self) -> None:
        self.edits: list[tuple[str, str]] = []
        self.original: Callable[..., Any] = server.answer

    def answer(self, app: Any, request: Any) -> Any:
        reply = self.original(app, replace(request, seen_etag=""))
        headers = [one for one in reply.headers if one[0] not in ("ETag", "Cache-Control")]
        body = reply.body
        if any("text" in value or "svg" in value for _, value in headers):
            text = body.decode()
            text = text.replace("animation: rise", "--unused: rise")
            for was, now in self.edits:
                text = re.sub(was if was.startswith("(?") else re.escape(was), now, text)
            body = text.encode()
        return replace(reply, body=body, headers=(*headers, ("Cache-Control", "no-store")))


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Editor, str]]:
    one = Editor()
    monkeypatch.setattr(server, "answer", one.answer)
    with server.serve() as app:
        yield one, app.url


def picture(driver: Any, url: str) -> Screenshot:
    driver.get(url)
    return capture(
        driver, CaptureOptions(layout="changed", full_page=True, timeout=15, allow_error_page=True)
    )


def first_causes(driver: Any, url: str, editor: Editor, mistake: Mistake) -> tuple[Cause, ...]:
    editor.edits = list(mistake.before)
    before = picture(driver, url + mistake.page)
    editor.edits = [*mistake.before, (mistake.was, mistake.now)]
    after = picture(driver, url + mistake.page)
    assert before.layout is not None
    assert after.layout is not None
    arrays = [to_array(one.png)[..., :3] for one in (before, after)]
    found = compare_arrays(*arrays, masks=(), region=None, limits=Limits())
    assert found.differences
    return explain_layouts(before.layout, after.layout, found.differences)


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_the_first_cause_tells_the_edit(
    driver: Any, editor: tuple[Editor, str], mistake: Mistake
) -> None:
    size = driver.get_window_size()
    driver.set_window_size(mistake.width, 900)
    try:
        causes = first_causes(driver, editor[1], editor[0], mistake)
    finally:
        driver.set_window_size(size["width"], size["height"])
    missing = [word for word in mistake.words if word not in causes[0].message]
    assert missing == [], [one.message for one in causes[:4]]
