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
    def reference_rows(self) -> Integers:
        """The row of its target at or before each track point, -1 for none."""
        row = np.empty(len(self.tracks), np.int64)
        accuracy_kernels.nearest_rows(
            self.reference.time_s, self.reference.start, self.inside.truth, self.tracks.time_s, row
        )
        return row

    @functools.cached_property
    def codes(self) -> dict[str, _Code]:
        """What Mode S addresses and Mode A codes of track and target say together."""
        return {name: code_of(self, name) for name in ("mode_s", "mode_a")}


@dataclasses.dataclass(frozen=True)
class _Code:
    """At each track point: the track tells the right code, both tell one, the target tells one."""

    right: Booleans
    known: Booleans
    wanted: Booleans


def code_of(evidence: Evidence, name: str) -> _Code:
    """Return what the column ``name`` (mode_s or mode_a) of track and target say together."""
    codes, row = getattr(evidence.reference, name), evidence.reference_rows
    wanted = np.where(row >= 0, codes[row], -1) if len(codes) else np.full(len(row), -1)
    told = getattr(evidence.tracks, name)
    known = (wanted >= 0) & (told >= 0)
    return _Code(known & (wanted == told), known, wanted >= 0)


def altitude_of(evidence: Evidence) -> _Code:
    """Return the same of pressure altitudes, right within 300 ft.

    A target tells its altitude where both of its points about the track's point have one.
    """
    error, row = evidence.inside.column("pressure_altitude_m"), evidence.reference_rows
    known = np.isfinite(error)
    told = np.isfinite(evidence.reference.pressure_altitude_m)
    if not len(told):
        return _Code(known, known, known)
    after = np.minimum(row + 1, len(told) - 1)
    wanted = (row >= 0) & told[row] & told[after]
    return _Code(known & (np.abs(error) <= 300.0 * FOOT_M), known, wanted | known)


def figures(evidence: Evidence, standard: Standard) -> dict[str, float]:
    """Return every figure that the standard's limits name; NaN where it cannot be measured."""
    base = evidence.position_updates
    position = _counts(evidence, standard, base, base)
    mode_s, mode_a = evidence.codes["mode_s"], evidence.codes["mode_a"]
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
        "mode_c_probability": _code_probability(evidence, standard, base, altitude_of(evidence)),
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
    """Return the share of updated intervals with a code to tell in which a track told it.

    A position that was not updated is a matter of the probability of update: the standard asks
    for more codes (99, 98 %) than positions (97 %).
    """
    tracks, truth = evidence.tracks, evidence.inside.truth
    placed = np.isfinite(evidence.inside.column("horizontal_m"))
    right, wanted = (
        _counts(
            evidence,
            standard,
            updates.updates_of(evidence.reference, tracks, truth, placed & chosen),
            base,
        )
        for chosen in (code.right, code.wanted)
    )
    return _share_of_sums(right.updated, wanted.updated)


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
