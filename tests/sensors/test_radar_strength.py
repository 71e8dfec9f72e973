"""The echo of each look against a naive twin made of the public functions, term by term."""

import dataclasses
import math

import numpy as np
import pytest

from jointsky.earth import geodesy
from jointsky.earth.diffraction import knife_edge_loss_db
from jointsky.earth.horizon import horizon_distance_m
from jointsky.earth.motion import states
from jointsky.earth.terrain import HeightGrid, skyline
from jointsky.earth.terrain_kernels import skyline_nu
from jointsky.records.signatures import CrossSection, Jammer, Signature
from jointsky.sensors import scan, scan_kernels, strength_kernels
from jointsky.sensors.antenna import gaussian_beam, vertical_loss_db
from jointsky.sensors.atmosphere import air, air_loss_db, rain_cells, rain_loss_db
from jointsky.sensors.doppler import canceller, gain_of_target
from jointsky.sensors.jamming import listening_db, noise_rise_db, radiated_density_db
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_equation import LIGHT_MPS, RadarEquation, built_scale
from jointsky.sensors.radar_parts import MovingTargets
from jointsky.sensors.radars import FixedRadar, SearchRadar
from jointsky.sensors.surroundings import Rain
from sensors.radar_sky import BEGIN_S, KEY, PLACE, radar, sky, some_flights

HERTZ = 3e9
BUILT = RadarEquation(peak_power_kw=5e4, pulse_width_us=100.0, gain_db=40.0, noise_figure_db=4.0)
MTI = MovingTargets(prfs_hz=(900.0, 1_100.0), delay_lines=2, min_detectable_velocity_mps=6.0)
PLAIN = {
    "frequency_mhz": HERTZ / 1e6,
    "half_seen_range_km": None,
    "equation": BUILT,
    "elevation_pattern": "gaussian",
    "beam_elevation_deg": 3.0,
    "beam_height_deg": 8.0,
    "min_elevation_deg": -5.0,
    "max_elevation_deg": 60.0,
}
PLACED = Placed(name="radar", phase=0.0)
SIGNATURES = [
    Signature(radar=(CrossSection(nose_dbsm=3.0, side_dbsm=18.0, tail_dbsm=7.0, swerling=1),)),
    Signature(radar=(CrossSection(nose_dbsm=-5.0, swerling=3),), moving_parts_mps=60.0),
    Signature(radar=(CrossSection(nose_dbsm=30.0, bands=("X",)),
                     CrossSection(nose_dbsm=0.0, bands=("S",)))),
]  # fmt: skip


def looks(one, surroundings, turns=6):
    """Return the scan, and of each look: vehicle, time, polar place, strength (n,)."""
    made = scan.prepared(one, PLACED, PLACE, surroundings, KEY)
    first = math.ceil(BEGIN_S / made.scan.period_s)
    rows, marks = scan.looked(made, surroundings, (first, first + turns))
    assert len(rows) > 20
    return made, marks[:, scan_kernels.I_VEHICLE], rows


def true_state(surroundings, vehicle, time_s):
    """Return polar place, velocity towards the radar, speed and height (n,)."""
    position, velocity = states(surroundings.pieces, vehicle, time_s)
    enu = geodesy.ecef_to_enu(position, PLACE.latitude_rad, PLACE.longitude_rad, PLACE.height_m)
    axes = geodesy.enu_rotation(PLACE.latitude_rad, PLACE.longitude_rad)
    range_m, azimuth, elevation = geodesy.enu_to_polar(enu)
    away = np.sum(enu * (velocity @ axes.T), axis=1) / range_m
    height = geodesy.ecef_to_geodetic(position)[2]
    return enu, range_m, azimuth, elevation, away, np.linalg.norm(velocity, axis=1), height


def naive_section_db(kind, away, speed):
    """Return the cross section by aspect as the record describes it."""
    section = SIGNATURES[kind].radar[-1 if kind == 2 else 0]
    nose = section.nose_dbsm
    side = nose if section.side_dbsm is None else section.side_dbsm
    tail = nose if section.tail_dbsm is None else section.tail_dbsm
    aspect = math.acos(max(min(-away / speed, 1.0), -1.0))
    end = nose if aspect <= math.pi / 2 else tail
    return 0.5 * (end + side) + 0.5 * (end - side) * math.cos(2.0 * aspect)


def naive_db(surroundings, vehicle, time_s, moving=None):
    """Return the signal-to-noise ratio of a look (n,), built up from the public functions."""
    enu, range_m, _, elevation, away, speed, height = true_state(surroundings, vehicle, time_s)
    kind = surroundings.vehicles.signature[vehicle]
    rcs = [naive_section_db(*row) for row in zip(kind, away, speed, strict=True)]
    count = 10 * np.log10(surroundings.vehicles.count[vehicle])
    snr = built_scale(BUILT, HERTZ).snr_db(range_m, np.array(rcs) + count)
    bent = elevation + range_m * np.cos(elevation) / (8.0 * 6_358_050.0)
    beam = gaussian_beam(math.radians(3.0), math.radians(8.0))
    snr = snr - vertical_loss_db(beam, bent)
    snr = snr - air_loss_db(air(HERTZ), PLACE.height_m, height, range_m)
    if surroundings.rain:
        cells = rain_cells(PLACE, surroundings.rain, HERTZ)
        points = np.column_stack([enu[:, :2], height])
        snr = snr - rain_loss_db(cells, PLACE.height_m, points, time_s)
    if moving is not None:
        made = canceller(moving.prfs_hz, moving.delay_lines, LIGHT_MPS / HERTZ,
                         moving.min_detectable_velocity_mps)  # fmt: skip
        parts = [SIGNATURES[k].moving_parts_mps for k in kind]
        gain = [gain_of_target(made, [a], p)[0] for a, p in zip(away, parts, strict=True)]
        snr = snr + 10 * np.log10(np.maximum(gain, 1e-30))
    return snr


def mixed(count=60, **given):
    return sky(some_flights(count, seed=2), SIGNATURES, signature=np.arange(count) % 3,
               count=1 + np.arange(count) % 4, **given)  # fmt: skip


@pytest.mark.parametrize("moving", [None, MTI])
def test_an_echo_is_as_strong_as_its_terms_say(moving):
    surroundings = mixed()
    rain = Rain(latitude_rad=PLACE.latitude_rad + 0.01, longitude_rad=PLACE.longitude_rad,
                radius_m=30e3, top_m=6e3, rate_mmph=20.0, ve_mps=5.0, begin_s=BEGIN_S - 9,
                end_s=BEGIN_S + 99)  # fmt: skip
    surroundings = dataclasses.replace(surroundings, rain=[rain])
    one = radar(SearchRadar, moving_targets=moving, **PLAIN)
    _, vehicle, rows = looks(one, surroundings)
    time_s = rows[:, scan_kernels.F_TIME]
    wanted = naive_db(surroundings, vehicle, time_s, moving)
    # the canceller's gain is read from a table: within 0.01 of its mean of 1
    atol = 1e-6 if moving is None else 0.1
    strong = wanted > -10.0
    assert strong.sum() > 20
    assert np.allclose(rows[strong, scan_kernels.F_SNR], wanted[strong], atol=atol)
    _, range_m, azimuth, elevation, away, _, height = true_state(surroundings, vehicle, time_s)
    # a double of this epoch is 2.4e-7 s, in which a target flies 0.1 mm
    assert np.allclose(rows[:, scan_kernels.F_RANGE], range_m, atol=1e-3)
    assert np.allclose(np.cos(rows[:, scan_kernels.F_AZIMUTH] - azimuth), 1.0)
    assert np.allclose(rows[:, scan_kernels.F_ELEVATION], elevation, atol=1e-7)
    assert np.allclose(rows[:, scan_kernels.F_RATE], away, atol=1e-4)
    assert np.allclose(rows[:, scan_kernels.F_HEIGHT], height, atol=1e-3)
    assert np.all(range_m <= horizon_distance_m(PLACE.height_m, height))


def test_jammers_raise_the_noise_as_their_directions_say():
    jammer = Signature(
        radar=SIGNATURES[2].radar,
        jammer=Jammer(bands=("S",), radiated_power_dbw=10.0, bandwidth_mhz=50.0),
    )
    quiet = sky(some_flights(40, seed=2), SIGNATURES[2:] * 2, signature=0)
    loud = dataclasses.replace(
        quiet,
        signatures=[*SIGNATURES[2:], jammer],
        vehicles=quiet.vehicles.replace(signature=np.arange(40) >= 38),
    )
    one = radar(SearchRadar, beamwidth_deg=2.0, side_lobes_db=25.0, **PLAIN)
    found = {}
    for name, surroundings in (("quiet", quiet), ("loud", loud)):
        _, vehicle, rows = looks(one, surroundings)
        found[name] = {
            (v, t): snr
            for v, t, snr in zip(vehicle, rows[:, scan_kernels.F_TIME],
                                 rows[:, scan_kernels.F_SNR], strict=True)
        }  # fmt: skip
    both = sorted(set(found["quiet"]) & set(found["loud"]))
    assert len(both) > 50
    listening = listening_db(HERTZ, 40.0, 4.0)
    density = radiated_density_db(10.0, 50.0)
    rises = []
    for vehicle, time_s in both:
        azimuth = true_state(quiet, np.array([vehicle]), np.array([time_s]))[2][0]
        both_at = true_state(quiet, np.array([38, 39]), [time_s, time_s])
        _, range_m, at, elevation, _, _, height = both_at
        off = np.degrees(np.mod(azimuth - at + math.pi, 2 * math.pi) - math.pi)
        bent = elevation + range_m * np.cos(elevation) / (8.0 * 6_358_050.0)
        beam = gaussian_beam(math.radians(3.0), math.radians(8.0), 25.0)
        loss = np.minimum(3.010299956639812 * off**2, 25.0) + 0.5 * vertical_loss_db(beam, bent)
        loss = np.minimum(loss, 25.0)
        loss += 0.5 * air_loss_db(air(HERTZ), PLACE.height_m, height, range_m)
        hidden = range_m > horizon_distance_m(PLACE.height_m, height)
        loss[hidden] = np.inf
        rises.append(noise_rise_db(listening, density, range_m, loss))
        lowered = found["quiet"][vehicle, time_s] - found["loud"][vehicle, time_s]
        assert lowered == pytest.approx(rises[-1], abs=1e-4)
    assert max(rises) > 20.0  # in the main lobe
    assert min(rises) > 1.0  # and through the side lobes


def one_look(jammed_dbw=None, rain_mmph=None, hertz=HERTZ):
    """Return the ratio of a target before a jammer in the same direction, in dB, and the scan."""
    given = {**PLAIN, "frequency_mhz": hertz / 1e6, "beam_elevation_deg": 12.0}
    flights = [(1.0, 15e3, 0.0, 0.0, 3_000.0), (1.0, 60e3, 0.0, 0.0, 7_000.0)]
    target = Signature(radar=(CrossSection(nose_dbsm=40.0, swerling=0),))
    jammer = Signature()
    if jammed_dbw is not None:
        jams = Jammer(bands=("S", "X"), radiated_power_dbw=jammed_dbw, bandwidth_mhz=50.0)
        jammer = Signature(jammer=jams)
    surroundings = sky(flights, [target, jammer], signature=[0, 1])
    if rain_mmph is not None:
        rain = Rain(latitude_rad=PLACE.latitude_rad, longitude_rad=PLACE.longitude_rad,
                    radius_m=30e3, top_m=4e3, rate_mmph=rain_mmph, begin_s=BEGIN_S - 99,
                    end_s=BEGIN_S + 99)  # fmt: skip
        surroundings = dataclasses.replace(surroundings, rain=[rain])
    one = radar(SearchRadar, rain_rejection_db=0.0, **given)
    made = scan.prepared(one, PLACED, PLACE, surroundings, KEY)
    first = math.ceil(BEGIN_S / made.scan.period_s)
    rows, _ = scan.looked(made, surroundings, (first, first + 1))
    (ratio_db,) = rows[:, scan_kernels.F_SNR]
    return ratio_db, made, surroundings


def lost_db(*given):
    return one_look()[0] - one_look(*given)[0]


def test_rain_and_jamming_are_noise_and_their_powers_add():
    """20 dB of each take 23 dB, not 40."""
    jam_dbw = 10.0
    for _ in range(3):
        jam_dbw += 10 * math.log10(100 / (10 ** (lost_db(jam_dbw) / 10) - 1))
    rate = 4.0
    own_db = 0.0
    for _ in range(6):
        rain_db, made, wet = one_look(None, rate)
        enu, _, _, _, _, _, height = true_state(wet, np.array([0]), np.array([BEGIN_S]))
        points = np.column_stack([enu[:, :2], height])
        own_db = rain_loss_db(made.reach.rain, PLACE.height_m, points, BEGIN_S)[0]
        clutter = 10 ** ((one_look()[0] - own_db - rain_db) / 10) - 1
        rate *= (100 / clutter) ** (1 / 1.6)
    enu, _, _, _, _, _, height = true_state(wet, np.array([1]), np.array([BEGIN_S]))
    points = np.column_stack([enu[:, :2], height])
    # the jamming passes through the rain too, one way
    jam_dbw += 0.5 * rain_loss_db(made.reach.rain, PLACE.height_m, points, BEGIN_S)[0]
    found = lost_db(jam_dbw, rate) - own_db
    assert found == pytest.approx(10 * math.log10(1 + 100 + 100), abs=0.01)


def test_rain_takes_from_jamming_half_of_what_it_takes_from_an_echo():
    """The rain is beyond the target: it takes from the jamming alone."""
    hertz = 9.4e9
    plain, made, dry = one_look(20.0, None, hertz)
    none = one_look(None, None, hertz)[0]
    lat, lon, _ = geodesy.ecef_to_geodetic(states(dry.pieces, np.array([1]), BEGIN_S)[0])
    rain = Rain(latitude_rad=lat[0], longitude_rad=lon[0], radius_m=20e3, top_m=9e3,
                rate_mmph=12.0, begin_s=BEGIN_S - 99, end_s=BEGIN_S + 99)  # fmt: skip
    wet = dataclasses.replace(dry, rain=[rain])
    cells = rain_cells(PLACE, [rain], hertz)
    made = made._replace(reach=made.reach._replace(rain=cells))
    first = math.ceil(BEGIN_S / made.scan.period_s)
    (weak,) = scan.looked(made, wet, (first, first + 1))[0][:, scan_kernels.F_SNR]
    enu, _, _, _, _, _, height = true_state(dry, np.array([1]), np.array([BEGIN_S]))
    two_way_db = rain_loss_db(cells, PLACE.height_m, np.column_stack([enu[:, :2], height]), BEGIN_S)
    before, after = (10 ** ((none - ratio) / 10) - 1 for ratio in (plain, weak))
    assert two_way_db[0] > 5.0
    assert before > 10.0
    assert 10 * math.log10(before / after) == pytest.approx(0.5 * two_way_db[0], abs=1e-6)


def test_ground_takes_from_an_echo_what_its_highest_edge_does():
    step = math.radians(0.01)
    heights = np.zeros((400, 400), np.float32)
    heights[200:, 180:190] = 900.0  # a ridge to the north-west, north and south of the radar's own
    grid = HeightGrid(
        PLACE.latitude_rad - 200 * step, PLACE.longitude_rad - 200 * step, step, step, heights
    )
    count = 80
    rng = np.random.default_rng(1)
    flights = [(rng.uniform(4.9, 6.2), rng.uniform(20e3, 100e3), 0.0, 100.0,
                rng.uniform(500, 3_000)) for _ in range(count)]  # fmt: skip
    surroundings = sky(flights, SIGNATURES, signature=1)
    behind = dataclasses.replace(surroundings, terrain=grid)
    one = radar(SearchRadar, **PLAIN)
    _, vehicle, rows = looks(one, behind)
    made = skyline(grid, PLACE.latitude_rad, PLACE.longitude_rad, PLACE.height_m, 250e3)
    lost = []
    for v, row in zip(vehicle, rows, strict=True):
        time_s = row[scan_kernels.F_TIME : scan_kernels.F_TIME + 1]
        clear = naive_db(surroundings, np.array([v]), time_s)[0]
        enu, _, azimuth, _, _, _, height = true_state(surroundings, np.array([v]), time_s)
        at = float(np.mod(azimuth[0], 2 * math.pi))
        nu = skyline_nu(made, at, float(np.hypot(*enu[0, :2])), float(height[0]), LIGHT_MPS / HERTZ)
        lost.append(2.0 * float(knife_edge_loss_db([nu])[0]))
        assert row[scan_kernels.F_SNR] == pytest.approx(clear - lost[-1], abs=0.01)
    assert min(lost) < 0.1
    assert max(lost) > 30.0


def test_a_fixed_face_loses_off_its_normal():
    surroundings = sky([(math.radians(a), 50e3, 0.0, 0.0, 4_000.0) for a in range(0, 360, 10)],
                       SIGNATURES, signature=1)  # fmt: skip
    given = {**PLAIN, "frame_s": 5.0, "field_deg": 360.0, "faces": 4}
    even = looks(radar(FixedRadar, scan_loss_exponent=0.0, **given), surroundings)
    lossy = looks(radar(FixedRadar, scan_loss_exponent=3.0, **given), surroundings)
    azimuth = np.degrees(even[2][:, scan_kernels.F_AZIMUTH])
    # four faces of 90 degrees from -180 on: their normals are at -135, -45, 45, 135
    off = np.radians(np.mod(azimuth, 90.0) - 45.0)
    lost = even[2][:, scan_kernels.F_SNR] - lossy[2][:, scan_kernels.F_SNR]
    assert np.allclose(lost, -30.0 * np.log10(np.cos(off)), atol=1e-9)
    assert lost.max() > 4.0


@pytest.mark.parametrize(
    ("ahead", "speed", "wanted"),
    [(100.0, 100.0, 3.0), (-100.0, 100.0, 7.0), (0.0, 100.0, 18.0), (0.0, 0.0, 11.5),
     (100.0 * math.cos(math.pi / 4), 100.0, 10.5)],
)  # fmt: skip
def test_cross_sections_by_aspect(ahead, speed, wanted):
    found = strength_kernels.cross_section_db(3.0, 18.0, 7.0, ahead, speed)
    assert found == pytest.approx(wanted)
