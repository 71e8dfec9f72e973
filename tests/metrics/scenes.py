"""Made scenes for the tests of metrics: crossing targets, tracks with every kind of fault."""

import numpy as np
import pandas as pd

from jointsky.metrics.paths import make_paths
from jointsky.metrics.sampling import at_shared_times
from jointsky.streams import stream

PLACE, SPEED = ["e_m", "n_m", "u_m"], ["ve", "vn", "vu"]


def scene(seed, targets=10, moments=50, area_m=8e3, noise_m=120.0, swaps=0.03, gaps=0.1):
    """Return truth and tracks as data frames: gaps, swaps, doubles, unseen targets, all of it."""
    rng = stream(seed, "scene")
    truth, tracks, next_id = [], [], 0
    for target in range(targets):
        first = int(rng.integers(0, moments // 3))
        last = int(rng.integers(2 * moments // 3, moments))
        place = rng.uniform(-area_m, area_m, 3) * [1.0, 1.0, 0.05]
        speed = rng.normal(0.0, 150.0, 3) * [1.0, 1.0, 0.05]
        current, next_id = next_id, next_id + 1
        for k in range(first, last):
            x = place + speed * (k - first)
            visible = 0 if rng.random() < 0.1 else 2
            truth.append((float(k), target, *x, *speed, visible))
            if rng.random() < swaps:
                current, next_id = next_id, next_id + 1
            found = (*(x + rng.normal(0, noise_m, 3)), *(speed + rng.normal(0, 9, 3)))
            if rng.random() >= gaps:
                tracks.append((float(k), current, *found))
            if target < 3:
                double = (*(x + rng.normal(0, 2 * noise_m, 3)), *speed)
                tracks.append((float(k), 1000 + target, *double))
    columns = ["time_s", "{}_id", *PLACE, *SPEED]
    made = pd.DataFrame(truth, columns=[c.format("truth") for c in columns] + ["visible"])
    return made, pd.DataFrame(tracks, columns=[c.format("track") for c in columns])


def paths(truth, tracks, dims=3):
    """Return both as Paths."""
    a = make_paths(
        truth.time_s,
        truth.truth_id,
        truth[PLACE].to_numpy(),
        truth[SPEED].to_numpy(),
        dims=dims,
        visible=truth.visible.to_numpy() > 0,
    )
    b = make_paths(
        tracks.time_s,
        tracks.track_id,
        tracks[PLACE].to_numpy(),
        tracks[SPEED].to_numpy(),
        dims=dims,
    )
    return a, b


def moments(truth, tracks, dims=3):
    """Return both at their shared times."""
    return at_shared_times(*paths(truth, tracks, dims))


def figures(result):
    """Return the figures of a score under the names of the neutral scorer."""
    siap = result.siap
    return {
        **{k: result.picture[k] for k in ("ospa_m", "gospa_m", "rms_m", "missed", "false")},
        **{k: siap[k] for k in ("completeness", "ambiguity", "spuriousness", "longest_segment")},
        "pos_acc_m": siap["position_accuracy_m"],
        "vel_acc_mps": siap["velocity_accuracy_mps"],
        "id_change_rate": siap["track_number_change_rate_hz"],
    }


def points(rows, **columns):
    """Return flat paths of (time, number, east) or (time, number, east, north, up) rows."""
    table = np.array(rows, float)
    place = np.zeros((len(table), 3))
    place[:, : table.shape[1] - 2] = table[:, 2:]
    return make_paths(table[:, 0], table[:, 1], place, **columns)
