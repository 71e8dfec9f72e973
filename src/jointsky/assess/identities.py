"""Probabilities become identities: thresholds that do not flap, and rules above them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.assess.model_declared import Rules
from jointsky.records.assessment import IDENTITIES

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

FRIEND, ASSUMED, NEUTRAL, UNKNOWN, SUSPECT, HOSTILE = range(len(IDENTITIES))


class Known(NamedTuple):
    """What the rules ask of each track, (T,)."""

    friend: Floats  # probabilities
    neutral: Floats  # of neutral and nature; where it is open, of civil as well
    hostile: Floats
    is_open: Booleans  # it answers or is where a civil plan has a flight
    is_positive: Booleans  # it gave a sign that only a friend gives
    is_civil_flight: Booleans  # it answers by Mode S as a civil plan says, in its place
    is_emergency: Booleans  # it answers 7500, 7600 or 7700
    age_s: Floats
    plots: Integers
    beside_motion: Floats  # by how much evidence beside motion speaks for hostile


def identities(rules: Rules, known: Known, former: Integers) -> Integers:
    """Return the identity (T,) of each track, as a row of IDENTITIES.

    ``former`` (T,): what each was; -1: new.  Whoever has an identity keeps it down to its lower
    threshold.  The first of these holds: hostile, suspect, friend, assumed friend, neutral;
    unknown is what is left.
    """
    enough = (known.plots >= rules.hostile_after_plots) & (known.age_s >= rules.hostile_after_s)
    enough &= known.beside_motion >= rules.beside_motion
    is_innocent = known.is_civil_flight | known.is_emergency
    may_be_suspect = ~known.is_civil_flight & (known.age_s >= rules.suspect_after_s)
    holds = (
        (HOSTILE, known.hostile, rules.hostile, enough & ~is_innocent),
        (SUSPECT, known.hostile, rules.suspect, may_be_suspect),
        (FRIEND, known.friend, rules.friend, known.is_positive),
        (ASSUMED, known.friend, rules.assumed_friend, np.ones_like(enough)),
        (NEUTRAL, known.neutral, rules.neutral, known.is_open),
        (NEUTRAL, known.neutral, rules.neutral_by_looks, ~known.is_open),
    )
    made = np.full(len(former), -1, np.int64)
    for identity, probability, threshold, may_be in holds:
        limit = np.where(former == identity, threshold.leave, threshold.enter)
        made = np.where((made < 0) & may_be & (probability >= limit), identity, made)
    return np.where(made < 0, UNKNOWN, made)
