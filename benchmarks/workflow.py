"""The joint workflow's invariants: every interleaving up to a bound, then random long histories.

    python benchmarks/workflow.py [--worlds 4000000] [--histories 1000000] [--steps 60]

Two real command posts, and between them whatever may happen: messages late, twice, in any order or
never; signs of life lost; a link that goes and comes back; crews that do as they like; a command
post that dies and begins anew.  A row of exploration is *whole* where every world within its bound
was looked at.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import time

from workflow_parts.exploring import UNIT, Bounds, Explorer
from workflow_parts.histories import Seen, histories

THREE = ((0, 1), (1, 1), (1, 2))  # one nation on one target, the other on two
EXPLORED = {
    "both must agree": Bounds(ticks=2),
    "both must agree, a death": Bounds(ticks=1, crashes=1),
    "either may": Bounds(ticks=2, authority="either"),
    "either may, a hold": Bounds(ticks=1, authority="either", holds=1),
    "either may, two targets": Bounds(ticks=1, authority="either", proposals=THREE),
    "inform": Bounds(ticks=2, authority="inform", alone="own-land"),
    "a unit is asked for": Bounds(ticks=2, proposals=((0, UNIT), (1, 1))),
    "nothing is lost, crews answer": Bounds(ticks=6, proposals=THREE, is_fair=True),
}
CHUNK = 2_000


def explore(most: int) -> str:
    """Explore all bounds; return what is wrong."""
    heads = f"{'worlds':>10} {'steps':>11} {'states':>8} {'seconds':>8}  whole  invariants"
    print(f"{'explored':<34} {heads}")
    for name, bounds in EXPLORED.items():
        begun_s = time.process_time()
        found = Explorer(bounds).explore(most)
        whole = "yes" if found.worlds < most else "no"
        print(
            f"{name:<34} {found.worlds:10,} {found.steps:11,} {found.states:8,} "
            f"{time.process_time() - begun_s:8.0f}  {whole:<5}  {found.broken or 'hold'}",
            flush=True,
        )
        if found.broken:
            return f"{found.broken}: {', '.join(found.way)}"
    return ""


def _chunk(given: tuple[int, int, int]) -> tuple[Seen, str]:
    return histories(*given)


def main() -> None:
    """Explore, run histories, print; exit 1 where an invariant breaks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=4_000_000)
    parser.add_argument("--histories", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    gc.disable()  # millions of small tuples, none in a circle
    wrong = explore(given.worlds)
    gc.enable()
    seen, begun_s = Seen(), time.perf_counter()
    chunks = [(seed, CHUNK, given.steps) for seed in range(-(-given.histories // CHUNK))]
    with multiprocessing.get_context("spawn").Pool(given.workers) as pool:
        for more, broken in pool.imap_unordered(_chunk, chunks):
            seen += more
            wrong = wrong or broken
    spent_s = time.perf_counter() - begun_s
    print(
        f"{seen.histories:,} histories of {given.steps} steps in {spent_s:.0f} s:"
        f" {seen.orders:,} orders ({seen.moves:,} to move in), {seen.alone:,} going alone,"
        f" {seen.conflicts:,} conflicts ended,"
        f" {seen.holds:,} holds, {seen.deaths:,} deaths; invariants {wrong or 'hold'}"
    )
    if wrong:
        raise SystemExit(wrong)


if __name__ == "__main__":
    main()
