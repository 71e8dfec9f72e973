"""How much a run of a scenario would write down."""

from __future__ import annotations

import numpy as np

from jointsky.declare import Faults
from jointsky.records.motion import Motion
from jointsky.scenario.scenario import Scenario
from jointsky.scenario.times import Span

MOST_TRUTH_ROWS = 200_000_000


def check_truth_rows(scenario: Scenario, motion: Motion, span: Span, faults: Faults) -> None:
    """Tell a truth that would be too large to keep: a row for each vehicle and interval."""
    begin_s, end_s = np.maximum(motion.begin_s, span.begin_s), np.minimum(motion.end_s, span.end_s)
    in_air_s = float(np.maximum(end_s - begin_s, 0.0).sum())
    rows = in_air_s / scenario.truth_interval_s
    if rows <= MOST_TRUTH_ROWS:
        return
    vehicles = len(np.unique(motion.vehicle))
    found = (
        f"{scenario.truth_interval_s:g} s makes {rows:,.0f} rows of truth: "
        f"{vehicles:,} vehicle{'s' if vehicles > 1 else ''}, {in_air_s / 3600.0:,.0f} h in the air"
    )
    least_s = np.ceil(10.1 * in_air_s / MOST_TRUTH_ROWS) / 10.0
    hint = f"that is at least {least_s:g} s, or a shorter duration_s, or fewer vehicles"
    faults.add("truth_interval_s", found, f"at most {MOST_TRUTH_ROWS:,} rows", hint)
