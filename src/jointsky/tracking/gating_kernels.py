"""Kernels of gating: a hashed grid finds the tracks near a plot; a gate keeps the likely pairs.

The grid lies on a flat map in metres.  Buckets are linked lists through the track arrays, so that
a track moves between buckets without any search; two cells that share a bucket cost a few more
tests and nothing else (Teschner et al. 2003, spatial hashing).
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner

CELL_M = 8000.0
FARTHEST_M = 80000.0  # no plot is so uncertain that its track is sought beyond


@inner
def bucket(cell_east, cell_north, buckets):
    """Return the bucket of a cell; ``buckets`` is a power of two."""
    return ((cell_east * 73856093) ^ (cell_north * 19349663)) & (buckets - 1)


@inner
def remove(tracks, heads, t):
    """Take a track out of the grid."""
    cell = tracks.cell[t]
    if cell < 0:
        return
    before = tracks.previous_in_cell[t]
    after = tracks.next_in_cell[t]
    if before >= 0:
        tracks.next_in_cell[before] = after
    else:
        heads[cell] = after
    if after >= 0:
        tracks.previous_in_cell[after] = before
    tracks.cell[t] = -1


@inner
def put(tracks, heads, t, east, north):
    """Put a track into the grid at a place on the map, or move it there."""
    cell = bucket(math.floor(east / CELL_M), math.floor(north / CELL_M), heads.shape[0])
    if cell == tracks.cell[t]:
        return
    remove(tracks, heads, t)
    first = heads[cell]
    tracks.next_in_cell[t] = first
    tracks.previous_in_cell[t] = -1
    if first >= 0:
        tracks.previous_in_cell[first] = t
    heads[cell] = t
    tracks.cell[t] = cell


@inner
def near(tracks, heads, plots, i, reach_m, gate_sigmas, noise_psd, found):
    """Fill ``found`` with the tracks that plot ``i`` could belong to; return how many.

    A coarse test in the plane of the map: distance against the sum of generous bounds.  Tracks
    are looked for in all cells within ``reach_m``.
    """
    east = plots.grid[i, 0]
    north = plots.grid[i, 1]
    time = plots.time[i]
    buckets = heads.shape[0]
    first_e = math.floor((east - reach_m) / CELL_M)
    last_e = math.floor((east + reach_m) / CELL_M)
    first_n = math.floor((north - reach_m) / CELL_M)
    last_n = math.floor((north + reach_m) / CELL_M)
    count = 0
    for ce in range(first_e, last_e + 1):
        for cn in range(first_n, last_n + 1):
            cell = bucket(ce, cn, buckets)
            t = heads[cell]
            while t >= 0:
                dt = time - tracks.time[t]
                de = east - tracks.grid[t, 0] - tracks.grid[t, 2] * dt
                dn = north - tracks.grid[t, 1] - tracks.grid[t, 3] * dt
                age = abs(dt)
                sigma = tracks.spread[t, 0] + tracks.spread[t, 1] * age
                sigma2 = sigma * sigma + noise_psd * age * age * age / 3.0
                sigma2 += plots.position_sigma[i] ** 2
                radius = gate_sigmas * math.sqrt(sigma2) + plots.slack[i]
                if de * de + dn * dn <= radius * radius:
                    known = False
                    for k in range(count):
                        if found[k] == t:
                            known = True  # two of the cells share this bucket
                            break
                    if not known and count < found.shape[0]:
                        found[count] = t
                        count += 1
                t = tracks.next_in_cell[t]
    return count


@inner
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
