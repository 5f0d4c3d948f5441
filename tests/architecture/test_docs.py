"""The architecture page follows the source: its picture, its packages, and the files it names."""

from __future__ import annotations

import re
import runpy
from typing import TYPE_CHECKING

import pytest

from imports import FACE, MODULES, ROOT, SOURCE, package_of

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_picture_of_the_packages_is_up_to_date() -> None:
    """If it fails, run script/draw_architecture.py."""
    drawn = runpy.run_path(str(ROOT / "script" / "draw_architecture.py"))["drawing"]()
    assert drawn == (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")


def test_every_package_is_explained() -> None:
    table = PAGE[PAGE.index("| package |") : PAGE.index("Three rules")]
    explained = {*re.findall(r"`(\w+)`", table)}
    packages = {package_of(name) for name in MODULES} - FACE - {"_version", "javascript"}
    assert packages <= explained


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    """Links to files of the repository, and to headings of such files."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target, heading in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", text):
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), target
        if heading and linked.suffix == ".md":
            assert heading in headings(linked), f"{target}#{heading}"


def headings(page: Path) -> set[str]:
    """The names by which Markdown links to the headings of a page."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_readme_stays_short() -> None:
    """A stranger reads it to the end."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


@pytest.mark.parametrize(
    "name", sorted({*re.findall(r"`((?:\w+/)+\w*(?:\.\w+)?)`", PAGE[PAGE.index("Where do I") :])})
)
def test_every_place_of_a_change_exists(name: str) -> None:
    assert (SOURCE / name).exists() or (ROOT / name).exists()
