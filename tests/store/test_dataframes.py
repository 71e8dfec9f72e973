"""Tables in memory become records and come back, whoever made them."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.errors import InputError
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.store.dataframes import plots_of, tracks_of
from jointsky.store.tables import arrow_table

SENSORS = [
    Sensor(name="hill", kind="radar", sac=7, sic=1, flat_enu_m=(0.0, 0.0, 100.0)),
    Sensor(name="coast", kind="radar", flat_enu_m=(5e4, 0.0, 20.0)),
    Sensor(name="air", kind="adsb"),
]
COLUMNS = {
    "time": np.array(["2026-01-02T03:04:05.25", "2026-01-02T03:04:06"], "M8[ms]"),
    "sensor": np.array(["hill", "coast"]),
    "range_m": np.array([1e4, 2e4]),
    "azimuth_deg": np.array([90.0, 359.5]),
    "mode_s": np.array(["4ca123", None], object),
    "mode_a": np.array(["7000", None], object),
    "call_sign": np.array(["AFL123", None], object),
}
WANTED = Plots.make(
    time_s=np.array([1767323045.25, 1767323046.0]),
    sensor=np.array([0, 1]),
    range_m=np.array([1e4, 2e4]),
    azimuth_rad=np.radians([90.0, 359.5]),
    mode_s=np.array([0x4CA123, -1]),
    mode_a=np.array([0o7000, -1]),
    call_sign=np.array(["AFL123", ""]),
)


def pandas_table(columns=COLUMNS):
    return pd.DataFrame({**columns, "time": pd.to_datetime(columns["time"], utc=True)})


def polars_table():
    table = pl.DataFrame({**COLUMNS, "sensor": pl.Series(["hill", "coast"], dtype=pl.Categorical)})
    return table.with_columns(pl.col("time").dt.replace_time_zone("Europe/Minsk")).with_columns(
        pl.col("time").dt.offset_by("3h")  # the same moments, told in Minsk
    )


def arrow_table_of_theirs():
    return pa.table(pandas_table())


def record_batch():
    return arrow_table_of_theirs().to_batches()[0]


def structured():
    made = np.zeros(2, [("time", "M8[us]"), ("sensor", "i4"), ("range_m", "f4"), ("call", "U3")])
    made = made[["time", "sensor", "range_m"]]
    made["time"], made["sensor"], made["range_m"] = COLUMNS["time"], [0, 1], [1e4, 2e4]
    return made


def same(a, b):
    assert type(a) is type(b)
    for name in a.schema():
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), name)


@pytest.mark.parametrize(
    "make",
    [
        lambda: COLUMNS,
        lambda: {name: list(column) for name, column in pandas_table().items()},
        lambda: dict(pandas_table()),
        lambda: {name: polars_table()[name] for name in COLUMNS},
        pandas_table,
        lambda: pandas_table().astype({"sensor": "category"}),
        lambda: pandas_table().convert_dtypes(dtype_backend="pyarrow"),
        lambda: pd.concat([pandas_table(), pandas_table()]).iloc[1:3].iloc[[1, 0]],
        polars_table,
        arrow_table_of_theirs,
        record_batch,
    ],
    ids=[
        *("numpy", "lists", "series", "polars series", "pandas", "category", "arrow-backed"),
        *("cut", "polars", "arrow", "batch"),
    ],
)
def test_every_kind_of_table_gives_the_same_plots(make):
    same(plots_of(make(), SENSORS), WANTED)


def test_fields_of_a_structured_array_are_columns():
    plots = plots_of(structured(), SENSORS)
    assert list(plots.time_s) == list(WANTED.time_s)
    assert plots.range_m.dtype == np.float64


def test_a_record_is_taken_as_it_is():
    assert plots_of(WANTED) is WANTED


moments = st.datetimes(
    datetime.datetime(1980, 1, 1), datetime.datetime(2100, 1, 1), timezones=st.timezones()
)


@settings(max_examples=40, deadline=None)
@given(st.lists(moments, min_size=1, max_size=5))
def test_a_moment_is_the_same_in_every_zone_and_table(times):
    wanted = [moment.timestamp() for moment in times]
    utc = [moment.astimezone(datetime.UTC) for moment in times]
    for stamps in (times, utc, pl.Series(utc), pa.array(utc, pa.timestamp("ns", "UTC"))):
        got = plots_of({"time": stamps, "range_m": np.zeros(len(times))}).time_s
        np.testing.assert_allclose(got, wanted, rtol=0, atol=3e-7)  # float64 at 2100


def test_radians_and_numbers_are_taken_as_they_are():
    plots = plots_of(
        {
            "time_s": [1, 2, 3],
            "sensor": pa.array([0, 1, 2], pa.uint8()),
            "latitude_rad": [0.9, 0.9, None],
            "longitude_rad": [0.4, 0.4, np.nan],
            "east_m": [np.nan, np.nan, 5.0],
            "north_m": [np.nan, np.nan, 6.0],
            "mode_s": [1.0, np.nan, 3.0],
            "mode_a": 0o21,
            "flags": 3,
        },
        SENSORS,
    )
    assert list(plots.geometry) == [Geometry.GEODETIC, Geometry.GEODETIC, Geometry.LOCAL]
    assert list(plots.mode_s) == [1, -1, 3]
    assert list(plots.mode_a) == [0o21] * 3
    assert list(plots.flags) == [3] * 3


def test_what_was_measured_by_the_sensor_comes_before_what_was_reckoned_from_it():
    columns = {"time_s": [1.0], "range_m": [1.0], "azimuth_deg": [1.0]}
    columns |= {"latitude_deg": [50.0], "longitude_deg": [20.0]}
    assert plots_of(columns).geometry[0] == Geometry.POLAR
    assert plots_of({**columns, "geometry": ["geodetic"]}).geometry[0] == Geometry.GEODETIC
    assert plots_of({"time_s": [1.0], "azimuth_deg": [1.0]}).geometry[0] == Geometry.BEARING
    assert plots_of({**columns, "geometry": 2}).geometry[0] == Geometry.GEODETIC


def test_one_sensor_needs_no_column_and_sensors_go_by_sac_and_sic_too():
    assert plots_of({"time_s": [1.0, 2.0]}, SENSORS[:1]).sensor.tolist() == [0, 0]
    plots = plots_of({"time_s": [1.0, 2.0], "sensor": ["7/1", "air"]}, SENSORS)
    assert plots.sensor.tolist() == [0, 2]
    twins = [Sensor(name="7/9", sac=7, sic=9, kind=kind) for kind in ("radar", "adsb")]
    told = plots_of({"time_s": [1.0, 2.0], "sensor": ["7/9 adsb", "7/9_radar"]}, twins)
    assert told.sensor.tolist() == [1, 0]
    with pytest.raises(InputError, match="'7/9'; wanted one of: 7/9 adsb"):
        plots_of({"time_s": [1.0], "sensor": "7/9"}, twins)


BASE = {"time_s": [1.0, 2.0], "sensor": [0, 1], "range_m": [1.0, 2.0], "azimuth_deg": [0.0, 1.0]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"azimut_deg": [1.0, 2.0]}, r"plots: unknown column 'azimut_deg'.*mean 'azimuth_deg'"),
        ({"truth": [1, 2]}, r"unknown column 'truth'; wanted a column of the record \(leave it"),
        ({5: [1, 2]}, "unknown column 5"),
        ({"azimuth_rad": [1.0, 2.0]}, "both 'azimuth_deg' and 'azimuth_rad'"),
        ({"time": COLUMNS["time"]}, "both 'time_s' and 'time'"),
        ({"range_m": [1.0, 2.0, 3.0]}, "column range_m: 3 rows; wanted 2, as column 'time_s' has"),
        ({"range_m": np.ones((2, 2))}, r"column range_m: shape \(2, 2\); wanted one value a row"),
        ({"range_m": ["near", "far"]}, "column range_m: type string; wanted numbers"),
        ({"range_m": [1.0, object()]}, "plots: column range_m: "),
        ({"range_m": [[1.0], [2.0]]}, "column range_m: type list"),
        ({"time_s": COLUMNS["time"]}, "column time_s: time stamps; wanted numbers: time stamps go"),
        ({"azimuth_deg": [0.0, 400.0]}, "row 1 holds 400; wanted at most 360 either way"),
        ({"latitude_rad": [0.9, 54.0]}, "row 1 holds 54.*degrees go into latitude_deg"),
        ({"elevation_deg": [91.0, 0.0]}, "row 0 holds 91; wanted at most 90"),
        ({"sensor": [0, 3]}, "column sensor: row 1 holds 3; wanted 0 to 2"),
        ({"sensor": [0, None]}, "column sensor: row 1 holds no sensor"),
        ({"sensor": ["hill", "hull"]}, "'hull'; wanted one of: 7/1, air, coast, hill"),
        ({"sensor": ["hill", None]}, "column sensor: a gap; wanted one of"),
        ({"sensor": [0.5, 1.0]}, "column sensor: .*0.5"),
        ({"geometry": [0, 7]}, r"column geometry: holds 7; wanted one of \[0, 1, 2, 3\]"),
        ({"geometry": "round"}, "'round'; wanted one of polar, local, geodetic, bearing"),
        ({"mode_a": [7000, 1]}, "column mode_a: row 0 holds 7000; wanted at most 4095"),
        ({"mode_s": ["xyz", None]}, "column mode_s: invalid literal"),
        ({"call_sign": ["MUCH TOO LONG", ""]}, "column call_sign: .*longer than 8"),
        ({"call_sign": [1, 2]}, "column call_sign: type int64; wanted text"),
        ({"flags": [True, False]}, "column flags: type bool; wanted whole numbers"),
        ({"flags": [-1, 0]}, "column flags: row 0 holds -1"),
    ],
)
def test_a_column_that_does_not_fit_is_named_with_what_would(change, said):
    with pytest.raises(InputError, match=said):
        plots_of({**BASE, **change}, SENSORS)


def without(*names):
    return {name: column for name, column in BASE.items() if name not in names}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (without("time_s"), "plots: no column 'time_s'"),
        (without("sensor"), "plots: no column 'sensor'"),
        ({}, "plots: no column with rows"),
        ({"time_s": 1.0}, "plots: no column with rows"),
        (5, "plots: a int; wanted a mapping of columns"),
        ([1, 2], "plots: a list; wanted a mapping"),
        (np.ones((2, 3)), "plots: a ndarray; wanted a mapping"),
        ({**without("time_s"), "time": [1.0, 2.0]}, "column time: type double; wanted time stamps"),
        (
            {**without("time_s"), "time": [datetime.datetime(2026, 1, 1)] * 2},
            "column time: time stamps without a time zone",
        ),
        (pl.DataFrame(BASE).with_columns(time_s=pl.lit("x")), "column time_s: type string"),
        (pa.table([pa.array([1.0])] * 2, ["time_s", "time_s"]), "'time_s' stands there twice"),
    ],
)
def test_a_table_that_is_none_is_refused_with_what_would_do(table, said):
    with pytest.raises(InputError, match=said):
        plots_of(table, SENSORS)


def test_an_empty_table_gives_no_plots():
    assert len(plots_of(pl.DataFrame(BASE).clear(), SENSORS)) == 0
    assert len(plots_of({"time_s": []}, SENSORS)) == 0


def some_tracks(n=7):
    rng = np.random.Generator(np.random.Philox(3))
    root = rng.normal(size=(n, 6, 6))
    return Tracks.make(
        n,
        time_s=np.arange(n) + 0.5,
        track_number=np.arange(n) // 2,
        latitude_rad=rng.uniform(-1.5, 1.5, n),
        longitude_rad=rng.uniform(-3.1, 3.1, n),
        height_m=np.where(np.arange(n) % 3, 1000.0, np.nan),
        covariance=root @ root.transpose(0, 2, 1),
        sensors=rng.integers(0, 8, (n, 1)).astype(np.uint64),
        mode_s=rng.integers(-1, 5, n).astype(np.int32),
        call_sign=np.array(["", "A"] * n)[:n],
    )


def near(a, b):
    """Whether two records are equal up to degrees and back: two units in the last place."""
    for name in a.schema():
        x, y = getattr(a, name), getattr(b, name)
        if name.endswith("_rad"):
            np.testing.assert_allclose(x, y, rtol=5e-16, atol=0, err_msg=name)
        elif name == "covariance":
            np.testing.assert_allclose(x, y, rtol=5e-16, atol=0)
        else:
            np.testing.assert_array_equal(x, y, name)


@pytest.mark.parametrize(
    "through",
    [lambda t: t, pl.from_arrow, lambda t: t.to_pandas(), pl.DataFrame, pd.DataFrame.from_arrow],
    ids=["arrow", "polars", "pandas", "polars-capsule", "pandas-capsule"],
)
def test_tracks_go_out_and_come_back_through_every_table(through):
    tracks = some_tracks()
    near(tracks_of(through(arrow_table(tracks, SENSORS)), SENSORS), tracks)
    near(plots_of(through(arrow_table(WANTED)), SENSORS), WANTED)


def test_tracks_of_numpy_columns_carry_whole_covariances():
    tracks = some_tracks()
    columns = {name: getattr(tracks, name) for name in tracks.schema()}
    same(tracks_of(columns), tracks)
    one = tracks_of({**columns, "covariance": np.eye(6)})
    assert (one.covariance == np.eye(6)).all()


def test_tracks_lack_neither_time_nor_number_nor_half_a_covariance():
    table = arrow_table(some_tracks())
    with pytest.raises(InputError, match="no column 'track_number'"):
        tracks_of(table.drop_columns("track_number"))
    with pytest.raises(InputError, match=r"cov_.*without 'cov_e_ve_m2ps'; wanted all 21"):
        tracks_of(table.drop_columns("cov_e_ve_m2ps"))
    with pytest.raises(InputError, match="covariance"):
        tracks_of({"time_s": [1.0], "track_number": [1], "covariance": np.eye(5)})
    with pytest.raises(InputError, match="both 'cov_e_e_m2' and 'covariance'"):
        columns = {name: table[name] for name in table.column_names}
        tracks_of({**columns, "covariance": np.eye(6)})


def test_numbers_that_are_stored_as_they_are_are_not_copied():
    tracks = some_tracks()
    table = arrow_table(tracks)
    for name in ("time_s", "height_m", "ve_mps", "track_number", "plots"):
        (chunk,) = table[name].chunks
        assert chunk.buffers()[1].address == getattr(tracks, name).ctypes.data, name
