"""The architecture page follows the source: its picture, its packages, and the files it names."""

from __future__ import annotations

import re
import runpy

import pytest

from imports import FACE, MODULES, ROOT, SOURCE, package_of

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


@pytest.mark.parametrize("link", sorted({*re.findall(r"\]\((?!http)([^)#]+)", PAGE)}))
def test_every_file_that_the_page_links_exists(link: str) -> None:
    assert (ROOT / "docs" / link).resolve().exists()


@pytest.mark.parametrize(
    "name", sorted({*re.findall(r"`((?:\w+/)+\w*(?:\.\w+)?)`", PAGE[PAGE.index("Where do I") :])})
)
def test_every_place_of_a_change_exists(name: str) -> None:
    assert (SOURCE / name).exists() or (ROOT / name).exists()
