"""The joint picture as tracks: a row for each target, of all that is known of it."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.tracking import joint_fusing_kernels, joint_kernels
from jointsky.tracking.fusion import METHODS
from jointsky.tracking.joint_settings import JointSettings
from jointsky.tracking.joint_table import Told

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Sensors = npt.NDArray[np.uint64]


@dataclasses.dataclass(frozen=True)
class Shown:
    """Tracks that make up the picture: each row's target, the number it is shown under, its site.

    Rows are in an order that all sites agree on; ``number`` is its own.
    """

    told: Told
    target: Integers
    number: Integers
    shown: Integers
    site: Integers
    sensors: Sensors
    is_reporter: npt.NDArray[np.bool_]


def bring(
    floats: Floats,
    rows: Integers,
    kinds: Integers,
    time_s: float,
    settings: JointSettings,
    with_shares: bool,
) -> Floats:
    """Return told states of some rows as expected at a time, in joint_kernels' columns (n, 22)."""
    out = np.empty((len(rows), joint_kernels.BROUGHT))
    joint_kernels.bring_each(
        floats,
        rows,
        np.ascontiguousarray(kinds),
        time_s,
        with_shares,
        (
            settings.drift_psd,
            settings.manoeuvre_psd,
            settings.named_sigma_m,
            settings.named_sigma_mps,
        ),
        out,
    )
    return out


def carried(told: Told, time_s: float, settings: JointSettings) -> tuple[Floats, Floats]:
    """Return latitude, longitude, height (n, 3) and covariances (n, 6, 6) as expected at a time."""
    places, covariance = np.empty((len(told), 3)), np.empty((len(told), 6, 6))
    joint_kernels.carry_each(
        told.floats, time_s, settings.drift_psd, settings.manoeuvre_psd, places, covariance
    )
    return places, covariance


def fused(rows: Shown, time_s: float, settings: JointSettings, signs: list[str]) -> Tracks:
    """Return one track for each target: the fusion of its rows."""
    told = rows.told
    kinds = told.ints[:, joint_kernels.KIND]
    brought = bring(told.floats, np.arange(len(told)), kinds, time_s, settings, True)
    order = np.lexsort((rows.site, rows.target))
    begin = np.flatnonzero(np.append(True, np.diff(rows.target[order]) != 0))
    begin = np.append(begin, len(order)) if len(order) else np.zeros(1, np.int64)
    targets = len(begin) - 1
    out, covariance = np.empty((targets, 6)), np.empty((targets, 6, 6))
    joint_fusing_kernels.fuse_targets(
        METHODS[settings.fusion],
        settings.most_fused,
        begin,
        order,
        brought,
        rows.number,
        rows.sensors,
        out,
        covariance,
    )
    first = order[begin[:-1]]
    alone = np.diff(begin) == 1
    made = as_tracks(rows, first, time_s, settings, signs)
    for k, name in enumerate(
        ("latitude_rad", "longitude_rad", "height_m", "ve_mps", "vn_mps", "vu_mps")
    ):
        column = getattr(made, name)
        column[~alone] = out[~alone, k]
    made.covariance[~alone] = covariance[~alone]
    if targets:
        _gather(made, rows, order, begin)
    return made


def _gather(made: Tracks, rows: Shown, order: Integers, begin: Integers) -> None:
    """Fill in what a target's best track does not know, from the others."""
    starts = begin[:-1]
    ints = rows.told.ints[order]
    for name, column in (("mode_s", joint_kernels.MODE_S), ("mode_a", joint_kernels.MODE_A)):
        own = getattr(made, name)
        other = np.maximum.reduceat(ints[:, column], starts)
        own[:] = np.where(own < 0, other, own)
    existence = rows.told.floats[order, joint_kernels.EXISTENCE]
    made.existence[:] = np.fmax.reduceat(existence, starts)
    made.plots[:] = np.add.reduceat(ints[:, joint_kernels.PLOTS], starts)
    made.sensors[:] = np.bitwise_or.reduceat(rows.sensors[order], starts, axis=0)
    made.flags[:] = np.bitwise_or.reduceat(ints[:, joint_kernels.FLAGS], starts)
    status = ints[:, joint_kernels.STATUS]
    seen = np.maximum.reduceat((status == TrackStatus.CONFIRMED).astype(np.int8), starts)
    made.status[seen > 0] = TrackStatus.CONFIRMED


def as_tracks(
    rows: Shown, index: Integers, time_s: float, settings: JointSettings, signs: list[str]
) -> Tracks:
    """Return rows as tracks, each state as expected at a time."""
    told = rows.told.rows(index)
    floats, ints = told.floats, told.ints
    state, covariance = carried(told, time_s, settings)
    words = np.array([*signs, ""], "U8")
    return Tracks.make(
        len(index),
        time_s=np.full(len(index), time_s),
        track_number=rows.shown[index],
        source=rows.site[index].astype(np.int32),
        latitude_rad=state[:, 0],
        longitude_rad=state[:, 1],
        height_m=state[:, 2],
        pressure_altitude_m=floats[:, joint_kernels.PRESSURE],
        ve_mps=floats[:, joint_kernels.VE],
        vn_mps=floats[:, joint_kernels.VN],
        vu_mps=floats[:, joint_kernels.VU],
        covariance=covariance,
        manoeuvre=floats[:, joint_kernels.MANOEUVRE],
        existence=floats[:, joint_kernels.EXISTENCE],
        status=ints[:, joint_kernels.STATUS].astype(np.int8),
        plots=ints[:, joint_kernels.PLOTS].astype(np.int32),
        sensors=rows.sensors[index],
        mode_s=ints[:, joint_kernels.MODE_S].astype(np.int32),
        mode_a=ints[:, joint_kernels.MODE_A].astype(np.int16),
        call_sign=words[ints[:, joint_kernels.CALL_SIGN]],
        flags=ints[:, joint_kernels.FLAGS].astype(np.uint32),
    )
