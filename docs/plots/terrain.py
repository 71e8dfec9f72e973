"""A way over made hills, what it hides, and what an edge takes."""

import math

import numpy as np
from matplotlib.figure import Figure

from jointsky.earth import diffraction, terrain
from jointsky.earth.horizon import EFFECTIVE_RADIUS_M
from jointsky.earth.terrain_declared import MadeTerrain, made_grid
from jointsky.earth.terrain_kernels import MEAN_RADIUS_M

GROUND = MadeTerrain(
    south_deg=53.5, west_deg=27.0, north_deg=54.5, east_deg=29.0, spacing_m=500.0,
    mean_height_m=180.0, hills_m=60.0, hills_km=12.0, seed=5,
)  # fmt: skip


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2, width_ratios=(1.7, 1))
    grid = made_grid(GROUND)
    lat, lon = math.radians(54.0), math.radians(27.2)
    way_m = np.linspace(0, 90e3, 721)
    longitude = lon + way_m / (MEAN_RADIUS_M * math.cos(lat))
    ground = terrain.height_at(grid, lat, longitude)
    fall = way_m**2 / (2 * EFFECTIVE_RADIUS_M)
    antenna_m = float(ground[0]) + 25.0
    left.fill_between(way_m / 1e3, ground - fall, -450, color="#a79a86", alpha=0.5)
    for above_m, marker in ((50.0, "o"), (300.0, "s")):
        targets = np.column_stack([np.full(len(way_m), lat), longitude, ground + above_m])
        free = terrain.is_in_sight(grid, (lat, lon, antenna_m), targets)
        for seen, colour, word in ((True, "#009E73", "in sight"), (False, "#D55E00", "hidden")):
            rows = np.flatnonzero(free == seen)[::10]
            left.plot(
                way_m[rows] / 1e3, (ground + above_m - fall)[rows], marker, color=colour,
                markersize=3, label=f"{above_m:.0f} m above ground, {word}",
            )  # fmt: skip
    left.plot(0, antenna_m, "^", color="#16202a", markersize=8)
    left.set_title("Height less the fall of a 4/3 earth (m)", fontsize=10, loc="left")
    left.set_xlabel("way over the ground (km)", fontsize=9)
    left.legend(fontsize=7.5, frameon=False, ncols=2, loc="upper right")
    left.set_ylim(-450, 720)
    nu = np.linspace(-3, 4, 400)
    right.plot(nu, diffraction.exact_knife_edge_loss_db(nu), color="#0072B2", label="Fresnel")
    right.plot(nu, diffraction.knife_edge_loss_db(nu), "--", color="#D55E00", label="P.526, eq. 31")
    right.invert_yaxis()
    right.set_title("Knife edge, one way: loss (dB)", fontsize=10, loc="left")
    right.set_xlabel("clearance parameter nu (0: grazing)", fontsize=9)
    right.legend(fontsize=8, frameon=False)
