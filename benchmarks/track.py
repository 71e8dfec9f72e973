"""The tracker on scenes with known truth: speed and error, beside Stone Soup where it is given.

    python benchmarks/track.py                           a scene of our own, half a minute
    python benchmarks/track.py --scenes small crossing   folders of plots, radars, truth.parquet
    python benchmarks/track.py --scenes small --peer-python PYTHON --peer-script run_stonesoup.py

Both get the same plots and hand over their picture at every whole second, made from what came up
to then; both are scored by jointsky score from 1 s on (GOSPA with 1 km, order 2; SIAP).  CPU
seconds are of tracking alone, on one core: reading, compiling and scoring are not in them, and
what compiling took stands beside (next to nothing where the kernel cache is warm).
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky._jit import compile_seconds
from jointsky.formats.options import ReadOptions
from jointsky.recording.read import read
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.track import prepare, track
from jointsky.records.reading import Reading
from jointsky.streams import stream

G_MPS2 = 9.80665
STEP_S = 1.0
TURN_RATE_RADPS = np.radians(3.0)
COLUMNS = ("e_m", "n_m", "u_m", "ve", "vn", "vu")
RADARS = {
    "radar_id": [0, 1, 2],
    "e_m": [-40e3, 45e3, 0.0],
    "n_m": [-30e3, -20e3, 50e3],
    "u_m": [60.0, 150.0, 90.0],
    "period_s": [4.0, 6.0, 10.0],
    "range_max_m": [200e3] * 3,
    "range_sigma_m": [50.0, 40.0, 60.0],
    "azimuth_sigma_deg": [0.10, 0.08, 0.12],
    "elevation_sigma_deg": [0.15] * 3,
    "doppler_sigma_mps": [np.nan] * 3,
    "pd": [0.9] * 3,
    "fa_per_scan": [20.0] * 3,
}


def flights(targets: int, duration_s: float) -> np.ndarray:
    """Return states (targets, seconds, 6): straight legs, standard-rate and 1 g turns."""
    rng = stream(1, "benchmark-track")
    n = int(duration_s / STEP_S) + 1
    speed = np.where(rng.random(targets) < 0.3, 70.0, rng.uniform(150.0, 260.0, targets))
    hard = rng.random(targets) < 0.3
    rate = np.where(hard, G_MPS2 / speed, TURN_RATE_RADPS) * rng.choice([-1.0, 1.0], targets)
    begins = rng.uniform(40.0, duration_s - 60.0, targets)
    lasts = rng.uniform(0.5, 2.0, targets) / np.abs(rate)
    at = np.arange(n) * STEP_S
    turned = rate[:, None] * np.clip(at - begins[:, None], 0.0, lasts[:, None])
    heading = rng.uniform(0.0, 2 * np.pi, targets)[:, None] + turned
    velocity = speed[:, None, None] * np.stack([np.sin(heading), np.cos(heading), 0 * heading], -1)
    start = np.column_stack(
        [rng.uniform(-60e3, 60e3, (targets, 2)), rng.uniform(2e3, 11e3, targets)]
    )
    middle = 0.5 * (velocity[:, 1:] + velocity[:, :-1]) * STEP_S
    place = start[:, None] + np.concatenate([0 * middle[:, :1], np.cumsum(middle, axis=1)], axis=1)
    return np.concatenate([place, velocity], axis=-1)


def plots_of(radar: dict[str, float], states: np.ndarray, duration_s: float) -> dict:
    """Return the plots of one turning radar: targets and uniform false ones."""
    rng = stream(1, "benchmark-track", str(radar["radar_id"]))
    period = radar["period_s"]
    site = np.array([radar["e_m"], radar["n_m"], radar["u_m"]])
    starts = np.arange(0.0, duration_s, period)
    when, what = [], []
    for state in states:
        at = starts.copy()
        for _ in range(5):  # when does the beam meet it?
            k = np.clip(at.astype(int), 0, len(state) - 1)
            look = state[k, :3] + state[k, 3:] * (at - k)[:, None] - site
            at = starts + period * (np.arctan2(look[:, 0], look[:, 1]) / (2 * np.pi) % 1.0)
        seen = (at < duration_s) & (rng.random(len(at)) < radar["pd"])
        when.append(at[seen])
        what.append(look[seen])
    at, look = np.concatenate(when), np.concatenate(what)
    ground = np.hypot(look[:, 0], look[:, 1])
    error = rng.normal(size=(3, len(at)))
    false = rng.poisson(radar["fa_per_scan"] * duration_s / period)
    false_at = rng.uniform(0.0, duration_s, false)
    columns = {
        "time_s": (at, false_at),
        "range_m": (
            np.hypot(ground, look[:, 2]) + error[0] * radar["range_sigma_m"],
            rng.uniform(1e3, radar["range_max_m"], false),
        ),
        "azimuth_deg": (
            np.degrees(np.arctan2(look[:, 0], look[:, 1])) + error[1] * radar["azimuth_sigma_deg"],
            360.0 * (false_at / period % 1.0),
        ),
        "elevation_deg": (
            np.degrees(np.arctan2(look[:, 2], ground)) + error[2] * radar["elevation_sigma_deg"],
            rng.uniform(0.0, 15.0, false),
        ),
    }
    made = {name: np.concatenate(parts) for name, parts in columns.items()}
    made["azimuth_deg"] %= 360.0
    n = len(made["time_s"])
    made["radar_id"] = np.full(n, radar["radar_id"], np.int32)
    made["scan_id"] = (made["time_s"] // period).astype(np.int32)
    return made | {"doppler_mps": np.full(n, np.nan), "truth_id": np.full(n, -1, np.int32)}


def make_scene(folder: pathlib.Path, targets: int = 40, duration_s: float = 300.0) -> pathlib.Path:
    """Write a scene of our own: plots, radars, truth, scene.json; return its folder."""
    folder.mkdir()
    states = flights(targets, duration_s)
    radars = {name: np.array(values) for name, values in RADARS.items()}
    radars["radar_id"] = radars["radar_id"].astype(np.int32)
    radars["offset_s"] = np.zeros(3)
    rows = [{name: values[k] for name, values in radars.items()} for k in range(3)]
    parts = [plots_of(row, states, duration_s) for row in rows]
    plots = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(plots["time_s"], kind="stable")
    n = states.shape[1]
    truth = {
        "time_s": np.tile(np.arange(n) * STEP_S, targets),
        "truth_id": np.repeat(np.arange(targets, dtype=np.int32), n),
        **dict(zip(COLUMNS, states.reshape(-1, 6).T, strict=True)),
        "visible": np.full(targets * n, 3, np.int32),
    }
    pq.write_table(pa.table({k: v[order] for k, v in plots.items()}), folder / "plots.parquet")
    pq.write_table(pa.table(radars), folder / "radars.parquet")
    pq.write_table(pa.table(truth), folder / "truth.parquet")
    about = {"name": folder.name, "origin": [54.0, 26.0, 0.0], "duration_s": duration_s}
    (folder / "scene.json").write_text(json.dumps(about | {"rotating": True}))
    return folder


def ours(scene: pathlib.Path, out: pathlib.Path) -> dict[str, float | str]:
    """Track a scene; return speed, compile time and score."""
    reading = prepare(read(scene, ReadOptions()), str(scene))
    compiled_s = compile_seconds()
    few = reading.plots.rows(slice(0, 300))
    track(
        Reading(
            format=reading.format,
            plots=few,
            tracks=reading.tracks,
            sensors=reading.sensors,
            contents=reading.contents,
        )
    )
    compiled_s = compile_seconds() - compiled_s
    cpu_s = time.process_time()
    made = track(reading)
    cpu_s = time.process_time() - cpu_s
    pq.write_table(made.estimates, out / "tracks.parquet")
    return {"tracker": "jointsky", "plots_per_cpu_s": len(reading.plots) / cpu_s} | {
        "cpu_s": cpu_s,
        "compile_s": compiled_s,
        **figures(out / "tracks.parquet", scene / "truth.parquet"),
    }


def peer(scene: pathlib.Path, out: pathlib.Path, given: argparse.Namespace) -> dict:
    """Run Stone Soup on a scene in its own environment; return the same figures."""
    script = pathlib.Path(given.peer_script).resolve()
    budget = ["--budget", str(given.peer_budget_s)]
    command = [given.peer_python, str(script), str(scene.resolve()), given.peer_config, *budget]
    subprocess.run(
        [*command, "--out", str(out)], cwd=script.parent, check=True, capture_output=True
    )
    told = json.loads((out / "run.json").read_text())
    name = f"Stone Soup {told['stonesoup']} {told['config']}"
    if not told["complete"]:
        name += f" (to {told['t_end_s']:.0f} s)"
    return {"tracker": name, "plots_per_cpu_s": told["plots_per_cpu_s"], "cpu_s": told["cpu_s"]} | {
        **figures(out / "tracks.parquet", scene / "truth.parquet", told["t_end_s"]),
    }


def figures(tracks: pathlib.Path, truth: pathlib.Path, to_s: float | None = None) -> dict:
    """Return GOSPA with its parts, and SIAP's completeness and changes of number."""
    found = score(tracks, truth, ScoreOptions(from_s=1.0, to_s=to_s))
    names = ("gospa_m", "rms_m", "missed", "false")
    siap = ("completeness", "longest_segment", "track_number_change_rate_hz")
    return {name: found.picture[name] for name in names} | {name: found.siap[name] for name in siap}


HEAD = (
    f"{'scene':<12}{'tracker':<36}{'plots/CPU-s':>12}{'CPU s':>8}{'compile s':>10}{'GOSPA m':>9}"
    f"{'RMS m':>7}{'missed':>8}{'false':>7}{'complete':>9}{'longest':>8}{'changes/s':>10}"
)


def line(scene: str, row: dict) -> str:
    """Return one line of the table."""
    compiled = f"{row['compile_s']:.1f}" if "compile_s" in row else "-"
    return (
        f"{scene:<12}{row['tracker']:<36}{row['plots_per_cpu_s']:>12,.0f}{row['cpu_s']:>8.2f}"
        f"{compiled:>10}{row['gospa_m']:>9.1f}{row['rms_m']:>7.1f}{row['missed']:>8.3f}"
        f"{row['false']:>7.3f}{row['completeness']:>9.4f}{row['longest_segment']:>8.4f}"
        f"{row['track_number_change_rate_hz']:>10.5f}"
    )


def ratios(mine: dict, theirs: dict) -> str:
    """Return the line that divides our figures by theirs."""
    speed = mine["plots_per_cpu_s"] / theirs["plots_per_cpu_s"]
    gospa, rms = mine["gospa_m"] / theirs["gospa_m"], mine["rms_m"] / theirs["rms_m"]
    return f"{'':<12}{'ours / theirs':<36}{speed:>11,.0f}x{'':>18}{gospa:>9.2f}{rms:>7.2f}"


def main() -> None:
    """Run every scene and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", nargs="*", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--peer-python", help="the python of an environment with Stone Soup")
    parser.add_argument("--peer-script", help="run_stonesoup.py, which runs it on a scene")
    parser.add_argument("--peer-config", default="gnn-ekf-wide")
    parser.add_argument("--peer-budget-s", type=float, default=600.0)
    given = parser.parse_args()
    if bool(given.peer_python) != bool(given.peer_script):
        parser.error("--peer-python and --peer-script go together")
    print(HEAD)
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for k, scene in enumerate(given.scenes or [make_scene(work / "made")]):
            out = work / str(k)
            out.mkdir()
            mine = ours(scene, out)
            print(line(scene.name, mine), flush=True)
            if not given.peer_python:
                continue
            theirs = peer(scene, out / "peer", given)
            print(line("", theirs))
            print(ratios(mine, theirs), flush=True)


if __name__ == "__main__":
    main()
