"""Registration: how wrong each radar is, found from common targets while the beams pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jointsky.records.plots import Plots
from jointsky.records.registration import (
    COMPONENTS,
    BiasEstimate,
    Correction,
    RegistrationEvent,
)
from jointsky.records.sensors import Sensor
from jointsky.tracking.registration_applied import Applied
from jointsky.tracking.registration_settings import RegistrationSettings

NOT_RADARS = ("adsb", "multilateration", "tracker", "bearing", "surface-radar")


class Registration:
    """Estimates the errors of radars, and takes those of a site's own off their plots.

    ``owned_rows`` are the rows of ``sensors`` whose plots come as they were measured and are
    corrected here.  Plots of other sensors come as their owners share them; ``told`` says what
    those took off.  ``origin`` (latitude, longitude in radians, height): where a flat scene lies.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        owned_rows: Sequence[int],
        settings: RegistrationSettings | None = None,
        epoch_s: float = 0.0,
        origin: tuple[float, float, float] | None = None,
    ) -> None:
        self.sensors = list(sensors)
        self.owned = sorted(owned_rows)
        self.settings = settings or RegistrationSettings()
        self.epoch_s = epoch_s
        self.origin = origin
        self._applied = Applied.nothing()
        self._foreign = Applied.nothing()

    def take(self, plots: Plots, now_s: float) -> None:
        """Take plots: own ones as measured, others' as shared; their order does not matter."""

    def advance(self, now_s: float) -> list[RegistrationEvent]:
        """Work off the windows that are complete by now; return what a person should know."""
        return []

    def correct(self, plots: Plots) -> Plots:
        """Return plots with the current errors of own sensors taken off; others as they are."""
        return self._applied.correct(plots)

    def told(self, corrections: Sequence[Correction]) -> None:
        """Take note of what other sites take off the plots of sensors of theirs."""
        rows = {sensor.name: row for row, sensor in enumerate(self.sensors)}
        own = set(self.owned)
        known = set(zip(self._foreign.sensor.tolist(), self._foreign.from_s.tolist(), strict=True))
        for one in corrections:
            row = rows.get(one.sensor)
            if row is None or row in own or (row, one.from_s) in known:
                continue
            values = np.array([one.range_m, one.azimuth_rad, one.elevation_rad, one.clock_s])
            self._foreign = self._foreign.and_also([row], one.from_s, values)

    def corrections(self, since_s: float = -np.inf) -> list[Correction]:
        """Return what is taken off plots of own sensors, told to others so that they know."""
        return self._applied.since(since_s).told([sensor.name for sensor in self.sensors])

    def estimates(self) -> list[BiasEstimate]:
        """Return each radar's errors with their uncertainty, by row and component."""
        prior = prior_sigmas(self.settings)
        return [
            BiasEstimate(
                sensor=sensor.name,
                row=row,
                component=component,
                estimate=0.0,
                sigma=prior[k],
                relative_sigma=prior[k],
                prior_sigma=prior[k],
                observable=False,
                since_s=self.epoch_s,
                evidence=0,
            )
            for row, sensor in enumerate(self.sensors)
            if sensor.has_position and sensor.kind not in NOT_RADARS
            for k, component in enumerate(COMPONENTS)
            if prior[k] > 0.0
        ]


def prior_sigmas(settings: RegistrationSettings) -> list[float]:
    """Return the standard deviation of each component before anything is seen; m, rad, rad, s."""
    return [
        settings.range_prior_m,
        float(np.radians(settings.azimuth_prior_deg)),
        float(np.radians(settings.elevation_prior_deg)),
        settings.clock_prior_s,
    ]
