"""Kernels of update: tracks take their plots, as far as each is theirs; plots left over begin."""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare
from jointsky.tracking import lifecycle_kernels, looks_kernels, rows_kernels
from jointsky.tracking.association_kernels import ASSIGNMENT
from jointsky.tracking.layout_kernels import (
    BEARING,
    BODY,
    CONFIRMED,
    COV,
    G_BIRTH,
    G_CONFIRM,
    G_HEIGHT_SIGMA,
    G_METHOD,
    G_TURN_ACCELERATION,
    I_BATCH,
    I_MODE_S,
    I_NUMBER,
    I_PLOTS,
    I_STATUS,
    I_WILD,
    MODELS,
    N_BATCH,
    N_LIVE,
    N_NUMBER,
    N_UPDATES,
    P_CELL,
    P_GEOMETRY,
    P_MAP,
    P_MODE_S,
    P_NUMBER,
    P_SENSOR,
    P_TIME,
    P_VAR_1,
    P_X,
    PACKED,
    QUIET,
    S_FALSE_KNOWN,
    S_ORIGIN,
    S_REACH,
    STATES,
    T_ALIVE,
    T_BORN,
    T_E,
    T_EXISTENCE,
    T_MEAN,
    T_N,
    T_SEEN,
    T_TIME,
    T_TURN_S,
    T_UP,
    TENTATIVE,
    WEIGHT,
)
from jointsky.tracking.motion_kernels import add_moments

CERTAIN = 0.99  # a pair as sure as this is taken for the truth
NEGLIGIBLE = 0.005
LEAST_UNEXPLAINED = 0.1  # a plot that is surer a track's than this begins none
LEAST_WEIGHT = 1e-12
BEARING_PLACES = 6  # ranges at which a bearing alone may begin a track
BEARING_NEAREST_M = 1000.0
CONFIRMED_STATUS = 1
CONTENT = (1 << 30) - 1  # the bits of a birth number that tell the plot's content


@bare
def merge(slot, none, bench, into):
    """Fill ``into`` (M, 36) with the mixture over a slot's pairs and none of them, by model.

    Moments are matched model by model (Bar-Shalom, Daum, Huang 2009, probabilistic data
    association); ``none`` is the probability of no plot, if the target exists.
    """
    before = bench.slot_body[slot]
    for m in range(MODELS):
        o = into[m]
        base = before[m]
        w0 = none * base[WEIGHT]
        total = w0
        for k in range(STATES):
            o[k] = 0.0
        for k in range(PACKED):
            o[COV + k] = w0 * base[COV + k]
        if base[WEIGHT] <= 0.0:
            o[WEIGHT] = 0.0
            continue
        p = bench.slot_first[slot]
        while p >= 0:
            w = bench.share[p] * bench.likely[p, m]
            total += w
            add_moments(o, w, bench.pair_body[p, m], base)
            p = bench.pair_next[p]
        o[WEIGHT] = total
        if total <= 0.0:
            continue
        for k in range(STATES):
            o[k] /= total
        n = COV
        for a in range(STATES):
            for c in range(a + 1):
                o[n] = o[n] / total - o[a] * o[c]
                n += 1
        for k in range(STATES):
            o[k] += base[k]


@bare
def keep_weights(bodies):
    """Bring the models' weights to a sum of one, none of those in use quite to nought."""
    total = 0.0
    for m in range(MODELS):
        if bodies[m, WEIGHT] > 0.0:
            bodies[m, WEIGHT] = max(bodies[m, WEIGHT], LEAST_WEIGHT)
            total += bodies[m, WEIGHT]
    for m in range(MODELS):
        bodies[m, WEIGHT] /= total


@bare
def question_height(ints, up, wild, bodies, settings):
    """After three heights in a row that do not fit, doubt the track's own height instead."""
    ints[I_WILD] = ints[I_WILD] + 1 if wild else 0
    if ints[I_WILD] < 3:
        return
    ints[I_WILD] = 0
    variance = settings[G_HEIGHT_SIGMA] * settings[G_HEIGHT_SIGMA]
    for m in range(MODELS):
        n = COV
        for a in range(3):
            for c in range(a + 1):
                bodies[m, n] += variance * up[a] * up[c]
                n += 1


@bare
def share_out(slot, best, method, missed, bench):
    """Fill bench.share with P(pair | the track exists); return existence and the share of plots.

    ``missed`` is the probability of existence if none of the plots is the track's.
    """
    if method == ASSIGNMENT:
        sure = 1.0 / (1.0 + math.exp(-bench.gain[best]))
        p = bench.slot_first[slot]
        while p >= 0:
            bench.share[p] = 0.0
            p = bench.pair_next[p]
        bench.share[best] = 1.0
        return sure + (1.0 - sure) * missed, 1.0
    theirs = 0.0
    p = bench.slot_first[slot]
    while p >= 0:
        theirs += bench.beta[p]
        p = bench.pair_next[p]
    total = theirs + bench.alone[slot] * missed
    p = bench.slot_first[slot]
    while p >= 0:
        bench.share[p] = bench.beta[p] / total
        p = bench.pair_next[p]
    return total, theirs / total


@bare
def take_pairs(slot, best, theirs, own, bench):
    """Write a track's models after its plots: those of one sure pair, or the mixture."""
    if bench.share[best] < CERTAIN:
        merge(slot, 1.0 - theirs, bench, own)
        return
    for m in range(MODELS):
        b = bench.pair_body[best, m]
        for k in range(BODY):
            own[m, k] = b[k]
        if b[WEIGHT] > 0.0:
            own[m, WEIGHT] = bench.likely[best, m]


@bare
def name(ints, counters, t, settings):
    """Give a track that is confirmed now its number: the next, or that of the plot it began at.

    Plots alike, or one bearing, may begin several tracks: of those that live, each has its own,
    the later confirmed the next higher one (born in the same eighth of a second).
    """
    n = ints[t]
    if settings[G_BIRTH] == 0.0:
        n[I_NUMBER] = counters[N_NUMBER]
        counters[N_NUMBER] += 1
        return
    number = n[I_NUMBER]
    is_free = False
    while not is_free:
        is_free = True
        for other in range(counters[N_LIVE]):
            is_named = ints[other, I_STATUS] == CONFIRMED and other != t
            if is_named and ints[other, I_NUMBER] == number:
                number = (number & ~CONTENT) | ((number + 1) & CONTENT)
                is_free = False
    n[I_NUMBER] = number


@bare
def update_slot(slot, members, plots, now, book, world, bench, out, written):
    """Give a slot's track the plots of a batch; return rows written and plots taken.

    Where no plot is likely its own, the look's miss is left to be counted when the turn is over:
    the beam may not have passed it yet.
    """
    floats, ints, looks, bodies, links, heads, counters, _ = book
    sensors, cells, _, settings, usual, plane = world
    method = np.int64(settings[G_METHOD])
    best = bench.slot_first[slot]
    p = best
    while p >= 0:
        if bench.beta[p] > bench.beta[best]:
            best = p
        p = bench.pair_next[p]
    if bench.beta[best] < (0.5 if method == ASSIGNMENT else NEGLIGIBLE):
        return 0, 0
    t = bench.slot_track[slot]
    f = floats[t]
    n = ints[t]
    row = members[bench.pair_plot[best]]
    q = plots[0][row]
    i = plots[1][row]
    s = i[P_SENSOR]
    seen = looks_kernels.detection_at(sensors, cells, s, i[P_CELL])
    alive = bench.slot_alive[slot]
    missed = alive * (1.0 - seen) / (1.0 - alive * seen)
    existence, theirs = share_out(slot, best, method, missed, bench)
    hit = theirs > 0.5
    if not hit:
        odds = existence / max(1.0 - existence, 1e-12) / (1.0 - seen)
        existence = odds / (1.0 + odds)
    f[T_EXISTENCE] = min(existence, looks_kernels.MOST_SURE)
    f[T_ALIVE] = max(f[T_ALIVE], bench.slot_time[slot])
    is_new = bench.slot_body[slot, QUIET, WEIGHT] == 0.0
    if is_new and not hit:
        return 0, 0  # half a second plot tells no velocity
    own = bodies[t]
    take_pairs(slot, best, theirs, own, bench)
    if is_new:
        lifecycle_kernels.first_models(own, usual, settings[G_TURN_ACCELERATION])
    else:
        keep_weights(own)
    f[T_TIME] = bench.slot_time[slot]
    if hit:
        question_height(n, f[T_UP : T_UP + 3], bench.wild[best], own, settings)
        lifecycle_kernels.note_plot(floats, ints, looks, t, q, i)
        n[I_BATCH] = counters[N_BATCH]
        counters[N_UPDATES] += 1
        if n[I_STATUS] == CONFIRMED:
            looks_kernels.count_look(sensors, cells, s, i[P_CELL], f[T_EXISTENCE], True)
    lifecycle_kernels.settle(floats, links, heads, bodies, t, settings, plane, bench.packed)
    if not hit:
        return 0, 0
    if n[I_STATUS] == TENTATIVE:
        known = n[I_MODE_S] >= 0 or sensors[s, S_FALSE_KNOWN] > 0.0
        if n[I_PLOTS] < (2 if known else 3) or f[T_EXISTENCE] < settings[G_CONFIRM]:
            return 0, 1
        n[I_STATUS] = CONFIRMED
        name(ints, counters, t, settings)
    rows_kernels.write(
        f,
        n,
        looks[t],
        f[T_TIME],
        now,
        f[T_MEAN : T_MEAN + 6],
        bench.packed,
        own,
        np.int64(CONFIRMED_STATUS),
        row,
        out,
        written,
    )
    return 1, 1


@bare
def begin_leftovers(members, plots, book, world, bench):
    """Begin tracks at a batch's plots as far as no track explains them."""
    for k in range(members.shape[0]):
        unexplained = bench.unexplained[k]
        if unexplained < LEAST_UNEXPLAINED:
            continue
        q = plots[0][members[k]]
        i = plots[1][members[k]]
        fresh = bench.fresh[k]
        existence = unexplained * fresh / (fresh + bench.false[k])
        if i[P_MODE_S] >= 0 and is_known(q, i, book, world, bench):
            continue
        begin_at(q, i, existence, book, world, bench)


@bare
def same_address(ints, counters, mode_s):
    """Return the confirmed track with a Mode S address, or -1."""
    for t in range(counters[N_LIVE]):
        if ints[t, I_STATUS] == CONFIRMED and ints[t, I_MODE_S] == mode_s:
            return t
    return -1


@bare
def is_known(q, i, book, world, bench):
    """Return whether a plot has the address of a confirmed track: then it begins none.

    Where that track has been without plots for a while, it is brought back to its target under
    its own number.
    """
    floats, ints, _, _, _, _, counters, _ = book
    old = same_address(ints, counters, i[P_MODE_S])
    if old < 0:
        return False
    f = floats[old]
    n = ints[old]
    age = abs(q[P_TIME] - f[T_SEEN])
    if n[I_BATCH] == counters[N_BATCH] or age < 2.5 * f[T_TURN_S]:
        return True  # a wild or doubled report: the track goes on without it
    if math.hypot(q[P_MAP] - f[T_E], q[P_MAP + 1] - f[T_N]) >= 1000.0 + 400.0 * age:
        return False
    number = n[I_NUMBER]
    count = n[I_PLOTS]
    born = f[T_BORN]
    begin_row(
        old,
        number,
        q,
        i,
        q[P_X : P_X + 3],
        math.sqrt(q[P_VAR_1]),
        f[T_EXISTENCE],
        book,
        world,
        bench,
    )
    n[I_STATUS] = CONFIRMED
    n[I_PLOTS] = count + 1
    f[T_BORN] = born
    return True


@bare
def begin_at(q, i, existence, book, world, bench):
    """Begin tentative tracks at a plot: one, or for a bearing one at each of several ranges.

    Ranges in geometric steps cover a bearing evenly with Gaussians (Peach, IEE Proc. Radar Sonar
    Navig. 142(2), 1995).
    """
    _, _, _, _, links, _, counters, _ = book
    sensors, _, _, settings, _, _ = world
    number = i[P_NUMBER] if settings[G_BIRTH] > 0.0 else np.int64(-1)
    if i[P_GEOMETRY] != BEARING:
        t = lifecycle_kernels.free_row(links, counters)
        sigma = math.sqrt(q[P_VAR_1])
        begin_row(t, number, q, i, q[P_X : P_X + 3], sigma, existence, book, world, bench)
        return
    sensor = sensors[i[P_SENSOR]]
    step = (sensor[S_REACH] / BEARING_NEAREST_M) ** (1.0 / BEARING_PLACES)
    ratio = (step - 1.0) / (step + 1.0)
    reach = BEARING_NEAREST_M * 0.5 * (1.0 + step)
    given = 0.0
    for k in range(3):
        given += (q[P_X + k] - sensor[S_ORIGIN + k]) ** 2
    given = math.sqrt(given)
    for _ in range(BEARING_PLACES):
        t = lifecycle_kernels.free_row(links, counters)
        for k in range(3):
            towards = (q[P_X + k] - sensor[S_ORIGIN + k]) / given
            bench.place[k] = sensor[S_ORIGIN + k] + reach * towards
        share = existence / BEARING_PLACES
        begin_row(t, number, q, i, bench.place, ratio * reach, share, book, world, bench)
        reach *= step


@bare
def begin_row(t, number, q, i, place, range_sigma_m, existence, book, world, bench):
    """Begin a track in row ``t``."""
    floats, ints, looks, bodies, links, heads, counters, _ = book
    _, _, _, settings, _, plane = world
    lifecycle_kernels.begin(
        floats, ints, looks, bodies, t, number, q, i, place, range_sigma_m, world, existence, bench
    )
    lifecycle_kernels.note_plot(floats, ints, looks, t, q, i)
    ints[t, I_BATCH] = counters[N_BATCH]
    lifecycle_kernels.settle(floats, links, heads, bodies, t, settings, plane, bench.packed)
