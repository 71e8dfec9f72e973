"""Processor time of registration at a given rate of plots."""

from __future__ import annotations

import math
import time

import numpy as np

from jointsky.records.plots import Geometry, Plots
from jointsky.records.registration import COMPONENTS
from jointsky.records.sensors import Sensor
from jointsky.streams import stream
from jointsky.tracking.registration import Registration

RADARS, SPAN_S, PERIOD_S = 30, 90.0, 4.0
SIDE_M = 900e3
REACH_M = 250e3


def measured(plots_a_second: float) -> None:
    """Print the share of a core that registration takes at so many plots a second of 30 radars."""
    rng = stream(1, "benchmark", "registration")
    places = rng.uniform(-SIDE_M / 2, SIDE_M / 2, (RADARS, 2))
    sensors = [
        Sensor(
            name=f"radar-{k}",
            kind="radar",
            flat_enu_m=(*place, 100.0),
            rotation_period_s=PERIOD_S,
            range_max_m=REACH_M,
            range_sigma_m=50.0,
            azimuth_sigma_rad=math.radians(0.08),
            elevation_sigma_rad=math.radians(0.15),
            detection_probability=0.9,
            false_plots_per_turn=20.0,
        )
        for k, place in enumerate(places.tolist())
    ]
    wrong = rng.normal(size=(RADARS, 4)) * [100.0, 0.005, 0.003, 0.1]
    count = 4000
    start = np.column_stack([rng.uniform(-SIDE_M / 2, SIDE_M / 2, (count, 2)), np.zeros(count)])
    start[:, 2] = rng.uniform(4e3, 11e3, count)
    heading, speed = rng.uniform(0, 2 * np.pi, count), rng.uniform(150, 250, count)
    velocity = np.column_stack([speed * np.sin(heading), speed * np.cos(heading), 0 * speed])
    parts = [_seen(rng, k, place, wrong[k], start, velocity) for k, place in enumerate(places)]
    columns = np.concatenate(parts)
    rate = len(columns) / SPAN_S
    print(f"{rate:,.0f} plots/s of {RADARS} radars and {count} targets")
    columns = columns[np.argsort(columns[:, 0], kind="stable")]
    plots = Plots.make(
        len(columns),
        time_s=columns[:, 0],
        sensor=columns[:, 4].astype(int),
        geometry=int(Geometry.POLAR),
        range_m=columns[:, 1],
        azimuth_rad=columns[:, 2] % (2 * np.pi),
        elevation_rad=columns[:, 3],
    )
    for attempt in range(2):
        made = Registration(sensors, range(RADARS), None, 0.0)
        took = []
        for now_s in np.arange(1.0, SPAN_S + 6.0):
            first, last = np.searchsorted(plots.time_s, [now_s - 1.0, now_s])
            began = time.process_time()
            made.take(plots.rows(slice(first, last)), float(now_s))
            made.advance(float(now_s))
            took.append(time.process_time() - began)
        late = np.array(took[45:])
        if attempt:
            print(
                f"processor time: {np.mean(took):.1%} of a core, once begun {late.mean():.1%}; "
                f"longest call {max(took):.2f} s; at {plots_a_second:,.0f} plots/s, in proportion: "
                f"{late.mean() * plots_a_second / rate:.1%}"
            )
            apart = [
                abs(one.estimate - wrong[one.row][COMPONENTS.index(one.component)]) / one.sigma
                for one in made.estimates()
                if one.observable
            ]
            print(f"{np.mean(np.array(apart) < 3.0):.1%} of {len(apart)} errors within 3 sigma")


def _seen(
    rng: np.random.Generator,
    row: int,
    place: np.ndarray,
    wrong: np.ndarray,
    start: np.ndarray,
    velocity: np.ndarray,
) -> np.ndarray:
    """Return time, range, azimuth, elevation and radar of its plots, false ones included."""
    made = []
    for turn in np.arange(-PERIOD_S, SPAN_S, PERIOD_S) + rng.uniform(0, PERIOD_S):
        time_s = np.full(len(start), turn)
        for _ in range(3):
            apart = start + time_s[:, None] * velocity - [*place, 100.0]
            azimuth = np.arctan2(apart[:, 0], apart[:, 1]) % (2 * np.pi)
            time_s = turn + PERIOD_S * azimuth / (2 * np.pi)
        slant = np.linalg.norm(apart, axis=1)
        seen = (slant < REACH_M) & (rng.random(len(start)) < 0.9) & (time_s > 0)
        above = np.arcsin(apart[:, 2] / slant)
        sigma = [50.0, math.radians(0.08), math.radians(0.15)]
        told = np.column_stack([slant, azimuth, above]) + wrong[:3]
        told += rng.normal(size=told.shape) * sigma
        made.append(np.column_stack([time_s + wrong[3], told])[seen])
        false = rng.poisson(20)
        angle = rng.uniform(0, 2 * np.pi, false)
        made.append(
            np.column_stack(
                [
                    turn + PERIOD_S * angle / (2 * np.pi),
                    rng.uniform(5e3, REACH_M, false),
                    angle,
                    rng.uniform(0, 0.2, false),
                ]
            )
        )
    every = np.concatenate(made)
    every = every[(every[:, 0] > 0) & (every[:, 0] < SPAN_S)]
    return np.column_stack([every, np.full(len(every), row)])
