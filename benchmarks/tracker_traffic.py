"""Conformity: ESASSP 3 NM and ED-142 approach on simulated civil traffic seen by five radars.

    python benchmarks/tracker_traffic.py [--flights 60] [--minutes 40] [--seed 0]

The scene lies on the WGS-84 earth (tracker_parts/traffic.py); plots go through jointsky.api.track
with default settings, the tracks through jointsky score against the truth within 60 NM.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib

import numpy as np
from tracker_parts import tables, traffic
from tracker_parts.pictures_traffic import draw
from tracker_parts.radars import observe
from tracker_parts.scenes import KEPT

from jointsky.api import Plots, Reading, Sensor, Tracks, score, track
from jointsky.recording.score_points import Points
from jointsky.recording.track import Tracked
from jointsky.records.reading import Contents
from jointsky.records.score import Check, ScoreResult

STANDARDS = ("ESASSP 3 NM", "ED-142 approach")
PHASES = ("all", "straight", "turning", "accelerating", "climbing")


def reading_of(plots: Plots, sensors: list[Sensor]) -> Reading:
    """Return plots and sensors as if they had been read from a recording."""
    return Reading(
        format="made",
        plots=plots,
        tracks=Tracks.make(0),
        sensors=sensors,
        contents=Contents(records={"plots": len(plots)}),
    )


def checks_of(found: ScoreResult) -> list[Check]:
    """Return the checks of the two standards."""
    return [check for check in found.conformity if check.standard in STANDARDS]


def line(check: Check) -> list[str]:
    """Return one line of the table of conformity."""
    scale, digits = (100.0, 2) if check.unit == "%" else (1.0, 1)
    limit = f"{check.sense} {scale * check.limit:g} {check.unit}"
    value = tables.number(scale * check.value, digits)
    kind = "mandatory" if check.is_mandatory else "recommended"
    return [check.standard, check.label, limit, value, kind, check.verdict, check.why]


def errors_table(found: ScoreResult) -> str:
    """Return the errors by phase of flight."""
    wanted = (
        ("horizontal_m", "rms", "position RMS m", 1.0),
        ("horizontal_m", "p95", "95 % m", 1.0),
        ("speed_mps", "rms", "speed RMS m/s", 1.0),
        ("heading_rad", "rms", "heading RMS deg", np.degrees(1.0)),
        ("pressure_altitude_m", "rms", "altitude RMS m", 1.0),
    )
    rows = []
    for phase in PHASES:
        errors = found.errors.get(phase, {})
        cells = [errors.get(kind, {}).get(name, np.nan) * by for kind, name, _, by in wanted]
        rows.append([phase, *(tables.number(cell, 1) for cell in cells)])
    return tables.table(["", *(heading for _, _, heading, _ in wanted)], rows)


def run(
    flights: int, duration_s: float, seed: int
) -> tuple[Tracked, ScoreResult, dict[str, np.ndarray]]:
    """Make the traffic, track it, score it; return tracks, score and the truth's columns."""
    moving = traffic.flights(flights, duration_s, seed)
    radars = traffic.radars()
    plots = observe(moving, radars, duration_s, seed)
    made = track(reading_of(plots, [radar.sensor for radar in radars]))
    truth = traffic.truth(moving, radars, duration_s)
    return made, score(made.tracks, Points("traffic", "truth", truth, is_truth=True)), truth


def main() -> None:
    """Run the scene, print the tables, draw the picture, keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flights", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=pathlib.Path, default=KEPT / "tracker-traffic.png")
    given = parser.parse_args()
    made, found, truth = run(given.flights, 60.0 * given.minutes, given.seed)
    checks = checks_of(found)
    print(f"{given.flights} flights, five radars, {given.minutes:.0f} minutes, "
          f"{len(made.plots):,} plots, {len(made.tracks):,} updates of tracks")  # fmt: skip
    head = ("standard", "figure", "limit", "value", "", "verdict", "")
    print(tables.table(head, [line(check) for check in checks]))
    print("\nErrors of the tracks at every update, by phase of flight")
    print(errors_table(found))
    siap = found.siap
    print(f"\ncompleteness {siap['completeness']:.4f}, ambiguity {siap['ambiguity']:.4f}, "
          f"spuriousness {siap['spuriousness']:.4f}, longest segment "
          f"{siap['longest_segment']:.4f}, {found.tracks['false_tracks']:.0f} false tracks of "
          f"{found.tracks['tracks']:.0f}")  # fmt: skip
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    draw(truth, made, found, given.picture)
    print(f"Picture: {given.picture}")
    kept = {
        "checks": [dataclasses.asdict(check) for check in checks],
        "errors": found.errors,
        "siap": siap,
        "met": {f"{check.standard}: {check.label}, {check.limit:g} {check.unit}":
                check.verdict == "pass" for check in checks if check.is_mandatory},
    }  # fmt: skip
    tables.keep("traffic", kept)


if __name__ == "__main__":
    main()
