"""Engagements against closed forms: a million trials of each case, by the kernels that runs use.

    python benchmarks/engagement.py [--trials 1000000] [--seed 1]

Shots in salvos and one by one, channels as M/G/c/c queues, magazines and channels pooled or not,
shooters that agree or do not.  Each figure should lie within three standard errors of its value.
"""

from __future__ import annotations

import argparse
import time

from engagement_parts.closed import cases


def main() -> None:
    """Print the table; exit 1 where a figure is further off than three standard errors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    begun_s = time.process_time()
    found = cases(given.trials, given.seed)
    print(f"{given.trials:,} trials of each, seed {given.seed}")
    print(f"{'case':<50} {'exact':>10} {'found':>10} {'s.e.':>9} {'off, s.e.':>9}")
    for case in found:
        print(f"{case.name:<50} {case.exact:10.6f} {case.found:10.6f} {case.error:9.6f} "
              f"{case.sigmas:+9.2f}")  # fmt: skip
    print(f"{time.process_time() - begun_s:.0f} s of processor time, compilation included")
    if any(abs(case.sigmas) > 3.0 for case in found):
        raise SystemExit("a figure is further off than three standard errors")


if __name__ == "__main__":
    main()
