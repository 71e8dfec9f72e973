"""A small built scenario for tests of the run: straight flights, two sites, made by hand."""

import dataclasses
import math

import numpy as np

from jointsky.earth import geodesy
from jointsky.earth.motion import Pieces, states
from jointsky.earth.terrain import HeightGrid
from jointsky.records.motion import Motion
from jointsky.records.plots import Geometry, Plots
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.signatures import Signature
from jointsky.records.vehicles import Vehicles
from jointsky.scenario.built import Built, BuiltLink, BuiltSensor, BuiltSite
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Observed, Place, Surroundings
from jointsky.streams import key, stream

BEGIN_S = 1_780_000_000.0
SITES = [("north", "west", 55.2, 27.0), ("south", "west", 54.6, 27.2), ("far", "east", 55.0, 30.0)]
NO_TERRAIN = HeightGrid(0.0, 0.0, 1.0, 1.0, np.empty((0, 0), np.float32))
TURN_S, SIGMA_M, SIGMA_RAD = 5.0, 60.0, math.radians(0.1)


def flights(count, duration_s):
    """Return motion and pieces of straight flights over the sites."""
    rng = stream(3, "flights")
    rows = []
    for vehicle in range(count):
        latitude, longitude = np.radians([rng.uniform(54.6, 55.4), rng.uniform(26.4, 27.8)])
        course, speed = rng.uniform(0, 2 * np.pi), rng.uniform(90, 240)
        east, north, up = geodesy.enu_rotation(latitude, longitude)
        ahead = np.cos(course) * north + np.sin(course) * east
        terms = np.stack([np.zeros(3), up, ahead, np.zeros(3)])
        rows.append((vehicle, terms, speed / 6.38e6, rng.uniform(1000, 9000)))
    motion = Motion.make(
        vehicle=[row[0] for row in rows],
        begin_s=np.full(count, BEGIN_S),
        end_s=np.full(count, BEGIN_S + duration_s),
        terms=np.stack([row[1] for row in rows]),
        rate_radps=[row[2] for row in rows],
        height_m=[row[3] for row in rows],
    )
    first = np.searchsorted(motion.vehicle, np.arange(count + 1))
    names = ("piece", "begin_s", "end_s", "terms", "rate_radps", "acceleration_radps2")
    names += ("height_m", "climb_mps", "climb_acceleration_mps2")
    return motion, Pieces(first, *(getattr(motion, name) for name in names))


def built(count=8, duration_s=120.0, seed=1):
    """Return a scenario of ``count`` flights; its sensors are what ``see_all`` takes."""
    motion, pieces = flights(count, duration_s)
    names = [f"f{k}" for k in range(count)]
    vehicles = Vehicles.make(
        name=names,
        type=["airliner"] * count,
        domain=["fixed-wing"] * count,
        allegiance=["civil", "hostile"] * (count // 2),
        mode_s=np.arange(count) + 4096,
    )
    sites = [
        BuiltSite(
            name=name,
            nation=nation,
            latitude_rad=math.radians(latitude),
            longitude_rad=math.radians(longitude),
            height_m=20.0,
        )
        for name, nation, latitude, longitude in SITES
    ]
    sensors = [
        BuiltSensor(
            name=f"{site.name}-radar",
            site=row,
            declared=None,
            placed=Placed(name=f"{site.name}-radar"),
            place=Place(
                latitude_rad=site.latitude_rad, longitude_rad=site.longitude_rad, height_m=20.0
            ),
            key=key(seed, site.name),
            told=Sensor(
                name=f"{site.name}-radar",
                kind="radar",
                latitude_rad=site.latitude_rad,
                longitude_rad=site.longitude_rad,
                height_m=20.0,
                rotation_period_s=TURN_S,
                range_max_m=150_000.0,
                range_sigma_m=SIGMA_M,
                azimuth_sigma_rad=SIGMA_RAD,
                elevation_sigma_rad=SIGMA_RAD,
                detection_probability=0.9,
                false_plots_per_turn=1.0,
            ),
        )
        for row, site in enumerate(sites)
    ]
    return Built(
        name="made-sky",
        description="Straight flights over two sites.",
        seed=seed,
        begin_s=BEGIN_S,
        end_s=BEGIN_S + duration_s,
        truth_interval_s=1.0,
        digest="0123456789abcdef",
        sites=sites,
        sensors=sensors,
        motion=motion,
        surroundings=Surroundings(
            vehicles=vehicles,
            vehicle_keys=np.array([key(0, name)[0] for name in names], np.uint64),
            signatures=[Signature()],
            pieces=pieces,
            terrain=NO_TERRAIN,
        ),
    )


CUT_S = (BEGIN_S + 60.0, BEGIN_S + 85.0)


def joined(count=20, duration_s=150.0, seed=1, share="plots", outages_s=(CUT_S,)):
    """Return the same scenario with its sites in a row: north, south, far; the last link fails."""
    wire = BuiltLink(
        name="inner",
        ends=(0, 1),
        share=share,
        delay_s=0.05,
        jitter_s=0.02,
        loss=0.02,
        bandwidth_kbps=500.0,
        queue_s=2.0,
    )
    outer = dataclasses.replace(wire, name="outer", ends=(1, 2), delay_s=0.12, outages_s=outages_s)
    made = built(count, duration_s, seed)
    return dataclasses.replace(made, links=[wire, outer], picture_interval_s=1.0)


def see_all(_sensor, _placed, place, row, surroundings, begin_s, end_s, drawn):
    """See every vehicle within 150 km nine times of ten, turn by turn, in place of real sensors."""
    parts = []
    for turn in range(math.ceil(begin_s / TURN_S), math.ceil(end_s / TURN_S)):
        rng = np.random.default_rng([*drawn, turn])
        count = len(surroundings.vehicles)
        times = turn * TURN_S + TURN_S * rng.random(count + 1)
        ecef, _ = states(surroundings.pieces, np.arange(count), times[:count])
        known = np.isfinite(ecef[:, 0])
        enu = geodesy.ecef_to_enu(
            np.nan_to_num(ecef), place.latitude_rad, place.longitude_rad, place.height_m
        )
        true = np.stack(geodesy.enu_to_polar(enu), axis=1)
        seen = known & (rng.random(count) < 0.9) & (true[:, 0] < 150_000.0)
        noise = rng.standard_normal((count, 3)) * [SIGMA_M, SIGMA_RAD, SIGMA_RAD]
        false = [[rng.uniform(2e3, 150e3), rng.uniform(0, 6.28), rng.uniform(0.01, 0.3)]]
        polar = np.concatenate([(true + noise)[seen], false])
        time_s = np.append(times[:count][seen], times[-1])
        whose = np.append(np.flatnonzero(seen), -1)
        parts.append((time_s, polar, whose))
    if not parts:
        return Observed(plots=Plots.make(0), vehicle=np.empty(0, np.int32), received_s=np.empty(0))
    time_s, polar, whose = (np.concatenate(column) for column in zip(*parts, strict=True))
    plots = Plots.make(
        time_s=time_s,
        sensor=row,
        geometry=Geometry.POLAR,
        range_m=polar[:, 0],
        azimuth_rad=np.mod(polar[:, 1], 2 * np.pi),
        elevation_rad=polar[:, 2],
    )
    received_s = time_s + 0.3
    is_first = np.flatnonzero(time_s == time_s.min())[:1]
    reports = Reports.make(
        time_s=time_s[is_first],
        received_s=received_s[is_first] + 20.0,
        sensor=row,
        words="something flew",
    )
    return Observed(
        plots=plots,
        vehicle=whose.astype(np.int32),
        received_s=received_s,
        reports=reports,
        reported=whose[is_first].astype(np.int32),
    )
