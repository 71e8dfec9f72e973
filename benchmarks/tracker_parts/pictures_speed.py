"""A picture of where the tracker's time goes."""

from __future__ import annotations

import pathlib

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.patches import Patch

mpl.use("agg")
KERNEL, LIBRARY, PYTHON = "#0072B2", "#E69F00", "#009E73"  # Okabe and Ito (2008)
GROUPS = {  # module: what it does
    "motion_kernels": "motion: predict, mix, combine",
    "measurement_kernels": "measurement: filter with a plot",
    "gating_kernels": "gating: tracks near a plot",
    "tracker_kernels": "pairs and their odds, the loop",
    "association_kernels": "association",
    "update_kernels": "update and merge",
    "lifecycle_kernels": "beginning and settling",
    "house_kernels": "housekeeping, doubles",
    "looks_kernels": "looks: existence, clutter",
    "rows_kernels": "writing rows",
    "batching_kernels": "cutting batches",
    "preparation_kernels": "preparing plots",
    "admission_kernels": "ordering plots",
    "merging_kernels": "plots of two targets",
    "telling_kernels": "telling tracks",
    "geodesy_kernels": "geodesy",
}
LIBRARIES = (
    ("_multiarray", "NumPy"),
    ("openblas", "NumPy"),
    ("libm", "sin, cos, exp, log"),
    ("libc.", "memory: copying, clearing"),
    ("[kernel", "memory: the system"),
    ("libpython", "Python"),
)
LEAST, MOST = 0.01, 16


def grouped(samples: dict[str, int]) -> dict[str, float]:
    """Return the share of samples of each kind of work, largest first."""
    found: dict[str, float] = {}
    for name, count in samples.items():
        found[group_of(name)] = found.get(group_of(name), 0.0) + count
    whole = sum(found.values())
    return {name: count / whole for name, count in sorted(found.items(), key=lambda pair: -pair[1])}


def group_of(name: str) -> str:
    """Return the kind of work that a function is part of."""
    module = name.split(".", maxsplit=1)[0]
    if module in GROUPS:
        return GROUPS[module]
    if module.endswith("_kernels"):
        return module.removesuffix("_kernels")
    return next((label for mark, label in LIBRARIES if name.startswith(mark)), "the rest")


def draw(groups: dict[str, float], python: dict[str, float], file: pathlib.Path) -> None:
    """Draw shares by kind of work (samples) and by Python function (calls)."""
    figure, axes = plt.subplots(
        1, 2, figsize=(13.0, 5.6), dpi=100, layout="constrained", width_ratios=(1.0, 1.0)
    )
    kernels = set(GROUPS.values())
    libraries = {label for _, label in LIBRARIES}
    colours = [
        KERNEL if name in kernels else LIBRARY if name in libraries else "grey" for name in groups
    ]
    _bars(axes[0], groups, colours, "By kind of work (samples of the processor)")
    _legend(axes[0], ((KERNEL, "our kernels"), (LIBRARY, "libraries and the system")))
    kind = [KERNEL if "_kernels." in name else PYTHON for name in python]
    _bars(axes[1], python, kind, "By function of ours, with the NumPy that it calls")
    _legend(axes[1], ((KERNEL, "kernel"), (PYTHON, "Python and NumPy about it")))
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def _legend(axis: plt.Axes, entries: tuple[tuple[str, str], ...]) -> None:
    handles = [Patch(color=colour, label=label) for colour, label in entries]
    axis.legend(handles=handles, frameon=False, loc="lower right", fontsize=9)


def _bars(axis: plt.Axes, shares: dict[str, float], colours: list[str], title: str) -> None:
    shown = [pair for pair in zip(shares.items(), colours, strict=True) if pair[0][1] >= LEAST]
    shown = shown[:MOST][::-1]
    names = [pair[0][0] for pair in shown]
    values = [100.0 * pair[0][1] for pair in shown]
    bars = axis.barh(names, values, color=[pair[1] for pair in shown], height=0.72)
    axis.bar_label(bars, fmt="%.0f %%", padding=3, fontsize=9)
    axis.set_title(title, loc="left", fontsize=11)
    axis.set_xlabel("% of the time")
    axis.margins(x=0.1)
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="x", alpha=0.3, linewidth=0.5)
    axis.set_axisbelow(True)
