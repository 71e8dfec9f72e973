"""The picture of a flat scene at whole seconds, in the columns that scorers of such scenes read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jointsky.records.tracks import Tracks, TrackStatus

Floats = npt.NDArray[np.float64]
LONGEST_GAP_S = 60.0  # between two states; a longer one is two sightings


def at_seconds(picture: Tracks, positions_m: Floats) -> pa.Table:
    """Return a picture's tracks as a table; ``positions_m`` (n, 3) are those of its rows."""
    velocity = np.column_stack([picture.ve_mps, picture.vn_mps, picture.vu_mps])
    return _table(picture.time_s, picture.track_number, positions_m, velocity)


def between(tracks: Tracks, positions_m: Floats, seconds: Floats, pictures: pa.Table) -> pa.Table:
    """Return smoothed tracks at whole ``seconds``: cubics between their states (Hermite).

    A cubic through two states of position and velocity, 10 s apart in a turn of 1 g at 200 m/s, is
    off by a metre.  After a track's last state what ``pictures`` foretold stays.
    """
    alive = np.flatnonzero(tracks.status != TrackStatus.ENDED)
    order = alive[np.lexsort((tracks.time_s[alive], tracks.track_number[alive]))]
    number, time_s = tracks.track_number[order], tracks.time_s[order]
    place = positions_m[order]
    velocity = np.column_stack([tracks.ve_mps, tracks.vn_mps, tracks.vu_mps])[order]
    first = np.searchsorted(seconds, time_s[:-1])
    span_s = np.diff(time_s)
    joined = (np.diff(number) == 0) & (span_s <= LONGEST_GAP_S)
    count = np.where(joined, np.searchsorted(seconds, time_s[1:]) - first, 0)
    left = np.repeat(np.arange(len(count)), count)
    at_s = seconds[first[left] + np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)]
    span = span_s[left][:, None]
    t = (at_s - time_s[left])[:, None] / span
    right = left + 1
    at_m = (
        place[left] * (1.0 + 2.0 * t) * (1.0 - t) ** 2
        + velocity[left] * span * t * (1.0 - t) ** 2
        + place[right] * t**2 * (3.0 - 2.0 * t)
        + velocity[right] * span * t**2 * (t - 1.0)
    )
    rate = (
        (place[right] - place[left]) / span * 6.0 * t * (1.0 - t)
        + velocity[left] * (1.0 - t) * (1.0 - 3.0 * t)
        + velocity[right] * t * (3.0 * t - 2.0)
    )
    made = _table(at_s, number[left], at_m, rate)
    both = pa.concat_tables([made, pictures.filter(_is_after(pictures, number, time_s))])
    return both.sort_by([("time_s", "ascending"), ("track_id", "ascending")])


def _is_after(pictures: pa.Table, number: npt.NDArray[np.int64], time_s: Floats) -> pa.Array:
    """Return which rows come at or after the last state of their track."""
    asked = pictures["track_id"].to_numpy()
    last = np.searchsorted(number, asked, side="right") - 1
    known = (last >= 0) & (number[last] == asked)
    return pa.array(known & (pictures["time_s"].to_numpy() >= time_s[last]))


def _table(
    time_s: Floats, number: npt.NDArray[np.int64], place_m: Floats, velocity_mps: Floats
) -> pa.Table:
    names = ("e_m", "n_m", "u_m", "ve", "vn", "vu")
    values = (*place_m.T, *velocity_mps.T)
    return pa.table({"time_s": time_s, "track_id": number} | dict(zip(names, values, strict=True)))
