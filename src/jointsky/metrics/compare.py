"""Compare: two sets of paths become all figures of how good one is against the other."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import msgspec
import numpy as np

from jointsky.metrics import accuracy, updates
from jointsky.metrics.conformity import Evidence, judge
from jointsky.metrics.flight import with_motion
from jointsky.metrics.gospa import Gospa, gospa
from jointsky.metrics.pairs import (
    Pairs,
    fitting_pairs,
    near_pairs,
    nearest_reference,
    one_to_one,
    without_unseen,
)
from jointsky.metrics.paths import Integers, Paths, distinct
from jointsky.metrics.sampling import (
    Moments,
    at_shared_times,
    on_grid,
    speak_together,
    usual_age_s,
)
from jointsky.metrics.siap import CONFIRM, MISSES, Held, Spans, siap
from jointsky.metrics.tgospa import tgospa
from jointsky.records.columns import Array
from jointsky.records.score import ScoreResult


class CompareOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How two sets of paths are compared.

    ``sampling``: "shared" moments, a "grid", or "auto" (shared where all paths of the reference
    speak at the same times, and so do nine tenths of the track points).  ``max_age_s`` None:
    three usual intervals of the tracks, between 5 and 30 s.  ``is_whole_life``: targets are
    expected to be tracked as long as the reference sees them, else from their first to their
    last update.
    """

    cutoff_m: float = 1000.0
    order: float = 2.0
    switch_penalty_m: float | None = None
    step_s: float = 1.0
    max_gap_s: float = 20.0
    max_age_s: float | None = None
    sampling: str = "auto"
    is_whole_life: bool = True
    confirm: int = CONFIRM
    misses: int = MISSES


def compare(reference: Paths, tracks: Paths, options: CompareOptions) -> ScoreResult:
    """Return all figures of ``tracks`` against ``reference``; both in one frame."""
    if reference.flat != tracks.flat:
        raise ValueError("reference and tracks lie in different frames")
    if not len(reference):
        raise ValueError("the reference has no points")
    if not reference.ended.all():  # the word that a target is gone is no sight of it
        reference = reference.rows(~reference.ended)
    reference, phase = with_motion(_with_identity(reference), options.max_gap_s)
    whole = sample(reference, tracks, options)
    moments, kept = without_unseen(whole, reference, options.cutoff_m)
    pairs = near_pairs(moments.reference, moments.tracks, options.cutoff_m)
    per_moment, partner = gospa(moments, pairs, options.order)
    rules = {"confirm": options.confirm, "misses": options.misses}
    near_row, _ = nearest_reference(pairs, len(moments.tracks))
    siap_figures, spans, held = siap(moments, reference, tracks, near_row, **rules)
    fitting = fitting_pairs(pairs, moments, reference, tracks)
    if fitting is not pairs:  # errors are of a target's own tracks, not of its neighbours'
        _, partner = gospa(moments, fitting, options.order)
        near_row, _ = nearest_reference(fitting, len(moments.tracks))
        _, spans, held = siap(moments, reference, tracks, near_row, **rules)
    assigned = one_to_one(moments, partner)
    evidence = _evidence(reference, phase, tracks, moments, spans, assigned, options)
    checks, standards = judge(evidence)
    return ScoreResult(
        about=_about(reference, tracks, moments, int((~kept).sum()), options),
        picture=_picture(per_moment, moments, pairs, options),
        siap=siap_figures,
        tracks=track_figures(moments, reference, tracks, spans, held),
        updates=_updates(evidence, standards),
        errors=accuracy.by_phase(evidence.inside),
        conformity=checks,
        over_time=_over_time(per_moment),
        points=_points(evidence),
    )


def sample(reference: Paths, tracks: Paths, options: CompareOptions) -> Moments:
    """Return both at common moments, as the options say."""
    kind = options.sampling
    if kind == "auto":
        kind = "shared" if speak_together(reference, tracks) else "grid"
    if kind == "shared":
        return at_shared_times(reference, tracks)
    first, last = float(reference.time_s.min()), float(reference.time_s.max())
    if not options.is_whole_life and len(tracks):
        first = max(first, float(tracks.time_s.min()))
        last = min(last, float(tracks.time_s.max()))
    return on_grid(
        reference,
        tracks,
        span_s=(first, last),
        step_s=options.step_s,
        max_gap_s=options.max_gap_s,
        max_age_s=usual_age_s(tracks, options.max_age_s),
        edge_s=0.0 if options.is_whole_life else options.max_gap_s,
    )


def _with_identity(paths: Paths) -> Paths:
    """Return the paths with each path's most frequent address where a point has none."""
    mode_s = np.where(paths.mode_s >= 0, paths.mode_s, paths.usual_mode_s[paths.path])
    return dataclasses.replace(paths, mode_s=mode_s)


def _evidence(
    reference: Paths,
    phase: Array,
    tracks: Paths,
    moments: Moments,
    spans: Spans,
    assigned: Array,
    options: CompareOptions,
) -> Evidence:
    """Errors and updates are about what can be seen; a silence there ends what is expected.

    A point inside a span counts where its track was also ``assigned`` to that target, so that
    of several tracks about one target a single one is judged at a time.
    """
    max_gap_s = 1.5 * moments.step_s if moments.kind == "shared" else options.max_gap_s
    seen = reference.visible
    asked = reference.rows(seen)
    asked_phase = np.ascontiguousarray(phase[seen])
    place = np.searchsorted(asked.names, reference.names)  # targets never seen have no spans

    within = accuracy.label_points(moments, spans, tracks, False)
    judged = within == accuracy.assigned_points(moments, assigned, tracks)

    def errors(truth_of_hull: bool) -> accuracy.PointErrors:
        truth = accuracy.label_points(moments, spans, tracks, truth_of_hull)
        truth = np.where((truth >= 0) & ((within < 0) | judged), place[truth], -1)
        truth[tracks.ended] = -1
        return accuracy.point_errors(tracks, asked, asked_phase, truth, max_gap_s)

    return Evidence(
        reference=asked,
        tracks=tracks,
        inside=errors(False),
        hull=errors(True),
        max_gap_s=max_gap_s,
        is_whole_life=options.is_whole_life,
    )


def track_figures(
    moments: Moments, reference: Paths, tracks: Paths, spans: Spans, held: Held
) -> dict[str, float]:
    """Return how many tracks are true, false, double, and how their numbers hold."""
    a, b = moments.reference, moments.tracks
    targets = distinct(a.path)
    shown = distinct(b.path)
    belonging = np.unique(spans.track)
    per_sample = np.bincount(held.reference, minlength=len(a))
    tracked_targets, numbers = np.unique(
        np.unique(np.stack([spans.truth, spans.track]), axis=1)[0], return_counts=True
    )
    delays = _delays_s(moments, spans, len(reference.names))
    n_tracked = max(len(tracked_targets), 1)
    return {
        "targets": float(len(targets)),
        "tracks": float(len(shown)),
        "targets_never_tracked": float(len(np.setdiff1d(targets, tracked_targets))),
        "false_tracks": float(len(np.setdiff1d(shown, belonging))),
        "false_track_share": len(np.setdiff1d(shown, belonging)) / max(len(shown), 1),
        "multiple_share": float((per_sample > 1).sum()) / max(int((per_sample > 0).sum()), 1),
        "numbers_per_target": float(numbers.sum()) / n_tracked,
        "one_number_share": float((numbers == 1).sum()) / n_tracked,
        "initiation_delay_s_p50": float(np.median(delays)) if len(delays) else math.nan,
        "initiation_delay_s_p95": float(np.percentile(delays, 95)) if len(delays) else math.nan,
    }


def _delays_s(moments: Moments, spans: Spans, n_truths: int) -> Array:
    """Return for each tracked target the time from its first sample to its first track."""
    a = moments.reference
    last = len(moments.time_s)
    born, found = np.full(n_truths, last), np.full(n_truths, last)
    np.minimum.at(born, a.path, a.moment)
    np.minimum.at(found, spans.truth, spans.begin)
    tracked = found < last
    return np.asarray(moments.time_s[found[tracked]] - moments.time_s[born[tracked]])


def _picture(
    per_moment: Gospa, moments: Moments, pairs: Pairs, options: CompareOptions
) -> dict[str, Any]:
    whole = tgospa(moments, pairs, options.order, options.switch_penalty_m)
    return {
        **per_moment.figures(),
        "t_gospa_m": float(whole.value_m),
        "t_gospa_lower_m": float(whole.lower_m),
        "t_gospa_per_moment_m": whole.per_moment_m,
        "t_gospa_is_exact": bool(whole.exact),
        "t_gospa_localisation": whole.localisation,
        "t_gospa_missed": whole.missed,
        "t_gospa_false": whole.false,
        "t_gospa_switching": whole.switching,
        "track_switches": whole.switches,
    }


def _updates(evidence: Evidence, standards: dict[str, dict[str, float]]) -> dict[str, Any]:
    every = evidence.position_updates
    gaps = updates.update_intervals(every)
    shares = dict.fromkeys(("p50", "p95", "p99", "max"), math.nan)
    if len(gaps):
        p50, p95, p99 = np.percentile(gaps, [50.0, 95.0, 99.0])
        shares = {"p50": p50, "p95": p95, "p99": p99, "max": gaps.max()}
    return {
        "updates": len(every.time_s),
        "interval_s": {name: float(value) for name, value in shares.items()},
        "by_standard": standards,
    }


def _about(
    reference: Paths, tracks: Paths, moments: Moments, ignored: int, options: CompareOptions
) -> dict[str, Any]:
    times = moments.time_s
    return {
        **msgspec.structs.asdict(options),
        "reference_points": len(reference),
        "track_points": len(tracks),
        "reference_repeated": reference.repeated,
        "track_repeated": tracks.repeated,
        "reference_unplaced": reference.unplaced,
        "track_unplaced": tracks.unplaced,
        "first_s": float(times[0]) if len(times) else math.nan,
        "last_s": float(times[-1]) if len(times) else math.nan,
        "moments": len(times),
        "sampling": moments.kind,
        "moment_step_s": moments.step_s,
        "track_samples": len(moments.tracks),
        "track_samples_on_unseen_targets": ignored,
        "reference_samples": len(moments.reference),
        "frame": "flat" if reference.flat else "earth",
    }


def _over_time(per_moment: Gospa) -> dict[str, Array]:
    unit = per_moment.cutoff_m**per_moment.order / 2.0
    root = 1.0 / per_moment.order
    return {
        "time_s": per_moment.time_s,
        "ospa_m": per_moment.ospa_m,
        "gospa_m": per_moment.gospa_m,
        "gospa_localisation_m": per_moment.localisation**root,
        "gospa_missed_m": (unit * per_moment.missed) ** root,
        "gospa_false_m": (unit * per_moment.false) ** root,
        "targets": per_moment.targets,
        "tracks": per_moment.tracks,
        "missed": per_moment.missed,
        "false": per_moment.false,
    }


def _points(evidence: Evidence) -> dict[str, Array]:
    inside, tracks, reference = evidence.inside, evidence.tracks, evidence.reference
    rows = np.flatnonzero(np.isfinite(inside.column("horizontal_m")))
    truth: Integers = inside.truth[rows]
    return {
        "time_s": tracks.time_s[rows],
        "track_number": tracks.told_number[rows],
        "truth_number": reference.told_number[reference.start[truth]],
        **{name: inside.column(name)[rows] for name in accuracy.ERRORS},
        "phase": inside.phase[rows],
    }
