"""Truth drawn from the tracker's own models, and what radars with Gaussian errors see of it.

A flight jumps between the five models as the tracker believes it does: it keeps its model for a
while of exponential length and then draws one by the usual shares, looked at every STEP_S.  Within
a step the model's own linear (or turning) motion is exact and its noise is drawn with the model's
own covariance.  Flat frame: east, north, up.  Flights send an address, so that no plot is ever
taken for another flight's.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from jointsky.api import Plots, Sensor, TrackerSettings
from jointsky.records.plots import Geometry, PlotFlag
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import world
from jointsky.tracking.motion_kernels import FASTEST_TURN_RADPS, SLOW_BELOW_MPS, SLOWEST_MPS

STEP_S = 0.25
BEAM_ROUNDS = 6
ADDRESS = 0x480000


@dataclasses.dataclass(frozen=True)
class Truth:
    """States (n, steps, 6) of n flights, metres and m/s, every STEP_S, and the model of each."""

    states: np.ndarray
    models: np.ndarray

    @property
    def end_s(self) -> float:
        """Return the time of the last state."""
        return STEP_S * (self.states.shape[1] - 1)

    def at(self, flight: np.ndarray, time_s: np.ndarray) -> np.ndarray:
        """Return the state (m, 6) of each flight at each time.

        Between two steps by the cubic through both places and velocities; what it misses of a
        model's noise within a step is 1/720 of it (a bridge's mean; at 400 m2/s3: 0.05 m).
        """
        place = np.clip(np.asarray(time_s) / STEP_S, 0.0, self.states.shape[1] - 1.000001)
        k = place.astype(int)
        u = (place - k)[:, None]
        before, after = self.states[flight, k], self.states[flight, k + 1]
        p0, p1 = before[:, :3], after[:, :3]
        m0, m1 = STEP_S * before[:, 3:], STEP_S * after[:, 3:]
        a, b = 2.0 * (p0 - p1) + m0 + m1, 3.0 * (p1 - p0) - 2.0 * m0 - m1
        position = p0 + u * (m0 + u * (b + u * a))
        velocity = (m0 + u * (2.0 * b + 3.0 * u * a)) / STEP_S
        return np.hstack([position, velocity])


def fly(
    rng: np.random.Generator,
    settings: TrackerSettings,
    flights: int,
    end_s: float,
    only: int | None = None,
) -> Truth:
    """Return flights of ``end_s`` seconds that begin as the tracker expects new targets to.

    ``only`` one model, where given: no flight ever leaves it.
    """
    steps = round(end_s / STEP_S) + 1
    table = world.model_table(settings)
    usual = world.usual_weights(settings)
    stays = math.exp(-STEP_S / settings.mean_manoeuvre_s)
    chain = stays * np.eye(layout.MODELS) + (1.0 - stays) * usual
    state = np.zeros((flights, 7))
    state[:, :2] = rng.uniform(-60e3, 60e3, (flights, 2))
    state[:, 2] = 8000.0
    sigma = settings.speed_sigma_mps, settings.speed_sigma_mps, settings.climb_sigma_mps
    state[:, 3:6] = rng.normal(0.0, sigma, (flights, 3))
    model = np.full(flights, 0 if only is None else only)
    if only is None:
        model = _next_models(rng, np.tile(usual, (flights, 1)), state)
    _enter_turns(rng, settings, state, model == layout.TURN)
    states, models = np.empty((flights, steps, 6)), np.empty((flights, steps), int)
    for k in range(steps):
        states[:, k], models[:, k] = state[:, :6], model
        if only is None:
            after = _next_models(rng, chain[model], state)
            _enter_turns(rng, settings, state, (after == layout.TURN) & (model != layout.TURN))
            model = after
        state = _step(rng, table, state, model)
    return Truth(states, models)


def _next_models(rng: np.random.Generator, shares: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Return a model for each flight by its ``shares`` (n, M); the fast do not fly the slow one."""
    shares = shares.copy()
    fast = np.linalg.norm(state[:, 3:6], axis=1) > SLOW_BELOW_MPS
    shares[fast, layout.SLOW] = 0.0
    bounds = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    return (rng.random((len(state), 1)) > bounds).sum(axis=1).clip(0, layout.MODELS - 1)


def _enter_turns(
    rng: np.random.Generator, settings: TrackerSettings, state: np.ndarray, chosen: np.ndarray
) -> None:
    """Give each chosen flight a turn rate as the tracker expects one that it knows nothing of."""
    speed = np.maximum(np.linalg.norm(state[:, 3:6], axis=1), SLOWEST_MPS)
    sigma = np.minimum(settings.turn_acceleration_mps2 / speed, FASTEST_TURN_RADPS)
    drawn = sigma * rng.normal(size=len(state))
    state[chosen, 6] = drawn[chosen]


def _step(
    rng: np.random.Generator, table: np.ndarray, state: np.ndarray, model: np.ndarray
) -> np.ndarray:
    """Return the states (n, 7) after STEP_S by each flight's model."""
    out = state.copy()
    for m in range(layout.MODELS):
        mine = np.flatnonzero(model == m)
        if len(mine):
            out[mine] = _moved(rng, table[m], m, state[mine])
    return out


def _moved(rng: np.random.Generator, row: np.ndarray, m: int, state: np.ndarray) -> np.ndarray:
    t = STEP_S
    out = state.copy()
    speed = state[:, 3:6]
    unit = np.array([[t**3 / 3, t**2 / 2], [t**2 / 2, t]])
    if m == layout.SLOW:
        memory = row[layout.MEMORY_S]
        lost = math.exp(-t / memory)
        out[:, :3] += memory * (1.0 - lost) * speed
        out[:, 3:6] = lost * speed
        unit = _fading(t, memory)
    elif m == layout.TURN:
        angle = state[:, 6] * t
        half = np.sinc(angle / (2.0 * np.pi))  # chord over arc
        c, s = np.cos(angle / 2.0), np.sin(angle / 2.0)
        out[:, 0] += t * half * (c * speed[:, 0] - s * speed[:, 1])
        out[:, 1] += t * half * (c * speed[:, 1] + s * speed[:, 0])
        out[:, 2] += t * speed[:, 2]
        out[:, 3] = np.cos(angle) * speed[:, 0] - np.sin(angle) * speed[:, 1]
        out[:, 4] = np.cos(angle) * speed[:, 1] + np.sin(angle) * speed[:, 0]
        out[:, 6] += math.sqrt(row[layout.PSD_TURN] * t) * rng.normal(size=len(state))
    else:
        out[:, :3] += t * speed
    density = np.sqrt([row[layout.PSD_ACROSS], row[layout.PSD_ACROSS], row[layout.PSD_UP]])
    noise = np.einsum("ij,njk->nik", np.linalg.cholesky(unit), rng.normal(size=(len(state), 2, 3)))
    out[:, :6] += (noise * density).reshape(-1, 6)
    return out


def _fading(t: float, memory: float) -> np.ndarray:
    """Return the covariance (2, 2) of place and velocity of unit noise that dies away."""
    f1, f2 = 1.0 - math.exp(-t / memory), 1.0 - math.exp(-2.0 * t / memory)
    pp = memory**2 * (t - 2.0 * memory * f1 + 0.5 * memory * f2)
    pv = 0.5 * memory**2 * f1**2
    return np.array([[pp, pv], [pv, 0.5 * memory * f2]])


def radar(name: str, place_m: tuple[float, float], period_s: float, sigma_m: float) -> Sensor:
    """Return a radar that measures range, azimuth and elevation."""
    return Sensor(
        name=name,
        kind="radar",
        flat_enu_m=(*place_m, 50.0),
        rotation_period_s=period_s,
        range_max_m=300e3,
        range_sigma_m=sigma_m,
        azimuth_sigma_rad=math.radians(0.08),
        elevation_sigma_rad=math.radians(0.1),
        doppler_sigma_mps=1.0,
        detection_probability=0.9,
        false_plots_per_turn=1.0,
    )


def see(
    rng: np.random.Generator, truth: Truth, radars: list[Sensor], has_identity: bool = True
) -> Plots:
    """Return the plots of all radars in order of time, errors Gaussian as declared."""
    parts = [_seen_by(rng, truth, radar, row, has_identity) for row, radar in enumerate(radars)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns["time_s"], kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    return Plots.make(
        len(order), geometry=int(Geometry.POLAR), flags=int(PlotFlag.PRIMARY), **columns
    )


def _seen_by(
    rng: np.random.Generator, truth: Truth, radar: Sensor, row: int, has_identity: bool
) -> dict[str, np.ndarray]:
    period = radar.rotation_period_s
    starts = np.arange(0.37 * row * period - 2 * period, truth.end_s, period)
    flight, start = (a.ravel() for a in np.meshgrid(range(len(truth.states)), starts))
    time = start.copy()
    for _ in range(BEAM_ROUNDS):  # when does the beam meet it?
        away = truth.at(flight, time)[:, :3] - radar.flat_enu_m
        time = start + period * (np.arctan2(away[:, 0], away[:, 1]) / (2 * np.pi) % 1.0)
    seen = (time > 0.0) & (time < truth.end_s)
    seen &= rng.random(len(time)) < radar.detection_probability
    time, flight = time[seen], flight[seen]
    away = truth.at(flight, time)[:, :3] - radar.flat_enu_m
    error = rng.normal(size=(3, len(time)))
    slant = np.linalg.norm(away, axis=1)
    azimuth = np.arctan2(away[:, 0], away[:, 1]) + error[1] * radar.azimuth_sigma_rad
    above = np.arcsin(away[:, 2] / slant) + error[2] * radar.elevation_sigma_rad
    return {
        "time_s": time,
        "sensor": np.full(len(time), row),
        "range_m": slant + error[0] * radar.range_sigma_m,
        "azimuth_rad": azimuth % (2 * np.pi),
        "elevation_rad": above,
        "mode_s": ADDRESS + flight if has_identity else np.full(len(time), -1),
    }
