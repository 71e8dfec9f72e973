"""Common targets followed over windows of plots, and what that tells of errors."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammainccinv

from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking import registration_kernels as kernels
from jointsky.tracking.admission import Ordered
from jointsky.tracking.arrays import Prepared
from jointsky.tracking.frame import Frame, map_plane
from jointsky.tracking.measurement_kernels import ROWS
from jointsky.tracking.preparation import plot_arrays, traits
from jointsky.tracking.registration_applied import shifted
from jointsky.tracking.registration_errors import Errors, Sums
from jointsky.tracking.registration_settings import RegistrationSettings
from jointsky.tracking.registration_targets import Filters, Target, Targets
from jointsky.tracking.registration_watch import SENDERS, Heard
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.world import make_world

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MODE_C_SIGMA_M = 12.0  # of steps of 100 ft
ALTIMETER_SIGMA_M = 20.0  # of altimeters among each other
GEOMETRIC_SIGMA_M = 20.0  # of a height by satellite navigation
SENT_SIGMA_M = 15.0  # part of the error of sent positions that is not anew each time, each axis:
SENT_MEMORY_S = 300.0  # it stays for minutes
GATE = 16.0  # squared; four standard errors
MISFIT_CHANCE = 1e-5
LIKELY = 0.5  # a target manoeuvres
STEADY_TURN_PSD = 1e-7  # rad²/s³, of the turn rate of those that do not
MISFIT_SLACK = 1.5  # real errors have longer tails


@dataclasses.dataclass(frozen=True)
class Part:
    """Plots of common targets in one window, by target and time, and what they told."""

    first: Integers  # (T + 1,)
    sensor: Integers  # (P,) row, or SENDERS
    filters: Filters  # after it
    information: Floats  # (T, COLUMNS, COLUMNS)
    vector: Floats  # (T, COLUMNS)
    tallies: Floats  # (P, TALLIES)

    def by_target(self, which: int) -> Floats:
        """Return a tally summed by target (T,)."""
        sums = np.append(0.0, np.cumsum(self.tallies[:, which]))
        return np.asarray(sums[self.first[1:]] - sums[self.first[:-1]])

    def owner(self) -> Integers:
        """Return the target of each plot (P,), counted as in ``first``."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


@dataclasses.dataclass(frozen=True)
class Work:
    """All targets followed over some windows, with the errors ``base`` taken off the plots."""

    targets: list[Target]
    places: Integers  # (T,)
    base: Floats  # (G,)
    parts: list[Part]

    def misfits(self, mean: Floats) -> Floats:
        """Return each target's squared innovations (T,), were the errors ``mean``."""
        total = np.zeros(len(self.places))
        for part in self.parts:
            columns = part.filters.columns
            moved = np.where(columns >= 0, (mean - self.base)[columns], 0.0)
            total += part.by_target(kernels.DISTANCE)
            total -= 2.0 * np.einsum("ti,ti->t", part.vector, moved)
            total += np.einsum("ti,tij,tj->t", moved, part.information, moved)
        return total


class Follower:
    """Follows common targets with Friedland's filters."""

    def __init__(
        self,
        sensors: Sequence[Sensor],
        frame: Frame,
        settings: RegistrationSettings,
        epoch_s: float,
        errors: Errors,
    ) -> None:
        self._sensors = list(sensors)
        self._frame = frame
        self._epoch_s = epoch_s
        self._errors = errors
        placed = [s for s in self._sensors if s.latitude_rad is not None]
        latitude = placed[0].latitude_rad or 0.0 if placed else 0.0
        longitude = placed[0].longitude_rad or 0.0 if placed else 0.0
        self._plane = map_plane(frame, latitude, longitude)
        self._tracker = TrackerSettings(mode_c_sigma_m=MODE_C_SIGMA_M)
        unknown = np.full(len(self._sensors), np.nan)
        world = make_world(self._sensors, frame, self._plane, self._tracker, unknown)
        self._rows = world.sensors
        self._traits = traits(self._sensors, frame)
        self._facts = np.zeros(kernels.FACTS)
        self._facts[kernels.GATE] = GATE
        self._facts[kernels.BEND] = world.settings[layout.G_BEND]
        self._facts[kernels.PRESSURE_VAR] = MODE_C_SIGMA_M**2
        self._facts[kernels.LATENCY] = settings.latency_sigma_s
        self._facts[kernels.SENT_SIGMA] = SENT_SIGMA_M
        self._facts[kernels.ALTIMETER_SIGMA] = ALTIMETER_SIGMA_M
        self._facts[kernels.SENT_MEMORY] = SENT_MEMORY_S
        self._noise = np.empty(kernels.NOISES)
        self._noise[kernels.ACROSS] = settings.acceleration_psd
        self._noise[kernels.UP] = settings.climb_psd
        self._noise[kernels.TURNING] = STEADY_TURN_PSD
        self._turn_rate_psd = settings.turn_rate_psd
        self._bench = _new_bench()

    def follow(self, windows: Sequence[Heard], targets: Targets, base: Floats) -> Work:
        """Follow all targets over windows, one after another, with ``base`` taken off."""
        places, filters = targets.rebased(base)
        parts = []
        noise = self._noises(windows, targets)
        for heard, noises in zip(windows, noise, strict=True):
            part = self._part(heard, targets, filters, base, noises)
            parts.append(part)
            filters = Filters(*(column.copy() for column in part.filters))
        return Work(list(targets.all), places, base, parts)

    def _noises(self, windows: Sequence[Heard], targets: Targets) -> list[Floats]:
        """Return the noise (T, NOISES) of each target in each window.

        A track says late that its target manoeuvres: what it says in the next window holds, too.
        """
        most = np.zeros((len(windows) + 1, len(targets.all)))
        for w, heard in enumerate(windows):
            rows, _, owned = targets.theirs(heard.sensor, heard.owner)
            np.maximum.at(most[w], rows, heard.manoeuvre[owned])
        made = []
        for wild in np.maximum(most[:-1], most[1:]) > LIKELY:
            noise = np.tile(self._noise, (len(wild), 1))
            noise[wild, kernels.TURNING] = self._turn_rate_psd
            made.append(noise)
        return made

    def _part(
        self,
        heard: Heard,
        targets: Targets,
        filters: Filters,
        base: Floats,
        noise: Floats,
    ) -> Part:
        rows, slots, owned = targets.theirs(heard.sensor, heard.owner)
        off = np.zeros((len(self._sensors), 4))
        for row, column in self._errors.at.items():
            off[row] = base[column : column + 4]
        off[heard.plots.sensor[heard.sensor == SENDERS], kernels.CLOCK] = base[kernels.AGE]
        plots = heard.plots.rows(owned)
        plots = shifted(plots, -off[plots.sensor])
        told_m = plots.pressure_altitude_m
        off_m = base[kernels.OFFSET] + base[kernels.SLOPE] * told_m
        plots = plots.replace(pressure_altitude_m=told_m - off_m)
        order = np.lexsort((np.arange(len(plots)), plots.time_s, rows))
        plots, sensor = plots.rows(order), heard.sensor[owned[order]]
        arrays = self._arrays(plots, sensor == SENDERS)
        n, columns = len(targets.all), kernels.COLUMNS
        part = Part(
            first=np.searchsorted(rows[order], np.arange(n + 1)).astype(np.int64),
            sensor=sensor,
            filters=filters,
            information=np.zeros((n, columns, columns)),
            vector=np.zeros((n, columns)),
            tallies=np.zeros((len(plots), kernels.TALLIES)),
        )
        kernels.follow(
            tuple(arrays),
            slots[order],
            part.first,
            noise,
            tuple(filters),
            (self._rows, self._errors.cov, self._facts),
            self._bench,
            (part.information, part.vector),
            part.tallies,
        )
        return part

    def _arrays(self, plots: Plots, is_sent: Bools) -> Prepared:
        """Return plots as the kernels want them; sent heights are geometric where they can be."""
        geometric = is_sent & np.isfinite(plots.height_m)
        pressure = np.where(geometric, np.nan, plots.pressure_altitude_m)
        arrays = plot_arrays(
            Ordered(
                plots.replace(pressure_altitude_m=pressure), np.arange(len(plots)), plots.time_s
            ),
            np.full(len(plots), -1, np.int32),
            self._frame,
            self._plane,
            (self._traits, self._rows),
            self._tracker,
            self._epoch_s,
        )
        arrays.floats[geometric, layout.P_VAR_HEIGHT] = GEOMETRIC_SIGMA_M**2
        arrays.floats[:, layout.P_VAR_RATE] = 0.0  # a range rate says next to nothing of these
        return arrays


def summed(part: Part, base: Floats, fits: Bools, about: Floats) -> Sums:
    """Return what the targets that fit tell in a window of all errors, about ``about`` (G,)."""
    n = len(about)
    information, vector = np.zeros((n, n)), np.zeros(n)
    chosen = np.flatnonzero(fits & (np.diff(part.first) > 0))
    told = part.filters.columns, part.information, part.vector
    kernels.add_up(chosen, *told, information, vector)
    return Sums(information, vector + information @ (base - about))


def fitting(work: Work, errors: Errors) -> Bools:
    """Return which targets (T,) agree with all others on one set of errors.

    The worst are left out first: a wrong pair pulls at the errors and spoils right ones.
    """
    fits = np.ones(len(work.places), np.bool_)
    rows = np.zeros(len(work.places))
    for part in work.parts:
        rows += part.by_target(kernels.ROWS_TAKEN)
    limit = MISFIT_SLACK * 2.0 * gammainccinv(np.maximum(rows, 1.0) / 2.0, MISFIT_CHANCE)
    while fits.any():
        sums = [summed(part, work.base, fits, errors.settled.mean) for part in work.parts]
        mean = errors.expected(sums)
        worse = np.where(fits, work.misfits(mean) / limit, 0.0)
        if worse.max() <= 1.0:
            break
        fits &= worse < max(0.5 * worse.max(), 1.0)
    return fits


def _new_bench() -> tuple[Floats, ...]:
    """Return room for the kernel to work in."""
    columns, states = kernels.COLUMNS, kernels.STATES
    shapes = [
        (layout.BODY,),
        (ROWS, 8),
        (ROWS, columns),
        (ROWS, states),
        (columns,),
        (states,),
        (states,),
        (columns, columns),
        (7, 7),
        (7,),
    ]
    return tuple(np.zeros(shape) for shape in shapes)
