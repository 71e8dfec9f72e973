"""Reader of bench scenes: plots.parquet, radars.parquet and scene.json become a Reading.

Only the columns named here are read: never ``truth_id``, and never the files truth and biases.
"""

from __future__ import annotations

import json
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError
from jointsky.formats.faults import FaultList
from jointsky.formats.options import ReadOptions
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

_PLOT_COLUMNS = ["time_s", "radar_id", "range_m", "azimuth_deg", "elevation_deg", "doppler_mps"]
_RADAR_COLUMNS = [
    "radar_id",
    "e_m",
    "n_m",
    "u_m",
    "period_s",
    "range_max_m",
    "range_sigma_m",
    "azimuth_sigma_deg",
    "elevation_sigma_deg",
    "doppler_sigma_mps",
    "pd",
    "fa_per_scan",
]
_RESOLUTION_COLUMNS = ["range_resolution_m", "azimuth_resolution_deg"]
_Columns = dict[str, npt.NDArray[Any]]


def is_scene(folder: pathlib.Path) -> bool:
    """Return whether a folder holds a bench scene."""
    return all((folder / name).is_file() for name in ("plots.parquet", "radars.parquet"))


def read_scene(folder: pathlib.Path, options: ReadOptions) -> Reading:
    """Return the plots and radars of a flat scene; ``time_s`` stays the scene's own, from 0.

    ``Contents.values`` holds ``flat``, ``origin_deg`` (latitude, longitude, height in metres)
    and ``duration_s``.  Raises InputError where a file or a column is missing.
    """
    origin, duration_s, name = _scene(folder / "scene.json")
    radars = _columns(folder / "radars.parquet", _RADAR_COLUMNS, _RESOLUTION_COLUMNS)
    found = _columns(folder / "plots.parquet", _PLOT_COLUMNS)
    sensors = _sensors(radars, folder / "radars.parquet")
    faults = FaultList()
    plots = _plots(found, radars["radar_id"], faults, options)
    if duration_s is None and len(plots):
        duration_s = float(plots.time_s.max())
    per_radar = np.bincount(plots.sensor, minlength=len(sensors))
    return Reading(
        format="bench/parquet",
        plots=plots,
        tracks=Tracks.make(0),
        sensors=sensors,
        contents=Contents(
            records={"plots": len(plots), "radars": len(sensors)},
            items={"plots": {s.name: int(n) for s, n in zip(sensors, per_radar, strict=True)}},
            values={
                "flat": True,
                "origin_deg": origin,
                "duration_s": duration_s,
                "scene": name,
                "time": "seconds from the start of the scene",
            },
        ),
        faults=faults.in_order(),
        fault_counts=faults.counts,
        date_known=False,
    )


def _scene(path: pathlib.Path) -> tuple[list[float], float | None, str]:
    """Return origin, duration and name; a scene without scene.json has none of them."""
    if not path.is_file():
        return [0.0, 0.0, 0.0], None, path.parent.name
    try:
        content = json.loads(path.read_bytes())
        origin = [float(part) for part in content["origin"]]
        duration_s = float(content["duration_s"])
        name = str(content.get("name", path.parent.name))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            str(path),
            f"{type(error).__name__}: {error}",
            'JSON with "origin": [latitude, longitude, height] and "duration_s"',
        ) from None
    sound = len(origin) == 3 and all(map(math.isfinite, [*origin, duration_s]))
    if not sound or abs(origin[0]) > 90.0 or abs(origin[1]) > 180.0:
        raise InputError(str(path), f"origin {origin}, duration {duration_s}", "a place on earth")
    return origin, duration_s, name


def _columns(path: pathlib.Path, names: list[str], extra: Sequence[str] = ()) -> _Columns:
    """Return the named columns of a Parquet file as numbers; those of ``extra`` that are there."""
    if not path.is_file():
        raise InputError(str(path), "there is no such file", "a Parquet file of a bench scene")
    try:
        known = pq.read_schema(path).names
        missing = [name for name in names if name not in known]
        if missing:
            raise InputError(
                str(path), f"column {missing[0]!r} is missing", f"the columns {', '.join(names)}"
            )
        names = [*names, *(name for name in extra if name in known)]
        table = pq.read_table(path, columns=names)
        return {
            name: table[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names
        }
    except (pa.ArrowException, OSError) as error:
        text = str(error).splitlines()[0]
        raise InputError(str(path), text, "a Parquet file of numbers") from None


def _sensors(radars: _Columns, path: pathlib.Path) -> list[Sensor]:
    ids = radars["radar_id"]
    unknown = np.full(len(ids), np.nan)
    radars = {**dict.fromkeys(_RESOLUTION_COLUMNS, unknown), **radars}
    if not len(ids) or len(np.unique(ids)) != len(ids) or not np.isfinite(ids).all():
        raise InputError(str(path), f"radar_id {ids.tolist()}", "different numbers, at least one")
    for name in ("e_m", "n_m", "u_m"):
        if not np.isfinite(radars[name]).all():
            raise InputError(str(path), f"a radar without {name}", "a position for every radar")
    return [
        Sensor(
            name=f"radar {int(ids[k])}",
            kind="radar",
            sic=int(ids[k]) if 0 <= ids[k] <= 255 else -1,
            flat_enu_m=tuple(float(radars[name][k]) for name in ("e_m", "n_m", "u_m")),  # type: ignore[arg-type]
            rotation_period_s=_known(radars["period_s"][k]),
            range_max_m=_known(radars["range_max_m"][k]),
            range_sigma_m=_known(radars["range_sigma_m"][k]),
            azimuth_sigma_rad=_known(np.radians(radars["azimuth_sigma_deg"][k])),
            elevation_sigma_rad=_known(np.radians(radars["elevation_sigma_deg"][k])),
            doppler_sigma_mps=_known(radars["doppler_sigma_mps"][k]),
            detection_probability=_known(radars["pd"][k]),
            false_plots_per_turn=_known(radars["fa_per_scan"][k]),
            range_resolution_m=_known(radars["range_resolution_m"][k]),
            azimuth_resolution_rad=_known(np.radians(radars["azimuth_resolution_deg"][k])),
        )
        for k in range(len(ids))
    ]


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _plots(
    found: _Columns, ids: npt.NDArray[Any], faults: FaultList, options: ReadOptions
) -> Plots:
    order = np.argsort(ids)
    place = np.clip(np.searchsorted(ids[order], found["radar_id"]), 0, len(ids) - 1)
    sensor = order[place]
    row = np.arange(len(sensor), dtype=np.int64)
    no_octets = np.zeros(len(sensor), np.int64)  # rows of Parquet have no octets of their own
    foreign = ids[sensor] != found["radar_id"]
    faults.add_many(
        row[foreign],
        "unknown-radar",
        "a plot of a radar that is not listed (row)",
        no_octets[foreign],
    )
    broken = ~(
        np.isfinite(found["time_s"])
        & (found["range_m"] >= 0.0)
        & (found["range_m"] < np.inf)
        & np.isfinite(found["azimuth_deg"])
    )
    broken &= ~foreign
    faults.add_many(
        row[broken],
        "no-measurement",
        "a plot without time, range or azimuth (row)",
        no_octets[broken],
    )
    keep = ~(foreign | broken)
    return Plots.make(
        int(keep.sum()),
        time_s=found["time_s"][keep],
        sensor=sensor[keep],
        geometry=np.int8(Geometry.POLAR),
        range_m=found["range_m"][keep],
        azimuth_rad=np.radians(found["azimuth_deg"][keep]),
        elevation_rad=np.radians(found["elevation_deg"][keep]),
        doppler_mps=found["doppler_mps"][keep],
        flags=np.uint32(PlotFlag.PRIMARY),
        file=options.file,
        offset=row[keep],
    )
