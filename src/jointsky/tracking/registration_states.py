"""Where everything that one sensor follows is at one time, and how its errors would move that."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.tracking.frame import Frame
from jointsky.tracking.registration_watch import SENDERS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
SENT_SIGMA_M, SENT_SIGMA_MPS, UNSENT_SIGMA_MPS = 40.0, 8.0, 150.0
CLIMB_SIGMA_MPS = 15.0
MANOEUVRE_PSD = 50.0  # m2/s3, while a track is carried on to the common time
LEAST_GROUND_M = 1000.0


@dataclasses.dataclass(frozen=True)
class States:
    """What is followed, in the frame, corrected by what is known of errors: N rows, in order.

    ``moves`` (N, 3, 4): by how much the place is wrong for each unit of the four errors of its
    sensor; none for what aircraft send.
    """

    sensor: Integers
    number: Integers
    place_m: Floats  # (N, 3)
    velocity_mps: Floats  # (N, 3)
    cov: Floats  # (N, 6, 6)
    moves: Floats
    mode_s: Integers
    mode_a: Integers


def of_radar(
    row: int,
    tracks: Tracks,
    frame: Frame,
    pose: tuple[Floats, Floats],
    bias: Floats,
    has_elevation: bool,
    at_s: float,
) -> States:
    """Return a radar's tracks at ``at_s``, its errors ``bias`` (4,) taken off."""
    axes = frame.axes(tracks.latitude_rad, tracks.longitude_rad)
    height = np.nan_to_num(tracks.height_m)
    place = frame.from_geodetic(tracks.latitude_rad, tracks.longitude_rad, height)
    velocity = np.column_stack([tracks.ve_mps, tracks.vn_mps, tracks.vu_mps])
    velocity = np.einsum("nij,ni->nj", axes, velocity)
    turn = np.zeros((len(tracks), 6, 6))
    turn[:, :3, :3] = turn[:, 3:, 3:] = np.moveaxis(axes, 1, 2)
    cov = turn @ tracks.covariance @ np.moveaxis(turn, 1, 2)
    moves = _moves(place, velocity, pose, has_elevation)
    place = place - moves[:, :, :3] @ bias[:3]
    dt = at_s - (tracks.time_s - bias[3])
    return States(
        np.full(len(tracks), row),
        tracks.track_number,
        *_carried(place, velocity, cov, dt),
        moves,
        tracks.mode_s.astype(np.int64),
        tracks.mode_a.astype(np.int64),
    )


def of_senders(sent: Plots, frame: Frame, latency_sigma_s: float, at_s: float) -> States:
    """Return the aircraft that sent their own position, at ``at_s``."""
    n = len(sent)
    height = np.where(np.isfinite(sent.height_m), sent.height_m, sent.pressure_altitude_m)
    has_height = np.isfinite(height)
    axes = frame.axes(sent.latitude_rad, sent.longitude_rad)
    place = frame.from_geodetic(sent.latitude_rad, sent.longitude_rad, np.nan_to_num(height))
    moving = np.isfinite(sent.ve_mps + sent.vn_mps)
    level = np.column_stack([sent.ve_mps, sent.vn_mps, np.zeros(n)])
    velocity = np.einsum("nij,ni->nj", axes, np.nan_to_num(level))
    cov = np.zeros((n, 6, 6))
    up = np.einsum("ni,nj->nij", axes[:, 2], axes[:, 2])
    across = np.eye(3) - up
    wide = np.where(has_height, 150.0, 5000.0)[:, None, None]
    cov[:, :3, :3] = across * SENT_SIGMA_M**2 + up * wide**2
    cov[:, :3, :3] += np.einsum("ni,nj->nij", velocity, velocity) * latency_sigma_s**2
    sigma = np.where(moving, SENT_SIGMA_MPS, UNSENT_SIGMA_MPS)[:, None, None]
    cov[:, 3:, 3:] = across * sigma**2 + up * CLIMB_SIGMA_MPS**2
    return States(
        np.full(n, SENDERS),
        sent.mode_s.astype(np.int64),
        *_carried(place, velocity, cov, at_s - sent.time_s),
        np.zeros((n, 3, 4)),
        sent.mode_s.astype(np.int64),
        sent.mode_a.astype(np.int64),
    )


def together(parts: list[States]) -> States:
    """Return all rows of several."""
    names = [field.name for field in dataclasses.fields(States)]
    return States(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _moves(
    place: Floats, velocity: Floats, pose: tuple[Floats, Floats], has_elevation: bool
) -> Floats:
    origin, axes = pose
    local = (place - origin) @ axes.T
    ground = np.maximum(np.hypot(local[:, 0], local[:, 1]), LEAST_GROUND_M)
    slant = np.hypot(ground, local[:, 2])
    east, north, up = local.T
    zero = np.zeros(len(place))
    columns = [
        np.column_stack([east, north, up]) / slant[:, None],
        np.column_stack([north, -east, zero]),
        np.column_stack([-up * east / ground, -up * north / ground, ground]) * has_elevation,
    ]
    moves = np.stack([column @ axes for column in columns], axis=2)
    # A clock that is late tells a place that has been passed.
    return np.concatenate([moves, -velocity[:, :, None]], axis=2)


def _carried(
    place: Floats, velocity: Floats, cov: Floats, dt: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return place, velocity and covariance ``dt`` (N,) seconds on."""
    step = np.tile(np.eye(6), (len(dt), 1, 1))
    for i in range(3):
        step[:, i, 3 + i] = dt
    cov = step @ cov @ np.moveaxis(step, 1, 2)
    third, half = np.abs(dt) ** 3 / 3.0, np.abs(dt) ** 2 / 2.0
    for i in range(3):
        cov[:, i, i] += MANOEUVRE_PSD * third
        cov[:, 3 + i, 3 + i] += MANOEUVRE_PSD * np.abs(dt)
        cov[:, i, 3 + i] += MANOEUVRE_PSD * half
        cov[:, 3 + i, i] += MANOEUVRE_PSD * half
    return place + dt[:, None] * velocity, velocity, cov
