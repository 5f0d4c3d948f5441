"""Attacks on artifacts, decisions and the review page: how many were tried, and what they did.

    script/bench hostile [--times FACTOR] [KIND ...]

Prints for each kind how many attacks were tried and survived, and each harm. Exit status 1 for any.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import hostile


def main() -> int:
    """Try all attacks, or those of some kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(hostile.ATTACKS))
    parser.add_argument("--times", type=float, default=1.0, help="a factor of how many are tried")
    arguments = parser.parse_args()
    print(f"{'kind':<10} {'tried':>6} {'survived':>9} {'harm':>5}")
    harm: list[str] = []
    for kind in arguments.kinds or hostile.ATTACKS:
        count = hostile.run(kind, max(1, round(hostile.ATTACKS[kind][2] * arguments.times)))
        print(f"{kind:<10} {count.tried:>6} {count.survived:>9} {len(count.harm):>5}", flush=True)
        harm += count.harm
    print(*harm, sep="\n")
    return 1 if harm else 0


if __name__ == "__main__":
    sys.exit(main())
