"""A track in a few words: who, how high, how fast, and how much it matters."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.pictures.scene import Scene
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.units import FLIGHT_LEVEL_M, KNOT_MPS

EMERGENCY_CODES = (0o7500, 0o7600, 0o7700)
CLIMB_MPS = 2.0


def identity(call_sign: str, mode_s: int, mode_a: int, number: int) -> str:
    """Return the best name of a track: call sign, Mode S address, Mode A code or its number."""
    if call_sign.strip():
        return call_sign.strip()
    if mode_s >= 0:
        return f"{mode_s:06X}"
    if mode_a > 0:
        return f"A{mode_a:04o}"
    return f"#{number}"


def last_known(values: npt.NDArray[Any], starts: npt.NDArray[np.int64]) -> list[Any]:
    """Return per track the newest value that is known: not -1, not empty."""
    known = values != "" if values.dtype.kind == "U" else values >= 0
    out: list[Any] = []
    for first, end in itertools.pairwise(starts):
        rows = np.flatnonzero(known[first:end])
        out.append(values[first + (rows[-1] if len(rows) else end - first - 1)].item())
    return out


def identities(scene: Scene) -> list[str]:
    """Return the name of every track of a scene, by the newest identity that it ever had."""
    tracks, starts = scene.tracks, scene.starts
    columns = [last_known(c, starts) for c in (tracks.call_sign, tracks.mode_s, tracks.mode_a)]
    numbers = tracks.track_number[starts[:-1]].tolist() if len(starts) > 1 else []
    return [
        identity(call, mode_s, mode_a, number)
        for call, mode_s, mode_a, number in zip(*columns, numbers, strict=True)
    ]


def level_text(height_m: float, pressure_altitude_m: float) -> str:
    """Return a flight level where one is known (pressure), else metres above the ellipsoid."""
    if np.isfinite(pressure_altitude_m):
        level = round(pressure_altitude_m / FLIGHT_LEVEL_M)
        return f"FL{level:03d}" if level >= 0 else f"FL-{-level:02d}"
    return f"{height_m:,.0f} m" if np.isfinite(height_m) else ""


def state_text(tracks: Tracks, row: int) -> str:
    """Return level, climb or descent, and ground speed of one track row."""
    level = level_text(float(tracks.height_m[row]), float(tracks.pressure_altitude_m[row]))
    climb = float(tracks.vu_mps[row])
    arrow = "\u2191" if climb > CLIMB_MPS else "\u2193" if climb < -CLIMB_MPS else ""
    speed = float(np.hypot(tracks.ve_mps[row], tracks.vn_mps[row]))
    parts = [level + arrow, f"{speed / KNOT_MPS:.0f} kt" if np.isfinite(speed) else ""]
    return "  ".join(part for part in parts if part)


def importance(scene: Scene) -> npt.NDArray[np.float64]:
    """Return a number per track by which labels are given: emergency, named, long seen first."""
    tracks, starts = scene.tracks, scene.starts
    if len(starts) < 2:
        return np.zeros(0)
    duration_s = tracks.time_s[scene.lasts] - tracks.time_s[starts[:-1]]
    score = duration_s / (duration_s.max() + 1.0) + 0.2 * np.log1p(np.diff(starts)) / 10.0
    named = np.add.reduceat((tracks.call_sign != "").astype(float), starts[:-1]) > 0
    urgent = np.isin(tracks.mode_a, EMERGENCY_CODES).astype(float)
    score += 0.5 * named + 100.0 * (np.add.reduceat(urgent, starts[:-1]) > 0)
    score -= 1.0 * (tracks.status[scene.lasts] == TrackStatus.TENTATIVE)
    return np.asarray(score)
