"""The reliability diagram of existence: what was told against what was so."""

from __future__ import annotations

import pathlib

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

mpl.use("agg")
COLORS = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"  # Okabe and Ito (2008)
MARKS = "os^Dv"
LEAST = 2e-4

Bins = list[tuple[float, float, float, int]]


def draw(drawn: dict[str, Bins], file: pathlib.Path) -> None:
    """Draw told existence against the share that is real, and doubt against the share not."""
    figure, axes = plt.subplots(1, 2, figsize=(11.0, 4.8), dpi=80, layout="constrained")
    for k, (name, found) in enumerate(drawn.items()):
        told, real, error, _ = np.array(found).T
        style = {"color": COLORS[k], "marker": MARKS[k], "linestyle": "-", "linewidth": 1.0}
        axes[0].errorbar(told, real, 2 * error, label=name, capsize=2, **style)
        axes[1].plot(np.maximum(1 - told, LEAST), np.maximum(1 - real, LEAST), **style)
    axes[0].plot([0, 1], [0, 1], color="black", linewidth=0.8, alpha=0.5)
    axes[1].plot([LEAST, 1], [LEAST, 1], color="black", linewidth=0.8, alpha=0.5)
    axes[0].set(xlabel="existence as told", ylabel="share that follows a target")
    axes[1].set(xlabel="doubt as told", ylabel="share that follows none", xscale="log")
    axes[1].set(yscale="log", xlim=(1.0, LEAST), ylim=(1.0, LEAST))
    axes[0].legend(loc="upper left", frameon=False)
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.3, linewidth=0.5)
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)
