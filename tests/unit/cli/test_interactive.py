"""approve -i: one key for each change, in a terminal and through a pipe."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pytest_visualdiff.cli.command_line import main

if TYPE_CHECKING:
    from runs import Review


def pressed(keys: bytes, *flags: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit status and screen of ``approve --interactive`` in a terminal of its own."""
    command = [sys.executable, "-m", "pytest_visualdiff", "approve", "-i", *flags]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
    )
    os.close(theirs)
    said, deadline = b"", time.monotonic() + 60
    left = [bytes([key]) for key in keys]
    asked = 0
    while time.monotonic() < deadline and select.select([ours], [], [], 30)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        said += part
        if left and said.count(b"q quit? ") > asked:
            asked += 1
            os.write(ours, left.pop(0))
    os.close(ours)  # which hangs up on a process that still waits
    return process.wait(timeout=30), said.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("keys", "names", "rejected", "status"),
    [
        (b"yyy", ["one", "two", "three", "new"], [], 0),
        (b"nsy", ["new"], ["one", "two"], 1),
        (b"oyssq", ["one"], [], 1),
        (b"x?yq", ["one", "two"], [], 1),
        (b"q", [], [], 1),
    ],
)
def test_one_key_decides_each_change_in_a_terminal(
    project: Review, keys: bytes, names: list[str], rejected: list[str], status: int
) -> None:
    """Y and n without Enter; o opens a group; other keys are asked again; q keeps what is done."""
    done, said = pressed(keys)
    assert done == status
    assert project.approved() == names
    assert [
        one.check for one in project.transaction.log.entries() if one.act == "reject"
    ] == rejected
    assert "and 1 more with the same change" in said


def test_keys_can_be_piped_and_the_end_of_them_is_quit(
    project: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert main(["approve", "--interactive"]) == 1
    assert project.approved() == ["one", "two"]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("environment", "sign"),
    [
        ({"TERM_PROGRAM": "iTerm.app", "TERM": "xterm"}, "\x1b]1337;File=inline=1;"),
        ({"TERM": "xterm-kitty"}, "\x1b_Ga=T,f=100,"),
        ({"TERM": "foot"}, '\x1bPq"1;1;6;6'),
    ],
)
def test_a_terminal_that_can_shows_the_picture(environment: dict[str, str], sign: str) -> None:
    unset = {"TERM_PROGRAM": "", "KITTY_WINDOW_ID": ""}
    _, said = pressed(b"q", environment={**unset, **environment})
    assert sign in said
    _, said = pressed(b"q", environment={**unset, "TERM": "xterm"})
    assert not re.search("\x1b[P_\\]]", said)
