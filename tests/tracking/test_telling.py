"""What is told of tracks, against one row at a time by whole matrices; call signs by number."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.earth import geodesy
from jointsky.records.tracks import Tracks
from jointsky.streams import stream
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.arrays import Rows
from jointsky.tracking.frame import Frame
from jointsky.tracking.telling import HEIGHT_UNKNOWN_M, call_signs_of, told
from tracking import naive_telling
from tracking.made import FLAT, a_covariance
from tracking.naive import is_positive, unpacked

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=25, deadline=None)
EPOCH_S = 1.7e9
WORDS = {"LOT281": 0, "NATO01": 1, "W": 2}
FRAMES = {"earth": Frame(False), "flat": Frame(True, (*FLAT.origin[:2], 140.0))}
BOTH = pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
# Angles to 1e-15, of earth-centred metres to 1e-9; a turned covariance is a sum of 36 products.
ANGLE_RAD, HEIGHT_M, SHARE = 1e-14, 1e-6, 1e-12


def some_rows(rng, n, frame, words=1):
    """Return result rows of targets anywhere in the frame, as sure of their height or not."""
    floats, ints = np.empty((n, layout.ROW_FLOATS)), np.empty((n, layout.ROW_INTS), np.int64)
    floats[:, layout.R_TIME] = rng.uniform(0, 5000, n)
    floats[:, [layout.R_EXISTENCE, layout.R_MANOEUVRE]] = rng.random((n, 2))
    floats[:, layout.R_PRESSURE] = np.where(rng.random(n) < 0.5, math.nan, rng.uniform(0, 1e4, n))
    places = rng.normal(0, 90e3, (n, 3)) * [1.0, 1.0, 0.05]
    if not frame.is_flat:
        latitude, longitude = rng.uniform(-1.57, 1.57, n), rng.uniform(-math.pi, math.pi, n)
        places = geodesy.geodetic_to_ecef(latitude, longitude, rng.uniform(-400, 2e4, n))
    floats[:, layout.R_MEAN : layout.R_MEAN + 6] = np.hstack([places, rng.normal(0, 200, (n, 3))])
    for row in floats:
        size = rng.choice([5.0, 100.0, 300.0, 600.0])
        p = a_covariance(rng, np.array([size, 60.0, 2.0 * size, 12.0, 9.0, 3.0]))
        row[layout.R_COV : layout.R_COV + 21] = p[np.tril_indices(6)]
    for column, low, high in (
        *((layout.O_NUMBER, 1, 2**40), (layout.O_STATUS, 0, 4), (layout.O_PLOTS, 0, 10**6)),
        *((layout.O_MODE_S, -1, 2**24), (layout.O_MODE_A, -1, 4096)),
        *((layout.O_CALL_SIGN, -1, len(WORDS)), (layout.O_PLOT, -2, 99)),
        (layout.O_FLAGS, 0, 2**15),
    ):
        ints[:, column] = rng.integers(low, high, n)
    return Rows(floats, ints, rng.integers(0, 2**63, (n, words)).astype(np.uint64))


def assert_told(got, rows, frame):
    """Compare tracks with what the twin says of each row."""
    origin = frame.origin if frame.is_flat else None
    assert len(got) == len(rows.floats)
    np.testing.assert_array_equal(got.sensors, rows.sensors)
    close = {"latitude_rad": ANGLE_RAD, "longitude_rad": ANGLE_RAD, "height_m": HEIGHT_M}
    for k in range(len(got)):
        wanted = naive_telling.told(rows.floats[k], rows.ints[k], EPOCH_S, origin, list(WORDS))
        assert set(wanted) | {"sensors"} == set(Tracks.schema())
        for name, value in wanted.items():
            found = getattr(got, name)[k]
            if name == "covariance":
                blocks = [np.sqrt(np.trace(value[b, b])) for b in (slice(3), slice(3, 6))]
                size = np.repeat(blocks, 3)
                off = (found - value) / np.outer(size, size)
                assert np.abs(off).max() < SHARE, k
            elif isinstance(value, str) or Tracks.schema()[name].dtype.startswith(("int", "uint")):
                assert found == value, (name, k)
            else:
                far = close.get(name, 1e-10)
                assert found == pytest.approx(value, rel=0, abs=far, nan_ok=True), (name, k)


@BOTH
@FEW
@given(SEEDS, st.sampled_from([(7,), (0, 5), (3, 0, 4), (1, 1, 1)]), st.integers(1, 3))
def test_tracks_are_told_as_by_the_naive_twin(frame, seed, sizes, words):
    rng = stream(seed, "told")
    parts = [some_rows(rng, n, frame, words) for n in sizes]
    whole = Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    assert_told(told(parts, frame, EPOCH_S, WORDS), whole, frame)


@BOTH
def test_a_row_is_told_alike_wherever_it_stands(frame):
    rng = stream(2, "order")
    rows = some_rows(rng, 30, frame)
    order = rng.permutation(30)
    one = told([rows], frame, EPOCH_S, WORDS)
    other = told([Rows(*(column[order] for column in rows))], frame, EPOCH_S, WORDS)
    for name in Tracks.schema():
        np.testing.assert_array_equal(getattr(other, name), getattr(one, name)[order])


@pytest.mark.parametrize("z_m", [6.4e6, -6.4e6])
@pytest.mark.parametrize("off_m", [0.0, 1e-3, 40.0])
def test_the_poles_are_nothing_special(z_m, off_m):
    frame = FRAMES["earth"]
    rows = some_rows(stream(3, "pole"), 1, frame)
    rows.floats[0, layout.R_MEAN : layout.R_MEAN + 3] = off_m, -off_m, z_m
    rows.floats[0, layout.R_COV : layout.R_COV + 21] = np.eye(6)[np.tril_indices(6)]
    track = told([rows], frame, EPOCH_S, WORDS)
    assert abs(track.latitude_rad[0]) == pytest.approx(math.pi / 2, abs=1e-5)
    back = geodesy.geodetic_to_ecef(track.latitude_rad, track.longitude_rad, track.height_m)
    np.testing.assert_allclose(back, [[off_m, -off_m, z_m]], atol=1e-6)
    east, north, up = (getattr(track, name)[0] for name in ("ve_mps", "vn_mps", "vu_mps"))
    velocity = rows.floats[0, layout.R_MEAN + 3 : layout.R_MEAN + 6]
    assert up == pytest.approx(math.copysign(1.0, z_m) * velocity[2], abs=0.02)
    assert math.hypot(east, north, up) == pytest.approx(np.linalg.norm(velocity))


@pytest.mark.parametrize("ratio", [0.999, 1.001])
@BOTH
def test_a_height_less_sure_than_a_guess_is_not_told_on_the_earth(frame, ratio):
    """A flat scene has no other word for up, and keeps it."""
    rows = some_rows(stream(4, "guess"), 1, frame)
    p = np.diag([50.0, 50.0, 50.0, 5.0, 5.0, 5.0]) ** 2
    up = np.array([0.0, 0.0, 1.0])
    if not frame.is_flat:
        place = rows.floats[0, layout.R_MEAN : layout.R_MEAN + 3]
        latitude, longitude, _ = (float(v[0]) for v in geodesy.ecef_to_geodetic([place]))
        up = geodesy.enu_rotation(latitude, longitude)[2]
    p[:3, :3] += ((ratio * HEIGHT_UNKNOWN_M) ** 2 - 50.0**2) * np.outer(up, up)
    rows.floats[0, layout.R_COV : layout.R_COV + 21] = p[np.tril_indices(6)]
    track = told([rows], frame, EPOCH_S, WORDS)
    assert math.isnan(track.height_m[0]) == (ratio > 1.0 and not frame.is_flat)
    assert math.sqrt(track.covariance[0, 2, 2]) == pytest.approx(ratio * HEIGHT_UNKNOWN_M)


@BOTH
def test_directions_are_turned_and_nothing_is_lost(frame):
    """Speeds and the size of errors are the same in every frame; a sure track stays sure."""
    rows = some_rows(stream(5, "turned"), 40, frame)
    tracks = told([rows], frame, EPOCH_S, WORDS)
    speed = np.hypot(np.hypot(tracks.ve_mps, tracks.vn_mps), tracks.vu_mps)
    mean = rows.floats[:, layout.R_MEAN + 3 : layout.R_MEAN + 6]
    np.testing.assert_allclose(speed, np.linalg.norm(mean, axis=1), rtol=1e-12)
    for row, covariance in zip(rows.floats, tracks.covariance, strict=True):
        before = unpacked(row[layout.R_COV : layout.R_COV + 21])
        wanted = np.linalg.eigvalsh(before)
        np.testing.assert_allclose(np.linalg.eigvalsh(covariance), wanted, rtol=1e-8, atol=1e-8)
        assert is_positive(covariance)


def test_a_flat_track_is_told_where_it_came_from():
    frame = FRAMES["flat"]
    rows = some_rows(stream(6, "there"), 40, frame)
    tracks = told([rows], frame, EPOCH_S, WORDS)
    back = frame.from_geodetic(tracks.latitude_rad, tracks.longitude_rad, tracks.height_m)
    wanted = rows.floats[:, layout.R_MEAN : layout.R_MEAN + 3]
    np.testing.assert_allclose(back, wanted, atol=1e-5)


def test_nothing_is_told_of_nothing():
    assert len(told([], FRAMES["earth"], 0.0, {})) == 0
    none = some_rows(stream(7, "none"), 0, FRAMES["earth"])
    assert len(told([none, none], FRAMES["earth"], 0.0, WORDS)) == 0
    some = some_rows(stream(7, "none"), 3, FRAMES["earth"])
    some.ints[:, layout.O_CALL_SIGN] = -1
    assert told([none, some], FRAMES["earth"], 0.0, {}).call_sign.tolist() == ["", "", ""]


# call signs

SIGNS = ["", "", "LOT281", "LOT28", "W", "12345678", "ŻÓŁW", "Z"]


@FEW
@given(SEEDS, st.lists(st.integers(0, 30), max_size=4))
def test_call_signs_keep_their_numbers_and_new_ones_get_the_next(seed, sizes):
    rng, numbers, seen = stream(seed, "signs"), {}, []
    for n in sizes:
        words = rng.choice(SIGNS, n)
        column = np.array(words, "U8")
        got = call_signs_of(column, numbers)
        for word in sorted(set(words.tolist())):
            if word and word not in seen:
                seen.append(word)
        assert got.tolist() == [seen.index(w) if w else -1 for w in words.tolist()]
    assert list(numbers) == seen and list(numbers.values()) == list(range(len(seen)))


def test_the_order_of_plots_gives_call_signs_no_other_numbers():
    words = np.array([*SIGNS, *SIGNS], "U8")
    wanted, got = {}, {}
    first = call_signs_of(words, wanted)
    order = stream(8, "signs").permutation(len(words))
    second = call_signs_of(words[order], got)
    assert got == wanted and second.tolist() == first[order].tolist()
    every_other = call_signs_of(words[::2], dict(wanted))  # a column need not lie together
    assert every_other.tolist() == first[::2].tolist()
