import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.modes import modes_encoder as encoder
from jointsky.formats.modes import cpr_kernels
from jointsky.formats.modes.read import read_modes
from jointsky.formats.options import ReadOptions
from jointsky.records.plots import PlotFlag
from jointsky.records.reading import Reading
from jointsky.units import FOOT_M, KNOT_MPS

T0 = 1_700_000_000.0


def read(*messages: tuple[float, bytes], **options: object) -> Reading:
    lines = [f"{T0 + after:.3f},{frame.hex()}" for after, frame in messages]
    return read_modes("\n".join(lines).encode(), ReadOptions(**options))


def degrees(reading: Reading) -> list[tuple[float, float]]:
    plots = reading.plots
    pairs = zip(plots.latitude_rad, plots.longitude_rad, strict=True)
    return [(math.degrees(lat), math.degrees(lon)) for lat, lon in pairs]


def test_the_pair_of_the_book_is_at_52_257_north_3_919_east():
    # The 1090 MHz Riddle, section 5.3; the odd message came first
    found = read(
        (0.0, bytes.fromhex("8D40621D58C386435CC412692AD6")),
        (1.0, bytes.fromhex("8D40621D58C382D690C8AC2863A7")),
    )
    latitude, longitude = degrees(found)[-1]
    assert round(latitude, 5) == 52.25720 and round(longitude, 5) == 3.91937
    assert found.plots.pressure_altitude_m[-1] == pytest.approx(38000 * FOOT_M)
    assert found.plots.mode_s[-1] == 0x40621D
    assert len(found.plots) == 2  # the first one is found from the pair, looking back


@settings(max_examples=80)
@given(st.floats(-89.9, 89.9), st.floats(-180, 179.9999), st.integers(0, 1))
def test_any_airborne_position_comes_back_within_half_a_step(latitude, longitude, first):
    pair = [
        (0.4 * k, encoder.squitter(encoder.airborne(latitude, longitude, (first + k) % 2)))
        for k in range(2)
    ]
    found = degrees(read(*pair))
    if not found:  # the rounding of the code may put the two into different zones at an edge
        assert min(abs(abs(latitude) - edge) for edge in zone_edges()) < 1e-3
        return
    for lat, lon in found:
        east = ((lon - longitude + 180) % 360 - 180) * math.cos(math.radians(latitude))
        # a step in longitude is 360 / 2^17 degrees over the number of zones: one zone only for odd
        # frames from 86.5 degrees on, where half of it is 9.4 m at the most
        limit_m = 6.0 if abs(latitude) < 86.5 else 9.5
        assert abs(lat - latitude) * 111e3 < 6 and abs(east) * 111e3 < limit_m


def zone_edges() -> list[float]:
    part = 1 - math.cos(math.pi / 30)
    return [
        math.degrees(math.acos(math.sqrt(part / (1 - math.cos(2 * math.pi / n)))))
        for n in range(2, 60)
    ]


@settings(max_examples=60)
@given(st.floats(-90, 90))
def test_the_zone_kernel_agrees_with_the_table_built_from_its_edges(latitude):
    if min(abs(abs(latitude) - edge) for edge in zone_edges()) > 1e-9:
        assert cpr_kernels.zones(latitude) == encoder.zones(latitude)


@settings(max_examples=40)
@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(-30, 30), st.floats(-30, 30))
def test_a_surface_pair_needs_a_reference_only_in_the_same_quarter(lat, lon, north, east):
    pair = [(k, encoder.squitter(encoder.surface(lat, lon, k))) for k in range(2)]
    nowhere = read(*pair)
    assert len(nowhere.plots) == 0
    assert nowhere.contents.values["positions_without_reference"] == 1
    reference = (max(min(lat + north, 90.0), -90.0), lon + east)
    found = degrees(read(*pair, reference_deg=reference))
    if found:
        assert abs(found[-1][0] - lat) < 1e-4
        assert abs((found[-1][1] - lon + 180) % 360 - 180) < 1e-3
    else:
        assert min(abs(abs(lat) - edge) for edge in zone_edges()) < 1e-3


def test_the_middle_of_the_airborne_positions_serves_surface_ones():
    flying = [(k, encoder.squitter(encoder.airborne(47.5, 8.6, k))) for k in range(2)]
    parked = [
        (2 + k, encoder.squitter(encoder.surface(47.45, 8.56, k, 39, 32), 0x4B1234))
        for k in range(2)
    ]
    found = read(*flying, *parked)
    assert len(found.plots) == 4
    assert found.contents.values["surface_reference_deg"] == [47.5, 8.6]
    last = found.plots.rows(slice(-1, None))
    assert last.flags[0] & PlotFlag.ON_GROUND
    assert last.ve_mps[0] == pytest.approx(15 * KNOT_MPS) and abs(last.vn_mps[0]) < 1e-9


def test_a_pair_too_far_apart_in_time_gives_no_position():
    pair = [(11.0 * k, encoder.squitter(encoder.airborne(50.0, 8.0, k))) for k in range(2)]
    found = read(*pair)
    assert len(found.plots) == 0
    assert found.contents.values["positions_waiting_for_a_pair"] == 2


def test_a_position_that_nothing_could_fly_to_is_refused_and_the_next_one_kept():
    path = [(k, encoder.squitter(encoder.airborne(50 + 0.002 * k, 8.0, k % 2))) for k in range(8)]
    path[5] = (5, encoder.squitter(encoder.airborne(51.5, 8.0, 1)))
    found = read(*path)
    assert found.contents.values["positions_implausible"] == 1
    assert [round(lat, 3) for lat, _ in degrees(found)] == [
        round(50 + 0.002 * k, 3) for k in (0, 1, 2, 3, 4, 6, 7)
    ]


def test_two_aircraft_do_not_make_a_pair():
    found = read(
        (0, encoder.squitter(encoder.airborne(50.0, 8.0, 0), 0x111111)),
        (1, encoder.squitter(encoder.airborne(50.0, 8.0, 1), 0x222222)),
    )
    assert len(found.plots) == 0 and found.contents.values["aircraft"] == 2


def flight(velocity_at: float = 1.5) -> list[tuple[float, bytes]]:
    return [
        (0.0, encoder.squitter(encoder.airborne(50.0, 8.0, 0))),
        (0.5, encoder.squitter(encoder.identity("DLH4AB"))),
        (1.0, encoder.reply(0x28 << 24 | encoder.identity_field(0o1234), 32, 0x40621D)),
        (velocity_at, encoder.squitter(encoder.velocity(300, -400, 64, 500))),
        (2.0, encoder.squitter(encoder.airborne(50.0, 8.0, 1))),
    ]


def test_a_position_is_joined_with_what_its_aircraft_said_before():
    plot = read(*flight()).plots.rows(slice(1, 2))
    assert plot.call_sign[0] == "DLH4AB" and plot.mode_a[0] == 0o1234
    assert plot.ve_mps[0] == pytest.approx(300 * KNOT_MPS)
    assert plot.vn_mps[0] == pytest.approx(-400 * KNOT_MPS)
    assert plot.vu_mps[0] == pytest.approx(64 * FOOT_M / 60)
    assert plot.height_m[0] == pytest.approx(36500 * FOOT_M)
    # NUCp 7: 95 % within 0.05 NM, a round error: 92.6 m / 2.448
    assert plot.east_sigma_m[0] == pytest.approx(92.6 / 2.4477, rel=1e-4)
    assert plot.flags[0] & PlotFlag.COOPERATIVE and not plot.flags[0] & PlotFlag.EMERGENCY


def test_a_velocity_older_than_five_seconds_is_not_joined():
    messages = flight(velocity_at=-3.1)
    plot = read(*sorted(messages)).plots.rows(slice(-1, None))
    assert np.isnan([plot.ve_mps[0], plot.height_m[0]]).all()


def test_nacp_and_gva_of_version_2_replace_nucp():
    status = 31 << 51 | 2 << 13 | 10 << 8 | 2 << 6
    plots = read((-1.0, encoder.squitter(status)), *flight()).plots
    assert plots.north_sigma_m[-1] == pytest.approx(10 / 2.4477, rel=1e-4)
    assert plots.height_sigma_m[-1] == pytest.approx(45 / 1.96, rel=1e-4)


def test_an_emergency_state_or_code_marks_the_plots():
    status = 28 << 51 | 1 << 48 | 1 << 45 | encoder.identity_field(0o7700) << 32
    plots = read((-1.0, encoder.squitter(status)), *flight()[:1], *flight()[4:]).plots
    assert all(plots.flags & PlotFlag.EMERGENCY) and set(plots.mode_a.tolist()) == {0o7700}


def test_tisb_positions_are_another_sensor_and_not_cooperative():
    pair = [(k, encoder.squitter(encoder.airborne(50.0, 8.0, k), first=0x95)) for k in range(2)]
    found = read(*pair)
    assert [found.sensors[s].name for s in found.plots.sensor] == ["TIS-B", "TIS-B"]
    assert not any(found.plots.flags & PlotFlag.COOPERATIVE)
    assert set(found.plots.mode_s.tolist()) == {-1}  # control field 5: not an ICAO address


def test_a_repeated_message_is_marked_as_a_duplicate():
    frame = encoder.squitter(encoder.airborne(50.0, 8.0, 1))
    found = read((0, encoder.squitter(encoder.airborne(50.0, 8.0, 0))), (1, frame), (1.1, frame))
    duplicates = (found.plots.flags & PlotFlag.DUPLICATE) > 0
    assert duplicates.tolist() == [False, False, True]
