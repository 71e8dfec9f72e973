"""A climb as Mode C and Mode S tell it, and two answers that garble each other."""

import math

import numpy as np
from matplotlib.figure import Figure

from jointsky import streams
from jointsky.declare import Faults
from jointsky.earth.motion import pieces_of
from jointsky.earth.terrain import flat_grid
from jointsky.records.signatures import Signature
from jointsky.sensors.observe import observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_parts import Interrogator
from jointsky.sensors.radars import SecondaryRadar
from jointsky.sensors.surroundings import Observed, Place, Surroundings
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Route, Waypoint
from jointsky.world.types import VehicleType

BEGIN_S, LASTS_S = 1_750_000_000.0, 420.0
PLACE = Place(latitude_rad=math.radians(54.0), longitude_rad=math.radians(27.0), height_m=120.0)
KIND = VehicleType(
    name="liner", domain="fixed-wing", signature=Signature(), speed_cruise_mps=200,
    speed_max_mps=260, climb_mps=3, descent_mps=8, ceiling_m=13_000,
)  # fmt: skip


def seen(mode: str, routes: list[list[tuple[float, float, float]]]) -> Observed:
    """Return what a secondary radar hears of airliners on straight routes."""
    fleet = Fleet(BEGIN_S, BEGIN_S + LASTS_S, 0, flat_grid())
    for n, ends in enumerate(routes):
        points = tuple(Waypoint(latitude_deg=a, longitude_deg=b, height_m=h) for a, b, h in ends)
        fleet.add(f"liner-{n}", KIND, Route(waypoints=points), Faults(), mode_s=n, mode_a=0o2000,
                  transponder=("mode_a", "mode_c", "mode_s"))  # fmt: skip
    flown = fleet.flown()
    keys = np.array([streams.key(0, str(name))[0] for name in flown.vehicles.name], np.uint64)
    pieces = pieces_of(flown.motion, len(routes))
    sky = Surroundings(flown.vehicles, keys, flown.signatures, pieces, flat_grid())
    ssr = Interrogator(mode=mode, false_plots_per_turn=0.0, garbled_probability=0.8)
    radar = SecondaryRadar(rotation_period_s=4, ssr=ssr)
    key = streams.key(1, "sensor", "radar")
    return observe(radar, Placed(name="r"), PLACE, 0, sky, BEGIN_S, BEGIN_S + LASTS_S, key)


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    climb = [[(54.3, 26.5, 5_000.0), (54.3, 28.6, 6_000.0)]]
    for mode, colour, words in (
        ("A/C", "#D55E00", "Mode C: 100 ft"),
        ("S", "#0072B2", "Mode S: 25 ft"),
    ):
        plots = seen(mode, climb).plots
        time_s = plots.time_s - BEGIN_S
        early = time_s < 120
        left.plot(time_s[early], plots.pressure_altitude_m[early], ".-", color=colour,
                  label=words, linewidth=0.6, markersize=4)  # fmt: skip
    left.set_title("Altitude told in a climb of 3 m/s (m)", fontsize=10, loc="left")
    left.set_xlabel("seconds", fontsize=9)
    left.legend(fontsize=8, frameon=False)
    passing = [[(54.5, 26.6, 9_000.0), (54.5, 27.7, 9_000.0)],
               [(54.43, 26.6, 10_000.0), (54.57, 27.7, 10_000.0)]]  # fmt: skip
    both = seen("A/C", passing)
    plots = both.plots
    lost = plots.mode_a < 0
    place = np.degrees(plots.azimuth_rad + math.pi) % 360 - 180
    right.plot(place[~lost], plots.range_m[~lost] / 1e3, ".", color="#0072B2", label="with codes")
    right.plot(place[lost], plots.range_m[lost] / 1e3, "x", color="#D55E00",
               label="codes lost: garbled")  # fmt: skip
    right.set_title("Two cross, Mode A/C: range (km)", fontsize=10, loc="left")
    right.set_xlabel("azimuth (degrees)", fontsize=9)
    right.legend(fontsize=8, frameon=False)
