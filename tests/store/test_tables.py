import math
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jointsky.errors import InputError
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.store.tables import read_record, write_record

SENSORS = [
    Sensor(name="north", sac=1, sic=1, latitude_rad=0.97, longitude_rad=0.47, height_m=170.0),
    Sensor(name="the other one", kind="radar"),
    Sensor(name="twin", sac=1, sic=1),
]


def some_tracks(n=300, seed=1):
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(n, 6, 6))
    words = np.array([0, 1, 0b101, 0b111, 1 << 40], np.uint64)
    return Tracks.make(
        n,
        time_s=1.7e9 + np.arange(n) / 128,
        track_number=rng.integers(0, 20, n),
        latitude_rad=rng.uniform(-1.5, 1.5, n),
        longitude_rad=rng.uniform(-3, 3, n),
        height_m=np.where(rng.random(n) < 0.3, np.nan, 1000.0),
        covariance=half @ half.transpose(0, 2, 1),
        sensors=rng.choice(words, n)[:, None],
        mode_s=rng.choice([-1, 0, 0xABCDEF, 0x00000F], n),
        mode_a=rng.choice([-1, 0, 0o7000, 0o0021], n),
        call_sign=rng.choice(["", "ABC123", "Ü/1", "X"], n),
    )


def column_strategy(column, n):
    shape = (n, *(1 if size is None else size for size in column.cell))
    dtype = np.dtype(column.dtype)
    if dtype.kind == "f":
        return hnp.arrays(dtype, shape, elements=st.floats(-1e12, 1e12) | st.just(math.nan))
    if dtype.kind == "U":
        letters = st.text("ABC09 /é", max_size=dtype.itemsize // 4)
        return hnp.arrays(dtype, shape, elements=letters)
    return hnp.arrays(dtype, shape)


@st.composite
def record(draw, kind):
    n = draw(st.integers(0, 5))
    made = {name: draw(column_strategy(column, n)) for name, column in kind.schema().items()}
    made["mode_s"] = draw(hnp.arrays("int32", n, elements=st.integers(-1, 0xFFFFFF)))
    made["mode_a"] = draw(hnp.arrays("int16", n, elements=st.integers(-1, 0o7777)))
    if kind is Tracks:
        c = made["covariance"]
        made["covariance"] = np.triu(c) + np.triu(c, 1).transpose(0, 2, 1)
    return kind.make(n, **made)


def assert_same(record, back):
    assert type(record) is type(back) and len(record) == len(back)
    for name in record.schema():
        a, b = getattr(record, name), getattr(back, name)
        if name == "sensors":
            widest = max(a.shape[1], b.shape[1])
            a, b = (np.pad(x, ((0, 0), (0, widest - x.shape[1]))) for x in (a, b))
        assert a.dtype == b.dtype, name
        if a.dtype.kind != "f":
            np.testing.assert_array_equal(a, b, name)
        else:  # degrees and back: two roundings, at most 2 units in the last place
            rtol = 5e-16 if name.endswith("_rad") else 0
            np.testing.assert_allclose(a, b, rtol=rtol, atol=0, err_msg=name)


@pytest.mark.parametrize("kind", [Plots, Tracks])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_written_comes_back(kind, data):
    given_record = data.draw(record(kind))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.parquet"
        write_record(given_record, path, SENSORS, {"why": ["test", 1, None]})
        back, sensors, metadata = read_record(path, kind)
    assert_same(given_record, back)
    assert sensors == SENSORS
    assert metadata == {"why": ["test", 1, None]}


def test_equal_content_gives_equal_bytes_and_leaves_nothing_else(tmp_path):
    for name in ("a.parquet", "b.parquet"):
        write_record(some_tracks(), tmp_path / name, SENSORS, {"b": 1, "a": 2})
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.parquet", "b.parquet"]


def test_pandas_reads_it_as_it_lies(tmp_path):
    tracks = some_tracks()
    write_record(tracks, tmp_path / "t.parquet", SENSORS)
    table = pd.read_parquet(tmp_path / "t.parquet")
    np.testing.assert_allclose(table["latitude_deg"], np.degrees(tracks.latitude_rad))
    np.testing.assert_allclose(table["cov_e_ve_m2ps"], tracks.covariance[:, 0, 3])
    np.testing.assert_allclose(table["cov_ve_vu_m2ps2"], tracks.covariance[:, 3, 5])
    assert set(table["mode_s"].dropna()) == {"000000", "abcdef", "00000f"}
    assert set(table["mode_a"].dropna()) == {"0000", "7000", "0021"}
    assert set(table["sensors"].dropna()) == {"1/1", "1/1 #2", "1/1 the_other_one #2", "#40"}
    assert table["height_m"].isna().sum() == np.isnan(tracks.height_m).sum()
    assert table["call_sign"].isna().sum() == (tracks.call_sign == "").sum()


def test_sensors_of_one_code_are_told_apart_by_their_kind(tmp_path):
    kinds = ("multilateration", "adsb", "unknown")
    sensors = [Sensor(name="0/107", sac=0, sic=107, kind=kind) for kind in kinds]
    tracks = Tracks.make(3, sensors=np.array([0b001, 0b010, 0b111], np.uint64)[:, None])
    write_record(tracks, tmp_path / "t.parquet", sensors)
    words = ["0/107_multilateration", "0/107_adsb"]
    told = pd.read_parquet(tmp_path / "t.parquet")["sensors"]
    assert list(told) == [*words, f"{words[0]} {words[1]} 0/107_unknown"]
    assert_same(tracks, read_record(tmp_path / "t.parquet", Tracks)[0])


def test_polars_reads_it_as_it_lies(tmp_path):
    tracks = some_tracks()
    write_record(tracks, tmp_path / "t.parquet", SENSORS)
    table = pl.read_parquet(tmp_path / "t.parquet")
    np.testing.assert_array_equal(table["cov_u_u_m2"].to_numpy(), tracks.covariance[:, 2, 2])
    assert table["height_m"].null_count() == np.isnan(tracks.height_m).sum()
    assert table["mode_s"].drop_nulls().n_unique() == 3
    assert table["source"].null_count() == len(tracks)


def test_duckdb_reads_it_as_it_lies(tmp_path):
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed here")
    write_record(some_tracks(), tmp_path / "t.parquet", SENSORS)
    sql = f"select count(distinct mode_s), sum(cov_e_e_m2) from '{tmp_path}/t.parquet'"
    addresses, total = duckdb.sql(sql).fetchone()
    assert addresses == 3
    assert total == pytest.approx(some_tracks().covariance[:, 0, 0].sum())


def test_no_column_holds_nan_or_a_number_for_unknown(tmp_path):
    write_record(Plots.make(4), tmp_path / "p.parquet")
    table = pq.read_table(tmp_path / "p.parquet")
    defaults = {"geometry", "flags", "file"}
    for name in table.column_names:
        assert table.column(name).null_count == (0 if name in defaults else 4), name


def test_another_record_is_refused_by_name(tmp_path):
    write_record(Plots.make(1), tmp_path / "p.parquet")
    with pytest.raises(InputError, match="'plots'; wanted a table of 'tracks'"):
        read_record(tmp_path / "p.parquet", Tracks)


def test_a_foreign_table_is_refused(tmp_path):
    pq.write_table(pa.table({"time_s": [1.0]}), tmp_path / "p.parquet")
    with pytest.raises(InputError, match="did not write"):
        read_record(tmp_path / "p.parquet", Tracks)


def rewritten(path, change_notes=None, change_table=None):
    table = pq.read_table(path)
    notes = dict(table.schema.metadata)
    table = change_table(table) if change_table else table
    pq.write_table(table.replace_schema_metadata({**notes, **(change_notes or {})}), path)


@pytest.mark.parametrize(
    ("version", "said"),
    [(b"99", "newer jointsky"), (b"x", "whole number"), (b"0", "whole number")],
)
def test_another_version_is_refused(tmp_path, version, said):
    write_record(Plots.make(1), tmp_path / "p.parquet")
    rewritten(tmp_path / "p.parquet", {b"jointsky.version": version})
    with pytest.raises(InputError, match=said):
        read_record(tmp_path / "p.parquet", Plots)


def test_a_missing_column_is_named_with_what_stands_there_instead(tmp_path):
    write_record(Plots.make(1), tmp_path / "p.parquet")
    renamed = [
        ("azimut_deg" if n == "azimuth_deg" else n)
        for n in pq.read_schema(tmp_path / "p.parquet").names
    ]
    rewritten(tmp_path / "p.parquet", change_table=lambda t: t.rename_columns(renamed))
    with pytest.raises(InputError, match=r"'azimuth_deg'.*did you mean 'azimut_deg'"):
        read_record(tmp_path / "p.parquet", Plots)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("mode_s", ["xyz"], "column mode_s: invalid literal"),
        ("mode_s", ["1000000"], "out of range"),
        ("mode_a", ["8000"], "column mode_a"),
        ("call_sign", ["MUCH TOO LONG"], "longer than 8"),
        ("sensors", ["7/7"], "'7/7' is not among the sensors"),
        ("height_m", ["high"], "column height_m: type string; wanted numbers"),
        ("status", [300], "column status"),
        ("status", [1.5], "wanted whole numbers"),
        ("call_sign", [1], "wanted text"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_that_points(tmp_path, name, values, said):
    write_record(Tracks.make(1), tmp_path / "t.parquet")

    def change(table):
        place = table.column_names.index(name)
        return table.set_column(place, name, pa.array(values))

    rewritten(tmp_path / "t.parquet", change_table=change)
    with pytest.raises(InputError, match=said):
        read_record(tmp_path / "t.parquet", Tracks)


def test_sensors_that_were_exchanged_are_noticed(tmp_path):
    write_record(some_tracks(), tmp_path / "t.parquet", SENSORS)
    notes = pq.read_schema(tmp_path / "t.parquet").metadata[b"jointsky.sensors"]
    rewritten(tmp_path / "t.parquet", {b"jointsky.sensors": notes.replace(b"170.0", b"171.0")})
    with pytest.raises(InputError, match="changed after it was written"):
        read_record(tmp_path / "t.parquet", Tracks)


def test_a_code_out_of_range_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="mode_a holds 4096"):
        write_record(Plots.make(1, mode_a=4096), tmp_path / "p.parquet")
    assert not (tmp_path / "p.parquet").exists()


def test_a_missing_or_empty_file_is_an_input_error(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_text("not a table\n" * 10)
    for path in (tmp_path / "none", tmp_path / "empty", tmp_path / "text", tmp_path):
        with pytest.raises(InputError):
            read_record(path, Tracks)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_its_values_are_whole(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "damaged"
    whole = folder / "whole.parquet"
    if not whole.exists():
        folder.mkdir(exist_ok=True)
        write_record(some_tracks(60), whole, SENSORS)
    octets = bytearray(whole.read_bytes())
    if data.draw(st.booleans(), "cut"):
        del octets[data.draw(st.integers(0, len(octets) - 1)) :]
    for _ in range(data.draw(st.integers(1, 3))):
        if octets:
            octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    hurt = folder / "hurt.parquet"
    hurt.write_bytes(octets)
    try:
        back, _, _ = read_record(hurt, Tracks)
    except InputError:
        return
    assert_same(some_tracks(60), back)  # the damage hit only what holds no values
