"""How many runs an hour a study makes, on one process and two, and what it costs beside them.

    python benchmarks/study_speed.py [--scenario scenarios/union-sky.yaml] [--skies 8] [--look 6]
        [--points 6]

Every sky is seen by ``--points`` variants, which differ in how long a post leaves a target to the
other nation's battery; truth and plots of a sky are made once for all of them.  Brief pictures,
which command posts look at every ``--look`` seconds.  Limit asked for: 3,000 runs of union-sky an
hour on two cores, twice as fast on two as on one but for a tenth, under 5 ms a run beside the run
itself: for that, thousands of runs are answered at once with what others were.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import tempfile
import time
from typing import ClassVar

from jointsky.study import workers
from jointsky.study.engine import Engine
from jointsky.study.running import run_study

RECALLED = (50, 550)  # skies
BATCH = 50  # skies, after which it is asked whether they are enough

STUDY = """\
name: speed
scenario: {scenario}
factors:
  - {{name: look, paths: [duty.look_s], levels: [{look}]}}
  - {{name: leaves, paths: [duty.yield_s], levels: {leaves}}}
responses:
  - {{name: share that came through, figure: leaked, of: hostile, half_width: 0.00001}}
runs: {{least: {least}, most: {skies}, batch: {batch}}}
"""


class Kept(Engine):
    """An engine whose answers are kept."""

    made: ClassVar[list] = []

    def answer(self, sky, points):
        """Answer as an engine does."""
        made = super().answer(sky, points)
        Kept.made.append(made)
        return made


class Recalls(Engine):
    """An engine that answers at once, with what was answered under another sky."""

    def answer(self, sky, points):
        """Answer as an engine does."""
        former = Kept.made[sky % len(Kept.made)]
        return [dataclasses.replace(one, sky=sky) for one in former]


def ran_s(folder: pathlib.Path, given: argparse.Namespace, skies: int, count: int) -> float:
    """Return how long a study of so many skies takes."""
    path = folder / "speed.study.yaml"
    scenario = given.scenario.resolve()
    leaves = [10 + k for k in range(given.points)]
    path.write_text(
        STUDY.format(
            scenario=scenario,
            look=given.look,
            leaves=leaves,
            skies=skies,
            least=min(skies, BATCH),
            batch=BATCH,
        )
    )
    begun_s = time.perf_counter()
    ended = run_study(path, folder / "out", count, fresh=True)
    if ended.summary.faults:
        raise SystemExit(ended.summary.faults[0].fault)
    return time.perf_counter() - begun_s


def main() -> None:
    """Run the studies and print their speed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    root = pathlib.Path(__file__).parents[1]
    default = root / "scenarios" / "union-sky.yaml"
    parser.add_argument("--scenario", type=pathlib.Path, default=default)
    parser.add_argument("--skies", type=int, default=8)
    parser.add_argument("--look", type=float, default=6.0)
    parser.add_argument("--points", type=int, default=6)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        ran_s(folder, given, 2, 1)  # compiled, read
        # a study begins and ends in some seconds: two lengths of it tell that from the runs
        long, short = {}, {}
        for skies, into in ((2, short), (2 + given.skies, long)):
            workers.Engine = Kept
            Kept.made.clear()
            into[1] = ran_s(folder, given, skies, 1)
        workers.Engine = Recalls
        few_s, many_s = (ran_s(folder, given, skies, 1) for skies in RECALLED)
        workers.Engine = Engine
        for skies, into in ((2, short), (2 + given.skies, long)):
            into[2] = ran_s(folder, given, skies, 2)
    runs = given.skies * given.points
    rates = {count: runs / (long[count] - short[count]) * 3600.0 for count in (1, 2)}
    print(
        f"{given.scenario.name}, a look every {given.look:g} s, {runs} runs of {given.skies} skies"
    )
    for count, rate in rates.items():
        print(f"{count} process{'es' if count > 1 else ''}: {rate:,.0f} runs an hour")
    print(f"two are worth {rates[2] / rates[1]:.2f} of one")
    recalled = given.points * (RECALLED[1] - RECALLED[0])
    more_ms = 1000.0 * (many_s - few_s) / recalled
    print(
        f"beside the runs: {more_ms:.2f} ms a run, and {few_s:.1f} s a study "
        f"(of {recalled:,} runs answered at once with what others were)"
    )


if __name__ == "__main__":
    main()
