"""Links that a vehicle in the air carries: they work while both ends are in its radio sight."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from jointsky.earth import geodesy
from jointsky.earth.horizon import horizon_distance_m
from jointsky.earth.motion import Pieces, states_on_grid
from jointsky.scenario.built import BuiltLink, BuiltSite
from jointsky.scenario.connecting import merged
from jointsky.scenario.links import Link
from jointsky.scenario.times import Span

STEP_S = 5.0
MAST_M = 15.0  # of the antenna at each end


def relayed(
    built: Sequence[BuiltLink],
    declared: Sequence[Link],
    sites: Sequence[BuiltSite],
    pieces: Pieces,
    rows: Mapping[str, int],
    span: Span,
) -> list[BuiltLink]:
    """Return all links; those with a relay carry nothing while it is not in sight of both ends.

    ``rows`` gives each vehicle's row by name.  The earth is smooth and refraction that of a 4/3
    earth; hills do not count.
    """
    by_name = {link.name: link for link in declared if link.relay}
    made = []
    for link in built:
        own = next((one for name, one in by_name.items() if _is_of(link.name, name)), None)
        if own is None:
            made.append(link)
            continue
        row = rows.get(own.relay, rows.get(f"{own.relay}-1", -1))
        times_s = np.arange(span.begin_s, span.end_s + STEP_S, STEP_S)
        sees = np.ones(len(times_s), np.bool_)
        for end in link.ends:
            sees &= _sees(sites[end], pieces, row, times_s, 1000.0 * own.relay_range_km)
        gaps = _spans(times_s, ~sees, span.end_s)
        made.append(dataclasses.replace(link, outages_s=merged([*link.outages_s, *gaps])))
    return made


def _is_of(name: str, declared: str) -> bool:
    return name == declared or name.startswith(f"{declared}.")


def _sees(
    site: BuiltSite, pieces: Pieces, row: int, times_s: npt.NDArray[np.float64], range_m: float
) -> npt.NDArray[np.bool_]:
    """Return whether a site and the vehicle see each other at each time."""
    grid = states_on_grid(pieces, times_s, [row])[:, 0]
    there = np.isfinite(grid[0])
    seen = np.zeros(len(times_s), np.bool_)
    ecef_m = grid[:3, there].T
    height_m = geodesy.ecef_to_geodetic(ecef_m)[2] - site.height_m
    own_m = geodesy.geodetic_to_ecef(
        np.array([site.latitude_rad]), np.array([site.longitude_rad]), np.array([site.height_m])
    )
    away_m = np.linalg.norm(ecef_m - own_m, axis=1)
    seen[there] = away_m <= np.minimum(range_m, horizon_distance_m(MAST_M, height_m))
    return seen


def _spans(
    times_s: npt.NDArray[np.float64], holds: npt.NDArray[np.bool_], end_s: float
) -> list[tuple[float, float]]:
    """Return the spans of time in which something holds, from one sample to the next."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8)))
    later = np.append(times_s, end_s)
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    spans = [(float(times_s[a]), min(float(later[b]), end_s)) for a, b in pairs]
    return [(begin_s, until_s) for begin_s, until_s in spans if until_s > begin_s]
