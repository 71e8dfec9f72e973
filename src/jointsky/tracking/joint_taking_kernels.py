"""Kernels behind joint_steps.py and joint_table.py: which telling of a track counts.

Of two tellings of one track the later counts; where they are of one time, what else they say
decides, so that the order in which they came never does.
"""
# mypy: ignore-errors

from jointsky._jit import bare, bare_kernel
from jointsky.tracking.joint_kernels import (
    CLAIM,
    CLAIMED,
    KIND,
    LAT,
    LON,
    NAMED,
    OWN,
    PLOTS,
    REPORTED,
    SPELL,
    STATUS,
    TIME,
    UNTOLD,
    VE,
    VN,
)

ENDED = 3  # TrackStatus


@bare
def is_later(floats, ints, i, other_floats, other_ints, j):
    """Return whether telling i of one table is later than telling j of another."""
    if floats[i, TIME] != other_floats[j, TIME]:
        return floats[i, TIME] > other_floats[j, TIME]
    if (ints[i, STATUS] == ENDED) != (other_ints[j, STATUS] == ENDED):
        return ints[i, STATUS] == ENDED
    if ints[i, PLOTS] != other_ints[j, PLOTS]:
        return ints[i, PLOTS] > other_ints[j, PLOTS]
    if ints[i, CLAIM] != other_ints[j, CLAIM]:
        return ints[i, CLAIM] < other_ints[j, CLAIM]
    for k in (LAT, LON, VE, VN):
        if floats[i, k] != other_floats[j, k]:
            return floats[i, k] > other_floats[j, k]
    return False


@bare
def put(floats, ints, i, other_floats, other_ints, j):
    """Write telling i over telling j of another table."""
    for k in range(floats.shape[1]):
        other_floats[j, k] = floats[i, k]
    for k in range(ints.shape[1]):
        other_ints[j, k] = ints[i, k]


@bare_kernel
def note_newest(rows, told, sensors, newest, newest_sensors):
    """Keep in ``newest`` what was reported last of each row, whatever came first."""
    floats, ints = told
    known_floats, known_ints = newest
    for i in range(rows.shape[0]):
        r = rows[i]
        if ints[i, KIND] != REPORTED:
            continue
        if known_ints[r, KIND] != UNTOLD and not is_later(
            floats, ints, i, known_floats, known_ints, r
        ):
            continue
        put(floats, ints, i, known_floats, known_ints, r)
        for k in range(newest_sensors.shape[1]):
            newest_sensors[r, k] = sensors[i, k] if k < sensors.shape[1] else 0


@bare
def claim(floats, ints, i, known_floats, known_ints, r):
    """Let the number count under which a track's own site shows it, if it is the newest."""
    if floats[i, TIME] >= known_floats[r, CLAIMED]:
        known_floats[r, CLAIMED] = floats[i, TIME]
        known_ints[r, CLAIM] = ints[i, CLAIM]


@bare_kernel
def hear(kind, rows, told, known, best, keep_alive_s, lasts_s):
    """Let what was told of one ``kind`` in one step count in ``known``.

    ``best`` (table's rows) holds -1, and again so afterwards.  A report counts where it is later;
    what is not a report where the last report is older by more than ``lasts_s``.
    """
    floats, ints = told
    known_floats, known_ints = known
    n = rows.shape[0]
    for i in range(n):
        if ints[i, KIND] == kind:
            j = best[rows[i]]
            if j < 0 or is_later(floats, ints, i, floats, ints, j):
                best[rows[i]] = i
    for i in range(n):
        r = rows[i]
        if best[r] != i:
            continue
        best[r] = -1
        if kind != OWN:
            claim(floats, ints, i, known_floats, known_ints, r)
        was = known_ints[r, KIND]
        age_s = floats[i, TIME] - known_floats[r, TIME]
        spell_s = floats[i, TIME]
        if kind == REPORTED:
            counts = was != REPORTED or is_later(floats, ints, i, known_floats, known_ints, r)
            if was == REPORTED and age_s <= 2.0 * keep_alive_s:
                spell_s = known_floats[r, SPELL]
        else:
            counts = was == UNTOLD or age_s > (lasts_s if was == REPORTED else 0.0)
        if counts:
            claimed_s, number = known_floats[r, CLAIMED], known_ints[r, CLAIM]
            put(floats, ints, i, known_floats, known_ints, r)
            known_floats[r, CLAIMED], known_ints[r, CLAIM] = claimed_s, number
            known_floats[r, SPELL] = spell_s
    for i in range(n):
        best[rows[i]] = -1


ORDER = (REPORTED, NAMED, OWN)
