"""Our tracks become Stone Soup's, so that its metrics, plotters and writers take them."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.stonesoup import peer
from jointsky.stonesoup.space import StateSpace, moment_of
from jointsky.tracking.frame import Frame

Floats = npt.NDArray[np.float64]


def tracks_of(
    tracks: Tracks,
    space: StateSpace | None = None,
    origin: tuple[float, float, float] | None = None,
    *,
    is_flat: bool = True,
    zone: datetime.tzinfo | None = None,
) -> set[Any]:
    """Return a Stone Soup Track for every track number, with a GaussianState for each row.

    ``origin`` (latitude, longitude in radians, height) is that of the tracker; ``is_flat`` False
    takes tracks on the earth, and then x, y, z are east, north, up of the origin.  Tentative rows
    and the word that a track has ended are no states.  Time stamps are UTC, without a zone unless
    ``zone`` is given.
    """
    space = space or StateSpace()
    shown = tracks.rows(
        (tracks.status != TrackStatus.TENTATIVE) & (tracks.status != TrackStatus.ENDED)
    )
    shown = shown.rows(np.lexsort((shown.time_s, shown.track_number)))
    origin = origin or (0.0, 0.0, 0.0)
    position, velocity, covariance = in_scene(shown, origin, is_flat=is_flat)
    made: dict[int, Any] = {}
    for row, number in enumerate(shown.track_number.tolist()):
        if number not in made:
            made[number] = new_track(str(number), shown, row)
        moment = moment_of(float(shown.time_s[row]), zone)
        add_state(
            made[number],
            gaussian_state(space, position[row], velocity[row], covariance[row], moment),
        )
    return set(made.values())


def in_scene(
    tracks: Tracks, origin: tuple[float, float, float], *, is_flat: bool
) -> tuple[Floats, Floats, Floats]:
    """Return positions (n, 3), velocities (n, 3) and covariances (n, 6, 6) in the scene's axes."""
    places = tracks.latitude_rad, tracks.longitude_rad, tracks.height_m
    velocity = np.column_stack([tracks.ve_mps, tracks.vn_mps, tracks.vu_mps])
    if is_flat:
        return Frame(True, origin).from_geodetic(*places), velocity, tracks.covariance
    position = geodesy.ecef_to_enu(geodesy.geodetic_to_ecef(*places), *origin)
    turn = np.array(
        [
            geodesy.enu_rotation(*origin[:2]) @ geodesy.enu_rotation(latitude, longitude).T
            for latitude, longitude in zip(*places[:2], strict=True)
        ]
    ).reshape(-1, 3, 3)
    both = np.zeros((len(tracks), 6, 6))
    both[:, :3, :3] = both[:, 3:, 3:] = turn
    covariance = both @ tracks.covariance @ both.transpose(0, 2, 1)
    return position, np.einsum("nij,nj->ni", turn, velocity), covariance


def gaussian_state(
    space: StateSpace,
    position_m: Floats,
    velocity_mps: Floats,
    covariance: Floats,
    moment: datetime.datetime,
) -> Any:
    """Return a GaussianState; positions and velocities are (3,), the covariance is (6, 6)."""
    axes = len(space.position)
    places = [*space.position, *space.velocity]
    ours = [*range(axes), *range(3, 3 + axes)]
    vector, spread = np.zeros((space.size, 1)), np.zeros((space.size, space.size))
    vector[places, 0] = np.concatenate([position_m, velocity_mps])[ours]
    spread[np.ix_(places, places)] = covariance[np.ix_(ours, ours)]
    return peer.GaussianState(vector, spread, timestamp=moment)


def new_track(name: str, tracks: Tracks, row: int) -> Any:
    """Return an empty Track that tells our number and what is known of the target's identity."""
    about: dict[str, Any] = {"track_number": int(tracks.track_number[row])}
    if tracks.mode_s[row] >= 0:
        about["mode_s"] = f"{tracks.mode_s[row]:06x}"
    if tracks.mode_a[row] >= 0:
        about["mode_a"] = f"{tracks.mode_a[row]:04o}"
    if tracks.call_sign[row]:
        about["call_sign"] = str(tracks.call_sign[row])
    return peer.Track(id=f"jointsky-{name}", init_metadata=about)


def add_state(track: Any, state: Any) -> None:
    """Add a state to a track, in the place of one for the same moment."""
    if track.states and track.states[-1].timestamp == state.timestamp:
        track[-1] = state
    else:
        track.append(state)
