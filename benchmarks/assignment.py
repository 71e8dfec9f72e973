"""Assignment against the public instances' best known values, and on random problems.

    python benchmarks/assignment.py [--folder ../shared/data/assignment] [--repeat 5]

For each problem what is left, the bound that is proven, the gap between them and the time, on the
clock and of the processor (the least of some runs; one thread; kernels compiled before), of the
fast and of the exact method.
Then what keeping a plan saves in changes while values and chances shake.
"""

from __future__ import annotations

import argparse
import pathlib
import time
from collections.abc import Callable

from assignment_parts.problems import (
    BEST_KNOWN,
    greedy,
    load,
    random_problem,
    replanned,
)

from jointsky.decide.assignment import Plan, Problem, assign_exact, assign_fast

FOLDER = pathlib.Path(__file__).parents[2] / "shared" / "data" / "assignment"
SIZES = ((8, 20), (20, 40), (50, 100), (100, 300))
GAP = 1e-6  # of the public instances


def timed(solve: Callable[[], Plan], repeat: int) -> tuple[Plan, float, float]:
    """Return a plan and the least times that it took, on the clock and of the processor."""
    clock_s, processor_s = [], []
    for _ in range(repeat):
        begun_s, busy_s = time.perf_counter(), time.process_time()
        plan = solve()
        clock_s.append(time.perf_counter() - begun_s)
        processor_s.append(time.process_time() - busy_s)
    return plan, min(clock_s), min(processor_s)


def show(name: str, problem: Problem, gap: float, repeat: int) -> None:
    """Print what both methods make of a problem."""
    for method, solve in (
        ("fast", lambda: assign_fast(problem)),
        ("exact", lambda: assign_exact(problem, gap=gap)),
    ):
        plan, clock_s, processor_s = timed(solve, repeat)
        print(f"{name:<16} {method:<6} {plan.objective:12.6f} {plan.bound:12.6f} "
              f"{plan.gap:9.1e} {clock_s:8.3f} {processor_s:10.3f}")  # fmt: skip


def main() -> None:
    """Print the tables; exit 1 where a public instance is not solved to its best known value."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=pathlib.Path, default=FOLDER)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    assign_exact(random_problem(5, 5, 1), gap=0.0)  # compiles
    faults = []
    print(f"{'problem':<16} {'method':<6} {'value':>12} {'bound':>12} {'gap':>9} "
          f"{'clock s':>8} {'processor s':>10}")  # fmt: skip
    for number, (low, high) in BEST_KNOWN.items():
        path = given.folder / f"wta_50x100x{number}.txt"
        if not path.exists():
            print(f"{path} is not here")
            continue
        problem = load(path)
        print(f"best known {low} to {high}; greedy {greedy(problem):.3f}")
        show(f"50x100x{number}", problem, GAP, given.repeat)
        plan = assign_exact(problem, gap=GAP)
        if not (plan.gap <= GAP and low - 5e-4 <= plan.objective <= high + 5e-4):
            faults.append(path.name)
    for weapons, threats in SIZES:
        for seed in (1, 2):
            name = f"{weapons}x{threats} random {seed}"
            show(name, random_problem(weapons, threats, seed), 1e-3, given.repeat)
    print(
        "\nsalvos changed in 30 looks, afresh and kept (keep 0.05), and what keeping cost at most"
    )
    for share in (0.01, 0.02, 0.05):
        for seed in (1, 2):
            problem = random_problem(20, 40, seed)
            afresh, _ = replanned(problem, 30, share, None, seed)
            kept, dearest = replanned(problem, 30, share, 0.05, seed)
            print(f"shaken by {share:.0%}, seed {seed}: {afresh:5d} {kept:5d}   {dearest:.3f}")
    if faults:
        raise SystemExit(f"not solved to the best known value: {', '.join(faults)}")


if __name__ == "__main__":
    main()
