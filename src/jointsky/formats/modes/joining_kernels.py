"""Kernels behind joining.py: messages of many aircraft, in order of time, become positions.

Each position is joined with the newest velocity, call sign, Mode A code and accuracy that the
same aircraft sent before it.  Times in seconds, angles in degrees, distances in metres.
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel
from jointsky.formats.modes.cpr_kernels import near, pair
from jointsky.formats.modes.fields_kernels import (
    KIND_AIRBORNE,
    KIND_ALTITUDE,
    KIND_IDENTITY,
    KIND_OPERATION,
    KIND_SQUAWK,
    KIND_STATUS,
    KIND_SURFACE,
    KIND_TARGET,
    KIND_VELOCITY,
)

FOUND = 1  # what became of a position message
WAITING = 2  # no partner yet
IMPLAUSIBLE = 3  # farther from the last one than anything flies
NO_REFERENCE = 4  # on the surface, and nothing says in which quarter of the world

PAIR_AIR_S = 10.0  # even and odd may be so far apart in time (DO-260B A.1.7.7)
PAIR_SURFACE_S = 25.0
NEAR_S = 300.0  # one message is enough so long after a position
LOOK_BACK_S = 60.0
VELOCITY_S = 5.0
SLACK_S = 2.0  # time stamps of some recordings are whole seconds
SPEED_AIR_MPS = 1000.0
SPEED_SURFACE_MPS = 150.0
SLACK_M = 500.0
STRIKES = 3
METRES_PER_DEGREE = 111195.0  # of latitude, on a sphere of 6371 km
DUPLICATE_S = 0.3  # one sender repeats a position every 0.4 to 0.6 s


@kernel
def distance_m(lat1_deg, lon1_deg, lat2_deg, lon2_deg):
    """Return the distance over a sphere by the haversine formula: good to 0.5 %."""
    a1, a2 = math.radians(lat1_deg), math.radians(lat2_deg)
    north = math.sin(0.5 * (a2 - a1))
    east = math.sin(0.5 * math.radians(lon2_deg - lon1_deg))
    h = north * north + math.cos(a1) * math.cos(a2) * east * east
    return 2.0 * math.degrees(math.asin(min(math.sqrt(h), 1.0))) * METRES_PER_DEGREE


@kernel
def _reset(s, a):
    s.pair_time_s[a, 0] = s.pair_time_s[a, 1] = -math.inf
    s.time_s[a] = -math.inf
    s.strikes[a] = 0


@kernel
def _plausible(s, a, lat, lon, now, surface):
    if math.isnan(lat):
        return False
    if s.time_s[a] == -math.inf:
        return True
    speed = SPEED_SURFACE_MPS if surface else SPEED_AIR_MPS
    reach = speed * (abs(now - s.time_s[a]) + SLACK_S) + SLACK_M
    return distance_m(lat, lon, s.lat_deg[a], s.lon_deg[a]) <= reach


@kernel
def _locate(s, a, f, n, now, surface, ref_lat, ref_lon):
    """Return (outcome, latitude, longitude) of position message n of aircraft a."""
    odd = f.odd[n]
    if s.surface[a] != surface:  # the two codings do not mix; where it was stays known
        s.pair_time_s[a, 0] = s.pair_time_s[a, 1] = -math.inf
        s.surface[a] = surface
    s.pair_lat[a, odd], s.pair_lon[a, odd] = f.cpr_lat[n], f.cpr_lon[n]
    s.pair_time_s[a, odd] = now
    lat, lon = math.nan, math.nan
    known = now - s.time_s[a] <= NEAR_S
    if known:
        lat, lon = near(f.cpr_lat[n], f.cpr_lon[n], odd, surface, s.lat_deg[a], s.lon_deg[a])
        if _plausible(s, a, lat, lon, now, surface):
            s.strikes[a] = 0
            return FOUND, lat, lon
        s.strikes[a] += 1
        if s.strikes[a] < STRIKES:
            return IMPLAUSIBLE, lat, lon
        _reset(s, a)  # the older position was the wrong one: begin anew
        s.pair_time_s[a, odd] = now
        return IMPLAUSIBLE, lat, lon
    if now - s.pair_time_s[a, 1 - odd] > (PAIR_SURFACE_S if surface else PAIR_AIR_S):
        return WAITING, lat, lon
    if surface and math.isnan(ref_lat):
        return NO_REFERENCE, lat, lon
    even_lat, even_lon = s.pair_lat[a, 0], s.pair_lon[a, 0]
    odd_lat, odd_lon = s.pair_lat[a, 1], s.pair_lon[a, 1]
    lat, lon = pair(even_lat, even_lon, odd_lat, odd_lon, odd == 1, surface, ref_lat, ref_lon)
    return (WAITING if math.isnan(lat) else FOUND), lat, lon


@kernel
def _remember(s, a, f, n, now):
    """Take what a message other than a position says into the state of its aircraft."""
    kind = f.kind[n]
    if kind == KIND_IDENTITY:
        if f.call_sign[n] >= 0:
            s.call_sign[a] = f.call_sign[n]
            s.call_sign_sure[a] = 1
        s.vehicle[a] = f.vehicle[n]
    elif kind == KIND_VELOCITY:
        s.velocity_time_s[a] = now
        s.ve_kt[a], s.vn_kt[a] = f.ve_kt[n], f.vn_kt[n]
        s.rate_fpm[a], s.above_ft[a] = f.rate_fpm[n], f.above_ft[n]
    elif kind == KIND_STATUS:
        s.mode_a[a] = f.mode_a[n]
        s.emergency[a] = f.emergency[n]
    elif kind == KIND_TARGET:
        s.nac[a] = f.nac[n]
    elif kind == KIND_OPERATION:
        s.version[a] = f.version[n]
        s.nac[a] = f.nac[n]
        if f.gva[n] >= 0:
            s.gva[a] = f.gva[n]
    elif kind in (KIND_SQUAWK, KIND_ALTITUDE):
        if kind == KIND_SQUAWK:
            s.mode_a[a] = f.mode_a[n]
        else:
            s.reply_time_s[a] = now
            s.reply_ft[a] = f.pressure_ft[n]
        if f.alert[n] == 3:
            s.ident_time_s[a] = now
        if f.call_sign[n] >= 0 and not s.call_sign_sure[a]:
            s.call_sign[a] = f.call_sign[n]


@kernel
def _report(s, a, f, n, now, out):
    """Fill row n of ``out`` with what is known of aircraft a at its position message n."""
    out.call_sign[n] = s.call_sign[a]
    out.mode_a[n] = s.mode_a[a]
    out.emergency[n] = s.emergency[a]
    out.vehicle[n] = s.vehicle[a]
    out.version[n], out.nac[n], out.gva[n] = s.version[a], s.nac[a], s.gva[a]
    out.ident[n] = f.alert[n] == 3 or now - s.ident_time_s[a] <= VELOCITY_S
    if f.kind[n] == KIND_SURFACE:
        out.ve_kt[n], out.vn_kt[n] = f.ve_kt[n], f.vn_kt[n]
        return
    out.pressure_ft[n] = f.pressure_ft[n]
    out.height_ft[n] = f.height_ft[n]
    if math.isnan(f.pressure_ft[n]) and now - s.reply_time_s[a] <= VELOCITY_S:
        out.pressure_ft[n] = s.reply_ft[a]
    if now - s.velocity_time_s[a] <= VELOCITY_S:
        out.ve_kt[n], out.vn_kt[n] = s.ve_kt[a], s.vn_kt[a]
        out.rate_fpm[n] = s.rate_fpm[a]
        if math.isnan(out.height_ft[n]):
            out.height_ft[n] = f.pressure_ft[n] + s.above_ft[a]


@kernel
def join(order, aircraft, time_s, f, ref_lat_deg, ref_lon_deg, s, out):
    """Fill ``out`` (joining.Positions) for the rows of ``order``, which is in order of time.

    ``aircraft`` (N,) numbers the senders, ``f`` is fields.Fields of the N frames, ``s``
    joining.State, fresh.  The reference (degrees, NaN if none) serves surface positions only.
    """
    for n in order:
        a, now, kind = aircraft[n], time_s[n], f.kind[n]
        if kind not in (KIND_AIRBORNE, KIND_SURFACE):
            _remember(s, a, f, n, now)
            continue
        surface = 1 if kind == KIND_SURFACE else 0
        old = s.last_row[a]
        out.repeats[n] = (
            old >= 0
            and now - time_s[old] < DUPLICATE_S
            and f.cpr_lat[old] == f.cpr_lat[n]
            and f.cpr_lon[old] == f.cpr_lon[n]
            and f.odd[old] == f.odd[n]
        )
        s.last_row[a] = n
        out.outcome[n], lat, lon = _locate(s, a, f, n, now, surface, ref_lat_deg, ref_lon_deg)
        if out.outcome[n] == FOUND:
            s.lat_deg[a], s.lon_deg[a], s.time_s[a] = lat, lon, now
            out.lat_deg[n], out.lon_deg[n] = lat, lon
        if out.outcome[n] in (FOUND, WAITING):
            _report(s, a, f, n, now, out)


@kernel
def look_back(order, aircraft, time_s, f, s, out):
    """Find the positions that waited for a pair from the first one that was found after them.

    The same rows as ``join`` had, walked from the last to the first; ``s`` is fresh again.
    """
    for k in range(order.shape[0] - 1, -1, -1):
        n = order[k]
        a, now = aircraft[n], time_s[n]
        if out.outcome[n] == FOUND:
            s.lat_deg[a], s.lon_deg[a], s.time_s[a] = out.lat_deg[n], out.lon_deg[n], now
            s.surface[a] = f.kind[n] == KIND_SURFACE
        elif out.outcome[n] == WAITING:
            surface = 1 if f.kind[n] == KIND_SURFACE else 0
            if s.surface[a] != surface or s.time_s[a] - now > LOOK_BACK_S:
                continue
            if s.time_s[a] == -math.inf:
                continue
            at_lat, at_lon = s.lat_deg[a], s.lon_deg[a]
            lat, lon = near(f.cpr_lat[n], f.cpr_lon[n], f.odd[n], surface, at_lat, at_lon)
            if _plausible(s, a, lat, lon, now, surface):
                out.outcome[n] = FOUND
                out.lat_deg[n], out.lon_deg[n] = lat, lon
                s.lat_deg[a], s.lon_deg[a], s.time_s[a] = lat, lon, now
