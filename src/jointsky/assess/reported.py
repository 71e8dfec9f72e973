"""Reports of people and cameras find the tracks that they speak of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.assess.memory import distances_m
from jointsky.assess.model_declared import IdentificationModel
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

OLDEST_S = 180.0  # a report of longer ago is not taken back to where tracks were
GATE = 3.0  # standard errors within which a track may be meant
NOBODY = 0.1  # weight of "none of these tracks was meant", beside 1 for a track right there
USUAL_REACH_M = 10_000.0
_SHARP = ("recognised", "identified")


class Claim(NamedTuple):
    """What one reporter said of one track: words, domain, how surely it was meant."""

    domain: str
    weight: float
    words: str
    is_sharp: bool  # by a camera that resolves it, not by people


class Places(NamedTuple):
    """Where tracks are now, how fast, how surely."""

    latitude_rad: Floats
    longitude_rad: Floats
    ve_mps: Floats
    vn_mps: Floats
    sigma_m: Floats


def domain_of(claimed: str, model: IdentificationModel) -> str:
    """Return the domain that a claim means: itself, a type's, or the one it contains."""
    if claimed in model.claims:
        return claimed
    for one in model.classes:
        if one.type == claimed:
            return one.domain
    return model.named.get(claimed, "")


def claims_of(
    reports: Reports,
    places: Places,
    now_s: float,
    sensors: Sequence[Sensor],
    model: IdentificationModel,
) -> Mapping[tuple[int, int], Claim]:
    """Return claims by (place of the track, row of the reporter); a later report replaces."""
    made: dict[tuple[int, int], Claim] = {}
    for k in range(len(reports)):
        age_s = now_s - float(reports.time_s[k])
        domain = domain_of(str(reports.claimed[k]), model)
        if not domain or not 0.0 <= age_s <= OLDEST_S or not len(places.latitude_rad):
            continue
        errors = _errors(reports, k, places, age_s, sensors)
        weight = np.where(errors <= GATE, np.exp(-0.5 * np.minimum(errors, 9.0) ** 2), 0.0)
        weight = weight / (weight.sum() + NOBODY)
        reporter = int(reports.sensor[k])
        name = sensors[reporter].name if 0 <= reporter < len(sensors) else "someone"
        words = f"{reports.sense[k] or 'reported'} by {name} as {reports.claimed[k]}"
        is_sharp = str(reports.sense[k]) in _SHARP
        for place in np.flatnonzero(weight > 0.05):
            made[int(place), reporter] = Claim(domain, float(weight[place]), words, is_sharp)
    return made


def _errors(
    reports: Reports, k: int, places: Places, age_s: float, sensors: Sequence[Sensor]
) -> Floats:
    """Return how many standard errors each track was from what report ``k`` says."""
    radius_m = mean_radius_of_curvature_m(float(np.mean(places.latitude_rad)))
    lat = places.latitude_rad - places.vn_mps * age_s / radius_m
    lon = places.longitude_rad - places.ve_mps * age_s / (radius_m * np.cos(lat))
    if math.isfinite(reports.latitude_rad[k]):
        there = reports.latitude_rad[k : k + 1], reports.longitude_rad[k : k + 1]
        sigma_m = np.hypot(places.sigma_m, np.nan_to_num(reports.place_sigma_m[k], nan=2000.0))
        return np.asarray(distances_m(lat, lon, *there)[:, 0] / sigma_m)
    reporter = int(reports.sensor[k])
    sensor = sensors[reporter] if 0 <= reporter < len(sensors) else None
    if sensor is None or sensor.latitude_rad is None or not math.isfinite(reports.azimuth_rad[k]):
        return np.full(len(lat), np.inf)
    at = np.array([sensor.latitude_rad]), np.array([sensor.longitude_rad], np.float64)
    distance = distances_m(lat, lon, *at)[:, 0]
    east = (np.remainder(lon - at[1] + np.pi, 2 * np.pi) - np.pi) * np.cos(0.5 * (lat + at[0]))
    turned = np.arctan2(east, lat - at[0]) - reports.azimuth_rad[k]
    turned = np.abs(np.remainder(turned + np.pi, 2 * np.pi) - np.pi)
    sigma = np.hypot(
        np.nan_to_num(reports.azimuth_sigma_rad[k], nan=0.2),
        np.arctan2(places.sigma_m, np.maximum(distance, 1.0)),
    )
    reach_m = sensor.range_max_m or USUAL_REACH_M
    return np.where(distance <= reach_m, turned / sigma, np.inf)
