"""Peers on the same scenes: run beside ours, kept from an earlier run, or as published.

A peer runs in a Python of its own, by the runner that comes with the scenes.  Its tracks are the
same in every run, so they are kept by scene; ``fresh`` runs it again, where its speed counts.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import pathlib
import subprocess
from typing import Any

from tracker_parts.figures import Row, figures
from tracker_parts.scenes import KEPT, ROOT, TOOLS, SceneKind

STONE_SOUP, OTHER = "run_stonesoup.py", "run_others.py"
# Configuration and usual CPU seconds, the best and the fastest of each scene.
CONFIGS: dict[str, tuple[tuple[str, float], ...]] = {
    "small": (("gnn-ekf-wide", 15.0), ("pytcl-gnn", 5.0)),
    "small_rot": (("gnn-ekf-wide", 180.0),),
    "small_doppler": (("gnn-ekf-wide", 15.0),),
    "crossing": (("gnn-ekf-wide", 40.0), ("lbp-ekf-wide", 60.0), ("pytcl-gnn", 20.0)),
    "crossing_rot": (("gnn-ekf-wide", 500.0),),
    "dense": (("gnn-ekf-wide", 450.0), ("pyehm2-ekf-wide", 400.0)),
    "dense_rot": (("gnn-ekf-wide", 4000.0),),
    "small_pd70": (("gnn-ekf-wide", 15.0), ("lbp-ekf-wide", 20.0)),
    "small_fa5x": (("gnn-ekf-wide", 30.0), ("lbp-ekf-wide", 40.0)),
    "crossing_pd70": (("gnn-ekf-wide", 40.0), ("lbp-ekf-wide", 60.0)),
    "crossing_fa5x": (("gnn-ekf-wide", 70.0), ("lbp-ekf-wide", 100.0)),
    "crossing_merged": (("gnn-ekf-wide", 40.0), ("lbp-ekf-wide", 60.0)),
}
_NAMES = (
    "plots_per_cpu_s",
    "gospa_m",
    "rms_m",
    "missed",
    "false",
    "completeness",
    "ambiguity",
    "spuriousness",
    "track_number_change_rate_hz",
    "longest_segment",
)
# ../shared/bench/README.md, seed 0, a 2-core machine when quiet.
PUBLISHED: dict[str, dict[str, tuple[float, ...]]] = {
    "small": {
        "gnn-ekf-wide": (386, 876, 180, 0.51, 0.23, 0.971, 1.0, 0.013, 0.00020, 0.971),
        "pytcl-gnn": (1042, 880, 181, 0.51, 0.23, 0.971, 1.0, 0.013, 0.00020, 0.971),
    },
    "small_doppler": {
        "gnn-ekf-wide": (337, 713, 132, 0.53, 0.22, 0.970, 1.0, 0.013, 0.0, 0.970),
    },
    "small_rot": {
        "gnn-ekf-wide": (27, 853, 173, 0.37, 0.28, 0.980, 1.0, 0.016, 0.00019, 0.979),
    },
    "crossing": {
        "gnn-ekf-wide": (343, 721, 111, 0.19, 0.05, 0.990, 1.002, 0.004, 0.0027, 0.943),
        "lbp-ekf-wide": (222, 733, 110, 0.30, 0.0, 0.988, 1.001, 0.004, 0.0027, 0.951),
        "pytcl-gnn": (633, 717, 110, 0.19, 0.04, 0.991, 1.001, 0.004, 0.0025, 0.955),
    },
    "crossing_rot": {
        "gnn-ekf-wide": (26, 791, 114, 0.49, 0.10, 0.983, 1.0, 0.004, 0.0026, 0.900),
    },
    "dense": {
        "gnn-ekf-wide": (171, 2091, 152, 3.8, 1.7, 0.956, 1.0, 0.020, 0.0, 0.956),
        "pyehm2-ekf-wide": (191, 2092, 153, 3.8, 1.7, 0.956, 1.0, 0.020, 0.0, 0.956),
    },
}


@dataclasses.dataclass
class Peers:
    """How peers may be run: their Pythons, and how many seconds may still be spent on them."""

    stone_soup: pathlib.Path | None
    other: pathlib.Path | None
    seconds_left: float
    is_fresh: bool = False
    tools: pathlib.Path = TOOLS

    def rows(self, kind: SceneKind, seed: int, folder: pathlib.Path) -> list[Row]:
        """Return the figures of each peer on a scene, from wherever they can be had."""
        made = []
        for config, usual_s in CONFIGS.get(kind.name, ()):
            keep = KEPT / "peers" / folder.name / config
            source = self._run(kind, folder, config, usual_s, keep)
            if source:
                made.append(_kept(keep, folder, source))
            elif not seed and config in PUBLISHED.get(kind.name, {}):
                made.append(_published(kind.name, config))
        return made

    def speeds(self, kind: SceneKind, seed: int, folder: pathlib.Path) -> list[Row]:
        """Return the fastest of each program on a scene, without scores."""
        made: dict[str, Row] = {}
        for config, usual_s in CONFIGS.get(kind.name, ()):
            keep = KEPT / "peers" / folder.name / config
            source = self._run(kind, folder, config, usual_s, keep)
            if source:
                row = _kept(keep, folder, source, is_scored=False)
            elif not seed and config in PUBLISHED.get(kind.name, {}):
                row = _published(kind.name, config)
            else:
                continue
            program = row.tracker.split()[0]
            if program not in made or made[program].plots_per_cpu_s < row.plots_per_cpu_s:
                made[program] = row
        return list(made.values())

    def _run(
        self, kind: SceneKind, folder: pathlib.Path, config: str, usual_s: float, keep: pathlib.Path
    ) -> str:
        """Run a peer unless that is done or cannot be; return where its figures are from."""
        told = keep / "run.json"
        python = self.other if config.startswith("pytcl") else self.stone_soup
        is_due = self.is_fresh or not told.exists()
        if is_due and python and usual_s <= self.seconds_left:
            script = OTHER if config.startswith("pytcl") else STONE_SOUP
            doppler = ["--doppler"] if "doppler_sigma_mps" in kind.changes else []
            command = [str(python), str(self.tools / script), str(folder), config]
            self.seconds_left -= run_peer([*command, *doppler], keep)
            return "run now"
        if told.exists() and json.loads(told.read_text())["complete"]:
            day = datetime.datetime.fromtimestamp(told.stat().st_mtime, datetime.UTC)
            return f"run {day:%Y-%m-%d}"
        return ""


def run_peer(command: list[str], keep: pathlib.Path) -> float:
    """Run a peer's runner, its results into ``keep``; return its CPU seconds of tracking."""
    subprocess.run(
        [*command, "--out", str(keep)],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    told: dict[str, Any] = json.loads((keep / "run.json").read_text())
    return float(told["cpu_s"])


def find_python(given: pathlib.Path | None, folder: str) -> pathlib.Path | None:
    """Return the Python that is given, else that of an environment in the project, else None."""
    python = given or ROOT / folder / "bin" / "python"
    if given and not given.exists():
        raise SystemExit(f"{given}: there is no such Python")
    return python.absolute() if python.exists() else None


def _name(config: str, version: str) -> str:
    return f"{'nrl-tracker' if config.startswith('pytcl') else 'Stone Soup'} {version} {config}"


def _kept(keep: pathlib.Path, folder: pathlib.Path, source: str, is_scored: bool = True) -> Row:
    told = json.loads((keep / "run.json").read_text())
    return Row(
        tracker=_name(told["config"], told.get("stonesoup") or told["version"]),
        source=source,
        config=told["config"],
        plots_per_cpu_s=told["plots_per_cpu_s"],
        figures=figures(keep / "tracks.parquet", folder / "truth.parquet", told["t_end_s"])
        if is_scored
        else {},
    )


def _published(scene: str, config: str) -> Row:
    speed, *rest = PUBLISHED[scene][config]
    return Row(
        tracker=_name(config, "2.11.1" if config.startswith("pytcl") else "1.9.1"),
        source="published",
        config=config,
        plots_per_cpu_s=speed,
        figures=dict(zip(_NAMES[1:], map(float, rest), strict=True)),
    )
