"""Errors of places told from aboard: ellipses about an aircraft, and how they grow."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from jointsky.earth import geodesy
from jointsky.sensors import airborne, airborne_kernels

SIZE_PX = (1000, 460)
HOME = (0.93, 0.48, 9000.0)
AZIMUTH_SIGMA = np.radians(0.5)


def told(range_m: float, azimuth_rad: float, sigma_m: float) -> tuple[float, ...]:
    """Return what a platform at HOME tells of a target level with it."""
    site = np.empty(13)
    site[:3] = geodesy.geodetic_to_ecef(*HOME)[0]
    site[3:12] = geodesy.enu_rotation(*HOME[:2]).ravel()
    site[12] = HOME[2]
    heading = np.hypot(AZIMUTH_SIGMA, airborne.OWN_HEADING_SIGMA_RAD)
    own = (airborne.OWN_PLACE_SIGMA_M, airborne.OWN_HEIGHT_SIGMA_M)
    errors = (sigma_m, heading, np.radians(1.0))
    return airborne_kernels.to_geodetic(site, range_m, azimuth_rad, -0.03, errors, own)


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.2))
    for azimuth in np.radians(np.arange(0, 360, 30)):
        for range_m in (40e3, 80e3):
            _, _, _, east, north, shared, _ = told(range_m, azimuth, 150.0)
            covariance = [[east**2, shared * east * north], [shared * east * north, north**2]]
            sizes, axes = np.linalg.eigh(covariance)
            place = range_m / 1e3 * np.array([np.sin(azimuth), np.cos(azimuth)])
            width, height = 2.0 * 5.0 * np.sqrt(sizes) / 1e3
            turn = np.degrees(np.arctan2(axes[1, 0], axes[0, 0]))
            left.add_patch(Ellipse(place, width, height, angle=turn, fill=False, color="#0072B2"))
    left.plot(0, 0, "^", color="#D55E00")
    left.set_xlim(-95, 95)
    left.set_ylim(-95, 95)
    left.set_aspect("equal")
    left.set_title("Errors of places, five times 1 sigma (km)", fontsize=10, loc="left")
    ranges = np.linspace(1e3, 150e3, 200)
    across = [told(r, 0.0, 150.0)[3] for r in ranges]
    along = [told(r, 0.0, 150.0)[4] for r in ranges]
    height = [told(r, 0.0, 150.0)[6] for r in ranges]
    for name, values, colour in (
        ("across, 0.5°", across, "#0072B2"),
        ("along, 150 m", along, "#009E73"),
        ("height, 1°", height, "#D55E00"),
    ):
        right.plot(ranges / 1e3, np.array(values) / 1e3, color=colour, label=name)
    right.set_title("Standard error of a place told from aboard (km)", fontsize=10, loc="left")
    right.set_xlabel("range (km)", fontsize=9)
    right.legend(fontsize=8, frameon=False)
