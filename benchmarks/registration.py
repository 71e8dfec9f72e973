"""How well errors of radars are found: beside the Cramer-Rao bound, and what tracking gains.

    python benchmarks/registration.py [--shared ../shared] [--seeds 20] [--tracked 5]
    python benchmarks/registration.py --load 5000

Scenes: ``biased`` of the shared bench (4 radars, 40 targets, 300 s, errors of some 150 m and 0.5
degrees), many seeds.  The bound is computed apart from the estimator (registration_parts.bound).
Tracking is scored by the bench's own score.py, beside the same scene without errors.  ``--load``:
processor time at so many plots a second instead.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import pathlib
import tempfile
import types

import numpy as np
from registration_parts import bound, load, scenes
from scipy.stats import chi2

from jointsky.recording.register import Registered, register
from jointsky.recording.track import track
from jointsky.records.registration import COMPONENTS

SCALES = {"range": (1.0, "m"), "azimuth": (57.29578, "deg"), "elevation": (57.29578, "deg")}
SCALES["clock"] = (1.0, "s")
MOST, MOST_BESIDE = 1.3, 0.05  # error variance over the bound; RMS beside that without errors
SETTLED_S = 120.0  # after so long the live picture is scored
SCORES = ("gospa_m", "rms_m", "missed", "false", "completeness", "ambiguity")


def relative(errors: np.ndarray, cov: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return errors (R, 4) and their covariance with clocks beside their mean only.

    All clocks together cannot be seen: their bound is the prior's and any estimate meets it.
    """
    n = len(errors)
    turn = np.eye(4 * n)
    clocks = np.arange(3, 4 * n, 4)
    turn[np.ix_(clocks, clocks)] -= 1.0 / n
    return (turn @ errors.ravel()).reshape(n, 4), turn @ cov @ turn.T


def estimated(made: Registered) -> np.ndarray:
    """Return the estimates (R, 4)."""
    rows = 1 + max(one.row for one in made.estimates)
    out = np.zeros((rows, 4))
    for one in made.estimates:
        out[one.row, COMPONENTS.index(one.component)] = one.estimate
    return out


def against_bound(generate: types.ModuleType, seeds: int, folder: pathlib.Path) -> None:
    """Print, over seeds, errors beside their bound, and whether they are as large as is said."""
    shares, beyond, squared = [], [], []
    for seed in range(seeds):
        with contextlib.redirect_stdout(io.StringIO()):
            made = scenes.make(generate, seed, folder, True)
        found = register(made.reading)
        errors = estimated(found) - made.errors()
        least = bound.bound(made.tables, made.motion, generate)
        errors, least = relative(errors, least)
        said = found.covariance
        _, said = relative(errors, said)
        variance = np.diag(said).reshape(-1, 4)
        shares.append(np.stack([errors**2, variance]) / np.diag(least).reshape(-1, 4))
        beyond.append(np.abs(errors) / np.sqrt(variance))
        squared.append(float(errors.ravel() @ np.linalg.pinv(said) @ errors.ravel()))
    share, sigmas = np.array(shares), np.array(beyond)
    n = sigmas.shape[0] * sigmas.shape[1]
    print(f"errors of radars beside the bound: {seeds} seeds, {n} of each kind")
    print(f"{'':12}{'error2/bound':>14}{'+-':>7}{'said2/bound':>13}{'within 3 s':>12}{'worst':>8}")
    for k, component in enumerate(COMPONENTS):
        measured, said = share[:, 0, :, k], share[:, 1, :, k]
        print(
            f"{component:12}{measured.mean():14.2f}{np.sqrt(2.0 / n):7.2f}{said.mean():13.2f}"
            f"{(sigmas[:, :, k] < 3.0).mean():12.1%}{sigmas[:, :, k].max():8.2f}"
        )
    worse = [c for k, c in enumerate(COMPONENTS) if share[:, 0, :, k].mean() > MOST]
    told = "no: " + ", ".join(worse) if worse else "yes"
    print(f"error variance within {MOST} times the bound: {told}")
    every = share[:, 0].mean()
    print(f"{'all':12}{every:14.2f}{np.sqrt(2.0 / (4 * n)):7.2f}{share[:, 1].mean():13.2f}")
    degrees = seeds * (4 * sigmas.shape[1] - 1)
    low, high = chi2.ppf([0.005, 0.995], degrees) / seeds
    print(f"normalised error squared: {np.mean(squared):.1f}, 99 % within {low:.1f} to {high:.1f}")


def tracked(generate: types.ModuleType, score: types.ModuleType, seeds: int, folder: pathlib.Path):
    """Print tracking errors of scenes with errors left in, live, afterwards, and without any."""
    rows: dict[str, list[list[float]]] = {}
    for seed in range(seeds):
        with contextlib.redirect_stdout(io.StringIO()):
            wrong = scenes.make(generate, seed, folder, True)
            right = scenes.make(generate, seed, folder, False)
        readings = {
            "errors left in": wrong.reading,
            "registered, live": register(wrong.reading, "live").reading,
            "registered, whole": register(wrong.reading, "whole").reading,
            "no errors": right.reading,
            "no errors, registered": register(right.reading, "live").reading,
        }
        truth = wrong.tables["truth"]
        for name, reading in readings.items():
            picture = track(reading).estimates.to_pandas()
            for begin_s, kind in ((1.0, "all"), (SETTLED_S, "settled")):
                asked, told = (table[table.time_s >= begin_s] for table in (truth, picture))
                figures = score.score(asked, told, 300.0)
                rows.setdefault(f"{name}; {kind}", []).append([figures[key] for key in SCORES])
    print(f"tracking, bench score, mean of {seeds} seeds; settled: from {SETTLED_S:.0f} s on")
    print(f"{'':34}" + "".join(f"{key:>14}" for key in SCORES) + f"{'RMS beside':>12}")
    for name, values in rows.items():
        mean = np.mean(values, axis=0)
        right = np.mean(rows["no errors; " + name.rpartition("; ")[2]], axis=0)
        cells = "".join(f"{value:14.3f}" for value in mean)
        print(f"{name:34}{cells}{mean[1] / right[1] - 1.0:+12.1%}")
    live = np.mean(rows["registered, live; settled"], axis=0)[1]
    beside = live / np.mean(rows["no errors; settled"], axis=0)[1] - 1.0
    is_within = "yes" if beside <= MOST_BESIDE else "no"
    print(f"RMS registered live within {MOST_BESIDE:.0%} of that without errors: {is_within}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--tracked", type=int, default=5)
    parser.add_argument("--load", type=float, default=0.0)
    given = parser.parse_args()
    if given.load:
        load.measured(given.load)
        return
    generate, score = (scenes.tool(given.shared, name) for name in ("generate", "score"))
    with tempfile.TemporaryDirectory() as folder:
        against_bound(generate, given.seeds, pathlib.Path(folder))
        tracked(generate, score, given.tracked, pathlib.Path(folder))


if __name__ == "__main__":
    main()
