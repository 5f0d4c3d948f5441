"""The browsers and windows of a test, and the error if pytest cannot run it in all of them.

pytest decides during collection how often a test runs. A test that requests the driver only while
it runs would silently run in the first browser alone. It is refused.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pytest_visualdiff.baselines.identity import Variant
from pytest_visualdiff.errors import UsageError
from pytest_visualdiff.options.table import PREFIX
from pytest_visualdiff.plugin.items import node_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from pytest_visualdiff.options.table import Settings

DRIVER = f"{PREFIX}_driver"
"""The fixture that a test is parametrised with."""

_ARGUMENT = f"""name it where pytest sees it before the test runs, as an argument or by a mark:
    @pytest.mark.usefixtures("{DRIVER}")"""

_BDD = f"""name the driver for all scenarios of the module, where pytest sees it:
    pytestmark = pytest.mark.usefixtures("{DRIVER}")"""

_BY_HAND = f"""leave the parametrisation to the plugin:
    @pytest.mark.{PREFIX}(browsers=[…], viewports=[…])"""

_UNITTEST = """keep the tests in a class without unittest.TestCase, here {name}Tests, and
  make a class of them for each browser and window:
    for browser, viewport in {variants}:
        mark = pytest.mark.visualdiff(browsers=[browser], viewports=[viewport])
        name = f"{name}_{{browser}}_{{viewport}}"
        globals()[name] = mark(type(name, ({name}Tests, unittest.TestCase), {{}}))"""


def variants(settings: Settings) -> list[Variant]:
    """All combinations that the options request, in their order."""
    return [
        Variant(browser, viewport, settings["pixel_ratio"])
        for browser in settings["browsers"]
        for viewport in settings["viewports"]
    ]


def only_variant(item: pytest.Item, settings: Settings, browser: object) -> Variant:
    """The variant of a test that the plugin did not parametrise.

    ``browser`` comes from a parameter of the test's own. Raises ``UsageError`` if the options
    request more than one variant.
    """
    wanted = variants(settings)
    if browser:
        wanted = [variant._replace(browser=str(browser)) for variant in wanted]
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) > 1:
        raise UsageError(_left_out(item, settings, wanted, by_hand=bool(browser)))
    return wanted[0]


def _left_out(
    item: pytest.Item, settings: Settings, wanted: Sequence[Variant], *, by_hand: bool
) -> str:
    names = ", ".join(variant.id for variant in wanted[1:])
    who = " and ".join(
        f"{name} from {settings.origin_text(name)}"
        for name in ("browsers", "viewports")
        if len(settings[name]) > 1
    )
    first = wanted[0]
    width, height = first.viewport
    return (
        f"{node_id(item)} would run in {first.id} alone, and not in {names} ({who}):"
        f" {_why(item, by_hand=by_hand)}\n"
        f"  {_remedy(item, wanted, by_hand=by_hand)}\n"
        f"  or say that one is enough: @pytest.mark.{PREFIX}(browsers=[{first.browser!r}],"
        f" viewports=['{width}x{height}'])"
    )


def _why(item: pytest.Item, *, by_hand: bool) -> str:
    if _is_unittest(item):
        return "pytest cannot parametrise a unittest.TestCase"
    if _is_scenario(item):
        return f"a step of this pytest-bdd scenario asks for {DRIVER}, which pytest sees too late"
    if by_hand:
        return f"the test parametrises {DRIVER} itself"
    return f"{DRIVER} is asked for while the test runs (request.getfixturevalue)"


def _remedy(item: pytest.Item, wanted: Sequence[Variant], *, by_hand: bool) -> str:
    if _is_unittest(item):
        name = item.cls.__name__  # type: ignore[attr-defined]  # a class is what makes it one
        sizes = [(one.browser, "{}x{}".format(*one.viewport)) for one in wanted]
        return _UNITTEST.format(name=name, variants=sizes)
    if _is_scenario(item):
        return _BDD
    return _BY_HAND if by_hand else _ARGUMENT


def _is_unittest(item: Any) -> bool:
    cls, unittest = getattr(item, "cls", None), sys.modules.get("unittest")
    return cls is not None and unittest is not None and issubclass(cls, unittest.TestCase)


def _is_scenario(item: Any) -> bool:
    code = getattr(getattr(item, "function", None), "__code__", None)
    return code is not None and "pytest_bdd" in code.co_filename
