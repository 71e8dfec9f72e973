"""Standards: what surveillance for 3 and 5 NM separation must reach, and where we have it from.

Provenance of a limit: ``config``: read in the evaluation configuration that COMPASS ships
(``conf/default/eval.json``), which quotes the standard; ``recalled``: known from use, not compared
with the text, so compare it before you rely on it.  The list is a selection: what can be told
from tracks and a reference.
"""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Limit:
    """One line of a standard: ``figure`` must be at least or at most ``limit``.

    ``is_mandatory`` False: recommended.  ``for_each`` asks for it from every target by itself.
    """

    label: str
    figure: str
    sense: str  # ">=" or "<="
    limit: float
    unit: str
    provenance: str
    is_mandatory: bool = True
    for_each: bool = False


@dataclasses.dataclass(frozen=True)
class Standard:
    """A set of limits with its update interval and its long gap, in seconds."""

    key: str
    name: str
    interval_s: float
    long_gap_s: float
    false_beyond_m: float
    limits: tuple[Limit, ...]


def _esassp(key: str, name: str, numbers: dict[str, float]) -> Standard:
    """Return EUROCONTROL-SPEC-147 (ESASSP) 1.2 for one separation."""
    own = "recalled"
    limits = (
        Limit("probability of update", "probability_of_update", ">=", 0.97, "%", own),
        Limit("missed in long gaps", "long_gap_share", "<=", 0.005, "%", own),
        Limit("horizontal position RMS", "horizontal_rms_m", "<=", numbers["rms"], "m", own),
        Limit("horizontal position RMS", "horizontal_rms_m", "<=", numbers["aim"], "m", own, False),
        Limit("pressure altitude age", "pressure_altitude_age_s", "<=", numbers["age"], "s", own),
        Limit("speed RMS, straight", "speed_straight_rms_mps", "<=", 4.0, "m/s", own, False),
        Limit("speed RMS, turning", "speed_turning_rms_mps", "<=", 8.0, "m/s", own, False),
    )
    return Standard(key, name, numbers["interval"], numbers["gap"], 1690.0, limits)


def _ed142(key: str, name: str, numbers: dict[str, float]) -> Standard:
    """Return EUROCAE ED-142 section 3.3 for one kind of airspace."""
    own = "config"
    limits = (
        Limit(
            "detection, of each target",
            "probability_of_update",
            ">=",
            0.97,
            "%",
            own,
            for_each=True,
        ),
        Limit("missed in long gaps", "long_gap_share", "<=", numbers["gaps"], "%", own),
        Limit("horizontal position RMS", "horizontal_rms_m", "<=", numbers["rms"], "m", own),
        Limit("false detections", "false_share", "<=", 0.001, "%", own),
        Limit("Mode S address detected", "mode_s_probability", ">=", 0.99, "%", own),
        Limit("Mode A code detected", "mode_a_probability", ">=", 0.98, "%", own),
        Limit("Mode C within 300 ft", "mode_c_probability", ">=", 0.96, "%", own),
        Limit("false Mode S address", "mode_s_false", "<=", 0.001, "%", own),
        Limit("false Mode A code", "mode_a_false", "<=", 0.001, "%", own),
    )
    return Standard(key, name, numbers["interval"], numbers["gap"], numbers["far"], limits)


STANDARDS = (
    _esassp(
        "esassp_3nm",
        "ESASSP 3 NM",
        {"interval": 5.0, "gap": 16.5, "rms": 300.0, "aim": 210.0, "age": 2.5},
    ),
    _esassp(
        "esassp_5nm",
        "ESASSP 5 NM",
        {"interval": 8.0, "gap": 26.4, "rms": 500.0, "aim": 350.0, "age": 4.0},
    ),
    _ed142(
        "ed142_approach",
        "ED-142 approach",
        {"interval": 5.0, "gap": 16.5, "gaps": 0.001, "rms": 150.0, "far": 1690.0},
    ),
    _ed142(
        "ed142_en_route",
        "ED-142 en-route",
        {"interval": 8.0, "gap": 16.4, "gaps": 0.01, "rms": 350.0, "far": 2100.0},
    ),
)
