"""Layouts made by hand, and sweeps of pages in the real browsers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.baselines.identity import TestIdentity
from pytest_visualdiff.baselines.memory import MemoryStore
from pytest_visualdiff.browsers.pool import BrowserPool
from pytest_visualdiff.checks.registry import Registry
from pytest_visualdiff.checks.services import CheckServices
from pytest_visualdiff.layouts.page_layout import PROPERTIES, Element, PageLayout, Rect
from pytest_visualdiff.options.table import Layer, Settings
from pytest_visualdiff.runs.folder import RunFolder
from pytest_visualdiff.sweep.sweeper import Sweeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_visualdiff.model import Verdict

PLAIN = {
    "color": "rgb(0, 0, 0)",
    "background-color": "rgba(0, 0, 0, 0)",
    "background-image": "none",
    "border-style": "none",
    "border-color": "rgb(0, 0, 0)",
    "box-shadow": "none",
    "font-family": "Arial",
    "font-size": "16px",
    "visibility": "visible",
    "opacity": "1",
    "clip-path": "none",
    "display": "block",
    "position": "static",
    "overflow": "visible",
    "text-overflow": "clip",
    "-webkit-line-clamp": "none",
    **{f"border-{side}-width": "0px" for side in ("top", "right", "bottom", "left")},
}

BOX = Rect(0, 0, 0, 0)


@dataclass
class Page:
    """Makes a layout: ``add`` an element, get its index, ``layout`` at the end."""

    browser: str = "firefox"
    viewport: tuple[int, int] = (1000, 800)
    page: tuple[int, int] = (1000, 800)
    elements: list[Element] = field(default_factory=list)
    styles: list[tuple[str, ...]] = field(default_factory=list)
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.root = self.add("html", (0, 0, *self.page), parent=-1)
        self.body = self.add("body", (0, 0, *self.page), parent=self.root)

    def add(
        self,
        tag: str,
        box: tuple[float, float, float, float],
        text: str = "",
        parent: int | None = None,
        style: dict[str, str] | None = None,
        **values: Any,
    ) -> int:
        """An element; a text lies at the top left of its box, eight pixels a letter."""
        up = self.body if parent is None else parent
        nth = self.counts[up, tag] = self.counts[up, tag] + 1
        row = tuple({**dict.fromkeys(PROPERTIES, ""), **PLAIN, **(style or {})}.values())
        if row not in self.styles:
            self.styles.append(row)
        made = {
            "root": 0, "id": "", "classes": "", "role": "", "source": "", "visible": True,
            "shown": 1.0, "fixed": False, "lines": int(bool(text)), "hidden": (0, 0), "picture": 0,
            "natural": (0, 0), "cover": -1,
            "text_box": Rect(box[0], box[1], 8 * len(text), 20) if text else BOX,
            **values,
        }  # fmt: skip
        self.elements.append(
            Element(
                index=len(self.elements),
                parent=up,
                tag=tag,
                nth=nth,
                text=text,
                box=Rect(*box),
                style=self.styles.index(row),
                **made,
            )
        )
        return len(self.elements) - 1

    def layout(self) -> PageLayout:
        """The layout."""
        return PageLayout(
            browser=self.browser, version="1", url="http://site/", title="Page",
            viewport=self.viewport, page=self.page, ratio=1.0, elements=tuple(self.elements),
            styles=tuple(self.styles), total=len(self.elements),
        )  # fmt: skip


@pytest.fixture(scope="session")
def browsers() -> Iterator[BrowserPool]:
    """Both real browsers, for all tests of sweeps."""
    pool = BrowserPool()
    yield pool
    pool.close()


@dataclass
class Swept:
    """A sweeper of both browsers, and the verdicts that it told."""

    sweeper: Sweeper
    verdicts: list[Verdict]

    @property
    def errors(self) -> dict[str, str]:
        """By browser: why it was not compared."""
        pages = [page for one in self.verdicts for page in one.sweep.get("pages", ())]
        return {page["browser"]: page["error"] for page in pages if page["error"]}


@pytest.fixture
def swept(tmp_path: Path, browsers: BrowserPool) -> Swept:
    """A sweeper whose pages must load within 4 seconds."""
    services = CheckServices(
        MemoryStore(), RunFolder(tmp_path / "runs", "run"), Registry(), tmp_path
    )
    settings = Settings().over(Layer.MARKER, {"sweep_load": 4, "viewports": [(600, 500)]})
    told: list[Verdict] = []
    sweeper = Sweeper(
        TestIdentity("t.py::test", "t.py", "test"), settings, services, told.append, pool=browsers
    )
    return Swept(sweeper, told)
