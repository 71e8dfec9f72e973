"""Kernels of a track's life: begin, take a plot, miss looks, end, be one of two.

Existence follows the integrated probabilistic data association of Musicki, Evans, Stankovic
(1994): a plot multiplies the odds by P_D L / lambda, a look without one by what is left.  Whether
a sensor can see the target at all is a probability of its own (Musicki and Evans 2004's
"observability"), so that flying out of one radar's view does not end a track.
"""
# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import inner
from jointsky.earth.geodesy_kernels import east_north_up, ecef_to_geodetic
from jointsky.tracking import gating_kernels, measurement_kernels, motion_kernels
from jointsky.tracking.measurement_kernels import POLAR, ROWS

FREE, TENTATIVE, CONFIRMED = 0, 1, 2
MODELS = 2
EARTH_M = 6371000.0
NEVER = -1e17
FIRST_INTERVAL_S, LONGEST_INTERVAL_S = 10.0, 120.0  # of targets that report by themselves
SAME_ADDRESS_M = 1000.0
FIRST_VELOCITY_SIGMA_MPS = 20.0  # of a velocity that nothing confirms yet
MOST_SURE = 0.9995  # no plot makes a track surer: it must be able to end


@inner
def settle(tracks, heads, t, is_flat, center):
    """Refresh what is derived from a track's state: mixture, vertical, place on the map, spread."""
    p = np.empty((6, 6))
    motion_kernels.combine(
        tracks.weights[t], tracks.state[t], tracks.covariance[t], tracks.mean[t], p
    )
    x = tracks.mean[t]
    if is_flat:
        tracks.up[t, 0] = 0.0
        tracks.up[t, 1] = 0.0
        tracks.up[t, 2] = 1.0
        tracks.grid[t, 0] = x[0]
        tracks.grid[t, 1] = x[1]
        tracks.grid[t, 2] = x[3]
        tracks.grid[t, 3] = x[4]
    else:
        latitude, longitude, _ = ecef_to_geodetic(x[0], x[1], x[2])
        axes = east_north_up(latitude, longitude)
        for k in range(3):
            tracks.up[t, k] = axes[2][k]
        turn = longitude - center[1]
        turn -= 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5)
        scale = EARTH_M * center[2]
        tracks.grid[t, 0] = scale * turn
        tracks.grid[t, 1] = EARTH_M * (latitude - center[0])
        east = axes[0][0] * x[3] + axes[0][1] * x[4] + axes[0][2] * x[5]
        north = axes[1][0] * x[3] + axes[1][1] * x[4] + axes[1][2] * x[5]
        tracks.grid[t, 2] = east * center[2] / max(math.cos(latitude), 0.02)
        tracks.grid[t, 3] = north
    ux = tracks.up[t, 0]
    uy = tracks.up[t, 1]
    uz = tracks.up[t, 2]
    tracks.spread[t, 0] = math.sqrt(across(p, 0, ux, uy, uz))
    tracks.spread[t, 1] = math.sqrt(across(p, 3, ux, uy, uz))
    gating_kernels.put(tracks, heads, t, tracks.grid[t, 0], tracks.grid[t, 1])


@inner
def across(p, k, ux, uy, uz):
    """Return the summed variance of a 3x3 block of ``p`` at ``k`` across the vertical."""
    along = (
        ux * (p[k, k] * ux + 2.0 * p[k, k + 1] * uy)
        + uy * (p[k + 1, k + 1] * uy + 2.0 * p[k + 1, k + 2] * uz)
        + uz * (p[k + 2, k + 2] * uz + 2.0 * p[k, k + 2] * ux)
    )
    return max(p[k, k] + p[k + 1, k + 1] + p[k + 2, k + 2] - along, 0.0)


@inner
def _inverse3(a, out):
    """Invert a 3x3 matrix; False where it is nearly singular."""
    c00 = a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1]
    c01 = a[1, 2] * a[2, 0] - a[1, 0] * a[2, 2]
    c02 = a[1, 0] * a[2, 1] - a[1, 1] * a[2, 0]
    det = a[0, 0] * c00 + a[0, 1] * c01 + a[0, 2] * c02
    if abs(det) < 0.05:
        return False
    out[0, 0] = c00 / det
    out[1, 0] = c01 / det
    out[2, 0] = c02 / det
    out[0, 1] = (a[0, 2] * a[2, 1] - a[0, 1] * a[2, 2]) / det
    out[1, 1] = (a[0, 0] * a[2, 2] - a[0, 2] * a[2, 0]) / det
    out[2, 1] = (a[0, 1] * a[2, 0] - a[0, 0] * a[2, 1]) / det
    out[0, 2] = (a[0, 1] * a[1, 2] - a[0, 2] * a[1, 1]) / det
    out[1, 2] = (a[0, 2] * a[1, 0] - a[0, 0] * a[1, 2]) / det
    out[2, 2] = (a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]) / det
    return True


@inner
def position_covariance(plots, i, sensors, unseen_height_sigma, out):
    """Fill ``out`` (3, 3) with the covariance of the position that one plot gives."""
    s = plots.sensor[i]
    axes = plots.axes[i]
    sigma = np.empty(3)
    directions = np.empty((3, 3))
    shared = 0.0  # covariance of the first two
    sigma[2] = plots.height_sigma[i] if plots.height_sigma[i] > 0.0 else unseen_height_sigma
    if plots.geometry[i] == POLAR:
        dx = plots.position[i, 0] - sensors.origin[s, 0]
        dy = plots.position[i, 1] - sensors.origin[s, 1]
        dz = plots.position[i, 2] - sensors.origin[s, 2]
        slant = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
        az = plots.second[i]
        el = 0.0
        here = sensors.axes[s]
        up = here[2, 0] * dx + here[2, 1] * dy + here[2, 2] * dz
        el = math.asin(min(1.0, max(-1.0, up / slant)))
        ground = slant * math.cos(el)
        for k in range(3):
            outward = math.sin(az) * here[0, k] + math.cos(az) * here[1, k]
            directions[0, k] = math.cos(el) * outward + math.sin(el) * here[2, k]
            directions[1, k] = math.cos(az) * here[0, k] - math.sin(az) * here[1, k]
            directions[2, k] = axes[2, k]
            if plots.third_sigma[i] > 0.0:
                directions[2, k] = math.cos(el) * here[2, k] - math.sin(el) * outward
        sigma[0] = plots.first_sigma[i]
        sigma[1] = max(ground, 1.0) * plots.second_sigma[i]
        if plots.third_sigma[i] > 0.0:
            sigma[2] = slant * plots.third_sigma[i]
    else:
        for a in range(3):
            for k in range(3):
                directions[a, k] = axes[a, k]
        sigma[0] = plots.first_sigma[i]
        sigma[1] = plots.second_sigma[i]
        shared = plots.correlation[i] * sigma[0] * sigma[1]
    inverse = np.empty((3, 3))
    if not _inverse3(directions, inverse):
        worst = max(sigma[0], sigma[1], sigma[2])
        for a in range(3):
            for b in range(3):
                out[a, b] = worst * worst if a == b else 0.0
        return
    for a in range(3):
        for b in range(3):
            total = 0.0
            for k in range(3):
                total += inverse[a, k] * inverse[b, k] * sigma[k] * sigma[k]
            total += shared * (inverse[a, 0] * inverse[b, 1] + inverse[a, 1] * inverse[b, 0])
            out[a, b] = total


@inner
def begin(tracks, heads, t, number, plots, i, sensors, settings, existence, is_flat, center):
    """Begin a tentative track at one plot."""
    s = plots.sensor[i]
    axes = plots.axes[i]
    block = np.empty((3, 3))
    position_covariance(plots, i, sensors, settings.unseen_height_sigma_m, block)
    speed_sigma = settings.speed_sigma_mps
    if plots.velocity_sigma[i] > 0.0:
        speed_sigma = max(plots.velocity_sigma[i], FIRST_VELOCITY_SIGMA_MPS)
    across2 = speed_sigma * speed_sigma
    up2 = settings.climb_sigma_mps * settings.climb_sigma_mps
    for m in range(MODELS):
        for a in range(6):
            tracks.state[t, m, a] = 0.0
            for b in range(6):
                tracks.covariance[t, m, a, b] = 0.0
        for a in range(3):
            tracks.state[t, m, a] = plots.position[i, a]
            for b in range(3):
                tracks.covariance[t, m, a, b] = block[a, b]
                velocity2 = (up2 - across2) * axes[2, a] * axes[2, b]
                if a == b:
                    velocity2 += across2
                tracks.covariance[t, m, a + 3, b + 3] = velocity2
        if plots.velocity_sigma[i] > 0.0:
            for a in range(3):
                tracks.state[t, m, a + 3] = (
                    plots.velocity[i, 0] * axes[0, a] + plots.velocity[i, 1] * axes[1, a]
                )
    if plots.doppler_sigma[i] > 0.0:
        rows = np.empty((ROWS, 8))
        up = np.empty(3)
        n = measurement_kernels.measure(
            plots, i, sensors, is_flat, tracks.state[t, 0], 0.0, up, rows
        )
        for m in range(MODELS):
            if n > 0:
                measurement_kernels.take(
                    rows[n - 1 : n], 1, tracks.state[t, m], tracks.covariance[t, m]
                )
    tracks.weights[t, 0] = 0.5
    tracks.weights[t, 1] = 0.5
    tracks.status[t] = TENTATIVE
    tracks.number[t] = number
    tracks.time[t] = plots.time[i]
    tracks.born[t] = plots.time[i]
    tracks.existence[t] = existence
    tracks.first_existence[t] = existence
    tracks.plots[t] = 0
    tracks.born_by[t] = 2 * s + plots.identified[i]
    tracks.mode_s[t] = -1
    tracks.mode_a[t] = -1
    tracks.mode_a_votes[t] = 0
    tracks.call_sign[t] = -1
    tracks.pressure_altitude[t] = math.nan
    for k in range(tracks.last_hit.shape[1]):
        tracks.last_hit[t, k] = -1e18
        tracks.last_look[t, k] = -1e18
        tracks.in_view[t, k] = 0.0
        tracks.every[t, k] = sensors.period[k]
    tracks.wild_heights[t] = 0
    note_plot(tracks, t, plots, i, s)
    settle(tracks, heads, t, is_flat, center)


@inner
def note_interval(tracks, t, s, gap_s):
    """Follow how often a target reports by itself; each does so at a rate of its own."""
    if gap_s > LONGEST_INTERVAL_S:
        tracks.every[t, s] = max(tracks.every[t, s], FIRST_INTERVAL_S)
    elif gap_s > 0.1:
        tracks.every[t, s] = max(0.7 * tracks.every[t, s] + 0.3 * gap_s, 0.3)


@inner
def note_plot(tracks, t, plots, i, s):
    """Take over what a plot says beside its place: identity, altitude, that its sensor sees it."""
    tracks.plots[t] += 1
    if plots.mode_s[i] >= 0:
        tracks.mode_s[t] = plots.mode_s[i]
    code = plots.mode_a[i]
    if code >= 0:
        if tracks.mode_a[t] < 0 or tracks.mode_a[t] == code:
            tracks.mode_a[t] = code
            tracks.mode_a_votes[t] = min(tracks.mode_a_votes[t] + 1, 3)
        else:
            tracks.mode_a_votes[t] -= 1
            if tracks.mode_a_votes[t] <= 0:
                tracks.mode_a[t] = code
                tracks.mode_a_votes[t] = 1
    if plots.call_sign[i] >= 0:
        tracks.call_sign[t] = plots.call_sign[i]
    if plots.pressure_altitude[i] == plots.pressure_altitude[i]:
        tracks.pressure_altitude[t] = plots.pressure_altitude[i]
    if plots.geometry[i] != POLAR:
        note_interval(tracks, t, s, plots.time[i] - tracks.last_hit[t, s])
    tracks.last_hit[t, s] = max(tracks.last_hit[t, s], plots.time[i])
    tracks.last_look[t, s] = tracks.last_hit[t, s]
    tracks.in_view[t, s] = 1.0


@inner
def raise_existence(existence, likelihood_ratio):
    """Return the probability of existence after a plot that is so much likelier than clutter."""
    odds = existence / max(1.0 - existence, 1e-12) * likelihood_ratio
    return min(odds / (1.0 + odds), MOST_SURE)


@inner
def miss_looks(tracks, t, now, sensors, lost_view):
    """Lower a track's existence by every sensor turn that has passed without a plot of it."""
    for s in range(sensors.period.shape[0]):
        view = tracks.in_view[t, s]
        if view < 0.01:
            continue
        period = tracks.every[t, s]
        while now - tracks.last_look[t, s] > 1.35 * period:
            tracks.last_look[t, s] += period
            prior = view * (1.0 - lost_view)
            seen = prior * sensors.detection[s]
            r = tracks.existence[t]
            tracks.existence[t] = r * (1.0 - seen) / (1.0 - r * seen)
            view = prior * (1.0 - sensors.detection[s]) / (1.0 - seen)
            if view < 0.01:
                break
        tracks.in_view[t, s] = view


@inner
def expected_turn(tracks, t, now, sensors):
    """Return the shortest turn of the sensors that saw a track of late: when to see it again."""
    shortest = math.inf
    for s in range(sensors.period.shape[0]):
        if tracks.last_hit[t, s] > NEVER and now - tracks.last_hit[t, s] < 5.0 * tracks.every[t, s]:
            shortest = min(shortest, tracks.every[t, s])
    if shortest == math.inf:
        for s in range(sensors.period.shape[0]):
            if tracks.last_hit[t, s] > NEVER:
                shortest = min(shortest, tracks.every[t, s])
    return shortest


@inner
def end(tracks, heads, t):
    """End a track and free its row."""
    gating_kernels.remove(tracks, heads, t)
    tracks.status[t] = FREE


@inner
def are_one(tracks, a, b, sensors):
    """Return whether two tracks follow one target: close in place and speed, never seen apart."""
    if tracks.mode_s[a] >= 0 and tracks.mode_s[b] >= 0 and tracks.mode_s[a] != tracks.mode_s[b]:
        return False
    same_address = tracks.mode_s[a] >= 0 and tracks.mode_s[a] == tracks.mode_s[b]
    if not same_address:
        if tracks.last_batch[a] == tracks.last_batch[b]:
            return False
        for s in range(sensors.period.shape[0]):
            apart = abs(tracks.last_hit[a, s] - tracks.last_hit[b, s])
            if tracks.last_hit[a, s] > NEVER and apart < 0.3 * sensors.period[s]:
                return False
        if tracks.mode_a[a] >= 0 and tracks.mode_a[b] >= 0 and tracks.mode_a[a] != tracks.mode_a[b]:
            return False
    dt = tracks.time[a] - tracks.time[b]
    de = tracks.grid[a, 0] - tracks.grid[b, 0] - tracks.grid[b, 2] * dt
    dn = tracks.grid[a, 1] - tracks.grid[b, 1] - tracks.grid[b, 3] * dt
    ve = tracks.grid[a, 2] - tracks.grid[b, 2]
    vn = tracks.grid[a, 3] - tracks.grid[b, 3]
    place2 = tracks.spread[a, 0] ** 2 + (tracks.spread[b, 0] + tracks.spread[b, 1] * abs(dt)) ** 2
    speed2 = tracks.spread[a, 1] ** 2 + tracks.spread[b, 1] ** 2
    if same_address:
        return de * de + dn * dn < SAME_ADDRESS_M * SAME_ADDRESS_M + 25.0 * place2
    return (de * de + dn * dn) / place2 + (ve * ve + vn * vn) / speed2 < 4.0
