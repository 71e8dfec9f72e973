"""Conformity: figures of one comparison become pass or fail against each standard."""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np

from jointsky.metrics import accuracy, accuracy_kernels, updates
from jointsky.metrics.accuracy import PointErrors
from jointsky.metrics.paths import Booleans, Integers, Paths
from jointsky.metrics.standards import STANDARDS, Limit, Standard
from jointsky.records.score import Check
from jointsky.units import FOOT_M

_WHY = {
    "probability_of_update": "no target was tracked for a whole update interval",
    "long_gap_share": "no target was tracked for a whole update interval",
    "horizontal_rms_m": "no track belongs to a target",
    "pressure_altitude_age_s": "no age of pressure altitude, and too few climbs to estimate it",
    "speed_straight_rms_mps": "no velocity in straight flight on both sides",
    "speed_turning_rms_mps": "no velocity in turns on both sides",
    "false_share": "no track belongs to a target",
    "mode_s_probability": "no Mode S address in the reference",
    "mode_a_probability": "no Mode A code in the reference",
    "mode_c_probability": "no pressure altitude in the reference",
    "mode_s_false": "no Mode S address on both sides",
    "mode_a_false": "no Mode A code on both sides",
}


@dataclasses.dataclass(frozen=True)
class Evidence:
    """What conformity is judged by.

    ``inside``: errors of points inside the spans; ``hull``: also of points that went astray
    between two spans of one track on one target.
    """

    reference: Paths
    tracks: Paths
    inside: PointErrors
    hull: PointErrors
    max_gap_s: float
    is_whole_life: bool

    @functools.cached_property
    def position_updates(self) -> updates.Updates:
        """When each target's position was updated."""
        placed = np.isfinite(self.inside.column("horizontal_m"))
        return updates.updates_of(self.reference, self.tracks, self.inside.truth, placed)

    @functools.cached_property
    def codes(self) -> dict[str, _Code]:
        """What Mode S addresses and Mode A codes of track and target say together."""
        return {name: code_of(self, name) for name in ("mode_s", "mode_a")}


@dataclasses.dataclass(frozen=True)
class _Code:
    """Right and known identity codes at each track point, and which targets have a code."""

    right: Booleans
    known: Booleans
    targets: Booleans


def code_of(evidence: Evidence, name: str) -> _Code:
    """Return what the column ``name`` (mode_s or mode_a) of track and target say together."""
    reference, tracks, truth = evidence.reference, evidence.tracks, evidence.inside.truth
    codes = getattr(reference, name)
    row = np.empty(len(tracks), np.int64)
    accuracy_kernels.nearest_rows(reference.time_s, reference.start, truth, tracks.time_s, row)
    wanted = np.where(row >= 0, codes[row], -1) if len(codes) else np.full(len(row), -1)
    told = getattr(tracks, name)
    known = (wanted >= 0) & (told >= 0)
    targets = np.zeros(len(reference.names), bool)
    targets[reference.path[codes >= 0]] = True
    return _Code(known & (wanted == told), known, targets)


def figures(evidence: Evidence, standard: Standard) -> dict[str, float]:
    """Return every figure that the standard's limits name; NaN where it cannot be measured."""
    base = evidence.position_updates
    position = _counts(evidence, standard, base, base)
    mode_s, mode_a = evidence.codes["mode_s"], evidence.codes["mode_a"]
    altitude = evidence.inside.column("pressure_altitude_m")
    has_altitude = np.zeros(len(evidence.reference.names), bool)
    finite = np.isfinite(evidence.reference.pressure_altitude_m)
    has_altitude[evidence.reference.path[finite]] = True
    astray = evidence.hull.column("horizontal_m")
    judged = np.isfinite(astray)
    return {
        "probability_of_update": position.probability(),
        "long_gap_share": position.long_gap_share(),
        "long_gaps": float(position.gaps.sum()),
        "expected_intervals": float(position.expected.sum()),
        "targets_reaching_97": float(position.targets_reaching(0.97)[0]),
        "targets_judged": float(position.targets_reaching(0.97)[1]),
        "horizontal_rms_m": accuracy.summary(evidence.inside.column("horizontal_m"))["rms"],
        "pressure_altitude_age_s": _altitude_age_s(evidence),
        "speed_straight_rms_mps": _speed_rms(evidence.inside, 0),
        "speed_turning_rms_mps": _speed_rms(evidence.inside, 1),
        "false_share": _share(judged & (astray > standard.false_beyond_m), judged),
        "mode_s_probability": _code_probability(evidence, standard, base, mode_s),
        "mode_a_probability": _code_probability(evidence, standard, base, mode_a),
        "mode_c_probability": _code_probability(
            evidence,
            standard,
            base,
            _Code(np.abs(altitude) <= 300.0 * FOOT_M, np.isfinite(altitude), has_altitude),
        ),
        "mode_s_false": _share(mode_s.known & ~mode_s.right, mode_s.known),
        "mode_a_false": _share(mode_a.known & ~mode_a.right, mode_a.known),
    }


def _counts(
    evidence: Evidence, standard: Standard, counted: updates.Updates, base: updates.Updates
) -> updates.UpdateCounts:
    return updates.count_updates(
        evidence.reference,
        counted,
        standard.interval_s,
        standard.long_gap_s,
        max_gap_s=evidence.max_gap_s,
        within=None if evidence.is_whole_life else base,
    )


def _code_probability(
    evidence: Evidence, standard: Standard, base: updates.Updates, code: _Code
) -> float:
    """Return the share of intervals in which a track told the right code."""
    right = updates.updates_of(
        evidence.reference, evidence.tracks, evidence.inside.truth, code.right
    )
    counts = _counts(evidence, standard, right, base)
    return _share_of_sums(counts.updated[code.targets], counts.expected[code.targets])


def _share_of_sums(part: Integers, whole: Integers) -> float:
    return float(part.sum()) / float(whole.sum()) if whole.sum() else math.nan


def _share(part: Booleans, whole: Booleans) -> float:
    return float(part.sum()) / float(whole.sum()) if whole.any() else math.nan


def _speed_rms(points: PointErrors, phase: int) -> float:
    rows = (points.truth >= 0) & (points.phase == phase)
    return accuracy.summary(points.column("speed_mps")[rows])["rms"]


def _altitude_age_s(evidence: Evidence) -> float:
    """Return the mean age that tracks tell, else the age estimated from their lag in climbs."""
    told = evidence.tracks.pressure_age_s[evidence.inside.truth >= 0]
    told = told[np.isfinite(told)]
    return float(told.mean()) if len(told) else accuracy.altitude_lag_s(evidence.inside)


def judge(evidence: Evidence) -> tuple[list[Check], dict[str, dict[str, float]]]:
    """Return the checks of all standards, and the figures behind them by standard."""
    checks, all_figures = [], {}
    for standard in STANDARDS:
        found = figures(evidence, standard)
        all_figures[standard.key] = found
        checks += [_check(standard, limit, found) for limit in standard.limits]
    return checks, all_figures


def _check(standard: Standard, limit: Limit, found: dict[str, float]) -> Check:
    value, why = found[limit.figure], ""
    if math.isnan(value):
        verdict, why = "not measured", _WHY[limit.figure]
    elif limit.for_each:
        reached, judged = int(found["targets_reaching_97"]), int(found["targets_judged"])
        verdict = "pass" if reached == judged else "fail"
        why = f"{reached} of {judged} targets reach it"
    else:
        fits = value >= limit.limit if limit.sense == ">=" else value <= limit.limit
        verdict = "pass" if fits else "fail"
    return Check(
        standard=standard.name,
        label=limit.label,
        sense=limit.sense,
        limit=limit.limit,
        value=value,
        unit=limit.unit,
        verdict=verdict,
        why=why,
        is_mandatory=limit.is_mandatory,
        provenance=limit.provenance,
    )
