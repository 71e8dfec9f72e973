"""What air and rain take from an echo on its way out and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.sensors import atmosphere_kernels as kernels
from jointsky.sensors.surroundings import Place, Rain

Polarisation = Literal["horizontal", "vertical", "circular"]
HIGHEST_HZ = 54e9
_TILT_RAD = {"horizontal": 0.0, "vertical": math.pi / 2, "circular": math.pi / 4}

_Terms = tuple[tuple[float, float, float], ...]
_KH: _Terms = (
    (-5.33980, -0.10008, 1.13098),
    (-0.35351, 1.26970, 0.45400),
    (-0.23789, 0.86036, 0.15354),
    (-0.94158, 0.64552, 0.16817),
)
_KV: _Terms = (
    (-3.80595, 0.56934, 0.81061),
    (-3.44965, -0.22911, 0.51059),
    (-0.39902, 0.73042, 0.11899),
    (0.50167, 1.07319, 0.27195),
)
_AH: _Terms = (
    (-0.14318, 1.82442, -0.55187),
    (0.29591, 0.77564, 0.19822),
    (0.32177, 0.63773, 0.13164),
    (-5.37610, -0.96230, 1.47828),
    (16.1721, -3.29980, 3.43990),
)
_AV: _Terms = (
    (-0.07771, 2.33840, -0.76284),
    (0.56727, 0.95545, 0.54039),
    (-0.20238, 1.14520, 0.26809),
    (-48.2991, 0.791669, 0.116226),
    (48.5833, 0.791459, 0.116479),
)


class Air(NamedTuple):
    """How much clear air takes, two ways, at sea level; both gases thin out exponentially."""

    dry_db_per_m: float
    wet_db_per_m: float
    dry_height_m: float
    wet_height_m: float


class RainCells(NamedTuple):
    """Discs of rain as one antenna at a fixed place sees them: C cells, local east and north."""

    east_m: npt.NDArray[Any]  # of the centre at ``begin_s``
    north_m: npt.NDArray[Any]
    ve_mps: npt.NDArray[Any]
    vn_mps: npt.NDArray[Any]
    begin_s: npt.NDArray[Any]
    end_s: npt.NDArray[Any]
    radius_m: npt.NDArray[Any]
    top_m: npt.NDArray[Any]
    loss_db_per_m: npt.NDArray[Any]  # two ways
    rate_mmph: npt.NDArray[Any]


def dry_air_db_per_km(
    frequency_hz: float, pressure_hpa: float = 1013.25, temperature_k: float = 288.15
) -> float:
    """Return what oxygen takes on one kilometre at sea level (ITU-R P.676-10, Annex 2, eq. 22a).

    Up to 54 GHz.  10 GHz, 1013.25 hPa, 15 °C: 0.0073 dB/km.
    """
    ghz = _gigahertz(frequency_hz)
    rp, rt = pressure_hpa / 1013.0, 288.0 / temperature_k

    def phi(a: float, b: float, c: float, d: float) -> float:
        return float(rp**a * rt**b * math.exp(c * (1.0 - rp) + d * (1.0 - rt)))

    xi1 = phi(0.0717, -1.8132, 0.0156, -1.6515)
    xi2 = phi(0.5146, -4.6368, -0.1921, -5.7416)
    xi3 = phi(0.3414, -6.5851, 0.2130, -8.5854)
    low: float = 7.2 * rt**2.8 / (ghz**2 + 0.34 * rp**2 * rt**1.6)
    high = 0.62 * xi3 / ((54.0 - ghz) ** (1.16 * xi1) + 0.83 * xi2)
    return float((low + high) * ghz**2 * rp**2 * 1e-3)


def water_vapour_db_per_km(
    frequency_hz: float,
    vapour_gpm3: float = 7.5,
    pressure_hpa: float = 1013.25,
    temperature_k: float = 288.15,
) -> float:
    """Return what water vapour takes on one kilometre (ITU-R P.676-10, Annex 2, eq. 23a).

    22.235 GHz, 7.5 g/m³, 1013.25 hPa, 15 °C: 0.18 dB/km.
    """
    ghz = _gigahertz(frequency_hz)
    rp, rt = pressure_hpa / 1013.0, 288.0 / temperature_k
    eta1 = 0.955 * rp * rt**0.68 + 0.006 * vapour_gpm3
    eta2 = 0.735 * rp * rt**0.5 + 0.0353 * rt**4 * vapour_gpm3

    def near(line: float) -> float:
        return float(1.0 + ((ghz - line) / (ghz + line)) ** 2)

    def line(strength: float, warmth: float, at: float, width: float, eta: float = eta1) -> float:
        wide = (ghz - at) ** 2 + width * eta1**2
        return float(strength * eta * math.exp(warmth * (1.0 - rt)) / wide)

    total = line(3.98, 2.23, 22.235, 9.42) * near(22.0)
    total += line(11.96, 0.70, 183.310, 11.14) + line(0.081, 6.44, 321.226, 6.29)
    total += line(3.66, 1.60, 325.153, 9.22) + line(25.37, 1.09, 380.0, 0.0)
    total += line(17.40, 1.46, 448.0, 0.0) + line(844.6, 0.17, 557.0, 0.0) * near(557.0)
    total += line(290.0, 0.41, 752.0, 0.0) * near(752.0)
    total += line(8.3328e4, 0.99, 1780.0, 0.0, eta2) * near(1780.0)
    return float(total * ghz**2 * rt**2.5 * vapour_gpm3 * 1e-4)


def _gigahertz(frequency_hz: float) -> float:
    if not 0.0 < frequency_hz < HIGHEST_HZ:
        raise ValueError(f"frequency_hz is {frequency_hz:g}; it must be above 0 and below 54e9")
    return frequency_hz / 1e9


def air(frequency_hz: float, vapour_gpm3: float = 7.5) -> Air:
    """Return what clear air takes at a frequency, two ways.

    Equivalent heights of ITU-R P.676-10, Annex 2, eqs. 25 and 26, far below the lines at 60 GHz:
    5.2 km for oxygen, 1.7 km for water vapour.
    """
    ghz = _gigahertz(frequency_hz)
    width = 1.013 / (1.0 + math.exp(-8.6 * (1.0 - 0.57)))
    wet_km = 1.66 * (1.0 + 1.39 * width / ((ghz - 22.235) ** 2 + 2.56 * width))
    return Air(
        2e-3 * dry_air_db_per_km(frequency_hz),
        2e-3 * water_vapour_db_per_km(frequency_hz, vapour_gpm3),
        6.1e3 / 1.17,
        wet_km * 1e3,
    )


def air_loss_db(
    air: Air, height_m: npt.ArrayLike, other_height_m: npt.ArrayLike, range_m: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return the two-way loss of clear air between two heights at a slant range, in dB."""
    given = [np.asarray(x, np.float64) for x in (height_m, other_height_m, range_m)]
    one, other, distance = (np.array(x) for x in np.broadcast_arrays(*given))
    out = np.empty(one.size)
    kernels.each_air_loss_db(air, one.ravel(), other.ravel(), distance.ravel(), out)
    return out.reshape(one.shape)


def rain_coefficients(
    frequency_hz: float, polarisation: Polarisation = "circular", elevation_rad: float = 0.0
) -> tuple[float, float]:
    """Return k and alpha of ``k rate^alpha`` dB/km, rate in mm/h (ITU-R P.838-3, eqs. 1 to 5).

    From 1 GHz on; below, rain takes less than 1e-4 dB/km.  10 GHz, horizontal: 0.01217, 1.2571.
    """
    log_ghz = math.log10(max(frequency_hz / 1e9, 1.0))

    def total(terms: _Terms, slope: float, level: float) -> float:
        bumps = sum(a * math.exp(-(((log_ghz - b) / c) ** 2)) for a, b, c in terms)
        return bumps + slope * log_ghz + level

    kh, kv = 10 ** total(_KH, -0.18961, 0.71147), 10 ** total(_KV, -0.16398, 0.63297)
    ah, av = total(_AH, 0.67849, -1.95537), total(_AV, -0.053739, 0.83433)
    turn = math.cos(elevation_rad) ** 2 * math.cos(2.0 * _TILT_RAD[polarisation])
    k = (kh + kv + (kh - kv) * turn) / 2.0
    return float(k), float((kh * ah + kv * av + (kh * ah - kv * av) * turn) / (2.0 * k))


def rain_cells(
    place: Place,
    rain: Sequence[Rain],
    frequency_hz: float,
    polarisation: Polarisation = "circular",
) -> RainCells:
    """Return cells of rain as an antenna at ``place`` sees them, on the ground or where it is now.

    Centres and drift are taken to the antenna's local east and north.
    """
    k, alpha = rain_coefficients(frequency_hz, polarisation)
    own = geodesy.enu_rotation(place.latitude_rad, place.longitude_rad)
    rows = []
    for cell in rain:
        there = geodesy.enu_rotation(cell.latitude_rad, cell.longitude_rad)
        centre_m = geodesy.geodetic_to_ecef(cell.latitude_rad, cell.longitude_rad, 0.0)
        at = geodesy.ecef_to_enu(centre_m, place.latitude_rad, place.longitude_rad, 0.0)[0]
        drift = own @ there.T @ np.array([cell.ve_mps, cell.vn_mps, 0.0])
        loss = 2e-3 * k * cell.rate_mmph**alpha
        size = (cell.begin_s, cell.end_s, cell.radius_m, cell.top_m, loss, cell.rate_mmph)
        rows.append((at[0], at[1], drift[0], drift[1], *size))
    return RainCells(*np.array(rows, np.float64).reshape(-1, 10).T.copy())


def rain_loss_db(
    cells: RainCells, height_m: float, target_m: npt.ArrayLike, time_s: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return the two-way loss in rain, in dB, from an antenna at ``height_m`` to targets (n, 3).

    ``target_m`` are local east and north and the height above the ellipsoid, in metres.
    """
    points = np.ascontiguousarray(np.asarray(target_m, np.float64))
    times = np.ascontiguousarray(np.broadcast_to(np.asarray(time_s, np.float64), len(points)))
    out = np.empty(len(points))
    kernels.each_rain_loss_db(cells, height_m, points, times, out)
    return out
