"""A scenario becomes what a run needs: vehicles in motion, sensors in place, each with its key."""

from __future__ import annotations

import hashlib
import math
import pathlib
from typing import Any, cast

import msgspec
import numpy as np

from jointsky.assess.rims import area_of
from jointsky.declare import Faults
from jointsky.earth.motion import pieces_of
from jointsky.errors import ManyInputErrors
from jointsky.records.vehicles import Vehicles
from jointsky.scenario.battery_sites import built_batteries
from jointsky.scenario.built import Built, BuiltSensor, BuiltSite
from jointsky.scenario.connecting import connect, merged, span_of
from jointsky.scenario.ground import ground_m, terrain_files
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.relaying import relayed
from jointsky.scenario.replaying import recordings
from jointsky.scenario.resolve import Resolved, resolve
from jointsky.scenario.sensor_use import SensorUse
from jointsky.scenario.sites import SensorAt
from jointsky.scenario.times import Span
from jointsky.scenario.weather import NearAir, RainCell
from jointsky.sensors.observe import describe
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Air, Place, Rain, Surroundings
from jointsky.streams import key

ZERO_C_K = 273.15


def build(loaded: Loaded, seed: int | None = None) -> Built:
    """Return a scenario made ready to run, under ``seed`` or its own.

    Raises ManyInputErrors with all that is wrong with it.
    """
    scenario = loaded.scenario
    seed = scenario.seed if seed is None else seed
    faults = Faults()
    resolved = resolve(loaded, seed, faults)
    if faults.kept:
        raise ManyInputErrors(loaded.tree.all_errors(faults.kept))
    sites = [
        BuiltSite(
            name=site.name,
            nation=site.nation,
            latitude_rad=math.radians(site.latitude_deg),
            longitude_rad=math.radians(site.longitude_deg),
            height_m=ground_m(site, resolved.terrain),
        )
        for site in scenario.sites
    ]
    sensors = [_sensor(use, sites, resolved, seed) for use in resolved.sensors]
    surroundings = _surroundings(loaded, resolved, seed)
    links = relayed(
        connect(
            scenario.links,
            scenario.partitions,
            {site.name: site.nation for site in scenario.sites},
            resolved.span,
            seed,
        ),
        scenario.links,
        sites,
        surroundings.pieces,
        {str(name): row for row, name in enumerate(surroundings.vehicles.name)},
        resolved.span,
    )
    return Built(
        name=scenario.name,
        description=scenario.description,
        seed=seed,
        begin_s=resolved.span.begin_s,
        end_s=resolved.span.end_s,
        truth_interval_s=scenario.truth_interval_s,
        digest=digest(loaded, resolved),
        sites=sites,
        sensors=sensors,
        motion=resolved.flown.motion,
        surroundings=surroundings,
        areas=[area_of(zone, resolved.span.begin_s) for zone in scenario.zones],
        links=[link for link in links if link.share != "words"],
        words=[link for link in links if link.share == "words"],
        releases={nation.name: nation.release for nation in scenario.nations},
        exchange=scenario.exchange,
        picture_interval_s=scenario.picture_interval_s,
        batteries=built_batteries(
            loaded,
            resolved.used,
            resolved.span,
            [(use.battery, one) for use, one in zip(resolved.sensors, sensors, strict=True)],
        ),
        duty=scenario.duty,
        unit_costs_usd=tuple(kind.unit_cost_usd for kind in resolved.flown.types),
    )


def _sensor(use: SensorUse, sites: list[BuiltSite], resolved: Resolved, seed: int) -> BuiltSensor:
    """Return one sensor at its place."""
    row = next(row for row, site in enumerate(sites) if site.name == use.site)
    placed = use.placed
    if isinstance(placed, SensorAt):
        site = sites[row]
        place = Place(
            latitude_rad=site.latitude_rad,
            longitude_rad=site.longitude_rad,
            height_m=site.height_m + placed.above_ground_m,
        )
    else:
        place = Place(vehicle=resolved.carriers[use.vehicle])
    own = Placed(**{name: getattr(placed, name) for name in Placed.__struct_fields__})
    return BuiltSensor(
        name=own.name,
        site=row,
        declared=use.declared,
        placed=own,
        place=place,
        key=key(seed, "sensor", own.name),
        told=describe(use.declared, own.name, place, own),
        outages_s=merged(span_of(window, resolved.span) for window in placed.outages),
    )


def _surroundings(loaded: Loaded, resolved: Resolved, seed: int) -> Surroundings:
    weather, flown = loaded.scenario.weather, resolved.flown
    return Surroundings(
        vehicles=flown.vehicles,
        vehicle_keys=vehicle_keys(flown.vehicles),
        signatures=flown.signatures,
        pieces=pieces_of(cast(Any, flown.motion), len(flown.vehicles)),  # frozen, as they all are
        terrain=resolved.terrain,
        rain=tuple(rain_of(cell, resolved.span) for cell in weather.rain),
        air=air_of(weather.air),
        key=key(seed, "sky"),
    )


def vehicle_keys(vehicles: Vehicles) -> np.ndarray:
    """Return the first word of the key of each vehicle's name, (V,) uint64."""
    return np.array([key(0, str(name))[0] for name in vehicles.name], np.uint64)


def rain_of(cell: RainCell, span: Span) -> Rain:
    """Return a declared cell of rain in SI units and POSIX seconds."""
    towards_rad = math.radians(cell.moving_deg)
    return Rain(
        latitude_rad=math.radians(cell.latitude_deg),
        longitude_rad=math.radians(cell.longitude_deg),
        radius_m=1000.0 * cell.radius_km,
        top_m=cell.top_m,
        rate_mmph=cell.rate_mmph,
        ve_mps=cell.speed_mps * math.sin(towards_rad),
        vn_mps=cell.speed_mps * math.cos(towards_rad),
        begin_s=span.moment(cell.begin),
        end_s=span.end_s if cell.end is None else span.moment(cell.end),
    )


def air_of(air: NearAir) -> Air:
    """Return declared air in SI units."""
    return Air(
        temperature_k=air.temperature_c + ZERO_C_K,
        pressure_pa=100.0 * air.pressure_hpa,
        relative_humidity=air.relative_humidity,
        visibility_m=1000.0 * air.visibility_km,
    )


def files_of(loaded: Loaded) -> list[pathlib.Path]:
    """Return the files besides YAML that a scenario is made of: terrain and recordings."""
    return [*terrain_files(loaded), *recordings(loaded)]


def digest(loaded: Loaded, resolved: Resolved) -> str:
    """Return 16 hexadecimal digits that hang on all that a run hangs on, but for its seed.

    The declared scenario, each type that it uses as it was resolved, and the octets of its files
    of terrain and recordings; BLAKE2b.
    """
    made = hashlib.blake2b(digest_size=8)
    scenario = msgspec.structs.replace(loaded.scenario, seed=0)
    parts = [msgspec.json.encode(scenario, order="deterministic")]
    for path, kind in resolved.used.items():
        parts += [path.encode(), msgspec.json.encode(kind, order="deterministic")]
    parts += [file.read_bytes() for file in files_of(loaded)]
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()
