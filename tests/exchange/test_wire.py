"""Plots and reports over the wire: small, exact in their steps, and garbage is told as garbage."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.made import EPOCH_S, radar_plots, track_reports
from jointsky.errors import InputError
from jointsky.exchange import wire
from jointsky.records.exchange import TrackReports
from jointsky.records.plots import Plots

seeds = st.integers(0, 2**32 - 1)
anything = st.one_of(st.floats(), st.floats(-1e4, 1e4), st.just(math.nan))


def same(a, b):
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=column.dtype == "float64")
        for name, column in a.schema().items()
    )


def test_a_radar_plot_takes_at_most_forty_octets_and_a_report_ninety():
    assert 25 <= len(wire.pack_plots(radar_plots(100))) / 100 <= 40
    assert len(wire.pack_reports(track_reports(100))) / 100 < 90


@given(seeds, st.integers(0, 60))
@settings(max_examples=20, deadline=None)
def test_what_came_over_the_wire_goes_over_it_again_unchanged(seed, n):
    plots = wire.pack_plots(radar_plots(n, seed), EPOCH_S)
    again = wire.unpack_plots(plots)
    assert wire.pack_plots(again, EPOCH_S) == plots
    assert same(wire.as_shared(again), again)
    reports = wire.pack_reports(track_reports(n, seed))
    assert wire.pack_reports(wire.unpack_reports(reports)) == reports


def test_errors_of_rounding_are_far_below_those_of_sensors():
    plots = radar_plots(2000)
    shared = wire.as_shared(plots)
    most = {
        "time_s": 0.5e-6,
        "range_m": 2.0**-6,
        "azimuth_rad": 2.0**-22,
        "elevation_rad": 2.0**-22,
        "doppler_mps": 2.0**-8,
        "pressure_altitude_m": 2.0**-3,
    }
    for name, error in most.items():
        off = np.abs(getattr(shared, name) - getattr(plots, name))
        assert np.nanmax(off) <= error
        assert np.array_equal(np.isnan(off), np.isnan(getattr(plots, name)))
    ratio = shared.range_sigma_m / plots.range_sigma_m
    assert np.all(np.abs(ratio - 1.0) <= 2.0**-8)
    for name in ("sensor", "mode_s", "mode_a", "call_sign", "flags", "track_number", "geometry"):
        assert np.array_equal(getattr(shared, name), getattr(plots, name))


def test_geodetic_positions_keep_their_millimetre():
    reports = track_reports(500)
    back = wire.unpack_reports(wire.pack_reports(reports))
    assert np.abs(back.latitude_rad - reports.latitude_rad).max() * 6.4e6 < 0.5e-3
    assert np.abs(back.longitude_rad - reports.longitude_rad).max() * 6.4e6 < 0.5e-3
    assert np.abs(back.height_m - reports.height_m).max() <= 1e-3
    for name in ("number", "system_number", "status", "plots", "mode_s", "call_sign", "sensors"):
        assert np.array_equal(getattr(back, name), getattr(reports, name))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_plots_come_back_or_are_refused_by_name(data):
    n = data.draw(st.integers(1, 4))
    schema = Plots.schema()
    given_columns = {}
    for name in data.draw(st.lists(st.sampled_from(sorted(schema)), max_size=6, unique=True)):
        kind = schema[name].dtype
        if kind == "float64":
            values = st.floats(-1e10, 1e10) if name == "time_s" else anything
        elif kind.startswith("U"):
            values = st.text(max_size=8).filter(lambda text: "\0" not in text)
        else:
            limits = np.iinfo(kind)
            values = st.integers(int(limits.min), int(limits.max))
        given_columns[name] = np.array(
            data.draw(st.lists(values, min_size=n, max_size=n)), dtype=kind
        )
    given_columns.setdefault("time_s", np.zeros(n))
    given_columns.setdefault("sensor", np.zeros(n, np.int32))
    plots = Plots.make(n, **given_columns)
    try:
        body = wire.pack_plots(plots)
    except ValueError as refused:
        assert str(refused).split()[0] in schema
        return
    assert wire.pack_plots(wire.unpack_plots(body)) == body


@pytest.mark.parametrize("n", [1, 7])
def test_texts_that_six_bits_cannot_hold_come_back_too(n):
    words = np.array(["ab cd", "Ж-12", " X", "", "A" * 8, "OK 1", "日本語"])[:n]
    plots = Plots.make(n, time_s=0.0, sensor=0, call_sign=words)
    assert np.array_equal(wire.as_shared(plots).call_sign, words)


def test_columns_that_hold_one_value_or_nothing_cost_next_to_nothing():
    one = wire.pack_plots(Plots.make(1000, time_s=EPOCH_S, sensor=5, flags=3, category=48))
    assert len(one) < 45


def test_until_when_plots_are_complete_is_told_with_them():
    body = wire.pack_plots(radar_plots(3), EPOCH_S + 0.25)
    assert wire.complete_s(body) == EPOCH_S + 0.25
    assert math.isnan(wire.complete_s(wire.pack_plots(radar_plots(3))))
    assert len(wire.pack_plots(Plots.make(0), EPOCH_S)) < 20


@pytest.mark.parametrize(
    ("column", "value"), [("time_s", math.nan), ("sensor", -1), ("mode_a", 5000), ("geometry", 7)]
)
def test_a_row_that_makes_no_sense_is_refused_by_name(column, value):
    plots = radar_plots(3).replace(**{column: value})
    with pytest.raises(ValueError, match=f"{column} of row 0 is"):
        wire.pack_plots(plots)


def thin_covariances(seed, n):
    rng = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(rng.normal(size=(n, 6, 6)))
    lengths = 10.0 ** rng.uniform(-3, 4, (n, 6))
    return axes * lengths[:, None, :] ** 2 @ axes.transpose(0, 2, 1)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_covariances_stay_positive_definite_and_close(seed):
    given_m2 = thin_covariances(seed, 40)
    reports = TrackReports.make(40, time_s=0.0, number=1, covariance=given_m2)
    body = wire.pack_reports(reports)
    back = wire.unpack_reports(body).covariance
    np.linalg.cholesky(back)
    sigma = np.sqrt(np.diagonal(given_m2, axis1=1, axis2=2))
    error = (back - given_m2) / (sigma[:, :, None] * sigma[:, None, :])
    assert np.abs(error).max() < 0.02  # a fraction of 7 bits in the diagonal of the factor


def test_what_is_no_covariance_is_left_out():
    bad = np.stack([np.full((6, 6), np.nan), -np.eye(6), np.eye(6), np.zeros((6, 6))])
    reports = TrackReports.make(4, time_s=0.0, number=1, covariance=bad)
    back = wire.unpack_reports(wire.pack_reports(reports)).covariance
    assert np.isnan(back).all(axis=(1, 2)).tolist() == [True, True, False, True]
    assert np.array_equal(back[2], np.eye(6))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_garbage_is_an_input_error(data):
    for head, unpack in ((b"p\1", wire.unpack_plots), (b"t\1", wire.unpack_reports)):
        for body in (data, head + data):
            try:
                unpack(body, "from bravo")
            except InputError as fault:
                assert fault.where.startswith("from bravo")


@given(seeds, st.integers(0, 10**6), st.integers(0, 255), st.booleans())
@settings(max_examples=200, deadline=None)
def test_damaged_bodies_are_read_or_refused(seed, place, octet, is_cut):
    for pack, unpack, record in (
        (wire.pack_plots, wire.unpack_plots, radar_plots(5, seed % 7)),
        (wire.pack_reports, wire.unpack_reports, track_reports(5, seed % 7)),
    ):
        body = bytearray(pack(record))
        at = place % len(body)
        damaged = (
            bytes(body[:at]) if is_cut else bytes(body[:at] + bytes((octet,)) + body[at + 1 :])
        )
        try:
            unpack(damaged)
        except InputError:
            continue
        assert not is_cut


def test_a_short_body_cannot_ask_for_much_memory():
    for rows in (2**16, 2**20, 2**40):
        body = b"p\1" + bytes(
            (rows & 0x7F | 0x80, rows >> 7 & 0x7F | 0x80, rows >> 14 & 0x7F | 0x80)
        )
        with pytest.raises(InputError):
            wire.unpack_plots(body + b"\1" + b"\xff" * 300)
