"""Kernels of gating: a hashed grid finds the tracks near a plot; a coarse gate keeps the likely.

The grid lies on a plane map in metres.  Buckets are linked lists through the tracks' rows, so
that a track moves between buckets without any search; two cells that share a bucket cost a few
more tests and nothing else (Teschner et al. 2003, spatial hashing).
"""
# mypy: ignore-errors

import math

from jointsky._jit import bare
from jointsky.tracking.layout_kernels import (
    FREE,
    G_SIGMAS,
    G_TURN_ACCELERATION,
    G_WORST_PSD,
    I_STATUS,
    J_CELL,
    J_EAST,
    J_NEXT,
    J_NORTH,
    J_PREVIOUS,
    J_REACH,
    P_COS_AZ,
    P_MAP,
    P_SIGMA,
    P_SIGMA_UP,
    P_SIN_AZ,
    P_SLACK,
    P_TIME,
    P_VAR_2,
    S_MAP,
    T_E,
    T_N,
    T_SIGMA,
    T_SIGMA_UP,
    T_SIGMA_V,
    T_TIME,
    T_U,
    T_VE,
    T_VN,
    T_VU,
)

# Three grids: a track lies in the finest whose cells are as wide as its gate reaches.
CELLS_M = (6000.0, 16000.0, 64000.0)
LEVELS = 3
CLIMB_MPS = 10.0  # standard error of a rate of climb, as the coarse gate takes it
FARTHEST_M = 1e9
WHOLE_M = 3  # what whole metres of place and reach may hide
MARGIN_M = 400.0  # what a track may have flown since it was put into its cell


@bare
def bucket(level, cell_east, cell_north, buckets):
    """Return the bucket of a cell; ``buckets`` is a power of two."""
    return ((cell_east * 73856093) ^ (cell_north * 19349663) ^ (level * 83492791)) & (buckets - 1)


@bare
def remove(links, heads, t):
    """Take a track out of the grid."""
    cell = links[t, J_CELL]
    if cell < 0:
        return
    before = links[t, J_PREVIOUS]
    after = links[t, J_NEXT]
    if before >= 0:
        links[before, J_NEXT] = after
    else:
        heads[cell] = after
    if after >= 0:
        links[after, J_PREVIOUS] = before
    links[t, J_CELL] = -1


@bare
def put(links, heads, t, east, north, reach_m):
    """Put a track into the grid for its reach at a place on the map, or move it there."""
    level = 0
    while level < LEVELS - 1 and reach_m > CELLS_M[level]:
        level += 1
    width = CELLS_M[level]
    links[t, J_EAST] = math.floor(east)
    links[t, J_NORTH] = math.floor(north)
    links[t, J_REACH] = math.floor(min(reach_m, FARTHEST_M)) + WHOLE_M
    cell = bucket(level, math.floor(east / width), math.floor(north / width), heads.shape[0])
    if cell == links[t, J_CELL]:
        return
    remove(links, heads, t)
    first = heads[cell]
    links[t, J_NEXT] = first
    links[t, J_PREVIOUS] = -1
    if first >= 0:
        links[first, J_PREVIOUS] = t
    heads[cell] = t
    links[t, J_CELL] = cell


@bare
def strayed2(age_s, settings):
    """Return the variance of what a manoeuvre does to a place: noise, and a turn of two sigmas."""
    turn = settings[G_TURN_ACCELERATION] * age_s * age_s
    return settings[G_WORST_PSD] * age_s * age_s * age_s / 3.0 + turn * turn


@bare
def reach(track, age_s, settings):
    """Return how far from its place a track's plots may lie, beside the plots' own errors."""
    sigma = track[T_SIGMA] + track[T_SIGMA_V] * age_s
    spread = math.sqrt(sigma * sigma + strayed2(age_s, settings))
    return settings[G_SIGMAS] * spread + MARGIN_M


@bare
def is_near(track, q, sigmas, settings):
    """Return whether a plot may be of a track: generous bounds on the map and in height."""
    dt = q[P_TIME] - track[T_TIME]
    age = abs(dt)
    up = q[P_MAP + 2] - track[T_U] - track[T_VU] * dt
    sigma = track[T_SIGMA_UP] + CLIMB_MPS * age + q[P_SIGMA_UP]
    if abs(up) > sigmas * sigma:
        return False
    de = q[P_MAP] - track[T_E] - track[T_VE] * dt
    dn = q[P_MAP + 1] - track[T_N] - track[T_VN] * dt
    sigma = track[T_SIGMA] + track[T_SIGMA_V] * age
    sigma2 = sigma * sigma + strayed2(age, settings) + q[P_SIGMA] * q[P_SIGMA]
    off2 = de * de + dn * dn
    spread2 = sigmas * sigmas * sigma2
    if off2 > 2.0 * (spread2 + q[P_SLACK] * q[P_SLACK]):
        return False  # most end here, without a root
    radius = math.sqrt(spread2) + q[P_SLACK]
    return off2 <= radius * radius


@bare
def near(floats, links, heads, q, settings, found):
    """Fill ``found`` with the tracks that plot ``q`` could belong to; return how many."""
    east = q[P_MAP]
    north = q[P_MAP + 1]
    sigmas = settings[G_SIGMAS]
    own = sigmas * q[P_SIGMA] + q[P_SLACK]
    buckets = heads.shape[0]
    count = 0
    for level in range(LEVELS):
        width = CELLS_M[level]
        wide = width + own
        first_e = math.floor((east - wide) / width)
        last_e = math.floor((east + wide) / width)
        first_n = math.floor((north - wide) / width)
        last_n = math.floor((north + wide) / width)
        for ce in range(first_e, last_e + 1):
            for cn in range(first_n, last_n + 1):
                t = heads[bucket(level, ce, cn, buckets)]
                while t >= 0:
                    de = east - links[t, J_EAST]
                    dn = north - links[t, J_NORTH]
                    most = links[t, J_REACH] + own
                    if de * de + dn * dn <= most * most and is_near(floats[t], q, sigmas, settings):
                        known = False
                        for k in range(count):
                            if found[k] == t:
                                known = True  # two of the cells share this bucket
                                break
                        if not known and count < found.shape[0]:
                            found[count] = t
                            count += 1
                    t = links[t, J_NEXT]
    return count


@bare
def along_bearing(floats, ints, live, q, sensor, settings, found):
    """Fill ``found`` with the tracks that lie on a bearing from its sensor; return how many."""
    count = 0
    sigmas = settings[G_SIGMAS]
    for t in range(live):
        if ints[t, I_STATUS] == FREE or count == found.shape[0]:
            continue
        track = floats[t]
        dt = q[P_TIME] - track[T_TIME]
        age = abs(dt)
        de = track[T_E] + track[T_VE] * dt - sensor[S_MAP]
        dn = track[T_N] + track[T_VN] * dt - sensor[S_MAP + 1]
        along = de * q[P_SIN_AZ] + dn * q[P_COS_AZ]
        aside = dn * q[P_SIN_AZ] - de * q[P_COS_AZ]
        sigma = track[T_SIGMA] + track[T_SIGMA_V] * age
        sigma2 = sigma * sigma + strayed2(age, settings)
        sigma2 += along * along * q[P_VAR_2]
        if aside * aside <= sigmas * sigmas * sigma2 and along > -sigmas * sigma:
            found[count] = t
            count += 1
    return count


@bare
def identity_log_ratio(track_mode_s, track_mode_a, plot_mode_s, plot_mode_a):
    """Return log P(identities | same target) - log P(identities | another), -inf: impossible.

    A Mode S address is one target's own; a wrong one is as good as never decoded.  A Mode A code
    is shared by chance with one in some hundred others, conspicuity codes (7000, 2000, 1000 octal)
    by many, and is read wrongly once in some fifty times.
    """
    ratio = 0.0
    if track_mode_s >= 0 and plot_mode_s >= 0:
        if track_mode_s != plot_mode_s:
            return -math.inf
        ratio += 9.0
    if track_mode_a >= 0 and plot_mode_a >= 0:
        if track_mode_a != plot_mode_a:
            ratio -= 4.0
        elif plot_mode_a in (0o7000, 0o2000, 0o1000):
            ratio += 1.0
        else:
            ratio += 5.0
    return ratio
