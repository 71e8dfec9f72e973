import gzip
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.errors import InputError
from jointsky.formats.options import ReadOptions
from jointsky.formats.readsb.read import read_aircraft_json, read_state_vectors, read_trace
from jointsky.records.plots import PlotFlag
from jointsky.units import FOOT_M, KNOT_MPS
from shared_data import shared

READERS = (read_aircraft_json, read_trace, read_state_vectors)
NOW = 1_700_000_000.0
AIRCRAFT = {
    "now": NOW,
    "messages": 10,
    "aircraft": [
        {
            **{"hex": "4ca74e", "type": "adsb_icao", "flight": "EIN58P  ", "alt_baro": 34425},
            **{"alt_geom": 35425, "gs": 480.0, "track": 90.0, "geom_rate": 640, "squawk": "7421"},
            **{"emergency": "none", "lat": 37.9, "lon": -3.7, "seen_pos": 11.0, "version": 2},
            **{"nac_p": 9, "gva": 2, "spi": 0, "mlat": [], "tisb": [], "seen": 1.0},
        },
        {"hex": "~29cdc5", "type": "tisb_other", "alt_baro": "ground", "lat": 38.0, "lon": -4.0},
        {"hex": "400001", "alt_baro": 1000, "lat": 38.5, "lon": -4.5, "mlat": ["lat", "lon"]},
        {"hex": "400002", "seen": 3.0},
        {"hex": "400003", "lat": 98.5, "lon": -4.5, "seen_pos": 1.0},
        {"hex": "400004", "emergency": "general", "lastPosition": {"lat": 1, "lon": 2}},
    ],
}
DETAILS = {"flight": "DAL1812 ", "squawk": "4637", "nac_p": 10}
TRACE = {
    "icao": "ac671b",
    "timestamp": NOW,
    "trace": [
        [0.0, 16.7, -88.0, 32000, 478.6, 180.0, 1, 0, None, "adsb_icao", 33825, 32, 280, 0.0],
        [5.5, 16.6, -88.0, 31000, 478.6, 180.0, 0, -64, DETAILS, "adsb_icao", 33825, 32, 280, 0.0],
        [9.0, 16.5, -88.0, "ground", 5.0, 90.0, 0, None, None, "adsb_icao", None, None, None, None],
        [12.0, 16.5, -88.0, 4000, None, None, 8, None, None, "mlat", None, None, None, None],
    ],
}
STATES = [
    {
        **{"timestamp": 1_700_000_000_000 + 1000 * k, "icao24": "3003ae", "callsign": "DLH8JW"},
        **{"latitude": 45.8 + k / 100, "longitude": 9.2, "altitude": 35000.0, "track": 0.0},
        **{"groundspeed": 443.0, "vertical_rate": 960.0, "onground": False},
    }
    for k in range(5)
]
REST = {
    "time": 1458564121,
    "states": [
        [
            *("3c6444", "DLH9LF  ", "Germany", 1458564120, 1458564120, 6.1546, 50.1964, 9639.3),
            *(False, 232.88, 98.26, 4.55, None, 9547.86, "1000", False, 0),
        ],
        [
            *("3c6445", None, "Germany", None, 1458564100, None, None, None),
            *(True, 0.0, None, None, None, None, None, False, 2),
        ],
    ],
}


def as_json(content: object) -> bytes:
    return json.dumps(content).encode()


def test_positions_of_aircraft_json_have_the_time_of_the_position():
    found = read_aircraft_json(as_json(AIRCRAFT), ReadOptions())
    plots = found.plots
    assert plots.time_s.tolist() == [NOW - 11.0, NOW, NOW]
    assert plots.pressure_altitude_m[0] == pytest.approx(34425 * FOOT_M)
    assert plots.height_m[0] == pytest.approx(35425 * FOOT_M)
    assert plots.ve_mps[0] == pytest.approx(480 * KNOT_MPS) and abs(plots.vn_mps[0]) < 1e-9
    assert plots.vu_mps[0] == pytest.approx(640 * FOOT_M / 60)
    assert (plots.mode_s[0], plots.mode_a[0], plots.call_sign[0]) == (0x4CA74E, 0o7421, "EIN58P")
    assert plots.east_sigma_m[0] == pytest.approx(30 / 2.4477, rel=1e-4)
    assert plots.height_sigma_m[0] == pytest.approx(45 / 1.96, rel=1e-4)


def test_each_kind_of_source_is_a_sensor_of_its_own():
    found = read_aircraft_json(as_json(AIRCRAFT), ReadOptions())
    names = [found.sensors[s].name for s in found.plots.sensor]
    assert names == ["ADS-B", "TIS-B", "MLAT"]
    own = [bool(flag & PlotFlag.COOPERATIVE) for flag in found.plots.flags]
    assert own == [True, False, False]
    assert found.plots.flags[1] & PlotFlag.ON_GROUND and found.plots.mode_s[1] == -1


def test_a_place_off_the_earth_is_a_fault_with_its_offset():
    data = as_json(AIRCRAFT)
    found = read_aircraft_json(data, ReadOptions())
    assert found.fault_counts == {"position-range": 1, "time": 1}  # the last one has no age
    assert data[found.faults[0].offset :].startswith(b'{"hex": "400003"')
    assert found.contents.values["reports_without_position"] == 1


def test_the_last_position_of_an_aircraft_without_a_new_one_needs_its_age():
    entry = {"hex": "400004", "lastPosition": {"lat": 1.0, "lon": 2.0, "seen_pos": 70.0}}
    found = read_aircraft_json(as_json({"now": NOW, "aircraft": [entry]}), ReadOptions())
    assert found.plots.time_s.tolist() == [NOW - 70.0]


def test_the_old_dialect_of_dump1090_is_understood():
    entry = {"hex": "406b90", "lat": 51.0, "lon": 6.0, "nucp": 7, "seen_pos": 5.5}
    entry |= {"altitude": 36000, "vert_rate": 64, "track": 180, "speed": 489}
    found = read_aircraft_json(as_json({"now": NOW, "aircraft": [entry]}), ReadOptions())
    assert found.format == "aircraft.json/dump1090"
    assert found.plots.vn_mps[0] == pytest.approx(-489 * KNOT_MPS)
    assert found.plots.east_sigma_m[0] == pytest.approx(92.6 / 2.4477, rel=1e-4)


def test_a_trace_carries_identity_forward_and_knows_geometric_heights():
    found = read_trace(as_json(TRACE), ReadOptions())
    plots = found.plots
    assert plots.time_s.tolist() == [NOW, NOW + 5.5, NOW + 9.0, NOW + 12.0]
    assert plots.call_sign.tolist() == ["", "DAL1812", "DAL1812", "DAL1812"]
    assert plots.mode_a.tolist() == [-1, 0o4637, 0o4637, 0o4637]
    assert plots.height_m[3] == pytest.approx(4000 * FOOT_M)
    assert np.isnan(plots.pressure_altitude_m[[2, 3]]).all()
    assert plots.flags[2] & PlotFlag.ON_GROUND and set(plots.mode_s.tolist()) == {0xAC671B}
    assert [found.sensors[s].name for s in plots.sensor] == ["ADS-B"] * 3 + ["MLAT"]


def test_state_vectors_of_traffic_are_in_feet_and_knots():
    found = read_state_vectors(as_json(STATES), ReadOptions())
    assert found.format == "state-vectors/traffic"
    assert found.plots.time_s.tolist() == [NOW + k for k in range(5)]
    assert found.plots.pressure_altitude_m[0] == pytest.approx(35000 * FOOT_M)
    assert found.plots.vn_mps[0] == pytest.approx(443 * KNOT_MPS)
    starts = [
        as_json(STATES).find(b'{"timestamp": ' + str(s["timestamp"]).encode()) for s in STATES
    ]
    assert found.plots.offset.tolist() == starts


def test_state_vectors_of_the_history_base_are_in_metres():
    row = {"time": 1_700_000_000, "icao24": "3003ae", "lat": 45.0, "lon": 9.0, "heading": 90.0}
    row |= {"velocity": 200.0, "baroaltitude": 10000.0, "geoaltitude": 10100.0, "vertrate": -5.0}
    plots = read_state_vectors(as_json([row]), ReadOptions()).plots
    assert (plots.pressure_altitude_m[0], plots.height_m[0], plots.vu_mps[0]) == (10000, 10100, -5)
    assert plots.ve_mps[0] == pytest.approx(200.0)


def test_the_rest_answer_is_in_metres_and_names_its_sources():
    found = read_state_vectors(as_json(REST), ReadOptions())
    assert found.format == "state-vectors/rest" and len(found.plots) == 1
    plot = found.plots
    assert plot.time_s[0] == 1458564120 and plot.height_m[0] == 9547.86
    assert plot.ve_mps[0] == pytest.approx(232.88 * math.sin(math.radians(98.26)))
    assert found.contents.items["sources"] == {"ADS-B": 1, "MLAT": 1}
    assert found.contents.values["reports_without_position"] == 1


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1, 2]", b"null", b"hello", b'"now"', b"\xff\xfe", b'[{"a": 1}]']
)
def test_json_of_another_kind_is_refused_with_an_error(reader, data):
    if reader is read_state_vectors and data == b"[1, 2]":
        assert len(reader(data, ReadOptions()).plots) == 0
        return
    with pytest.raises(InputError, match="wanted"):
        reader(data, ReadOptions())


def test_one_record_of_a_wrong_type_does_not_cost_the_others():
    states = [dict(state) for state in STATES]
    states[2]["latitude"] = "north"
    data = as_json(states)
    found = read_state_vectors(data, ReadOptions())
    assert len(found.plots) == 4 and found.fault_counts == {"broken-record": 1}
    assert data[found.faults[0].offset :].startswith(b'{"timestamp": 1700000002000')


@pytest.mark.parametrize(
    ("reader", "content", "least"),
    [(read_aircraft_json, AIRCRAFT, 2), (read_trace, TRACE, 3), (read_state_vectors, STATES, 4)],
)
def test_a_cut_file_keeps_what_came_before_the_cut(reader, content, least):
    data = as_json(content)
    whole = reader(data, ReadOptions()).plots
    cut = reader(data[: len(data) - 30], ReadOptions())
    assert len(cut.plots) >= least and sum(cut.fault_counts.values()) >= 1
    assert (cut.plots.time_s == whole.time_s[: len(cut.plots)]).all()


def test_a_cut_or_broken_gzip_keeps_its_sound_part():
    states = [{**STATES[0], "timestamp": 1_700_000_000_000 + 977 * k} for k in range(3000)]
    packed = gzip.compress(as_json(states), mtime=0)
    assert len(read_state_vectors(packed, ReadOptions()).plots) == 3000
    cut = read_state_vectors(packed[: len(packed) // 2], ReadOptions())
    assert cut.fault_counts["gzip"] == 1 and 500 < len(cut.plots) < 3000
    broken = bytearray(packed)
    broken[len(packed) // 2] ^= 0xFF
    found = read_state_vectors(bytes(broken), ReadOptions())
    assert found.fault_counts["gzip"] == 1 and len(found.plots) > 500


@settings(max_examples=80)
@given(
    st.sampled_from([(read_aircraft_json, AIRCRAFT), (read_trace, TRACE)])
    | st.sampled_from([(read_state_vectors, STATES), (read_state_vectors, REST)]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_damaged_json_is_read_in_part_or_refused(case, changes):
    reader, content = case
    damaged = bytearray(as_json(content))
    for place, octet in changes:
        damaged[place % len(damaged)] = octet
    try:
        found = reader(bytes(damaged), ReadOptions())
    except InputError:
        return
    assert (np.abs(found.plots.latitude_rad) <= math.pi / 2).all()
    assert np.isfinite(found.plots.time_s).all()


@settings(max_examples=40)
@given(st.binary(max_size=100))
def test_garbage_is_refused_or_read_but_never_crashes(data):
    for reader in READERS:
        for text in (data, b"[" * 2000 + data, b'{"now":1,"timestamp":1,"aircraft":[{' + data):
            try:
                reader(text, ReadOptions())
            except InputError as error:
                assert error.wanted


@pytest.mark.parametrize(
    ("name", "reader", "positions", "aircraft"),
    [
        ("readsb/aircraft.json", read_aircraft_json, 1, 1),
        ("readsb/aircraft_32_from_cat021.json", read_aircraft_json, 32, 32),
        ("readsb/dump1090_aircraft.json", read_aircraft_json, 1, 1),
        ("opensky/trace_full_ac671b.json", read_trace, 2500, 1),
        ("opensky/danube_valley.json.gz", read_state_vectors, 2339, 1),
        ("opensky/switzerland.json.gz", read_state_vectors, 139_098, 842),
        ("opensky/zurich_airport.json.gz", read_state_vectors, 17_132, 10),
    ],
)
def test_the_real_files_are_read_whole(name, reader, positions, aircraft):
    found = reader(shared(f"data/{name}").read_bytes(), ReadOptions())
    assert len(found.plots) == positions and found.fault_counts == {}
    assert found.contents.values["aircraft"] == aircraft
    assert (found.plots.offset >= 0).all()
