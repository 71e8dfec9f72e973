"""Kernels behind kept.py: which looks a track has, and its rows put away and brought back."""
# mypy: ignore-errors

from jointsky._jit import bare, bare_kernel
from jointsky.tracking.layout_kernels import (
    L_EVERY,
    L_HIT,
    L_LOOK,
    L_VIEW,
    MANOEUVRE,
    NEVER,
    QUIET,
    WEIGHT,
)


@bare
def is_unseen(look, period_s):
    """Return whether a look says what it says where its sensor never saw the track."""
    return (
        look[L_HIT] == NEVER
        and look[L_LOOK] == NEVER
        and look[L_VIEW] == 0.0
        and look[L_EVERY] == period_s
    )


@bare_kernel
def survey(bodies, looks, periods_s, live, has_all, was_seen):
    """Fill ``has_all`` (T,) and ``was_seen`` (T, S): what is used; return how much of either."""
    whole = 0
    seen = 0
    for t in range(live):
        has_all[t] = bodies[t, QUIET, WEIGHT] > 0.0
        if has_all[t]:
            whole += 1
        for s in range(periods_s.shape[0]):
            was_seen[t, s] = not is_unseen(looks[t, s], periods_s[s])
            if was_seen[t, s]:
                seen += 1
    return whole, seen


@bare
def copy_row(source, target):
    """Copy what two rows of one length hold."""
    for k in range(source.shape[0]):
        target[k] = source[k]


@bare_kernel
def put_away(bodies, looks, has_all, was_seen, whole_bodies, first_bodies, seen_looks):
    """Copy the bodies and looks that are used."""
    whole = 0
    first = 0
    seen = 0
    for t in range(has_all.shape[0]):
        if has_all[t]:
            for m in range(bodies.shape[1]):
                copy_row(bodies[t, m], whole_bodies[whole, m])
            whole += 1
        else:
            copy_row(bodies[t, MANOEUVRE], first_bodies[first])
            first += 1
        for s in range(was_seen.shape[1]):
            if was_seen[t, s]:
                copy_row(looks[t, s], seen_looks[seen])
                seen += 1


@bare_kernel
def bring_back(bodies, looks, periods_s, has_all, was_seen, whole_bodies, first_bodies, seen_looks):
    """Undo ``put_away``; what was not used is as new."""
    whole = 0
    first = 0
    seen = 0
    for t in range(has_all.shape[0]):
        if has_all[t]:
            for m in range(bodies.shape[1]):
                copy_row(whole_bodies[whole, m], bodies[t, m])
            whole += 1
        else:
            for m in range(bodies.shape[1]):
                for k in range(bodies.shape[2]):
                    bodies[t, m, k] = 0.0
            copy_row(first_bodies[first], bodies[t, MANOEUVRE])
            first += 1
        for s in range(was_seen.shape[1]):
            look = looks[t, s]
            if was_seen[t, s]:
                copy_row(seen_looks[seen], look)
                seen += 1
            else:
                look[L_HIT] = NEVER
                look[L_LOOK] = NEVER
                look[L_VIEW] = 0.0
                look[L_EVERY] = periods_s[s]
