"""How the errors of four radars become known in five minutes."""

import math

import numpy as np
from matplotlib.figure import Figure

from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.streams import stream
from jointsky.tracking.registration import Registration, Trace

SIZE_PX = (1000, 720)
SITES_M = np.array([[-50e3, -20e3], [45e3, -30e3], [35e3, 50e3], [-40e3, 45e3]])
PERIODS_S = (4.0, 6.0, 8.0, 10.0)
WRONG = np.array(
    [[150.0, 0.5, 0.1, 0.2], [-120.0, -0.4, 0.0, -0.1], [90.0, 0.3, -0.2, 0.0], [-60.0, -0.6, 0, 0]]
)
TO_RADIANS = np.array([1.0, math.pi / 180.0, math.pi / 180.0, 1.0])
SIGMAS = np.array([50.0, math.radians(0.1), math.radians(0.15)])
END_S, FLIGHTS = 300.0, 40
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
TITLES = ("Range (m)", "Azimuth (degrees)", "Elevation (degrees)", "Clock, beside the mean (s)")
SHOWN = (40.0, 0.08, 0.15, 0.12)


def plots_of(row: int, site: np.ndarray, start: np.ndarray, velocity: np.ndarray) -> Plots:
    """Return what one radar tells of straight flights."""
    rng = stream(3, "registration", "radar", row)
    period, error = PERIODS_S[row], WRONG[row] * TO_RADIANS
    turns = np.arange(0.0, END_S, period)
    time_s = (turns[:, None] + rng.uniform(0, period, FLIGHTS)).ravel()
    flight = np.tile(np.arange(FLIGHTS), len(turns))
    seen = rng.random(len(flight)) < 0.9
    time_s, flight = time_s[seen], flight[seen]
    apart = start[flight] + time_s[:, None] * velocity[flight] - [*site, 100.0]
    ground = np.hypot(apart[:, 0], apart[:, 1])
    noise = rng.normal(size=(len(apart), 3)) * SIGMAS
    return Plots.make(
        time_s=time_s + error[3],
        sensor=row,
        geometry=0,
        range_m=np.linalg.norm(apart, axis=1) + error[0] + noise[:, 0],
        azimuth_rad=(np.arctan2(apart[:, 0], apart[:, 1]) + error[1] + noise[:, 1]) % (2 * np.pi),
        elevation_rad=np.arctan2(apart[:, 2], ground) + error[2] + noise[:, 2],
    )


def traced() -> Trace:
    """Return the estimates of a registration of the scene, window by window."""
    rng = stream(3, "registration", "flights")
    start = np.column_stack(
        [rng.uniform(-75e3, 75e3, (FLIGHTS, 2)), rng.uniform(4e3, 11e3, FLIGHTS)]
    )
    velocity = np.column_stack([rng.normal(0.0, 150.0, (FLIGHTS, 2)), np.zeros(FLIGHTS)])
    radars = [
        Sensor(
            name=f"radar {row}",
            kind="radar",
            flat_enu_m=(*site, 100.0),
            rotation_period_s=PERIODS_S[row],
            range_max_m=250e3,
            range_sigma_m=SIGMAS[0],
            azimuth_sigma_rad=SIGMAS[1],
            elevation_sigma_rad=SIGMAS[2],
        )
        for row, site in enumerate(SITES_M.tolist())
    ]
    plots = join([plots_of(row, site, start, velocity) for row, site in enumerate(SITES_M)])
    registration = Registration(radars, range(4))
    registration.trace = Trace()
    for now_s in np.arange(10.0, END_S + 20.0, 10.0):
        inside = (plots.time_s >= now_s - 10.0) & (plots.time_s < now_s)
        registration.take(plots.rows(inside), float(now_s))
        registration.advance(float(now_s))
    return registration.trace


def draw(figure: Figure) -> None:
    """Draw the four errors of each radar as they become known."""
    trace = traced()
    estimate, sigma = np.array(trace.estimate) / TO_RADIANS, np.array(trace.sigma) / TO_RADIANS
    sigma[:, :, 3] = np.array(trace.relative)[:, :, 3]
    estimate[:, :, 3] -= estimate[:, :, 3].mean(axis=1)[:, None]
    true = WRONG.copy()
    true[:, 3] -= true[:, 3].mean()
    for k, axes in enumerate(figure.subplots(2, 2, sharex=True).ravel()):
        for row, colour in enumerate(COLOURS):
            middle, band = estimate[:, row, k], sigma[:, row, k]
            axes.fill_between(trace.time_s, middle - band, middle + band, color=colour, alpha=0.25)
            axes.plot(trace.time_s, middle, color=colour, label=f"radar {row}", linewidth=1.5)
            axes.axhline(true[row, k], color=colour, linestyle=(0, (5, 4)), linewidth=1.0)
        low, high = true[:, k].min() - SHOWN[k], true[:, k].max() + SHOWN[k]
        axes.set_ylim(low, high)
        axes.set_title(TITLES[k], fontsize=10, loc="left")
        axes.grid(alpha=0.3)
    axes.set_xlabel("seconds", fontsize=9)
    figure.axes[0].legend(fontsize=8, frameon=False, ncols=2)
