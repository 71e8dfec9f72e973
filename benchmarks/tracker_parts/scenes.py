"""Flat scenes with known truth: those of ../shared/bench, and harder ones made from them.

The generator is a program of its own and runs in a process of its own.  Scenes are kept by name
and seed, so that every tracker is given the very same plots.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).parents[2]
TOOLS = ROOT.parent / "shared" / "bench"
KEPT = ROOT / "out" / "bench"
RANGE_CELL_M, AZIMUTH_CELL_RAD = 150.0, np.radians(1.4)  # a usual primary radar's resolution
_CALL = """
import dataclasses, json, sys
sys.path.insert(0, sys.argv[1])
import generate
base, changes, seed, out = json.loads(sys.argv[2])
generate.save(dataclasses.replace(generate.SCENES[base], **changes), seed, out)
"""


@dataclasses.dataclass(frozen=True)
class SceneKind:
    """One scene: a scene of the generator with changes, perhaps with close plots merged."""

    name: str
    base: str
    changes: dict[str, Any] = dataclasses.field(default_factory=dict)
    is_merged: bool = False
    is_hard: bool = False  # one of ours, beyond those that the issue names
    is_speed_only: bool = False  # the peers do not get through it


KINDS = {
    kind.name: kind
    for kind in (
        SceneKind("small", "small"),
        SceneKind("small_rot", "small", {"rotating": True}),
        SceneKind("small_doppler", "small", {"doppler_sigma_mps": 2.0}),
        SceneKind("crossing", "crossing"),
        SceneKind("crossing_rot", "crossing", {"rotating": True}),
        SceneKind("dense", "dense"),
        SceneKind("dense_rot", "dense", {"rotating": True}),
        SceneKind("small_pd70", "small", {"pd": 0.7}, is_hard=True),
        SceneKind("small_fa5x", "small", {"fa_per_scan": 50.0}, is_hard=True),
        SceneKind("crossing_pd70", "crossing", {"pd": 0.7}, is_hard=True),
        SceneKind("crossing_fa5x", "crossing", {"fa_per_scan": 50.0}, is_hard=True),
        SceneKind("crossing_merged", "crossing", is_merged=True, is_hard=True),
        SceneKind("region", "region", is_speed_only=True),
    )
}


def scene_folder(kind: SceneKind, seed: int, tools: pathlib.Path = TOOLS) -> pathlib.Path:
    """Return the folder of a scene; make it if it is not there yet."""
    folder = KEPT / "scenes" / (kind.name + (f"_s{seed}" if seed else ""))
    if (folder / "scene.json").exists():
        return folder
    generate(kind.base, kind.changes, seed, folder, tools)
    if kind.is_merged:
        merge_close_plots(folder)
    return folder


def generate(
    base: str, changes: dict[str, Any], seed: int, folder: pathlib.Path, tools: pathlib.Path = TOOLS
) -> None:
    """Let the generator write a scene into ``folder``."""
    told = json.dumps([base, changes, seed, str(folder)])
    subprocess.run(
        [sys.executable, "-c", _CALL, str(tools), told],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def merge_close_plots(folder: pathlib.Path) -> None:
    """Make one plot of those of one turn that lie in one resolution cell, at their middle.

    Cells chain: three in a row, each within a cell of the next, become one plot.  The radars say
    what their resolution is, as they say how well they detect; a tracker may make use of it.
    """
    radars = pq.read_table(folder / "radars.parquet")
    for column, cell in (
        ("range_resolution_m", RANGE_CELL_M),
        ("azimuth_resolution_deg", np.degrees(AZIMUTH_CELL_RAD)),
    ):
        radars = radars.append_column(column, pa.array(np.full(len(radars), cell)))
    pq.write_table(radars, folder / "radars.parquet")
    path = folder / "plots.parquet"
    table = pq.read_table(path)
    columns = {name: table[name].to_numpy().copy() for name in table.column_names}
    scan = columns["radar_id"].astype(np.int64) << 32 | columns["scan_id"]
    azimuth = np.radians(columns["azimuth_deg"])
    group = _cells(scan, columns["range_m"], azimuth)
    first = np.unique(group, return_index=True)[1]
    count = np.bincount(group).astype(float)
    for name in ("time_s", "range_m", "elevation_deg", "doppler_mps"):
        columns[name] = np.bincount(group, columns[name])[group] / count[group]
    middle = np.arctan2(
        np.bincount(group, np.sin(azimuth))[group], np.bincount(group, np.cos(azimuth))[group]
    )
    columns["azimuth_deg"] = np.where(
        count[group] > 1, np.degrees(middle) % 360.0, columns["azimuth_deg"]
    )
    kept = {name: values[first] for name, values in columns.items()}
    order = np.lexsort((kept["azimuth_deg"], kept["radar_id"], kept["time_s"]))
    pq.write_table(pa.table({name: values[order] for name, values in kept.items()}), path)


def _cells(scan: np.ndarray, range_m: np.ndarray, azimuth_rad: np.ndarray) -> np.ndarray:
    """Return the group (n,) of each plot, counted from 0."""
    group = np.arange(len(scan))
    for turn in np.unique(scan):
        rows = np.flatnonzero(scan == turn)
        off_m = np.abs(range_m[rows, None] - range_m[rows])
        off_rad = np.abs(
            (azimuth_rad[rows, None] - azimuth_rad[rows] + np.pi) % (2 * np.pi) - np.pi
        )
        near = (off_m < RANGE_CELL_M) & (off_rad < AZIMUTH_CELL_RAD)
        mine = np.arange(len(rows))
        while True:  # the smallest number spreads along the chain
            least = np.where(near, mine, len(rows)).min(axis=1)
            if (least == mine).all():
                break
            mine = least
        group[rows] = rows[mine]
    return np.unique(group, return_inverse=True)[1]
