"""Are the tracker's covariances those of its errors?  NEES and NIS with their bounds.

    python benchmarks/tracker_consistency.py [--runs 12] [--seed 0]

On flights drawn from the tracker's own models averages must lie within their bounds; what the
bounds are says tracker_parts/consistency.py.  On flights of other kinds (scenes of ../shared/bench,
racetracks) no covariance can be right at every moment: there they are reported.
"""

from __future__ import annotations

import argparse

import numpy as np
import pyarrow.parquet as pq
from scipy.stats import chi2
from tracker_parts import consistency, matched, ours, racetracks, tables
from tracker_parts.consistency import MEASURED, PARTS, Squares, average, many, nees, nis, squared
from tracker_parts.scenes import KINDS, TOOLS, scene_folder
from tracker_parts.tables import number

from jointsky.api import Tracker, TrackerSettings
from jointsky.earth.geodesy import ecef_to_enu, geodetic_to_ecef
from jointsky.tracking import layout_kernels as layout

MODELS = "quiet", "climb", "turn", "manoeuvre", "slow"
STEADY = TrackerSettings(mean_straight_s=1e9, mean_manoeuvre_s=1.0)
SCENES = "small", "small_rot", "crossing", "crossing_rot", "dense"
NEAR_M = 1000.0


def radars(away_m: float) -> list[matched.Sensor]:
    """Return two radars on either side of the flights."""
    return [
        matched.radar("west", (-away_m, 0.0), 4.0, 50.0),
        matched.radar("east", (away_m, 20e3), 5.0, 50.0),
    ]


def lines(name: str, errors: Squares, left: Squares) -> tuple[list[list[str]], dict]:
    """Return the lines of one matched scene, and what is to be kept."""
    rows, kept = [], {}
    for k, part in enumerate([*PARTS, "innovation"]):
        found = errors if part in PARTS else left
        values = found.values[:, k if part in PARTS else 0]
        size = PARTS[part].stop - PARTS[part].start if part in PARTS else MEASURED
        mean = average(values, found.flight, size)
        share = float(np.mean(values < chi2.ppf(0.95, size)))
        rows.append(
            [
                name if k == 0 else "",
                part,
                str(size),
                number(mean.mean, 2),
                f"{mean.low:.2f} to {mean.high:.2f}",
                f"{mean.chi2_low:.2f} to {mean.chi2_high:.2f}",
                tables.verdict(mean.is_within or mean.chi2_low <= mean.mean <= mean.chi2_high),
                f"{100 * share:.1f} %",
            ]
        )
        kept[part] = {"mean": mean.mean, "low": mean.low, "high": mean.high, "in_95": share}
    return rows, kept


def by_model(errors: Squares) -> str:
    """Return a table of the averages while a flight flies by each model."""
    rows = []
    for m, name in enumerate(MODELS):
        mine = errors.values[errors.model == m]
        if len(mine):
            rows.append([name, f"{len(mine):,}", *(number(v, 2) for v in mine.mean(axis=0))])
    return tables.table(["while it flies", "updates", *PARTS], rows)


def scene_line(name: str, seed: int) -> list[str]:
    """Return the NEES of one scene's tracks, each beside the target nearest to it."""
    folder = scene_folder(KINDS[name], seed)
    reading = ours.load(folder)
    tracker = ours.new_tracker(reading)
    shown = tracker.pictures(reading.plots, ours.whole_seconds(reading))
    state = consistency.estimates(tracker, shown)
    table = pq.read_table(folder / "truth.parquet").to_pandas()
    names = ["e_m", "n_m", "u_m", "ve", "vn", "vu"]
    error = np.full(state.shape, np.nan)
    for time_s, truth in table.groupby("time_s"):
        mine = np.flatnonzero(np.abs(shown.time_s - time_s) < 1e-6)
        there = truth[names].to_numpy()
        away = state[mine, None] - there
        nearest = np.linalg.norm(away[:, :, :3], axis=2).argmin(axis=1)
        error[mine] = away[np.arange(len(mine)), nearest]
    good = np.linalg.norm(error[:, :3], axis=1) < NEAR_M
    return reported(name, error[good], shown.covariance[good])


def reported(name: str, error: np.ndarray, covariance: np.ndarray) -> list[str]:
    """Return a line of averages, and of shares within the 95 % ellipsoid."""
    cells = [name, f"{len(error):,}"]
    for part in PARTS.values():
        values = squared(error[:, part], covariance[:, part, part])
        inside = np.mean(values < chi2.ppf(0.95, part.stop - part.start))
        cells += [number(float(values.mean()), 2), f"{100 * inside:.1f} %"]
    return cells


def racetrack_lines(seed: int) -> list[list[str]]:
    """Return the NEES of flights that turn over and over, in straight flight and in turns."""
    duration_s = 1200.0
    moving = racetracks.flights(duration_s, seed)
    seen_by = racetracks.radars()
    plots = racetracks.plots(moving, seen_by, duration_s, seed)
    times_s = np.arange(racetracks.FROM_S, duration_s, racetracks.STEP_S)
    shown = Tracker([radar.sensor for radar in seen_by]).pictures(plots, times_s)
    code = racetracks.mode_a_of(np.arange(len(moving)))
    shown = shown.rows(np.isin(shown.mode_a, code))
    flight = np.array([int(np.flatnonzero(code == one)[0]) for one in shown.mode_a])
    truth = moving.at(flight, shown.time_s)
    ecef = geodetic_to_ecef(shown.latitude_rad, shown.longitude_rad, shown.height_m)
    place = zip(truth.latitude_rad, truth.longitude_rad, truth.height_m, strict=True)
    off = np.array([ecef_to_enu(e[None], *p)[0] for e, p in zip(ecef, place, strict=True)])
    velocity = np.column_stack([shown.ve_mps, shown.vn_mps, shown.vu_mps])
    error = np.hstack([off, velocity - truth.velocity_enu_mps])
    turning = truth.turn_radps != 0.0
    return [
        reported("racetracks", error, shown.covariance),
        reported("  straight", error[~turning], shown.covariance[~turning]),
        reported("  turning", error[turning], shown.covariance[turning]),
    ]


def main() -> None:
    """Print the tables and keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=12, help="of 25 flights each")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    kinds = {
        "all five models": (radars(30e3), None, None),
        "the same, from 200 km": (radars(200e3), None, None),
        "one model, quiet": (radars(30e3), layout.QUIET, STEADY),
    }
    rows, kept = [], {}
    switching = None
    for name, (seen_by, only, settings) in kinds.items():
        errors = many(nees, given.runs, given.seed, seen_by, only, settings)
        left = many(nis, given.runs, given.seed, seen_by, only, settings)
        switching = switching or errors
        more, kept[name] = lines(name, errors, left)
        rows += more
    head = ["matched flights", "of", "n", "mean", "mixture 95 %", "chi-squared 95 %", "", "in 95 %"]
    print(f"{given.runs * consistency.FLIGHTS} flights of {consistency.END_S:.0f} s, two radars, "
          "every update of the tracks from 40 s on")  # fmt: skip
    print(tables.table(head, rows))
    assert switching is not None
    print("\nWithin 'all five models': one covariance must serve whatever the target does next")
    print(by_model(switching))
    rows = [scene_line(name, given.seed) for name in SCENES] if TOOLS.exists() else []
    rows += racetrack_lines(given.seed)
    names = [word for part in PARTS for word in (part, "in 95 %")]
    print("\nOther flights: average NEES (3, 3, 6 were perfect), share within the 95 % ellipsoid")
    print(tables.table(["scene", "rows", *names], rows))
    tables.keep(
        "consistency", {"matched": kept, "other": {row[0].strip(): row[1:] for row in rows}}
    )


if __name__ == "__main__":
    main()
