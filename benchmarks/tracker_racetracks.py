"""Quiet in straight flight and quick in turns: the tracker on flights that turn over and over.

    python benchmarks/tracker_racetracks.py [--seed 0] [--minutes 60] [--mode-c-step-ft 25]

The scene is in the manner of a published evaluation of a real centre (tracker_parts/racetracks.py);
its figures are the limits here.  All five radars together, then each of them alone.
"""

from __future__ import annotations

import argparse
import pathlib
from typing import Any

import numpy as np
from tracker_parts import racetracks, tables
from tracker_parts.flights import Flights
from tracker_parts.pictures_racetracks import draw
from tracker_parts.radars import Radar
from tracker_parts.scenes import KEPT
from tracker_parts.tables import number, verdict

from jointsky.api import Plots, Tracker, Tracks
from jointsky.units import KNOT_MPS

COLUMNS = (  # name, heading, decimals
    ("position_mean_nm", "position mean NM", 3),
    ("position_sd_nm", "s.d. NM", 3),
    ("speed_mean_kt", "speed mean kt", 2),
    ("speed_sd_kt", "s.d. kt", 2),
    ("heading_sd_deg", "heading s.d. deg", 2),
    ("tracked", "tracked", 4),
    ("double", "double", 4),
    ("numbers", "numbers/flight", 2),
)
LIMITS = {
    "five radars": {
        "position_mean_nm": 0.06,
        "position_sd_nm": 0.08,
        "speed_sd_kt": 4.4,
        "heading_sd_deg": 9.4,
    },
    "one radar": {"position_mean_nm": 0.13, "position_sd_nm": 0.13, "speed_sd_kt": 12.7},
}


def tracked(
    moving: Flights, seen_by: list[Radar], plots: Plots, times_s: np.ndarray
) -> tuple[racetracks.Errors, Tracks]:
    """Track what these radars see; return the errors and the pictures."""
    tracker = Tracker([radar.sensor for radar in seen_by])
    shown = tracker.pictures(plots, times_s)
    return racetracks.compare(moving, shown, times_s), shown


def alone(
    moving: Flights, radars: list[Radar], plots: Plots, times_s: np.ndarray
) -> list[racetracks.Errors]:
    """Return the errors of each radar alone."""
    found = []
    for row, radar in enumerate(radars):
        mine = plots.rows(plots.sensor == row)
        mine = mine.replace(sensor=np.zeros(len(mine)))
        found.append(tracked(moving, [radar], mine, times_s)[0])
    return found


def lines(name: str, errors: racetracks.Errors) -> tuple[list[list[str]], dict[str, Any]]:
    """Return the lines of a table for one set of radars, and what is to be kept."""
    whole = errors.summary()
    parts = {
        "straight": errors.rows(~errors.is_turning).summary(),
        "turning": errors.rows(errors.is_turning).summary(),
    }
    met = {figure: whole[figure] <= limit for figure, limit in LIMITS[name].items()}
    rows = [[name, *(number(whole[key], digits) for key, _, digits in COLUMNS)]]
    for part, found in parts.items():
        cells = [number(found[key], digits) for key, _, digits in COLUMNS[:5]]
        rows.append([f"  {part}", *cells, "", "", ""])
    limits = [LIMITS[name].get(key) for key, _, _ in COLUMNS]
    rows.append(["  at most", *("" if limit is None else f"{limit:g}" for limit in limits)])
    words = [verdict(met[key]) if key in met else "" for key, _, _ in COLUMNS]
    kept = {"all": whole, **parts, "met": met, "limits": LIMITS[name]}
    return [*rows, ["  asked", *words]], kept


def by_kind(errors: racetracks.Errors) -> str:
    """Return a table by speed and bank: mean position error in m, s.d. of speed in kt."""
    rows = []
    for k, speed in enumerate(racetracks.SPEEDS_KT):
        row = [f"{speed:.0f} kt"]
        for j in range(len(racetracks.BANKS_DEG)):
            mine = errors.rows(errors.flight == k * len(racetracks.BANKS_DEG) + j)
            place, speed_mps = mine.position_m.mean(), mine.speed_mps.std()
            row.append(f"{place:.0f} m, {speed_mps / KNOT_MPS:.1f} kt")
        rows.append(row)
    return tables.table(["", *(f"bank {bank:.0f}" for bank in racetracks.BANKS_DEG)], rows)


def main() -> None:
    """Make the scene, track it, print the tables, draw the picture, keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--mode-c-step-ft", type=float, default=25.0)
    parser.add_argument("--sites-nm", type=float, default=racetracks.SITES_NM)
    parser.add_argument("--picture", type=pathlib.Path, default=KEPT / "tracker-racetracks.png")
    given = parser.parse_args()
    duration_s = 60.0 * given.minutes
    moving = racetracks.flights(duration_s, given.seed)
    radars = racetracks.radars(given.mode_c_step_ft, given.sites_nm)
    plots = racetracks.plots(moving, radars, duration_s, given.seed)
    times_s = np.arange(racetracks.STEP_S, duration_s, racetracks.STEP_S)
    errors, shown = tracked(moving, radars, plots, times_s)
    five, kept_five = lines("five radars", errors)
    singles = alone(moving, radars, plots, times_s)
    one, kept_one = lines("one radar", racetracks.together(singles))
    for radar, single in zip(radars, singles, strict=True):
        figures = single.summary()
        cells = [number(figures[key], digits) for key, _, digits in COLUMNS]
        one.append([f"  of {radar.sensor.rotation_period_s:.0f} s a turn", *cells])
    print(f"{len(moving)} flights, {given.minutes:.0f} minutes, {len(plots):,} plots, "
          f"{len(times_s)} pictures; each of the five radars alone is taken together")  # fmt: skip
    print(tables.table(["", *(heading for _, heading, _ in COLUMNS)], five + one))
    print("\nFive radars, mean position error and s.d. of ground speed by speed and bank")
    print(by_kind(errors))
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    draw(moving, radars, plots, shown, errors, given.picture)
    print(f"\nPicture: {given.picture}")
    tables.keep("racetracks", {"five radars": kept_five, "one radar": kept_one})


if __name__ == "__main__":
    main()
