"""How long it takes to tell how common the pictures of several sites are.

python benchmarks/commonality.py

Made pictures: targets 4 km apart, each site shows nine tenths of them, 100 m off, two thirds of the
sites under one number.  The first call, which compiles, is not counted.
"""

import time

import numpy as np

from jointsky.metrics.commonality import commonality
from jointsky.metrics.holdings import held_of_truth, held_together
from jointsky.metrics.paths import Paths, make_paths
from jointsky.streams import stream

SIZES = ((13, 450, 140), (2, 450, 4000), (50, 300, 140))
STEP_S, SPACING_M, SHOWN, SIGMA_M = 2.0, 4000.0, 0.9, 100.0


def truth(moments: int, targets: int) -> Paths:
    """Return targets on a square grid, all flying east at 200 m/s."""
    times = np.repeat(np.arange(moments) * STEP_S, targets)
    target = np.tile(np.arange(targets), moments)
    side = int(np.ceil(np.sqrt(targets)))
    east_m = SPACING_M * (target % side) + 200.0 * times
    place = np.stack([east_m, SPACING_M * (target // side), 0.0 * times], axis=1)
    return make_paths(times, target, place)


def picture(sky: Paths, site: int) -> Paths:
    """Return what one site shows of a sky."""
    rng = stream(1, "commonality", str(site))
    shown = sky.rows(rng.random(len(sky)) < SHOWN)
    place = shown.position_m + rng.normal(0.0, SIGMA_M, (len(shown), 3)) * [1.0, 1.0, 0.0]
    number = shown.number + (1_000_000 * site if site % 3 == 2 else 0)
    return make_paths(shown.time_s, number, place)


def main() -> None:
    """Print a line for each size: seconds by the clock and of the processor."""
    print(f"{'sites':>6}{'moments':>9}{'targets':>9}{'with truth':>22}{'without':>22}{'common':>9}")
    for sites, moments, targets in ((2, 5, 5), *SIZES):
        sky = truth(moments, targets)
        pictures = [picture(sky, site) for site in range(sites)]
        names = [str(site) for site in range(sites)]
        nations = ["A" if site < sites / 2 else "B" for site in range(sites)]
        cells, found = [], None
        for hold in (lambda p, sky=sky: held_of_truth(sky, p), held_together):
            begin, worked = time.perf_counter(), time.process_time()
            found = commonality(hold(pictures), names, nations)
            cells.append(
                f"{time.perf_counter() - begin:>9.1f} s ({time.process_time() - worked:5.1f} s)"
            )
        if (sites, moments, targets) in SIZES:
            share = found.between_sites[0]["common"]
            print(f"{sites:>6}{moments:>9}{targets:>9}{cells[0]:>22}{cells[1]:>22}{share:>9.3f}")


if __name__ == "__main__":
    main()
