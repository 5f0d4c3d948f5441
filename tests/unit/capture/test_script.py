"""The page's side of a capture is one program made of several files."""

from __future__ import annotations

import re
from collections import Counter

from pytest_visualdiff.capture import script


def test_no_name_is_declared_in_two_files_of_the_joined_script() -> None:
    declared = re.findall(
        r"^(?:async )?(?:function|const|let) (\w+)", _unindented(), flags=re.MULTILINE
    )
    assert declared
    assert [name for name, count in Counter(declared).items() if count > 1] == []


def _unindented() -> str:
    """The files as they are written: only what stands at the margin belongs to all of them."""
    from importlib import resources

    folder = resources.files("pytest_visualdiff.capture")
    return "\n".join(folder.joinpath(part).read_text("utf-8") for part in script.PARTS)
