"""Kernels of compact position reporting: 17-bit pairs become latitude and longitude, degrees.

Source: ICAO Doc 9871 appendix C.2.6; RTCA DO-260B appendix A.1.7.
"""
# mypy: ignore-errors

import math

from jointsky._jit import kernel

STEPS = 131072.0  # 2^17


@kernel
def zones(latitude_deg):
    """Return NL, the number of longitude zones at a latitude (A.1.7.2.d): 59 at the equator."""
    size = abs(latitude_deg)
    if size < 1e-9:
        return 59
    if size > 87.0:
        return 1
    if size == 87.0:
        return 2
    part = (1.0 - math.cos(math.pi / 30.0)) / math.cos(math.radians(size)) ** 2
    return math.floor(2.0 * math.pi / math.acos(1.0 - part))


@kernel
def nearest(value_deg, reference_deg, period_deg):
    """Return ``value_deg`` plus the multiple of ``period_deg`` that is nearest the reference."""
    return value_deg + period_deg * math.floor((reference_deg - value_deg) / period_deg + 0.5)


@kernel
def pair(even_lat, even_lon, odd_lat, odd_lon, odd_is_new, surface, ref_lat_deg, ref_lon_deg):
    """Return (latitude, longitude) of an even and an odd message, or NaN where they do not fit.

    On the surface the answer repeats each 90 degrees, and the solution nearest the reference is
    taken; in the air the reference is not looked at.
    """
    turn = 90.0 if surface else 360.0
    y0, y1, x0, x1 = even_lat / STEPS, odd_lat / STEPS, even_lon / STEPS, odd_lon / STEPS
    j = math.floor(59.0 * y0 - 60.0 * y1 + 0.5)
    lat0 = turn / 60.0 * (j % 60 + y0)
    lat1 = turn / 59.0 * (j % 59 + y1)
    if surface:
        lat0, lat1 = nearest(lat0, ref_lat_deg, 90.0), nearest(lat1, ref_lat_deg, 90.0)
    else:
        lat0, lat1 = nearest(lat0, 0.0, 360.0), nearest(lat1, 0.0, 360.0)
    if abs(lat0) > 90.0 or abs(lat1) > 90.0 or zones(lat0) != zones(lat1):
        return math.nan, math.nan
    latitude, x = (lat1, x1) if odd_is_new else (lat0, x0)
    count = zones(latitude)
    parts = max(count - 1, 1) if odd_is_new else max(count, 1)
    m = math.floor(x0 * (count - 1) - x1 * count + 0.5)
    longitude = turn / parts * (m % parts + x)
    if surface:
        longitude = nearest(longitude, ref_lon_deg, 90.0)
    return latitude, nearest(longitude, 0.0, 360.0)


@kernel
def near(cpr_lat, cpr_lon, odd, surface, ref_lat_deg, ref_lon_deg):
    """Return (latitude, longitude) of one message, next to a reference within half a zone.

    Half a zone is 180 NM in the air and 45 NM on the surface (A.1.7.5).
    """
    turn = 90.0 if surface else 360.0
    height = turn / (60.0 - odd)
    latitude = nearest(cpr_lat / STEPS * height, ref_lat_deg, height)
    if abs(latitude) > 90.0:
        return math.nan, math.nan
    width = turn / max(zones(latitude) - odd, 1)
    longitude = nearest(cpr_lon / STEPS * width, ref_lon_deg, width)
    return latitude, nearest(longitude, 0.0, 360.0)
