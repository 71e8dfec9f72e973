"""What the joint picture costs a site a second: tracks of several sites become one set.

    python benchmarks/joint_picture.py [--targets 4000] [--sites 2,4,13]

Every site tracks every target; each target's track is told once a second by each site, a third of
a second late.  Timed, a second of the clock: taking what others told, deciding, telling, and one
picture.  CPU seconds of one process, medians over seconds 15 to 30.
"""

import argparse
import time

import numpy as np

from jointsky.records.exchange import TrackReports
from jointsky.records.tracks import Tracks
from jointsky.streams import stream
from jointsky.tracking.joint import JointPicture
from jointsky.tracking.joint_settings import JointSettings

EPOCH_S = 1_800_000_000.0
BORN = (int((EPOCH_S - 1_577_836_800.0) * 8) << 30) - 10**6
ALONG_M, ACROSS_M = 6_375_000.0, 3_920_000.0


def tracks_of(site: int, truth: np.ndarray, rng: np.random.Generator, time_s: float) -> Tracks:
    """Return one site's tracks of targets (east, north, ve, vn) at EPOCH_S."""
    n = len(truth)
    place = truth[:, :2] + truth[:, 2:] * (time_s - EPOCH_S) + rng.normal(0.0, 40.0, (n, 2))
    covariance = np.diag([1600.0, 1600.0, 900.0, 25.0, 25.0, 4.0])
    return Tracks.make(
        n,
        time_s=np.full(n, time_s),
        track_number=BORN + np.arange(n) * 64 + site,
        latitude_rad=0.91 + place[:, 1] / ALONG_M,
        longitude_rad=0.52 + place[:, 0] / ACROSS_M,
        height_m=np.full(n, 9000.0),
        ve_mps=truth[:, 2] + rng.normal(0.0, 3.0, n),
        vn_mps=truth[:, 3] + rng.normal(0.0, 3.0, n),
        vu_mps=0.0,
        covariance=covariance,
        manoeuvre=0.05,
        existence=0.999,
        plots=np.full(n, int(time_s - EPOCH_S) + 3, np.int32),
        sensors=np.full((n, 1), 1 << site, np.uint64),
    )


def reports_of(tracks: Tracks) -> TrackReports:
    """Return tracks as their site tells them."""
    given = {k: getattr(tracks, k) for k in TrackReports.schema() if hasattr(tracks, k)}
    numbers = {"number": tracks.track_number, "system_number": tracks.track_number}
    return TrackReports.make(len(tracks), **given, **numbers, shared_part=np.full(len(tracks), 0.7))


def cost_ms(sites: int, targets: int, share: str) -> tuple[float, float, float, float, int]:
    """Return milliseconds a second of taking, deciding, telling, showing; and tracks shown."""
    rng = stream(1, "joint-bench")
    truth = np.column_stack(
        [rng.uniform(-300e3, 300e3, (targets, 2)), rng.uniform(-220.0, 220.0, (targets, 2))]
    )
    joint = JointPicture(sites, 0, [0], JointSettings(share=share))
    spent = []
    for second in range(1, 31):
        now_s = EPOCH_S + second
        told = [reports_of(tracks_of(s, truth, rng, now_s - 0.33)) for s in range(1, sites)]
        local = tracks_of(0, truth, rng, now_s)
        clock = [time.process_time()]
        for origin, reports in enumerate(told, start=1):
            joint.take(origin, reports, now_s)
        clock.append(time.process_time())
        joint.advance(now_s, local)
        clock.append(time.process_time())
        joint.take(0, joint.reports(now_s, local), now_s)
        clock.append(time.process_time())
        shown = joint.picture(now_s, local)
        clock.append(time.process_time())
        if second > 15:
            spent.append(np.diff(clock))
    return (*(1e3 * np.median(spent, axis=0)).tolist(), len(shown))


def main() -> None:
    """Print a line for each number of sites and way of sharing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--targets", type=int, default=4000)
    parser.add_argument("--sites", default="2,4,13")
    given = parser.parse_args()
    print("sites  share        take  decide   tell    show    sum (ms a second)  shown")
    for sites in map(int, given.sites.split(",")):
        for share in ("fused", "responsible"):
            *parts, shown = cost_ms(sites, given.targets, share)
            cells = "".join(f"{part:8.1f}" for part in (*parts, sum(parts)))
            print(f"{sites:5d}  {share:11s}{cells}{shown:26d}", flush=True)


if __name__ == "__main__":
    main()
