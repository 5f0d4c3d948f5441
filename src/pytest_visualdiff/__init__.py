"""Visual regression testing for pytest: real browsers, approved baselines, explained differences.

The core works without pytest, a browser or a display::

    import pytest_visualdiff as vd

    comparison = vd.compare("expected.png", "actual.png", threshold=2.0)
    print(comparison.same, comparison.explain())

Importing this package loads nothing heavy; a name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_visualdiff._version import __version__

if TYPE_CHECKING:
    from pytest_visualdiff.api import compare
    from pytest_visualdiff.baselines import BaselineStore
    from pytest_visualdiff.capture.targets import read_layout
    from pytest_visualdiff.causes.explain import explain_layouts
    from pytest_visualdiff.checks.checker import Checker
    from pytest_visualdiff.checks.registry import Registry
    from pytest_visualdiff.comparison.result import Comparison
    from pytest_visualdiff.desktop.screen import Screen
    from pytest_visualdiff.errors import (
        AlertOpen,
        AmbiguousTarget,
        AmbiguousTemplate,
        ArtifactRefused,
        BaselineChanged,
        BaselineNotWritten,
        BaselineUnreadable,
        BrokenImage,
        BrowserDied,
        BrowserUnavailable,
        CaptureError,
        DuplicateName,
        EmergencyStop,
        EmptyTarget,
        FlatTemplate,
        ImageError,
        ImageTooLarge,
        InvalidName,
        InvalidValue,
        LayoutUnreadable,
        LocateError,
        LogUnreadable,
        NothingCompared,
        OpenCVUnavailable,
        PageNotShown,
        PageTimeout,
        RunUnreadable,
        ScreenBusy,
        ScreenLost,
        ScreenResized,
        ScreenUnavailable,
        StepsFailed,
        StoreError,
        TargetCovered,
        TargetNotFound,
        TemplateMissing,
        TemplateNotFound,
        TemplateStillThere,
        UnexpectedError,
        UnknownOption,
        UnstableTarget,
        UnsupportedTarget,
        Untypeable,
        UsageError,
        ViewportRefused,
        VisualDifference,
        VisualDiffError,
        WindowClosed,
        WindowCovered,
    )
    from pytest_visualdiff.layouts.page_layout import PageLayout
    from pytest_visualdiff.matching.locate import locate, locate_all
    from pytest_visualdiff.model import (
        Box,
        Cause,
        Difference,
        Environment,
        Kind,
        Match,
        Status,
        Verdict,
    )
    from pytest_visualdiff.secrets import Secret, secret
    from pytest_visualdiff.sweep.compare import compare_layouts
    from pytest_visualdiff.sweep.findings import Finding
    from pytest_visualdiff.sweep.single_browser import examine_layout
    from pytest_visualdiff.sweep.sweeper import Sweeper, SweepResult

_HOME = {
    "Checker": "checks.checker",
    "Comparison": "comparison.result",
    "compare": "api",
    **dict.fromkeys(["locate", "locate_all"], "matching.locate"),
    "Registry": "checks.registry",
    "BaselineStore": "baselines",
    "Finding": "sweep.findings",
    "explain_layouts": "causes.explain",
    "compare_layouts": "sweep.compare",
    "examine_layout": "sweep.single_browser",
    **dict.fromkeys(["SweepResult", "Sweeper"], "sweep.sweeper"),
    "PageLayout": "layouts.page_layout",
    "read_layout": "capture.targets",
    "Screen": "desktop.screen",
    **dict.fromkeys(["Secret", "secret"], "secrets"),
    **dict.fromkeys(
        ["Box", "Cause", "Difference", "Environment", "Kind", "Match", "Status", "Verdict"], "model"
    ),
}

__all__ = [
    "AlertOpen",
    "AmbiguousTarget",
    "AmbiguousTemplate",
    "ArtifactRefused",
    "BaselineChanged",
    "BaselineNotWritten",
    "BaselineStore",
    "BaselineUnreadable",
    "Box",
    "BrokenImage",
    "BrowserDied",
    "BrowserUnavailable",
    "CaptureError",
    "Cause",
    "Checker",
    "Comparison",
    "Difference",
    "DuplicateName",
    "EmergencyStop",
    "EmptyTarget",
    "Environment",
    "Finding",
    "FlatTemplate",
    "ImageError",
    "ImageTooLarge",
    "InvalidName",
    "InvalidValue",
    "Kind",
    "LayoutUnreadable",
    "LocateError",
    "LogUnreadable",
    "Match",
    "NothingCompared",
    "OpenCVUnavailable",
    "PageLayout",
    "PageNotShown",
    "PageTimeout",
    "Registry",
    "RunUnreadable",
    "Screen",
    "ScreenBusy",
    "ScreenLost",
    "ScreenResized",
    "ScreenUnavailable",
    "Secret",
    "Status",
    "StepsFailed",
    "StoreError",
    "SweepResult",
    "Sweeper",
    "TargetCovered",
    "TargetNotFound",
    "TemplateMissing",
    "TemplateNotFound",
    "TemplateStillThere",
    "UnexpectedError",
    "UnknownOption",
    "UnstableTarget",
    "UnsupportedTarget",
    "Untypeable",
    "UsageError",
    "Verdict",
    "ViewportRefused",
    "VisualDiffError",
    "VisualDifference",
    "WindowClosed",
    "WindowCovered",
    "__version__",
    "compare",
    "compare_layouts",
    "examine_layout",
    "explain_layouts",
    "locate",
    "locate_all",
    "read_layout",
    "secret",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    from pytest_visualdiff.images import opencv

    with opencv.needed():
        home = importlib.import_module(f"{__name__}.{_HOME.get(name, 'errors')}")
    value = getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
