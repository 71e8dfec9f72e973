"""A reading's radars are registered: their errors are estimated and taken off its plots."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.records.reading import Reading
from jointsky.records.registration import BiasEstimate, RegistrationEvent
from jointsky.tracking.registration import Registration, Trace
from jointsky.tracking.registration_kernels import SHARED
from jointsky.tracking.registration_settings import RegistrationSettings

Hindsight = Literal["live", "whole"]
"""What is taken off: what was known by then, as a live site knows it; or what was known at last."""

SHOWN = {"range": ("m", 1.0), "azimuth": ("°", math.degrees(1.0))}
SHOWN |= {"elevation": ("°", math.degrees(1.0)), "clock": ("s", 1.0)}


@dataclasses.dataclass(frozen=True)
class Registered:
    """A reading with its radars' errors taken off, and what they are."""

    reading: Reading
    estimates: list[BiasEstimate]
    events: list[RegistrationEvent]
    trace: Trace
    radars: list[str]  # names, in the order of the trace
    covariance: npt.NDArray[np.float64]  # (4 R, 4 R) of their last estimates

    def figures(self) -> dict[str, Any]:
        """Return estimates and events for ``summary.json``: degrees, metres, seconds."""
        errors = []
        for one in self.estimates:
            unit, scale = SHOWN[one.component]
            errors.append(
                {
                    "sensor": one.sensor,
                    "component": one.component,
                    "unit": {"°": "deg"}.get(unit, unit),
                    "estimate": one.estimate * scale,
                    "sigma": one.sigma * scale,
                    "relative_sigma": one.relative_sigma * scale,
                    "observable": one.observable,
                    "since_s": one.since_s,
                    "evidence": one.evidence,
                }
            )
        events = [
            {"time_s": e.time_s, "kind": e.kind, "sensor": e.sensor, "facts": e.facts}
            for e in self.events
        ]
        return {"errors": errors, "events": events}


def register(
    reading: Reading,
    hindsight: Hindsight = "live",
    settings: RegistrationSettings | None = None,
) -> Registered:
    """Return a prepared reading with the errors of its radars taken off its plots.

    ``live``: from each plot what was known of its radar when it came; ``whole``: what is known
    when the recording ends.  Plots are then in order of time.
    """
    settings = settings or RegistrationSettings()
    plots = reading.plots
    known = np.isfinite(plots.time_s)
    plots = plots.rows(np.flatnonzero(known)[np.argsort(plots.time_s[known], kind="stable")])
    origin = None
    if any(sensor.flat_enu_m is not None for sensor in reading.sensors):
        latitude, longitude, height_m = reading.contents.values.get("origin_deg", (0.0, 0.0, 0.0))
        origin = math.radians(latitude), math.radians(longitude), float(height_m)
    begin_s = math.floor(float(plots.time_s[0])) if len(plots) else 0.0
    registration = Registration(
        reading.sensors, range(len(reading.sensors)), settings, begin_s, origin
    )
    registration.trace = Trace()
    registration.kept_s = math.inf
    events = []
    filled = np.unique(np.floor((plots.time_s - begin_s) / settings.window_s))
    nows_s = begin_s + settings.window_s * (filled + 1.0)
    first = 0
    for now_s, last in zip(nows_s.tolist(), np.searchsorted(plots.time_s, nows_s), strict=True):
        registration.take(plots.rows(slice(first, int(last))), now_s)
        events += registration.advance(now_s)
        first = int(last)
    if len(nows_s):
        late_s = settings.lag_s + 10.0 * settings.clock_prior_s
        events += registration.advance(float(nows_s[-1]) + settings.window_s + late_s)
    whole = hindsight == "whole"
    made = registration.correct_afterwards(plots) if whole else registration.correct(plots)
    made = made.rows(np.argsort(made.time_s, kind="stable"))
    return Registered(
        reading=msgspec.structs.replace(reading, plots=made),
        estimates=registration.estimates(),
        events=events,
        trace=registration.trace,
        radars=[reading.sensors[row].name for row in registration.errors.at],
        covariance=registration.errors.cov[SHARED:, SHARED:],
    )
