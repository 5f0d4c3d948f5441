"""Pictures and messages of visual checks in the reports of pytest-html and Allure.

Registered only if one of them writes a report. Checks that do not match are embedded.
"""

from __future__ import annotations

import base64
import json
from html import escape
from typing import TYPE_CHECKING, Any

import pytest

from pytest_visualdiff.errors import RunUnreadable
from pytest_visualdiff.options.table import PREFIX
from pytest_visualdiff.plugin.state import session_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.runs.folder import RunFolder

_PICTURES = ("expected", "actual", "diff")
_FIGURE = "display:inline-block;margin:4px;vertical-align:top"
_PICTURE = "max-width:320px;border:1px solid #999"


class Embedding:
    """A plugin object that adds pictures and messages of checks to the other reports."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """For pytest-html: on the report, which travels from workers, too."""
        report = yield
        loud = [check for check in getattr(report, PREFIX, ()) if check["status"] != "match"]
        if loud and item.config.getoption("htmlpath", None):
            from pytest_html import extras

            folder = session_of(item.config).folder
            more = [extras.html(_block(check, folder)) for check in loud]
            vars(report)["extras"] = [*getattr(report, "extras", []), *more]
        return report

    def pytest_visualdiff_verdict(self, item: pytest.Item, verdict: Verdict) -> None:
        """For Allure: at once, as long as the test goes on."""
        if verdict.status == "match" or not item.config.getoption("allure_report_dir", None):
            return
        _to_allure(verdict, session_of(item.config).folder)


def _block(check: Mapping[str, Any], folder: RunFolder) -> str:
    """HTML: the message, and the pictures as data URLs, so that no file can be missing."""
    urls = {what: _url(folder, check[what]) for what in _PICTURES if check[what]}
    figures = "".join(
        f'<figure style="{_FIGURE}"><img src="{url}" alt="{what}" style="{_PICTURE}">'
        f"<figcaption>{what}</figcaption></figure>"
        for what, url in urls.items()
        if url
    )
    return f"<div><pre>{escape(check['message'])}</pre>{figures}</div>"


def _to_allure(verdict: Verdict, folder: RunFolder) -> None:
    import allure

    name = f"{verdict.name} [{verdict.variant}]: {verdict.status}"
    allure.attach(verdict.message, name, allure.attachment_type.TEXT)
    paths = {what: getattr(verdict, what) for what in _PICTURES}
    urls = {what: _url(folder, path) for what, path in paths.items() if path}
    if all(urls.get(what) for what in _PICTURES):
        allure.attach(
            json.dumps(urls),
            name,
            attachment_type="application/vnd.allure.image.diff",
            extension="imagediff",
        )
    elif verdict.actual:
        allure.attach(folder.load(verdict.actual), name, allure.attachment_type.PNG)


def _url(folder: RunFolder, path: str) -> str:
    """The picture as a data URL; empty if the file is missing."""
    try:
        return f"data:image/png;base64,{base64.b64encode(folder.load(path)).decode()}"
    except RunUnreadable:
        return ""
