"""The table of attacks, and how often each is tried.

The attacks themselves are in ``hostile_attacks`` (on data and decisions) and ``hostile_system``
(by the system: full disks, kills of browsers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import hostile_attacks
import hostile_system
from hostile_attacks import Count, command, project

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ATTACKS", "Count", "command", "project", "run"]

ATTACKS: dict[str, tuple[Callable[[int, Count], None], int, int]] = {
    "artifacts": (hostile_attacks.attack_artifact, 12, 200),
    "values": (hostile_attacks.attack_value, 20, 400),
    "requests": (hostile_attacks.attack_request, 40, 200),
    "texts": (hostile_attacks.attack_text, 12, 120),
    "faults": (hostile_attacks.attack_fault, 12, 600),
    "disks": (hostile_system.attack_disk, 4, 100),
    "kills": (hostile_attacks.attack_kill, 6, 120),
    "browsers": (hostile_system.attack_browser, 2, 100),
    "deciders": (hostile_attacks.attack_race, 2, 50),
}
"""Kind -> the attack, and how often it is tried in the quick and in the whole run."""


def run(kind: str, times: int, start: int = 0) -> Count:
    """Try an attack with so many seeds."""
    attack, count = ATTACKS[kind][0], Count()
    for seed in range(start, start + times):
        attack(seed, count)
    return count
