"""``visualdiff approve --interactive``: one change after the other, one key for each.

The same change on many pictures is one question. Each answer is carried out at once, so that
Ctrl-C or ``q`` loses nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pytest_visualdiff.cli import common
from pytest_visualdiff.cli.common import OPEN, say, told
from pytest_visualdiff.errors import VisualDiffError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from pytest_visualdiff.model import Verdict
    from pytest_visualdiff.review.decisions import Decisions, Outcome

MOST_LISTED = 5
"""Members of a group that are listed."""


def review(made: Decisions, waiting: Mapping[str, Verdict], arguments: Namespace) -> int:
    """Ask for each change; returns the exit status: 0 where nothing waits any more."""
    cards = [[id_ for id_ in group.members if id_ in waiting] for group in common.groups(made)]
    cards = [card for card in cards if card]
    counts = {"approved": 0, "rejected": 0, "refused": 0}
    number = 0
    while cards:
        card, number = cards.pop(0), number + 1
        _show(made, card, f"{number} of {number + len(cards)}", arguments.preview)
        answer = _ask(many=len(card) > 1)
        if answer == "q":
            cards.insert(0, card)
            break
        if answer == "o":
            cards, number = [*([id_] for id_ in card), *cards], number - 1
        elif answer in "yn":
            _tell(_carry_out(made, card, answer, arguments), counts)
    say("{approved} approved, {rejected} rejected, {refused} refused".format(**counts))
    return OPEN if made.waiting() or counts["refused"] or counts["rejected"] else 0


def _carry_out(
    made: Decisions, card: Sequence[str], answer: str, arguments: Namespace
) -> list[Outcome]:
    if answer == "n":
        return made.reject(card, arguments.reason)
    return made.approve(card, arguments.reason, alternative=arguments.alternative)


def _tell(outcomes: Sequence[Outcome], counts: dict[str, int]) -> None:
    for one in outcomes:
        counts["refused" if one.error else str(one.state)] += 1
        if one.error:
            say(f"refused: {one.error}")


def _show(made: Decisions, card: Sequence[str], where: str, how: str) -> None:
    first = made.checks[card[0]]
    others = f", and {len(card) - 1} more with the same change" if len(card) > 1 else ""
    say("", f"[{where}] {told(first)}{others}")
    for id_ in card[1:MOST_LISTED]:
        say(f"        {told(made.checks[id_])}")
    say(*(f"  {line.strip()}" for line in first.message.splitlines()[1:]))
    _picture(made, first, how)


def _picture(made: Decisions, verdict: Verdict, how: str) -> None:
    """The difference in the terminal; where that cannot, the message has told its path."""
    from pytest_visualdiff.report.terminal_images import preview, protocol

    chosen = protocol() if how == "auto" and sys.stdout.isatty() else how
    try:
        png = made.run.folder.load(verdict.diff or verdict.actual)
        sys.stdout.write(preview(png, chosen))
    except (VisualDiffError, OSError, ValueError) as error:
        say(f"no preview: {error}")


def _ask(*, many: bool) -> str:
    """One of y, n, s, q and, for a group, o."""
    one = ", o one by one" if many else ""
    allowed = "ynsqo" if many else "ynsq"
    while True:
        answer = _key(f"y approve, n reject, s skip{one}, q quit? ")
        print(answer if answer.isprintable() else "")  # noqa: T201 - the command's output
        if answer in allowed:
            return answer


def _key(question: str) -> str:
    """One key from a terminal without Enter; the first letter of a line from elsewhere.

    Keys that were pressed before the question was there do not count.
    """
    if not sys.stdin.isatty():
        _print(question)
        line = sys.stdin.readline()
        return line.strip()[:1].lower() or ("q" if not line else "?")
    if os.name == "nt":
        import msvcrt

        _print(question)
        return msvcrt.getwch().lower()  # type: ignore[attr-defined,no-any-return,unused-ignore]
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        _print(question)
        return os.read(terminal, 1).decode("ascii", "replace").lower() or "q"
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _print(question: str) -> None:
    print(question, end="", flush=True)  # noqa: T201 - the command's output
