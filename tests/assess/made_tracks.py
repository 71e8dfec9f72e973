"""Tracks, sensors and a model of two classes, to be taken apart by hand."""

import math

import msgspec
import numpy as np

from jointsky.assess.model_declared import (
    Answers,
    Basis,
    Habits,
    IdentificationModel,
    Planned,
    Reading,
    Rules,
    Squawks,
    Threshold,
    VehicleClass,
)
from jointsky.earth.geodesy import mean_radius_of_curvature_m
from jointsky.records.plots import PlotFlag
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks

LAT, LON = math.radians(54.0), math.radians(27.0)
RADIUS_M = mean_radius_of_curvature_m(LAT)
NOW_S = 1_800_000_000.0
MADE_UP = (Basis(fields=("all",), basis="estimate", source="made up for a test"),)
SECONDARY = int(PlotFlag.PRIMARY | PlotFlag.SECONDARY)
BY_MODE_S = SECONDARY | int(PlotFlag.MODE_S)
RADAR = Sensor(
    name="hill",
    kind="ssr",
    latitude_rad=LAT,
    longitude_rad=LON,
    height_m=300.0,
    rotation_period_s=10.0,
    range_max_m=400_000.0,
)


def at(east_m, north_m):
    return LAT + north_m / RADIUS_M, LON + east_m / (RADIUS_M * math.cos(LAT))


def track(number=1, east_m=0.0, north_m=0.0, ve_mps=0.0, vn_mps=0.0, **given):
    """Return one row of a track near the origin."""
    latitude, longitude = at(east_m, north_m)
    columns = {
        "time_s": NOW_S,
        "height_m": 1000.0,
        "vu_mps": 0.0,
        "covariance": np.diag([1e4, 1e4, 1e4, 25.0, 25.0, 4.0]),
        "existence": 0.999,
        "plots": 20,
        "flags": int(PlotFlag.PRIMARY),
        "sensors": np.zeros((1, 1), np.uint64),
    }
    return Tracks.make(
        1,
        track_number=number,
        latitude_rad=latitude,
        longitude_rad=longitude,
        ve_mps=ve_mps,
        vn_mps=vn_mps,
        **{**columns, **given},
    )


def together(*tracks):
    columns = {name: np.concatenate([getattr(t, name) for t in tracks]) for name in Tracks.schema()}
    return Tracks.make(len(tracks), **columns)


def habits(**given):
    usual = {
        "answers": Answers(none=1.0),
        "squawks": Squawks(own=0.4, common=0.3, emergency=0.3),
        "planned": Planned(none=1.0),
        "listed": 0.1,
        "in_corridor": 0.1,
        "in_zone": 0.1,
        "sources": MADE_UP,
    }
    return Habits(**{**usual, **given})


def kind(type_, allegiance, **given):
    usual = {
        "type": type_,
        "words": f"a {type_}",
        "allegiance": allegiance,
        "domain": type_,
        "weight": 1.0,
        "habits": "same",
        "speed_mps": (0.0, 100.0, 200.0, 300.0),
        "climb_mps": (-50.0, -20.0, 20.0, 50.0),
        "height_m": (-100.0, 0.0, 9000.0, 12000.0),
        "sources": MADE_UP,
    }
    return VehicleClass(**{**usual, **given})


def rules(**given):
    usual = {
        "friend": Threshold(enter=0.95, leave=0.85),
        "assumed_friend": Threshold(enter=0.7, leave=0.6),
        "neutral": Threshold(enter=0.8, leave=0.7),
        "neutral_by_looks": Threshold(enter=0.8, leave=0.7),
        "suspect": Threshold(enter=0.5, leave=0.35),
        "hostile": Threshold(enter=0.95, leave=0.85),
        "suspect_after_s": 10.0,
        "hostile_after_s": 30.0,
        "hostile_after_plots": 5,
        "beside_motion": 0.5,
        "sources": MADE_UP,
    }
    return Rules(**{**usual, **given})


def model(*classes, habits_by_name=None, **given):
    usual = {
        "name": "toy",
        "classes": classes,
        "habits": habits_by_name or {"same": habits()},
        "claims": {"drone": {"drone": 0.8, "bird": 0.2}, "bird": {"drone": 0.1, "bird": 0.9}},
        "reading": Reading(sources=MADE_UP),
        "rules": rules(),
    }
    return IdentificationModel(**{**usual, **given})


def replaced(thing, **given):
    return msgspec.structs.replace(thing, **given)
