"""What the tracker learns of sensors that declare neither detection nor false plots."""

import math

import numpy as np
import pytest

from jointsky.records.plots import Geometry, Plots
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from tracking.skies import Flight, Sky, clutter, in_time, owners, scans, straight, tracked

FLAT = Sky(is_flat=True)
REACH_M = 160e3  # a cell of the map is 40 km wide
UNKNOWN = {"detection_probability": None, "false_plots_per_turn": None, "range_max_m": REACH_M}


def numbers(tracks):
    return sorted(set(tracks.track_number.tolist()))


def dense_spot(rng, radar, per_turn, end_s, east_m, north_m, half_m):
    """Return false plots uniform over a square, as a wood or the sea in wind makes them."""
    n = rng.poisson(per_turn * end_s / radar.rotation_period_s)
    east = east_m + rng.uniform(-half_m, half_m, n) - radar.flat_enu_m[0]
    north = north_m + rng.uniform(-half_m, half_m, n) - radar.flat_enu_m[1]
    azimuth = np.mod(np.arctan2(east, north), 2 * np.pi)
    turn = rng.integers(0, int(end_s / radar.rotation_period_s), n)
    return Plots.make(
        n,
        time_s=radar.rotation_period_s * (turn + azimuth / (2 * np.pi)),
        sensor=0,
        geometry=int(Geometry.POLAR),
        range_m=np.hypot(east, north) / math.cos(0.02),
        azimuth_rad=azimuth,
        elevation_rad=rng.uniform(0.0, 0.04, n),
    )


def map_cell(radar, east_m, north_m):
    """Return the number of the cell of a radar's map that holds a place."""
    width = 2.0 * REACH_M / layout.CELLS_ACROSS
    place = np.array([east_m, north_m]) - radar.flat_enu_m[:2]
    a, b = np.floor(place / width).astype(int) + layout.CELLS_ACROSS // 2
    return int(a * layout.CELLS_ACROSS + b)


def lanes(columns_m, end_s):
    """Return flights that fly south along lanes, one behind the other, all the time."""
    speed = 200.0
    return [
        Flight(straight((east, north, 8000.0), (0.0, -speed, 0.0)))
        for east in columns_m
        for north in np.arange(-150e3, 150e3 + speed * end_s, 25e3)
    ]


def test_a_spot_of_dense_clutter_is_learned_where_it_is_and_makes_no_tracks():
    end_s, per_turn = 900.0, 20.0
    radar = FLAT.radar(**UNKNOWN)
    spot = 60e3, 60e3
    late = 0
    for seed in range(2):
        rng = stream(seed, "spot")
        known = FLAT.radar(range_max_m=REACH_M)
        plots = in_time(
            dense_spot(rng, known, per_turn, end_s, *spot, 19e3),
            clutter(rng, known, 0, 10.0, end_s),
        )
        tracker = FLAT.tracker([radar])
        tracks = tracked(tracker, plots)
        late += len(numbers(tracks.rows(tracks.time_s > 300.0)))
        cells = tracker._world.cells[0]
        rate = cells[layout.C_FALSE] / np.maximum(cells[layout.C_TURNS], 1e-9)
        inside = map_cell(radar, *spot)
        # 60 turns are remembered: a standard error of 3 %, and tracks under way are not counted
        assert rate[inside] == pytest.approx(per_turn, rel=0.1)
        # 5 % standard error; the cells' corners lie beyond the radar's reach
        assert np.delete(rate, inside).sum() == pytest.approx(10.0, rel=0.2)
    assert late <= 4  # in ten minutes each


def test_targets_within_dense_clutter_are_still_tracked():
    end_s = 500.0
    radar, known = FLAT.radar(**UNKNOWN), FLAT.radar(range_max_m=REACH_M)
    rng = stream(4, "within")
    flights = [
        Flight(straight((42e3, 45e3 + 15e3 * k, 3000.0), (90.0, 0.0, 0.0)), begins_s=200.0)
        for k in range(3)
    ]
    plots = in_time(
        dense_spot(rng, known, 20.0, end_s, 60e3, 60e3, 19e3),
        scans(rng, FLAT, known, 0, flights, end_s),
    )
    tracks = tracked(FLAT.tracker([radar]), plots)
    late = tracks.rows(tracks.time_s > 300.0)
    owner = owners(FLAT, late, flights)
    # 50 turns with 95 % detection; a plot in doubt between two is no row of its own
    assert min(np.sum(owner == k) for k in range(3)) >= 40
    assert np.sum(owner < 0) < 2 * 50  # not two false rows a turn where 20 plots are false


def test_where_a_radar_sees_little_is_learned_beside_where_it_sees_well():
    """West of the radar it sees 95 %, in the east 55 %; nothing is declared."""
    end_s = 900.0
    rng, radar = stream(2, "half"), FLAT.radar(**UNKNOWN)
    west, east = lanes([-100e3, -60e3, -20e3], end_s), lanes([20e3, 60e3, 100e3], end_s)
    plots = in_time(
        scans(rng, FLAT, FLAT.radar(range_max_m=REACH_M), 0, west, end_s),
        scans(
            rng, FLAT, FLAT.radar(range_max_m=REACH_M, detection_probability=0.55), 0, east, end_s
        ),
    )
    tracker = FLAT.tracker([radar])
    tracked(tracker, plots)
    cells = tracker._world.cells[0]
    for columns, truth in (((-100e3, -60e3, -20e3), 0.95), ((20e3, 60e3, 100e3), 0.55)):
        for east_m in columns:
            for north_m in (-60e3, -20e3, 20e3, 60e3):
                cell = map_cell(radar, east_m, north_m)
                looks, hits = cells[layout.C_LOOKS, cell], cells[layout.C_HITS, cell]
                assert looks > 150.0
                # counted over the last 300 looks: a standard error of 0.029 at 55 %; and only
                # confirmed tracks count, which are those that were seen of late
                assert hits / looks == pytest.approx(truth, abs=0.09), (east_m, north_m)
