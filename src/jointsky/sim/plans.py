"""Flight plans as command posts have them: rounded, early or late, and not of everybody.

Who flies by instruments has filed a plan; friends have told their own nation.  A plan follows the
flight that is simulated, with places rounded to a twentieth of a degree and a departure that is
off by a minute or so; light aircraft, drones, birds and what is hostile have none.
"""

from __future__ import annotations

import math

import numpy as np

from jointsky.earth import geodesy
from jointsky.earth.motion import states_on_grid
from jointsky.records.plans import FlightPlan, PlanPoint
from jointsky.records.vehicles import Transponder
from jointsky.scenario.built import Built
from jointsky.streams import stream

POINT_S = 120.0
OFF_SIGMA_S = 45.0
ROUNDED_DEG = 0.05
LEVEL_M = 304.8
UNFILED = 0.02  # share of flights by instruments whose plan nobody has
BY_INSTRUMENTS_MPS = 90.0  # what cruises slower flies by sight here


def plans_of(built: Built, nation: str, is_joint: bool) -> list[FlightPlan]:
    """Return the plans that a nation's command post has, in order of vehicles.

    Friends of the other nation are known where the two nations decide together.
    """
    vehicles = built.surroundings.vehicles
    pieces = built.surroundings.pieces
    made = []
    for row in range(len(vehicles)):
        kind = str(vehicles.allegiance[row])
        first, last = pieces.first[row], pieces.first[row + 1]
        if kind not in {"civil", "friend"} or first == last:
            continue
        if kind == "friend" and not is_joint and str(vehicles.nation[row]) != nation:
            continue
        rng = stream(built.seed, "plan", str(vehicles.name[row]))
        off_s, luck = OFF_SIGMA_S * float(rng.standard_normal()), float(rng.random())
        begin_s = max(float(pieces.begin_s[first]), built.begin_s)
        end_s = min(float(pieces.end_s[last - 1]), built.end_s)
        if end_s <= begin_s:
            continue
        times_s = np.append(np.arange(begin_s, end_s, POINT_S), end_s)
        grid = states_on_grid(pieces, times_s, [row])[:, 0]
        if kind == "civil" and not _files(vehicles.transponder[row], grid, luck):
            continue
        known = np.isfinite(grid[0])
        latitude, longitude, height = geodesy.ecef_to_geodetic(grid[:3].T[known])
        made.append(
            FlightPlan(
                call_sign=str(vehicles.call_sign[row]),
                mode_s=int(vehicles.mode_s[row]) if kind == "civil" else -1,
                mode_a=int(vehicles.mode_a[row]),
                allegiance="civil" if kind == "civil" else "friend",
                points=tuple(
                    PlanPoint(
                        time_s=time_s + off_s,
                        latitude_rad=_rounded(lat, math.radians(ROUNDED_DEG)),
                        longitude_rad=_rounded(lon, math.radians(ROUNDED_DEG)),
                        height_m=_rounded(up_m, LEVEL_M),
                    )
                    for time_s, lat, lon, up_m in zip(
                        times_s[known].tolist(),
                        latitude.tolist(),
                        longitude.tolist(),
                        height.tolist(),
                        strict=True,
                    )
                ),
            )
        )
    return made


def _files(transponder: int, grid: np.ndarray, luck: float) -> bool:
    """Return whether a civil flight has filed a plan that reached the command post."""
    speed_mps = float(np.nanmax(np.linalg.norm(grid[3:], axis=0)))
    answers = Transponder.MODE_S in Transponder(int(transponder))
    return answers and speed_mps > BY_INSTRUMENTS_MPS and luck >= UNFILED


def _rounded(value: float, step: float) -> float:
    return step * round(value / step)
