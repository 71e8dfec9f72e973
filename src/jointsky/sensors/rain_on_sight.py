"""Rain between an eye and a target: how much of the light it takes."""

from __future__ import annotations

import numpy as np

from jointsky.earth import geodesy
from jointsky.sensors.atmosphere import rain_cells, rain_loss_db
from jointsky.sensors.frames import Floats, Near
from jointsky.sensors.sight_kernels import HEIGHT
from jointsky.sensors.surroundings import Place, Surroundings

_DB_PER_NEPER = 4.342_944_819
_ANY_HZ = 10e9  # for the geometry of the cells; what they take of radio is not used


def rain_extinction_pm(rate_mmph: float) -> float:
    """Return what rain takes of light per metre: 1.076 R^0.67 dB/km (ITU-R P.1814-0, table 1).

    10 mm/h: 5.03 dB/km, 1.159e-3 per metre.
    """
    return float(1.076 * rate_mmph**0.67) / _DB_PER_NEPER * 1e-3


def rain_on_sight(
    place: Place, surroundings: Surroundings, at: Floats, time_s: Floats, found: Near
) -> Floats:
    """Return the extinction by rain on each way (n,), the sum over its length, no unit.

    ``at`` is where the sensor is, (1, SITE) or (F, SITE); ``time_s`` (F,) when its frames begin.
    """
    out = np.zeros(len(found.vehicle))
    if len(surroundings.rain) == 0 or len(out) == 0:
        return out
    per_m = np.array([rain_extinction_pm(cell.rate_mmph) for cell in surroundings.rain])
    if place.vehicle < 0:
        return _on_ways(place, surroundings, per_m, at[0], time_s[found.frame], found.state)
    latitude_rad, longitude_rad, _ = geodesy.ecef_to_geodetic(at[:, :3])
    for frame in np.unique(found.frame).tolist():
        mine = np.flatnonzero(found.frame == frame)
        here = Place(latitude_rad=latitude_rad[frame], longitude_rad=longitude_rad[frame])
        now_s = np.full(len(mine), time_s[frame])
        out[mine] = _on_ways(here, surroundings, per_m, at[frame], now_s, found.state[mine])
    return out


def _on_ways(
    place: Place,
    surroundings: Surroundings,
    per_m: Floats,
    site: Floats,
    time_s: Floats,
    state: Floats,
) -> Floats:
    """Return the extinction on ways from one place to states (n, 6) at times (n,)."""
    cells = rain_cells(place, surroundings.rain, _ANY_HZ)._replace(loss_db_per_m=per_m)
    local_m = (state[:, :3] - site[:3]) @ site[3:12].reshape(3, 3).T
    local_m[:, 2] = geodesy.ecef_to_geodetic(state[:, :3])[2]
    return rain_loss_db(cells, float(site[HEIGHT]), local_m, time_s)
