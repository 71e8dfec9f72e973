"""Stone Soup's metric generators and ours on one small scene: CPU seconds of each.

python benchmarks/score_peer.py
"""

import datetime
import time
import warnings

import numpy as np
from score import scene
from stonesoup.dataassociator.tracktotrack import TrackToTruth
from stonesoup.measures import Euclidean
from stonesoup.metricgenerator.manager import MultiManager
from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric
from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics
from stonesoup.types.groundtruth import GroundTruthPath
from stonesoup.types.state import State
from stonesoup.types.track import Track

from jointsky.metrics.compare import CompareOptions, compare
from jointsky.metrics.paths import Paths, make_paths


def main() -> None:
    """Time GOSPA, OSPA and SIAP there, and everything here."""
    warnings.simplefilter("ignore")
    truth, tracks = scene(20, 100, 50e3, 0.0)
    tracks = make_paths(truth.time_s, truth.number, truth.position_m + 30.0, truth.velocity_mps)
    epoch = datetime.datetime(2030, 1, 1)

    def states(paths: Paths, kind: type) -> set:
        made = set()
        for p in range(len(paths.names)):
            rows = range(paths.start[p], paths.start[p + 1])
            made.add(
                kind(
                    [
                        State(
                            np.concatenate([paths.position_m[r], paths.velocity_mps[r]])[:, None],
                            epoch + datetime.timedelta(seconds=float(paths.time_s[r])),
                        )
                        for r in rows
                    ]
                )
            )
        return made

    place, speed = Euclidean(mapping=[0, 1, 2]), Euclidean(mapping=[3, 4, 5])
    manager = MultiManager(
        [
            GOSPAMetric(p=2, c=1000.0, measure=place, generator_name="g"),
            OSPAMetric(p=2, c=1000.0, measure=place, generator_name="o"),
            SIAPMetrics(position_measure=place, velocity_measure=speed, generator_name="s"),
        ],
        TrackToTruth(
            association_threshold=1000.0,
            consec_pairs_confirm=3,
            consec_misses_end=2,
            measure=place,
        ),
    )
    manager.add_data(
        {"tracks": states(tracks, Track), "groundtruth_paths": states(truth, GroundTruthPath)}
    )
    start = time.process_time()
    manager.generate_metrics()
    theirs = time.process_time() - start
    compare(truth, tracks, CompareOptions(sampling="shared"))
    start = time.process_time()
    compare(truth, tracks, CompareOptions(sampling="shared"))
    ours = time.process_time() - start
    print(
        f"   peer: {len(tracks):,} track points: Stone Soup {theirs:.2f} s CPU "
        f"({len(tracks) / theirs:,.0f} points/CPU-s), jointsky, with T-GOSPA and conformity, "
        f"{ours:.3f} s ({len(tracks) / ours:,.0f} points/CPU-s)"
    )


if __name__ == "__main__":
    main()
