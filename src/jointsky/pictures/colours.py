"""Colours of pictures and page: two themes, one height scale, one palette for sensors.

The height scale is a part of matplotlib's plasma (Smith and van der Walt 2015): perceptually
uniform and monotonic in lightness, so that it can be read with any colour vision; the part that
would vanish into each theme's land is left out.  Sensors: Okabe and Ito (2008).
"""

from __future__ import annotations

import dataclasses

import matplotlib as mpl
import numpy as np
from matplotlib.colors import ListedColormap, to_hex, to_rgb

SENSORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C7A00", "#7F7F7F")
HEIGHT_STEPS = 32
DARKER = 0.65  # then the lightest of them, sky blue and orange, stand out from white by 4.5 to 1


@dataclasses.dataclass(frozen=True)
class Palette:
    """The colours of one theme."""

    paper: str
    water: str
    land: str
    coast: str
    border: str
    grid: str
    ink: str
    quiet: str  # secondary text, at least 4.5:1 on land
    place: str
    plot: str
    halo: str
    unknown: str  # height not known
    accent: str
    height_part: tuple[float, float]


LIGHT = Palette(
    paper="#ffffff",
    water="#dbe7ef",
    land="#f7f6f2",
    coast="#8aa2b2",
    border="#a79a86",
    grid="#c4d0d8",
    ink="#16202a",
    quiet="#56626d",
    place="#6b645a",
    plot="#5b7c99",
    halo="#ffffff",
    unknown="#7a7a7a",
    accent="#0b63ce",
    height_part=(0.0, 0.74),
)
DARK = Palette(
    paper="#0f151b",
    water="#0b1117",
    land="#18212a",
    coast="#44586a",
    border="#6a6152",
    grid="#22303c",
    ink="#e9eff5",
    quiet="#a3b1be",
    place="#96a0a9",
    plot="#5d86a8",
    halo="#0f151b",
    unknown="#9a9a9a",
    accent="#6cb4ff",
    height_part=(0.32, 1.0),
)
PALETTES = {"light": LIGHT, "dark": DARK}


def for_words(tint: str) -> str:
    """Return a colour of lines and dots as dark as words on white paper want it."""
    return to_hex([DARKER * part for part in to_rgb(tint)])


def height_hex(palette: Palette) -> list[str]:
    """Return the height scale of a theme in ``HEIGHT_STEPS`` colours, low to high."""
    part = np.linspace(*palette.height_part, HEIGHT_STEPS)
    return [to_hex(colour) for colour in mpl.colormaps["plasma"](part)]


def height_map(palette: Palette, turned: bool = False) -> ListedColormap:
    """Return the same scale for matplotlib, from high to low if ``turned``."""
    return ListedColormap(height_hex(palette)[:: -1 if turned else 1])


def height_limits_m(height_m: np.ndarray) -> tuple[float, float]:
    """Return round lower and upper ends of the scale for the heights that were seen."""
    seen = height_m[np.isfinite(height_m)]
    if len(seen) == 0:
        return 0.0, 1000.0
    low, high = np.percentile(seen, [1.0, 99.0])
    span = max(high - low, 30.0)
    power = 10.0 ** np.floor(np.log10(span))
    step = next(power * part for part in (0.1, 0.2, 0.5, 1.0) if span <= 12.0 * power * part)
    low = np.floor(low / step) * step
    if 0 < low <= 0.25 * high:
        low = 0.0
    return float(low), float(max(np.ceil(high / step) * step, low + 30.0))
