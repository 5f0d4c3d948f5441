"""How pytest shows an error of this package: the user's own lines and the message.

The frames of the plugin, and the exceptions that it translated, do not help its users. pytest's
option ``--full-trace`` shows them.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from pytest_visualdiff.errors import VisualDifference, VisualDiffError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

OWN = Path(__file__).parents[1]

_HIDE = "__tracebackhide__"


@contextlib.contextmanager
def shortened(
    item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException] | None
) -> Iterator[None]:
    """Inside the block, pytest describes an error of this package with the user's frames only.

    pytest leaves out the frames of a module that has ``__tracebackhide__``.
    """
    if excinfo is None or not _applies(item, excinfo):
        yield
        return
    error = excinfo.value
    usual = error.__cause__, error.__suppress_context__
    modules = [one.frame.f_globals for one in excinfo.traceback if _is_hidden(Path(one.path))]
    original = [(module, module.get(_HIDE)) for module in modules]
    try:
        error.__cause__, error.__suppress_context__ = None, True
        for module in modules:
            module[_HIDE] = True
        yield
    finally:
        error.__cause__, error.__suppress_context__ = usual
        for module, before in original:
            module.pop(_HIDE, None)
            if before is not None:
                module[_HIDE] = before


def locate(item: pytest.Item, call: pytest.CallInfo[Any], report: pytest.TestReport) -> None:
    """Show the line of the test if no frame is left, as after an error in our fixtures."""
    excinfo: Any = call.excinfo
    shown: Any = report.longrepr
    if not _applies(item, excinfo) or not hasattr(shown, "reprtraceback"):
        return
    if any(not _is_hidden(Path(one.path)) for one in excinfo.traceback):
        return
    from _pytest._code.code import ReprFileLocation

    file, line, _ = item.location
    message = excinfo.exconly()
    shown.reprcrash = ReprFileLocation(file, (line or 0) + 1, message)
    shown.reprtraceback.extraline = None
    for entry in shown.reprtraceback.reprentries[-1:]:
        entry.reprfileloc = ReprFileLocation(file, (line or 0) + 1, excinfo.typename)
    if getattr(shown, "chain", None):
        shown.chain[-1] = (shown.reprtraceback, shown.reprcrash, shown.chain[-1][2])


def _applies(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException] | None) -> bool:
    ours = excinfo is not None and isinstance(excinfo.value, (VisualDiffError, VisualDifference))
    return ours and not item.config.getoption("fulltrace", default=False)


def _is_hidden(path: Path) -> bool:
    """Whether a file belongs to this package, to pytest, or to Python itself."""
    if any(path.is_relative_to(folder) for folder in (OWN, *_machinery())):
        return True
    import sysconfig

    stdlib, packages = (Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib"))
    return path.is_relative_to(stdlib) and not path.is_relative_to(packages)


def _machinery() -> Iterator[Path]:
    """The folders of pytest and of the plugins that call tests in its place."""
    import pytest

    packages = Path(pytest.__file__).parents[1]
    yield from (packages / name for name in ("pytest", "_pytest", "pytest_bdd"))
    yield Path(pluggy.__file__).parent
