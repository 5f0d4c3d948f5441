"""A system without free file descriptors is told once, and nothing is lost."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import hostile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runs import Review

CONNECTIONS = 60


@pytest.fixture
def review() -> Iterator[Review]:
    """A project with checks that wait, which is the current folder."""
    with hostile.project() as review:
        yield review


def limited(files: int, *arguments: str) -> Sequence[str]:
    """The command, in a process that may have so many files open."""
    program = "from pytest_visualdiff.cli.command_line import main; raise SystemExit(main())"
    return ["sh", "-c", f'ulimit -n {files}; exec "$0" "$@"', sys.executable, "-c", program,
            *arguments]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="ulimit is of POSIX shells")
@pytest.mark.parametrize("files", [5, 6, 8])
def test_decisions_with_few_descriptors_are_made_or_refused_in_words(
    review: Review, files: int
) -> None:
    done = subprocess.run(
        limited(files, "approve", "--all"), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 1000
    assert done.returncode in (0, 1, 2)
    assert len(review.transaction.log.entries()) == len(review.approved())
    assert hostile.command("approve", "--all")[0] == 0
    assert len(review.approved()) == len(review.checks)


@pytest.mark.usefixtures("review")
@pytest.mark.skipif(sys.platform == "win32", reason="ulimit is of POSIX shells")
def test_a_review_page_with_more_connections_than_descriptors_tells_it_once_and_goes_on() -> None:
    """Each refused connection adds nothing to what is told; afterwards the page answers again."""
    with subprocess.Popen(
        limited(24, "review", "--no-browser"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        found = re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert found
        port = int(found[1])
        try:
            some = [connected(port) for _ in range(CONNECTIONS)]
            time.sleep(3)
            for one in some:
                one.close()
            assert answer(port).startswith(b"HTTP/1.1 200")
        finally:
            server.send_signal(signal.SIGINT)
            told = server.communicate(timeout=30)[1]
    assert told.count("Too many open files") >= 1
    assert told.count("Traceback") <= 2
    assert len(told) < 20_000


def connected(port: int) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), 10)
    one.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return one


def answer(port: int) -> bytes:
    """What the page answers, once it takes connections again."""
    for _ in range(100):
        with connected(port) as one:
            one.settimeout(10)
            told = one.recv(60)
            if told:
                return told
        time.sleep(0.2)
    return b""
