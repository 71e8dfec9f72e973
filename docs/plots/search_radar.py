"""Ten minutes of a rotating radar, and how often it sees targets at rising range."""

import math

import msgspec
import numpy as np
from matplotlib.figure import Figure

from jointsky import streams
from jointsky.declare import Faults
from jointsky.earth.geodesy import geodetic_to_ecef
from jointsky.earth.motion import pieces_of, states
from jointsky.earth.terrain import flat_grid
from jointsky.records.plots import PlotFlag
from jointsky.records.signatures import CrossSection, Signature
from jointsky.scenario.systems import catalogue
from jointsky.sensors.atmosphere import air, air_loss_db
from jointsky.sensors.detection import detection_probability
from jointsky.sensors.observe import observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_equation import achieved_scale
from jointsky.sensors.radar_parts import Clutter, Interrogator
from jointsky.sensors.radars import SearchRadar
from jointsky.sensors.surroundings import Place, Surroundings
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Hover, Orbit, Route, Waypoint
from jointsky.world.types import VehicleType

SIZE_PX = (1000, 500)
BEGIN_S, LASTS_S = 1_750_000_000.0, 600.0
LAT, LON = 54.0, 27.0
PLACE = Place(latitude_rad=math.radians(LAT), longitude_rad=math.radians(LON), height_m=120.0)
PLACED = Placed(name="radar", phase=0.0)
KEY = streams.key(1, "sensor", "radar")
RADAR = SearchRadar(
    frequency_mhz=2800,
    rotation_period_s=5,
    half_seen_range_km=90,
    max_range_km=110,
    range_sigma_m=50,
    azimuth_sigma_deg=0.12,
    false_plots_per_turn=1.5,
    clutter=Clutter(ground_plots_per_turn=2.0, spots=8, reach_km=35),
    ssr=Interrogator(max_range_km=110),
)


def sky(fleet: Fleet) -> Surroundings:
    """Return what a fleet is to sensors."""
    flown = fleet.flown()
    keys = [streams.key(0, str(name))[0] for name in flown.vehicles.name]
    pieces = pieces_of(flown.motion, len(flown.vehicles))
    return Surroundings(
        flown.vehicles, np.array(keys, np.uint64), flown.signatures, pieces, flat_grid()
    )


def traffic() -> Surroundings:
    """Return airliners that answer, an orbiting light aircraft, two drones that do not."""
    fleet = Fleet(BEGIN_S - 60, BEGIN_S + LASTS_S + 60, 0, flat_grid())
    systems = catalogue().systems

    def add(name: str, kind: str, flight: Route | Orbit) -> None:
        vehicle = msgspec.structs.replace(systems[kind].vehicle, name=kind)
        fleet.add(name, vehicle, flight, Faults(), mode_s=len(name), mode_a=0o1000)

    for n, (south, west, north, east) in enumerate(
        [(53.2, 26.0, 54.8, 28.1), (54.7, 25.7, 53.4, 28.4), (54.4, 28.5, 54.3, 25.6)]
    ):
        ends = [(south, west), (LAT + 0.25 * (n - 1), LON + 0.2), (north, east)]
        points = tuple(Waypoint(latitude_deg=a, longitude_deg=b, height_m=10_000) for a, b in ends)
        add(f"airliner-{n}", "airliner-narrow", Route(waypoints=points))
    circle = Orbit(latitude_deg=53.75, longitude_deg=27.5, height_m=900, radius_m=6_000)
    add("trainer", "light-aircraft", circle)
    for n in range(2):
        ends = [(53.7, 25.9 + 0.05 * n), (54.1, 26.8 + 0.05 * n)]
        points = tuple(Waypoint(latitude_deg=a, longitude_deg=b, height_m=700) for a, b in ends)
        add(f"drone-{n}", "one-way-attack-drone", Route(waypoints=points))
    return sky(fleet)


def standing(swerling: int) -> Surroundings:
    """Return 240 targets of 1 m² that stand from 30 to 108 km away, 8 km high."""
    shown = Signature(radar=(CrossSection(nose_dbsm=0.0, swerling=swerling),))
    kind = VehicleType(
        name="probe", domain="drone", signature=shown, speed_cruise_mps=1, speed_max_mps=2,
        climb_mps=1, descent_mps=1, ceiling_m=20_000, hovers=True,
    )  # fmt: skip
    fleet = Fleet(BEGIN_S - 60, BEGIN_S + 4 * LASTS_S, 0, flat_grid())
    for n in range(240):
        out, way = (30.0 + 78.0 * n / 240) / 111.2, 2.4 * n
        north, east = out * math.cos(way), out * math.sin(way) / math.cos(math.radians(LAT))
        place = Hover(latitude_deg=LAT + north, longitude_deg=LON + east, height_m=8_000)
        fleet.add(f"probe-{n}", kind, place, Faults())
    return sky(fleet)


def declared(swerling: int, range_m: np.ndarray) -> np.ndarray:
    """Return the chance that the formulas give."""
    scale = achieved_scale(90e3, 0.0, 1e-6, 16, 1)
    lost_db = air_loss_db(air(2.8e9), PLACE.height_m, 8_000.0, range_m)
    return detection_probability(scale.snr_db(range_m, 0.0) - lost_db, 16, 1e-6, swerling)


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2, width_ratios=(1.1, 1))
    seen = observe(RADAR, PLACED, PLACE, 0, traffic(), BEGIN_S, BEGIN_S + LASTS_S, KEY)
    plots = seen.plots
    east = plots.range_m * np.sin(plots.azimuth_rad) / 1e3
    north = plots.range_m * np.cos(plots.azimuth_rad) / 1e3
    answers = plots.flags & PlotFlag.SECONDARY != 0
    for label, rows, colour, size in (
        ("false: noise, spots of ground", seen.vehicle < 0, "#8aa2b2", 3),
        ("answer, with or without echo", (seen.vehicle >= 0) & answers, "#0072B2", 5),
        ("echo alone", (seen.vehicle >= 0) & ~answers, "#D55E00", 5),
    ):
        left.scatter(east[rows], north[rows], s=size, color=colour, label=label, linewidths=0)
    left.plot(0, 0, "^", color="black", markersize=6)
    left.set_xlim(-112, 112)
    left.set_ylim(-112, 112)
    left.set_aspect("equal")
    left.set_title("Ten minutes, east and north in km", fontsize=10, loc="left")
    left.legend(fontsize=8, loc="lower left", markerscale=2)
    for swerling, colour in ((0, "#009E73"), (1, "#0072B2"), (3, "#D55E00")):
        bare = msgspec.structs.replace(RADAR, ssr=None, clutter=None, false_plots_per_turn=0.0)
        probes = standing(swerling)
        seen = observe(bare, PLACED, PLACE, 0, probes, BEGIN_S, BEGIN_S + 2_000.0, KEY)
        position, _ = states(probes.pieces, np.arange(240), BEGIN_S)
        origin = geodetic_to_ecef(PLACE.latitude_rad, PLACE.longitude_rad, PLACE.height_m)
        range_m = np.linalg.norm(position - origin, axis=1)
        share = np.bincount(seen.vehicle, minlength=240) / 400
        right.plot(range_m / 1e3, share, ".", color=colour, markersize=3)
        right.plot(range_m / 1e3, declared(swerling, range_m), color=colour,
                   label=f"Swerling {swerling}")  # fmt: skip
    right.axvline(90, color="#8aa2b2", linestyle=":")
    right.set_title("Share of 400 turns with a plot, and the formula", fontsize=10, loc="left")
    right.set_xlabel("range (km), 1 m² at 8 km height", fontsize=9)
    right.legend(fontsize=8, frameon=False)
