"""The beam meets each target at the time that a naive search over dense times finds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from jointsky.earth import geodesy
from jointsky.earth.motion import Pieces, states
from jointsky.sensors import scan, scan_kernels
from jointsky.sensors.beam import scan_of, turns_between
from jointsky.sensors.placed import Placed
from jointsky.sensors.radars import FixedRadar, SearchRadar, SectorRadar
from jointsky.sensors.surroundings import Place
from sensors.radar_sky import BEGIN_S, KEY, PLACE, radar, sky

ALL_SEEN = {"half_seen_range_km": 5_000.0, "half_seen_swerling": 0, "min_range_km": 0.0,
            "max_elevation_deg": 90.0, "min_elevation_deg": -10.0}  # fmt: skip
KINDS = {
    "rotating": radar(SearchRadar, rotation_period_s=10.0, **ALL_SEEN),
    "to and fro": radar(SectorRadar, sector_deg=100.0, sweep_period_s=4.0, **ALL_SEEN),
    "gated": radar(SectorRadar, sector_deg=100.0, sweep_period_s=8.0, sweep="rotating",
                   **ALL_SEEN),
    "one face": radar(FixedRadar, frame_s=3.0, field_deg=120.0, **ALL_SEEN),
    "four faces": radar(FixedRadar, frame_s=6.0, field_deg=360.0, faces=4, **ALL_SEEN),
}  # fmt: skip
PLACED = Placed(name="radar", phase=0.3, facing_deg=20.0)


def azimuth_at(surroundings, vehicle, time_s, place=PLACE):
    """Return the true azimuth of a vehicle at times (n,)."""
    position, _ = states(surroundings.pieces, vehicle, time_s)
    enu = geodesy.ecef_to_enu(position, place.latitude_rad, place.longitude_rad, place.height_m)
    return np.arctan2(enu[:, 0], enu[:, 1])


def antenna_at(made, turn, beam, time_s):
    """Return where a beam points, by the words of the declaration."""
    part = (np.asarray(time_s) - (turn * made.period_s + made.begin_s)) / made.period_s
    if made.manner == 1 and turn % 2:  # to and fro: back
        return made.start_rad + made.width_rad * (1.0 - part)
    return made.start_rad + made.width_rad * (beam + part)


def naive_meetings(made, surroundings, vehicle, turn):
    """Return all times in a turn at which a beam points at a vehicle, from 4,000 samples."""
    begin = turn * made.period_s + made.begin_s
    times = begin + np.linspace(0.0, made.period_s, 4_001)
    azimuth = azimuth_at(surroundings, vehicle, times)
    found = []
    for beam in range(made.beams):

        def off(time_s, beam=beam):
            at = azimuth_at(surroundings, vehicle, np.atleast_1d(time_s))
            difference = antenna_at(made, turn, beam, time_s) - at
            return float(np.mod(difference + math.pi, 2 * math.pi)[0] - math.pi)

        difference = antenna_at(made, turn, beam, times) - azimuth
        difference = np.mod(difference + math.pi, 2 * math.pi) - math.pi
        signs = np.flatnonzero(
            (np.sign(difference[:-1]) != np.sign(difference[1:]))
            & (np.abs(difference[:-1] - difference[1:]) < 1.0)
        )
        found += [optimize.brentq(off, times[i], times[i + 1], xtol=1e-9) for i in signs]
    return sorted(found)


def meetings(one, surroundings, turns, placed=PLACED):
    """Return what the kernels found, by (vehicle, turn)."""
    made = scan.prepared(one, placed, PLACE, surroundings, KEY)
    rows, marks = scan.looked(made, surroundings, turns)
    found = {}
    for row, mark in zip(rows, marks, strict=True):
        at = (int(mark[scan_kernels.I_VEHICLE]), int(mark[scan_kernels.I_TURN]))
        found.setdefault(at, []).append(float(row[scan_kernels.F_TIME]))
    return made.scan, {at: sorted(times) for at, times in found.items()}


@pytest.mark.parametrize("name", KINDS)
def test_all_meetings_are_found_and_no_others(name):
    rng = np.random.default_rng(11)
    flights = [
        (rng.uniform(0, 6.28), rng.uniform(2e3, 60e3), rng.uniform(0, 6.28),
         rng.uniform(0, 700), rng.uniform(1_000, 9_000))
        for _ in range(12)
    ]  # fmt: skip
    # around the line where turns begin, both ways, and around the edges of the sector
    flights += [(a, 20e3, h, 300.0, 5_000.0) for a in (-0.002, 0.0, 0.002) for h in (1.57, 4.71)]
    flights += [(math.radians(20 + 50 * s) + d, 25e3, h, 250.0, 5_000.0)
                for s in (-1, 1) for d in (-0.003, 0.003) for h in (0.4, 3.5)]  # fmt: skip
    surroundings = sky(flights)
    made = scan_of(KINDS[name], PLACED, PLACE, KEY)
    turns = turns_between(made, BEGIN_S, BEGIN_S + 6 * made.period_s)
    made, found = meetings(KINDS[name], surroundings, turns)
    half = math.inf if made.half_rad > 4 else made.half_rad
    compared = 0
    for vehicle in range(len(flights)):
        for turn in range(*turns):
            wanted = naive_meetings(made, surroundings, vehicle, turn)
            at = azimuth_at(surroundings, vehicle, np.array(wanted or [BEGIN_S]))
            off = np.abs(np.mod(at - made.middle_rad + math.pi, 2 * math.pi) - math.pi)
            wanted = [t for t, o in zip(wanted, off, strict=False) if o <= half]
            times = found.get((vehicle, turn), [])
            assert len(times) == len(wanted), (vehicle, turn)
            # times of this epoch are kept to 2.4e-7 s
            assert np.allclose(times, wanted, atol=1e-6, rtol=0)
            compared += len(times)
    assert compared > 60


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.integers(0, 1))
def test_the_antenna_points_at_the_target_whatever_its_path(seed, kind):
    rng = np.random.default_rng(seed)
    surroundings = sky([(rng.uniform(0, 6.28), 40e3, 0.0, 0.0, 6_000.0)])
    old = surroundings.pieces
    terms, rate = old.terms.copy(), np.array([rng.uniform(-0.06, 0.06)])
    up = terms[0, 1]
    if kind == 0:  # a small circle of 4 km about a place beside the radar, up to 3.4 degrees/s
        side = np.cross(up, [0.3, 0.5, 0.81])
        side /= np.linalg.norm(side)
        radius = 4e3 / 6.37e6
        other = np.cross(up, side)
        terms[0] = [
            math.cos(radius) * up,
            math.sin(radius) * side,
            math.sin(radius) * other,
            up * 0,
        ]
    else:  # a cubic with 4 g
        place = geodesy.geodetic_to_ecef(0.945, 0.475, 7_000.0)[0]
        terms[0] = [place, rng.normal(0, 150, 3), rng.normal(0, 12, 3), rng.normal(0, 0.02, 3)]
    pieces = Pieces(
        old.first, np.array([kind], np.int8), np.array([BEGIN_S]), np.array([BEGIN_S + 40.0]),
        terms, rate, *old[6:],
    )  # fmt: skip
    moved = type(surroundings)(
        surroundings.vehicles, surroundings.vehicle_keys, surroundings.signatures, pieces,
        surroundings.terrain,
    )  # fmt: skip
    one = KINDS["rotating"]
    made = scan_of(one, PLACED, PLACE, KEY)
    turns = turns_between(made, BEGIN_S - 20.0, BEGIN_S + 50.0)
    made, found = meetings(one, moved, turns)
    assert len(found) >= 2
    for (vehicle, turn), times in found.items():
        for time_s in times:
            assert BEGIN_S <= time_s <= BEGIN_S + 40.0
            off = antenna_at(made, turn, 0, time_s) - azimuth_at(moved, vehicle, time_s)
            # a double of this epoch is 2.4e-7 s: 0.63 rad/s of beam and what the target turns
            assert abs(np.mod(off + math.pi, 2 * math.pi) - math.pi) < 1e-6


def test_a_staring_radar_looks_in_the_middle_of_its_frame():
    surroundings = sky([(0.3, 30e3, 1.0, 200.0, 3_000.0)])
    one = radar(FixedRadar, frame_s=2.0, field_deg=90.0, look="stare", **ALL_SEEN)
    made, found = meetings(one, surroundings, (850_000_000, 850_000_005))
    for (_, turn), (time_s,) in found.items():
        assert time_s == turn * 2.0 + made.begin_s + 1.0
    assert len(found) == 5


def test_turns_that_begin_in_a_window_are_its_own():
    made = scan_of(radar(), Placed(name="r", phase=0.5), Place(), KEY)
    first, last = turns_between(made, 102.5, 112.5)
    assert [turn * 5.0 + 2.5 for turn in range(first, last)] == [102.5, 107.5]


@pytest.mark.parametrize("name", ["rotating", "four faces"])
@pytest.mark.parametrize("off", [0.0, 1e-16, -1e-16, 1e-13, -1e-13, 1e-10, -1e-10])
def test_what_stands_where_beams_begin_is_met_once_a_turn(name, off):
    placed = Placed(name="radar", phase=0.0)
    made = scan_of(KINDS[name], placed, PLACE, KEY)
    flights = [
        (made.start_rad + n * made.width_rad + off, 30e3, 0.0, 0.0, 5_000.0)
        for n in range(made.beams)
    ]
    first = 4 * math.ceil(BEGIN_S / made.period_s / 4)
    _, found = meetings(KINDS[name], sky(flights), (first, first + 8), placed)
    by_vehicle = [sorted(turn for v, turn in found if v == n) for n in range(made.beams)]
    assert all(len(times) == 1 for times in found.values())
    assert by_vehicle == [list(range(first, first + 8))] * made.beams
