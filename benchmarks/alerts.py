"""How long a step of alerts takes, of a processor: 300 tracks, 20 zones of 72 corners, three times.

python benchmarks/alerts.py
"""

import time

import numpy as np

from jointsky.assess.alerts import Alerts
from jointsky.assess.areas import Area, Areas
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.streams import stream

TRACKS, ZONES, CORNERS, WIDE_RAD = 300, 20, 72, (0.06, 0.1)
USES = ("protected", "restricted", "border", "prohibited")


def zones(rng):
    """Return round zones of 20 km all over a square of 380 km."""
    course = np.linspace(0.0, 2 * np.pi, CORNERS, endpoint=False)
    round_ = np.column_stack([np.cos(course), np.sin(course) / np.cos(0.94)]) * 0.0031
    middles = [0.94, 0.47] + rng.uniform(-0.5, 0.5, (ZONES, 2)) * WIDE_RAD
    return [
        Area(f"zone {k}", USES[k % len(USES)], middle + round_) for k, middle in enumerate(middles)
    ]


def pictures(rng):
    """Return the picture of every second: tracks that fly straight, 150 m/s or so."""
    place = [0.94, 0.47] + rng.uniform(-0.5, 0.5, (TRACKS, 2)) * WIDE_RAD
    speed = rng.normal(0.0, 150.0, (TRACKS, 2))
    for time_s in range(60):
        yield Tracks.make(
            TRACKS,
            time_s=float(time_s),
            track_number=np.arange(TRACKS),
            latitude_rad=place[:, 0] + speed[:, 0] * time_s / 6.371e6,
            longitude_rad=place[:, 1] + speed[:, 1] * time_s / 3.76e6,
            height_m=3000.0,
            ve_mps=speed[:, 1],
            vn_mps=speed[:, 0],
            vu_mps=0.0,
            covariance=np.diag([400.0] * 3 + [1.0] * 3),
            status=TrackStatus.CONFIRMED,
        )


def main():
    """Print the median time of a step, of each of three runs."""
    for run in range(3):
        rng = stream(run, "alerts")
        alerts, took_s = Alerts(Areas(zones(rng))), []
        for time_s, tracks in enumerate(pictures(rng)):
            begun_s = time.process_time()
            alerts.step(tracks, {}, float(time_s))
            took_s.append(time.process_time() - begun_s)
        active = len(alerts.active())
        print(f"{1e3 * np.median(took_s):.1f} ms, {active} alerts active at the end")


if __name__ == "__main__":
    main()
