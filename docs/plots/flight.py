"""A route as it is flown: turns inside of the waypoints, heights and speeds along the way."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.declare import Faults
from jointsky.earth import geodesy
from jointsky.earth.motion import pieces_of, states
from jointsky.earth.terrain import flat_grid
from jointsky.records.signatures import Signature
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Formation, Offset, Route, Runway, Waypoint
from jointsky.world.types import VehicleType

SIZE_PX = (1000, 460)
PLACES = ((52.35, 24.2), (52.75, 24.75), (52.45, 25.3), (52.5, 25.95), (52.2, 26.3))
HEIGHTS_M = (3000, 5000, None, 2500, 1500)
SPEEDS_MPS = (140, 170, 170, 140, 110)
JET = VehicleType(
    name="jet",
    domain="fixed-wing",
    signature=Signature(),
    speed_min_mps=65,
    speed_cruise_mps=170,
    speed_max_mps=250,
    climb_mps=12,
    descent_mps=12,
    ceiling_m=12_000,
)


def route() -> Route:
    """Return the route that is drawn."""
    return Route(
        waypoints=tuple(
            Waypoint(latitude_deg=a, longitude_deg=b, height_m=h, speed_mps=v)
            for (a, b), h, v in zip(PLACES, HEIGHTS_M, SPEEDS_MPS, strict=True)
        ),
        takeoff=Runway(latitude_deg=52.1, longitude_deg=23.9, heading_deg=60, height_m=150),
        landing=Runway(latitude_deg=52.0, longitude_deg=26.1, heading_deg=200, height_m=160),
    )


def draw(figure: Figure) -> None:
    """Draw the map on the left, height and speed on the right."""
    fleet, faults = Fleet(0.0, 7200.0, 1, flat_grid()), Faults()
    flight = Formation(leader=route(), members=(Offset(right_m=300, up_m=50),))
    fleet.add("jet", JET, flight, faults)
    if faults.kept:
        raise SystemExit(str(faults.kept[0]))
    pieces = pieces_of(fleet.flown().motion, 2)
    times = np.linspace(0.0, pieces.end_s[pieces.first[1] - 1], 3000)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.35, 1))
    above, upper, lower = (figure.add_subplot(grid[k]) for k in (np.s_[:, 0], (0, 1), (1, 1)))
    for vehicle, colour, name in ((0, "#0072B2", "leader"), (1, "#D55E00", "300 m to its right")):
        position, velocity = states(pieces, vehicle, times)
        latitude, longitude, height = geodesy.ecef_to_geodetic(position)
        above.plot(np.degrees(longitude), np.degrees(latitude), color=colour, lw=1.3, label=name)
        minutes = times / 60.0
        upper.plot(minutes, height, color=colour, lw=1.3)
        lower.plot(minutes, np.linalg.norm(velocity, axis=1), color=colour, lw=1.3)
    above.plot(*np.array(PLACES).T[::-1], "o--", color="#8aa2b2", lw=0.8, ms=4, label="waypoints")
    above.set_aspect(1.0 / np.cos(np.radians(52.4)))
    above.set_title("Latitude and longitude (°)", fontsize=10, loc="left")
    above.legend(fontsize=8, frameon=False, loc="lower center")
    upper.set_title("Height (m)", fontsize=10, loc="left")
    lower.set_title("Speed (m/s)", fontsize=10, loc="left")
    lower.set_xlabel("minutes after the take-off run began", fontsize=9)
