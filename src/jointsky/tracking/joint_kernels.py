"""Kernels behind joint_grouping.py: which tracks of other sites may be which target.

Members are what sites told of tracks; here they are brought to one time, and those of one site are
compared with the targets found so far.  Distances on the ground are east and north at the mean
latitude: within 20 km that is good to a metre.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import bare, kernel
from jointsky.earth.geodesy_kernels import ECCENTRICITY2, SEMI_MAJOR_M
from jointsky.tracking.shared_kernels import carry
from jointsky.tracking.small_kernels import factor

# Columns of what was told: numbers with fractions, and whole ones
(TIME, LAT, LON, HEIGHT, VE, VN, VU) = range(7)
COV = 7  # 21: lower triangle by rows, of east, north, up, ve, vn, vu
(SHARE, MANOEUVRE, PRESSURE, EXISTENCE, CLAIMED, SPELL) = range(28, 34)
FLOATS = 34
(KIND, STATUS, PLOTS, MODE_S, MODE_A, CALL_SIGN, CLAIM, FLAGS) = range(8)
INTS = 8
UNTOLD, NAMED, OWN, REPORTED, FADED = range(5)  # kinds: how a state came to be known

# Columns of what is brought to one time
(B_LAT, B_LON, B_HEIGHT, B_VE, B_VN, B_VU) = range(6)
B_COV = 6  # 10: lower triangle of east, north, ve, vn
B_UP = 16  # variances of up and vu, and between
(B_KNOWS_HEIGHT, B_SIZE, B_SHARE) = range(19, 22)
BROUGHT = 22

UNKNOWN_VARIANCE_M2 = 400.0 * 400.0  # above it nobody measured the height
NAMED_PSD = 5.0  # m²/s³: what is told without covariance is told seldom
CELL_M = 6000.0
FULL = -1
# Log-likelihoods: a track of another target lies anywhere, 1 in 1000 km2, at any usual velocity
ELSEWHERE = -2.0 * math.log(2.0 * math.pi) + math.log(1e9) + math.log(2.0 * math.pi * 2 * 160.0**2)
ELSEWHERE_UP = -math.log(2.0 * math.pi) + math.log(12e3) + 0.5 * math.log(2 * math.pi * 200.0)
SAME_ADDRESS, SAME_CALL_SIGN, SAME_CODE, SAME_NUMBER = 20.0, 5.0, 3.0, 10.0
SAME_SHOWN, OTHER_CODE = 8.0, -4.0
STAY = 6.0  # what a pair that is one target already is given before any other
JOIN, JOIN_UP = 18.47, 13.82  # chi-squared, 4 and 2 degrees of freedom: 99.9 %
BREAK = 30.0  # of the mean over some looks


@bare
def radii_m(latitude):
    """Return the radii of curvature along the meridian and across it (Torge 2001, 4.2)."""
    w2 = 1.0 - ECCENTRICITY2 * math.sin(latitude) ** 2  # 6,335 and 6,378 km at the equator
    w = math.sqrt(w2)
    return SEMI_MAJOR_M * (1.0 - ECCENTRICITY2) / (w2 * w), SEMI_MAJOR_M / w


@bare
def packed(row, i, j):
    """Return element i, j of a row's covariance."""
    if j > i:
        i, j = j, i
    return row[COV + i * (i + 1) // 2 + j]


@bare
def horizontal(row, out):
    """Fill ``out`` (4, 4) with a row's covariance of east, north, ve, vn."""
    for i in range(4):
        a = i if i < 2 else i + 1
        for j in range(i + 1):
            b = j if j < 2 else j + 1
            out[i, j] = packed(row, a, b)
            out[j, i] = out[i, j]


@bare
def common_share(cov, dt_s, psd, share, work):
    """Return the share of a covariance that may be common once a target's own noise is in it.

    ``cov`` holds that noise already: share of the rest, and all of the noise.  Its part of the
    whole is at most the trace of inv(cov) noise.
    """
    lower, noise = work
    for i in range(4):
        for j in range(4):
            lower[i, j] = cov[i, j]
            noise[i, j] = 0.0
    if not factor(lower, 4):
        return 1.0
    carry(noise, dt_s, psd)
    total = 0.0
    for column in range(4):
        for i in range(4):
            value = noise[i, column]
            for k in range(i):
                value -= lower[i, k] * noise[k, column]
            noise[i, column] = value / lower[i, i]
        for back in range(4):
            i = 3 - back
            value = noise[i, column]
            for k in range(i + 1, 4):
                value -= lower[k, i] * noise[k, column]
            noise[i, column] = value / lower[i, i]
        total += noise[column, column]
    return min(1.0, share + (1.0 - share) * total)


@bare
def bring(row, kind, time_s, with_share, settings, out, work):
    """Fill ``out`` (22,) with a told state as expected at a time."""
    drift, manoeuvre, sigma_m, sigma_mps = settings
    cov, lower, noise = work
    dt = time_s - row[TIME]
    along, across = radii_m(row[LAT])
    known = not math.isnan(row[HEIGHT])
    up = row[HEIGHT] if known else 0.0
    climb = row[VU]
    out[B_LAT] = row[LAT] + row[VN] * dt / (along + up)
    out[B_LON] = row[LON] + row[VE] * dt / ((across + up) * max(math.cos(row[LAT]), 1e-6))
    out[B_HEIGHT] = row[HEIGHT] + climb * dt
    out[B_VE], out[B_VN], out[B_VU] = row[VE], row[VN], climb
    psd = drift + manoeuvre * min(max(row[MANOEUVRE], 0.0), 1.0)
    if not psd > 0.0:
        psd = drift
    if kind in (NAMED, FADED):
        psd = max(psd, NAMED_PSD)
    if kind == NAMED:
        cov[:] = 0.0
        for i in range(2):
            cov[i, i] = sigma_m * sigma_m
            cov[i + 2, i + 2] = sigma_mps * sigma_mps
        pp, pv, vv = 4.0 * sigma_m * sigma_m, 0.0, sigma_mps * sigma_mps
    else:
        horizontal(row, cov)
        pp, pv, vv = packed(row, 2, 2), packed(row, 5, 2), packed(row, 5, 5)
    carry(cov, abs(dt), psd)
    out[B_SHARE] = row[SHARE]
    if with_share and dt != 0.0:
        out[B_SHARE] = common_share(cov, abs(dt), psd, row[SHARE], (lower, noise))
    k = B_COV
    for i in range(4):
        for j in range(i + 1):
            out[k] = cov[i, j]
            k += 1
    far = abs(dt)
    out[B_UP] = pp + 2.0 * far * pv + far * far * vv + psd * far**3 / 3.0
    out[B_UP + 1] = pv + far * vv + 0.5 * psd * far * far
    out[B_UP + 2] = vv + psd * far
    out[B_KNOWS_HEIGHT] = 1.0 if known and pp <= UNKNOWN_VARIANCE_M2 else 0.0
    out[B_SIZE] = 0.5 * (cov[0, 0] + cov[1, 1])


@kernel
def bring_each(floats, rows, kinds, time_s, with_shares, settings, out):
    """Fill ``out`` (n, 22) with what is expected at a time of what was told in ``rows`` (n,)."""
    work = (np.empty((4, 4)), np.empty((4, 4)), np.empty((4, 4)))
    for i in range(len(rows)):
        bring(floats[rows[i]], kinds[i], time_s, with_shares, settings, out[i], work)


@kernel
def sound(floats, kinds):
    """Make NAMED those of which the covariance told is none."""
    cov = np.empty((6, 6))
    for i in range(len(floats)):
        if kinds[i] != REPORTED:
            continue
        for a in range(6):
            for b in range(6):
                cov[a, b] = packed(floats[i], a, b)
        if not factor(cov, 6):
            kinds[i] = NAMED


@bare
def cell_of(latitude, longitude, lat_cells):
    """Return the band of latitude and the cell within it, and how many cells that band has."""
    height = math.pi / lat_cells
    band = min(max(int((latitude + 0.5 * math.pi) / height), 0), lat_cells - 1)
    middle = (band + 0.5) * height - 0.5 * math.pi
    count = max(1, int(2.0 * math.pi * SEMI_MAJOR_M * math.cos(middle) / CELL_M))
    turn = (longitude / (2.0 * math.pi) + 0.5) % 1.0
    return band, min(int(turn * count), count - 1), count


@bare
def slot_of(band, cell, size):
    """Return a place in a table of ``size`` (a power of two) for a cell."""
    return ((band * 73_856_093) ^ (cell * 19_349_663)) & (size - 1)


@bare
def distances(a, b, residual, work):
    """Return squared distances on the ground and in height, and the logarithms of their sizes.

    Of position and velocity together; nought in height where one does not know its own.
    """
    residual_m, residual_mps = residual
    middle = 0.5 * (a[B_LAT] + b[B_LAT])
    along, across = radii_m(middle)
    turn = b[B_LON] - a[B_LON]
    if turn > math.pi:
        turn -= 2.0 * math.pi
    elif turn < -math.pi:
        turn += 2.0 * math.pi
    gap, lower = work
    gap[0] = turn * across * math.cos(middle)
    gap[1] = (b[B_LAT] - a[B_LAT]) * along
    gap[2] = b[B_VE] - a[B_VE]
    gap[3] = b[B_VN] - a[B_VN]
    k = B_COV
    for i in range(4):
        for j in range(i + 1):
            lower[i, j] = a[k] + b[k]
            k += 1
        lower[i, i] += residual_m * residual_m if i < 2 else residual_mps * residual_mps
    if not factor(lower, 4):
        return math.inf, math.inf, 0.0, 0.0
    ground = 0.0
    size = 0.0
    for i in range(4):
        value = gap[i]
        for j in range(i):
            value -= lower[i, j] * gap[j]
        gap[i] = value / lower[i, i]
        ground += gap[i] * gap[i]
        size += 2.0 * math.log(lower[i, i])
    if a[B_KNOWS_HEIGHT] == 0.0 or b[B_KNOWS_HEIGHT] == 0.0:
        return ground, 0.0, size, math.nan
    pp = a[B_UP] + b[B_UP] + 9.0 * residual_m * residual_m
    pv = a[B_UP + 1] + b[B_UP + 1]
    vv = a[B_UP + 2] + b[B_UP + 2] + residual_mps * residual_mps
    det = pp * vv - pv * pv
    up = b[B_HEIGHT] - a[B_HEIGHT]
    climb = b[B_VU] - a[B_VU]
    height = (vv * up * up - 2.0 * pv * up * climb + pp * climb * climb) / det
    return ground, height, size, math.log(det)


@bare
def kinship(a, b):
    """Return what identities say for two members being one: inf forbids, and what gates allow.

    ``a``, ``b``: (Mode S, Mode A, call sign, number, target before, number shown by its site,
    kind).  Who tells a number without a covariance has compared with more than we can.
    """
    gain = 0.0
    wide = 1.0
    if a[0] >= 0 and b[0] >= 0:
        if a[0] != b[0]:
            return -math.inf, 1.0
        gain += SAME_ADDRESS
        wide = 9.0
    if a[2] >= 0 and b[2] >= 0:
        gain += SAME_CALL_SIGN if a[2] == b[2] else -SAME_CALL_SIGN
    if a[1] >= 0 and b[1] >= 0:
        if a[1] != b[1]:
            gain += OTHER_CODE
        elif a[1] % 512 != 0:  # codes that end in 000 are given to many
            gain += SAME_CODE
    if a[3] == b[3]:
        gain += SAME_NUMBER
        wide = max(wide, 4.0)
    elif (a[6] == NAMED or b[6] == NAMED) and a[5] == b[5] and a[5] >= 0:
        gain += SAME_SHOWN
    return gain, wide


@bare
def is_far(a, b, wide, residual_m):
    """Return whether two places are out of any gate: no distance is in units above the trace."""
    north = (b[B_LAT] - a[B_LAT]) * SEMI_MAJOR_M
    east = b[B_LON] - a[B_LON]
    if abs(east) > math.pi:
        return False
    east *= SEMI_MAJOR_M * math.cos(a[B_LAT])
    most = 2.0 * (a[B_SIZE] + b[B_SIZE] + residual_m * residual_m)
    return 0.98 * (north * north + east * east) > wide * BREAK * most


@bare
def compare(i, g, brought, idents, means, forget, residual, work):
    """Return what it is worth to take member i for target g, and the distances; -inf: it may not.

    ``g`` is the member that stands for the target.  Where both were one target before, distances
    are means over time, and breaking up takes more than joining did.
    """
    told, wide = kinship(idents[i], idents[g])
    were_one = idents[i, 4] >= 0 and idents[i, 4] == idents[g, 4]
    reach = wide / forget if were_one else wide  # one look may be far off, their mean not
    if told == -math.inf or is_far(brought[i], brought[g], reach, residual[0]):
        return -math.inf, 0.0, 0.0
    ground, height, size, size_up = distances(brought[g], brought[i], residual, work)
    if not ground < math.inf:
        return -math.inf, 0.0, 0.0
    gate, gate_up = JOIN, JOIN_UP
    gain = told + ELSEWHERE - 0.5 * size
    if were_one:
        ground = means[i, 0] + forget * (ground - means[i, 0])
        height = means[i, 1] + forget * (height - means[i, 1])
        gate, gate_up = BREAK, BREAK
        gain += STAY
    if ground > wide * gate or height > wide * gate_up:
        return -math.inf, 0.0, 0.0
    if not math.isnan(size_up):
        gain += ELSEWHERE_UP - 0.5 * size_up
    return gain - 0.5 * (ground + height) / wide, ground, height


@kernel
def candidates(members, stand_ins, brought, idents, means, forget, residual, table, out):
    """Fill ``out`` with pairs of a site's ``members`` and targets that may be one; return how many.

    ``stand_ins`` (G,): the member that stands for each target.  ``table``: heads (a power of two),
    links, bands and cells (G,).  ``out``: row, column, gain, ground and height distance; FULL: too
    little room.
    """
    heads, links, bands, cells = table
    rows, columns, gains, grounds, heights = out
    size = len(heads)
    lat_cells = int(math.pi * SEMI_MAJOR_M / CELL_M)
    heads[:] = -1
    for g in range(len(stand_ins)):
        b = brought[stand_ins[g]]
        bands[g], cells[g], _ = cell_of(b[B_LAT], b[B_LON], lat_cells)
        h = slot_of(bands[g], cells[g], size)
        links[g] = heads[h]
        heads[h] = g
    work = (np.empty(4), np.empty((4, 4)))
    n = 0
    for m in range(len(members)):
        i = members[m]
        a = brought[i]
        own_band, _, _ = cell_of(a[B_LAT], a[B_LON], lat_cells)
        for band in range(max(own_band - 1, 0), min(own_band + 2, lat_cells)):
            middle = (band + 0.5) * math.pi / lat_cells - 0.5 * math.pi
            _, own, count = cell_of(middle, a[B_LON], lat_cells)
            for step in range(-1, 2 if count > 2 else min(count - 1, 1)):
                cell = (own + step) % count
                g = heads[slot_of(band, cell, size)]
                while g >= 0:
                    if bands[g] == band and cells[g] == cell:
                        gain, ground, height = compare(
                            i, stand_ins[g], brought, idents, means, forget, residual, work
                        )
                        if gain > 0.0:
                            if n == len(rows):
                                return FULL
                            rows[n], columns[n], gains[n] = m, g, gain
                            grounds[n], heights[n] = ground, height
                            n += 1
                    g = links[g]
    return n


@kernel
def carry_each(floats, time_s, drift, manoeuvre, places, covariances):
    """Fill latitude, longitude, height (n, 3) and covariances (n, 6, 6) as expected at a time."""
    for i in range(len(floats)):
        row = floats[i]
        dt = time_s - row[TIME]
        along, across = radii_m(row[LAT])
        up = 0.0 if math.isnan(row[HEIGHT]) else row[HEIGHT]
        places[i, 0] = row[LAT] + row[VN] * dt / (along + up)
        places[i, 1] = row[LON] + row[VE] * dt / ((across + up) * max(math.cos(row[LAT]), 1e-6))
        places[i, 2] = row[HEIGHT] + row[VU] * dt
        if places[i, 1] > math.pi:
            places[i, 1] -= 2.0 * math.pi
        elif places[i, 1] < -math.pi:
            places[i, 1] += 2.0 * math.pi
        dt = abs(dt)
        psd = drift + manoeuvre * row[MANOEUVRE]
        cov = covariances[i]
        for a in range(6):
            for b in range(6):
                cov[a, b] = packed(row, a, b)
        for a in range(3):
            for b in range(3):
                cov[a, b] += dt * (cov[a, b + 3] + cov[a + 3, b] + dt * cov[a + 3, b + 3])
        for a in range(3):
            for b in range(3):
                cov[a, b + 3] += dt * cov[a + 3, b + 3]
                cov[b + 3, a] = cov[a, b + 3]
        for a in range(3):
            cov[a, a] += psd * dt * dt * dt / 3.0
            cov[a, a + 3] += 0.5 * psd * dt * dt
            cov[a + 3, a] = cov[a, a + 3]
            cov[a + 3, a + 3] += psd * dt
