"""Scripts of pages: joined in order, without their comments, and with all of their code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff import javascript
from pytest_visualdiff.capture import script as capture
from pytest_visualdiff.layouts import reader
from pytest_visualdiff.report import html

if TYPE_CHECKING:
    from pathlib import Path


def test_files_follow_each_other_in_the_given_order(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("let a;\n")
    (tmp_path / "b.js").write_text("let b;\n")
    assert javascript.joined(tmp_path, "b.js", "a.js").split() == ["let", "b;", "let", "a;"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("// why\nlet a;\n", "let a;\n"),
        ("  // why\n  let a;\n", "  let a;\n"),
        ("/** why */\nlet a;\n", "let a;\n"),
        ("/**\n * why\n *\n * @param {string} a\n */\nlet a;\n", "let a;\n"),
        ("/** one */\n/** two */\nlet a;\n", "let a;\n"),
        ("/** @type {A} */ (a).b();\n/** why */\nlet c;\n", "/** @type {A} */ (a).b();\nlet c;\n"),
        ('const url = "http://x";\n', 'const url = "http://x";\n'),
        ("let a; // why\n", "let a; // why\n"),
        ("let a = 2\n  * 3;\n", "let a = 2\n  * 3;\n"),
    ],
)
def test_only_comments_that_fill_their_lines_are_left_out(
    tmp_path: Path, written: str, kept: str
) -> None:
    (tmp_path / "a.js").write_text(written)
    assert javascript.joined(tmp_path, "a.js") == kept


@pytest.mark.parametrize("script", [capture.prepare, reader.script, html.script])
def test_no_description_travels_to_a_page(script: object) -> None:
    assert callable(script)
    text = script()
    assert "@param" not in text
    assert len(text) > 10_000
