"""Differences as distributions: one small picture for each study."""

from __future__ import annotations

import pathlib

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from agreement_parts.studies import Study

mpl.use("agg")
TRACKS, PLOTS, THIRD = "#0072B2", "#E69F00", "#009E73"  # Okabe and Ito (2008)


def draw(study: Study, file: pathlib.Path, widest_m: float) -> None:
    """Draw how large differences are, in which direction, and those of speed and course."""
    figure, axes = plt.subplots(1, 4, figsize=(12.0, 3.2), dpi=80, layout="constrained")
    figure.suptitle(study.title, x=0.01, ha="left", fontsize=11, weight="bold")
    _cumulative(axes[0], study, widest_m)
    _directions(axes[1], study, widest_m / 2.0)
    speed = study.tracks.speed_error_mps
    _histogram(axes[2], speed, _reach(speed), "speed, ours minus theirs (m/s)")
    course = study.tracks.heading_error_deg
    _histogram(axes[3], course, _reach(course), "course, ours minus theirs (°)")
    for axis in axes:
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.3, linewidth=0.5)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _cumulative(axis: plt.Axes, study: Study, widest_m: float) -> None:
    for label, given, colour in (("plots", study.plots, PLOTS), ("tracks", study.tracks, TRACKS)):
        values = np.sort(given.horizontal_m)
        shares = np.arange(1, len(values) + 1) / len(values)
        axis.plot(values, 100.0 * shares, color=colour, label=label, linewidth=1.5)
    axis.set_xlim(0.0, widest_m)
    axis.set_ylim(0.0, 101.0)
    axis.axhline(95.0, color="grey", linewidth=0.6, linestyle=":")
    axis.set_xlabel("horizontal difference (m)", fontsize=8)
    axis.set_ylabel("% of comparisons within it", fontsize=8)
    axis.legend(frameon=False, fontsize=8, loc="lower right")


def _directions(axis: plt.Axes, study: Study, reach_m: float) -> None:
    bins = np.linspace(-reach_m, reach_m, 61)
    for label, signed_m, colour in (
        ("ahead", study.tracks.along_m, TRACKS),
        ("to the right", study.tracks.across_m, THIRD),
    ):
        values = signed_m[np.isfinite(signed_m)]
        weights = np.full(len(values), 100.0 / max(len(values), 1))
        axis.hist(values, bins, weights=weights, color=colour, histtype="step", label=label)
    axis.axvline(0.0, color="grey", linewidth=0.6)
    axis.set_xlabel("tracks' difference (m)", fontsize=8)
    axis.set_ylabel("% of comparisons", fontsize=8)
    axis.legend(frameon=False, fontsize=8)


def _histogram(axis: plt.Axes, values: np.ndarray, reach: float, label: str) -> None:
    values = values[np.isfinite(values)]
    weights = np.full(len(values), 100.0 / max(len(values), 1))
    axis.hist(values, np.linspace(-reach, reach, 61), weights=weights, color=TRACKS)
    axis.axvline(0.0, color="grey", linewidth=0.6)
    axis.set_xlabel(label, fontsize=8)


def _reach(values: np.ndarray) -> float:
    """Return a round number that 98 % of the values lie within."""
    values = np.abs(values[np.isfinite(values)])
    return float(np.ceil(np.quantile(values, 0.98))) if len(values) else 1.0
