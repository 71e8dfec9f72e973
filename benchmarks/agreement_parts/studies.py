"""The three comparisons: multilateration, surface radar and en-route radar against a reference."""

from __future__ import annotations

import dataclasses
import math
import pathlib

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from agreement_parts import paths, site
from agreement_parts.paths import Differences
from jointsky.recording.read import read
from jointsky.recording.sites import Site
from jointsky.recording.track import Tracked, prepare, track
from jointsky.records.plots import Plots
from jointsky.records.reading import Reading
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.units import FOOT_M

Floats = npt.NDArray[np.float64]

BARCELONA = "data/asterix/lebl_160510_"
ARGENTINA = "data/asterix/ar_"
SURFACE_SITE = Site(latitude_deg=41.29562, longitude_deg=2.095114, height_m=30.0)
MULTILATERATION_SITE = Site(latitude_deg=41.296944, longitude_deg=2.078333, height_m=10.0)
ADSB_GAP_S = 5.0
SYSTEM_GAP_S = 9.0  # two of the system's updates
MATCH_M = 100.0  # on the surface, where only places can be compared
SAME_TARGET_M = 20_000.0  # another aircraft with the same Mode A code is farther than this
SEEN_AGO_S = 12.0  # a turn and a half of the radar


@dataclasses.dataclass(frozen=True)
class Study:
    """One comparison: differences of the plots and of the tracks, and what was found besides.

    ``has_all_courses``: targets move in every direction, so that ``bias`` can tell a constant
    difference from one that moves along.
    """

    title: str
    plots: Differences
    tracks: Differences
    figures: dict[str, float]
    has_all_courses: bool = True


@dataclasses.dataclass(frozen=True)
class Bias:
    """A difference taken apart: constant, along the target's axis, and growing with its speed."""

    east_m: float
    north_m: float
    ahead_m: float
    lag_s: float


def bias(given: Differences) -> Bias:
    """Return the robust least-squares fit of both components of the difference, moving targets."""
    moving = given.rows(given.speed_mps > paths.FASTEST_STANDING_MPS)
    speed = moving.speed_mps
    course = moving.ve_mps / speed, moving.vn_mps / speed

    def misfit(x: Floats) -> Floats:
        along = x[2] + x[3] * speed
        east = moving.east_m - x[0] - along * course[0]
        north = moving.north_m - x[1] - along * course[1]
        return np.concatenate([east, north]) / usual_m

    usual_m = np.median(np.abs(np.concatenate([moving.east_m, moving.north_m])))
    fit = least_squares(misfit, np.zeros(4), loss="cauchy", x_scale=[1.0, 1.0, 1.0, 0.1])
    return Bias(*(float(value) for value in fit.x))


def multilateration(shared: pathlib.Path, minutes: float = math.inf) -> Study:
    """Compare Barcelona's multilateration with ADS-B, paired by Mode S address."""
    recording, adsb = _barcelona(shared, "mlat_cat20.ast", minutes)
    reading = prepare(recording, "mlat", {"0/107": MULTILATERATION_SITE})
    made = track(reading)
    sensor = reading.sensors[int(reading.plots.sensor[0])]
    origin = sensor.latitude_rad or 0.0, sensor.longitude_rad or 0.0
    references = paths.paths_of(adsb, adsb.mode_s)
    of_plots, of_tracks = [], []
    for address, path in references.items():
        mine = made.plots.rows(made.plots.mode_s == address)
        inside, there = paths.at(path, mine.time_s, ADSB_GAP_S)
        mine, there = mine.rows(inside), paths.picked(there, inside)
        altitude = np.where(np.isfinite(there.altitude_m), there.altitude_m, 10.0)
        place = paths.placed(mine, sensor, altitude)
        of_plots.append(paths.of_plots(mine, place, address, there, origin))
        ours = _alive(made.tracks).rows(_alive(made.tracks).mode_s == address)
        inside, there = paths.at(path, ours.time_s, ADSB_GAP_S)
        ours, there = ours.rows(inside), paths.picked(there, inside)
        of_tracks.append(paths.of_tracks(ours, address, there, origin))
    plots, tracks = paths.join(of_plots), paths.join(of_tracks)
    addresses = np.unique(made.plots.mode_s[made.plots.mode_s >= 0])
    return Study(
        "Multilateration against ADS-B, Barcelona",
        plots,
        tracks,
        {
            **_counts(made),
            "addresses": len(addresses),
            "addresses also in ADS-B": len(np.intersect1d(addresses, list(references))),
            "tracks with an address": _targets_with_address(made.tracks),
            "track updates for one comparable plot": len(tracks) / len(plots),
            "of altitudes, within 100 ft": _share_within(tracks.altitude_m, 100.0 * FOOT_M),
        },
    )


def surface(shared: pathlib.Path, minutes: float = math.inf) -> Study:
    """Compare Barcelona's surface radar with ADS-B on the ground, paired by place and time.

    For each ADS-B report of an aircraft on the ground: the nearest plot, the nearest track, each
    within a second and MATCH_M.
    """
    recording, adsb = _barcelona(shared, "smr_cat10.ast", minutes)
    reading = prepare(recording, "smr", {"0/7": SURFACE_SITE}, ["surface-radar"])
    made = track(reading)
    sensor = reading.sensors[int(reading.plots.sensor[0])]
    origin = sensor.latitude_rad or 0.0, sensor.longitude_rad or 0.0
    references = paths.paths_of(adsb, adsb.mode_s)
    asked = []  # (address, the ADS-B points on the ground)
    for address, path in references.items():
        inside, there = paths.at(path, path.time_s[1:] - 1e-6, ADSB_GAP_S)
        inside &= there.is_on_ground
        asked.append((address, paths.picked(there, inside)))
    heights = np.full(len(made.plots), SURFACE_SITE.height_m)
    place = paths.placed(made.plots, sensor, heights)
    none = np.full(len(made.plots), np.nan)
    plots = _nearest(asked, made.plots.time_s, place, (none, none), none, origin)
    ours = _alive(made.tracks)
    sigma_m = np.sqrt(ours.covariance[:, 0, 0] + ours.covariance[:, 1, 1])
    place = ours.latitude_rad, ours.longitude_rad
    velocity = ours.ve_mps, ours.vn_mps
    tracks = _nearest(asked, ours.time_s, place, velocity, sigma_m, origin)
    reports = sum(len(there.time_s) for _, there in asked)
    return Study(
        "Surface radar against ADS-B on the ground, Barcelona",
        plots,
        tracks,
        {
            **_counts(made),
            "reports on the ground": reports,
            "aircraft on the ground": sum(len(there.time_s) > 0 for _, there in asked),
            "reports with a plot": len(plots) / reports,
            "reports with a track": len(tracks) / reports,
        },
    )


def radar(
    shared: pathlib.Path, split: float = 0.5, draws: int = 30
) -> tuple[Study, site.SiteEstimate]:
    """Compare Argentina's en-route radar with the system tracks, paired by Mode A code and time.

    The radar's site is estimated from the first part of the time (``split``), compared is the rest.
    """
    reading = read(shared / f"{ARGENTINA}260429.pcap")
    system = read(shared / f"{ARGENTINA}fds260429.pcap").tracks
    system = system.rows((system.status == TrackStatus.CONFIRMED) & (system.mode_a >= 0))
    references = paths.paths_of(system, system.track_number)
    codes = _codes(system)
    first_s, last_s = float(system.time_s.min()), float(system.time_s.max())
    split_s = first_s + split * (last_s - first_s)
    early = reading.plots.rows(reading.plots.time_s < split_s)
    found = site.estimate(site.pairs_of(early, references, codes, SYSTEM_GAP_S), draws=draws)
    reading = msgspec.structs.replace(reading, plots=site.corrected(reading.plots, found))
    place = Site(
        latitude_deg=found.latitude_deg, longitude_deg=found.longitude_deg, height_m=found.height_m
    )
    reading = prepare(reading, "radar", {"226/232": place})
    made = track(reading)
    late = (made.plots.time_s >= split_s) & (made.plots.time_s <= last_s)
    study = _radar_study(made, late, references, codes, split_s, last_s)
    return study, found


def _radar_study(
    made: Tracked,
    late: npt.NDArray[np.bool_],
    references: dict[int, paths.Path],
    codes: dict[int, int],
    split_s: float,
    last_s: float,
) -> Study:
    sensor = made.sensors[0]
    origin = sensor.latitude_rad or 0.0, sensor.longitude_rad or 0.0
    ours = _alive(made.tracks)
    ours = ours.rows((ours.time_s >= split_s) & (ours.time_s <= last_s))
    seen = made.plots.rows(late & np.isfinite(made.plots.pressure_altitude_m))
    of_plots, of_tracks = [], []
    asked = answered = 0
    for number, path in references.items():
        mine = seen.rows(seen.mode_a == codes[number])
        inside, there = paths.at(path, mine.time_s, SYSTEM_GAP_S)
        mine, there = mine.rows(inside), paths.picked(there, inside)
        where = paths.placed(mine, sensor, mine.pressure_altitude_m)
        of_plots.append(paths.of_plots(mine, where, number, there, origin))
        same = ours.rows(ours.mode_a == codes[number])
        inside, there = paths.at(path, same.time_s, SYSTEM_GAP_S)
        same, there = same.rows(inside), paths.picked(there, inside)
        of_tracks.append(paths.of_tracks(same, number, there, origin))
        points = path.time_s[(path.time_s >= split_s) & (path.time_s <= last_s)]
        is_near = of_plots[-1].horizontal_m < SAME_TARGET_M
        expected = points[_has_near(of_plots[-1].time_s[is_near], points)]
        is_near = of_tracks[-1].horizontal_m < SAME_TARGET_M
        asked += len(expected)
        answered += int(_has_near(of_tracks[-1].time_s[is_near], expected).sum())
    plots, tracks = paths.join(of_plots), paths.join(of_tracks)
    plots = plots.rows(plots.horizontal_m < SAME_TARGET_M)
    tracks = tracks.rows(tracks.horizontal_m < SAME_TARGET_M)
    figures = {
        **_counts(made),
        "system tracks compared": len(np.unique(tracks.target)),
        "our tracks in that time": len(np.unique(ours.track_number)),
        "of our updates, with a system track": len(tracks) / len(ours),
        "of system updates with a plot, with our track": answered / max(asked, 1),
    }
    return Study("En-route radar against system tracks, Argentina", plots, tracks, figures, False)


def _barcelona(shared: pathlib.Path, name: str, minutes: float) -> tuple[Reading, Plots]:
    """Return one sensor's recording and the ADS-B plots, their first ``minutes`` only."""
    reading = read(shared / f"{BARCELONA}{name}")
    adsb = read(shared / f"{BARCELONA}adsb_cat21_v023.ast").plots
    until_s = float(np.nanmin(adsb.time_s)) + 60.0 * minutes
    reading = msgspec.structs.replace(
        reading, plots=reading.plots.rows(reading.plots.time_s <= until_s)
    )
    return reading, adsb.rows(adsb.time_s <= until_s)


def _alive(tracks: Tracks) -> Tracks:
    """Return the rows that an update made: no predictions, no ends."""
    return tracks.rows(tracks.status == TrackStatus.CONFIRMED)


def _counts(made: Tracked) -> dict[str, float]:
    return {
        "plots": len(made.plots),
        "plots set aside (field monitors and the like)": made.refused,
        "of the other plots, with a track": made.used / (len(made.plots) - made.refused),
        "tracks": len(np.unique(made.tracks.track_number)),
    }


def _share_within(values: Floats, limit: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.mean(np.abs(values) <= limit))


def _targets_with_address(tracks: Tracks) -> int:
    return len(np.unique(tracks.track_number[tracks.mode_s >= 0]))


def _codes(system: Tracks) -> dict[int, int]:
    """Return the Mode A code that each system track has most of the time."""
    numbers = np.unique(system.track_number)
    made = {}
    for number in numbers:
        values, counts = np.unique(system.mode_a[system.track_number == number], return_counts=True)
        made[int(number)] = int(values[counts.argmax()])
    return made


def _has_near(times_s: Floats, asked_s: Floats) -> npt.NDArray[np.bool_]:
    """Return which of ``asked_s`` have one of ``times_s`` (in order) within SEEN_AGO_S before."""
    if not len(times_s):
        return np.zeros(len(asked_s), np.bool_)
    times_s = np.sort(times_s)
    before = np.searchsorted(times_s, asked_s, side="right") - 1
    return (before >= 0) & (asked_s - times_s[np.maximum(before, 0)] <= SEEN_AGO_S)


def _nearest(
    asked: list[tuple[int, paths.Path]],
    time_s: Floats,
    place: tuple[Floats, Floats],
    velocity: tuple[Floats, Floats],
    sigma_m: Floats,
    origin: tuple[float, float],
) -> Differences:
    """Return, for each point asked for, the difference to the nearest of ours, if within MATCH_M.

    Ours are moved with their own velocity to the time asked for, at most a second away.
    """
    order = np.argsort(time_s, kind="stable")
    times = time_s[order]
    latitude, longitude = place[0][order], place[1][order]
    ve, vn = velocity[0][order], velocity[1][order]
    made = []
    for target, there in asked:
        begin = np.searchsorted(times, there.time_s - 1.0)
        end = np.searchsorted(times, there.time_s + 1.0)
        best = np.full((len(there.time_s), 2), np.nan)
        which = np.full(len(there.time_s), -1)
        for k in range(len(there.time_s)):
            some = slice(begin[k], end[k])
            if begin[k] == end[k]:
                continue
            ahead_s = there.time_s[k] - times[some]
            east, north = paths.offsets_m(
                there.latitude_rad[k], there.longitude_rad[k], latitude[some], longitude[some]
            )
            # a plot has no velocity of its own; the reference's is as good over a second
            east = east + ahead_s * np.where(np.isfinite(ve[some]), ve[some], there.ve_mps[k])
            north = north + ahead_s * np.where(np.isfinite(vn[some]), vn[some], there.vn_mps[k])
            nearest = int(np.argmin(np.hypot(east, north)))
            if math.hypot(east[nearest], north[nearest]) <= MATCH_M:
                best[k] = east[nearest], north[nearest]
                which[k] = begin[k] + nearest
        hit = which >= 0
        near, mine = paths.picked(there, hit), order[which[hit]]
        far = paths.offsets_m(
            np.full(len(mine), origin[0]), np.full(len(mine), origin[1]),
            near.latitude_rad, near.longitude_rad,
        )  # fmt: skip
        made.append(
            Differences(
                time_s=near.time_s,
                target=np.full(len(mine), target, np.int64),
                east_m=best[hit, 0],
                north_m=best[hit, 1],
                ve_mps=near.ve_mps,
                vn_mps=near.vn_mps,
                our_ve_mps=velocity[0][mine],
                our_vn_mps=velocity[1][mine],
                altitude_m=np.full(len(mine), np.nan),
                sigma_m=sigma_m[mine],
                is_on_ground=near.is_on_ground,
                from_site_m=np.hypot(*far),
            )
        )
    return paths.join(made)
