"""Make the demo recording: north.ast, south.ast, adsb.ast and truth.parquet, always the same.

    python examples/two-nations/make_recording.py [FOLDER]

Four radars of two made-up nations and one ADS-B station watch the 24 flights of ``flights.py``.
README.md beside this file says what is in the recording and what is not.
"""

import math
import pathlib
import sys

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from flights import DURATION_S, FLIGHTS, GROUND_M, Flight, states, velocities_mps

from jointsky.earth import geodesy
from jointsky.earth.horizon import is_above_horizon
from jointsky.formats.asterix import encode
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.streams import stream

SEED = 2
START_S = 36000.0  # 10:00 UTC; ASTERIX has no date, so this is 1970-01-01
LEAST_RANGE_M = 1000.0
MOST_ELEVATION_RAD = math.radians(45.0)
SNR_HALF_SEEN = math.log(1e-6) / math.log(0.5) - 1.0  # Swerling 1, one pulse: Pd = Pfa^(1/(1+snr))


class Radar(msgspec.Struct, frozen=True, kw_only=True):
    """A radar by what it achieves; ``half_seen_m`` is for 1 square metre, None: no primary."""

    sensor: Sensor
    first_north_s: float
    half_seen_m: float | None
    has_mode_s: bool  # else its secondary radar asks for Mode A and C only


def _radar(sic: tuple[int, int], at_deg: tuple[float, float], mast_m: float, **more) -> Radar:
    sensor = Sensor(
        name=f"{sic[0]}/{sic[1]}",
        kind="radar",
        sac=sic[0],
        sic=sic[1],
        latitude_rad=math.radians(at_deg[0]),
        longitude_rad=math.radians(at_deg[1]),
        height_m=GROUND_M + mast_m,
        rotation_period_s=more["turn_s"],
        range_max_m=more["range_km"] * 1000.0,
        range_sigma_m=more["sigma"][0],
        azimuth_sigma_rad=math.radians(more["sigma"][1]),
        detection_probability=more["pd"],
        false_plots_per_turn=more["false"],
    )
    return Radar(
        sensor=sensor,
        first_north_s=more["north_s"],
        half_seen_m=more["half_seen_km"] and more["half_seen_km"] * 1000.0,
        has_mode_s=more["mode_s"],
    )


RADARS = {
    "north": (
        _radar((1, 1), (55.62, 26.20), 28, turn_s=6.0, north_s=1.7, range_km=200, half_seen_km=85,
               sigma=(60, 0.08), pd=0.97, false=3, mode_s=True),
        _radar((1, 2), (55.45, 28.10), 18, turn_s=4.0, north_s=0.6, range_km=110, half_seen_km=80,
               sigma=(50, 0.12), pd=0.95, false=3, mode_s=False),
    ),
    "south": (
        _radar((2, 1), (54.35, 26.10), 30, turn_s=10.0, north_s=7.3, range_km=250,
               half_seen_km=None, sigma=(70, 0.07), pd=0.98, false=0, mode_s=True),
        _radar((2, 2), (54.50, 27.95), 22, turn_s=5.0, north_s=3.9, range_km=150, half_seen_km=75,
               sigma=(55, 0.15), pd=0.92, false=4, mode_s=False),
    ),
}  # fmt: skip
STATION = Sensor(name="2/40", kind="adsb", sac=2, sic=40)
STATION_DEG, STATION_RANGE_M = (54.95, 27.25), 250e3


def polar(sensor: Sensor, flight: Flight, times_s: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return range, azimuth, elevation and height of a flight as the sensor would measure them."""
    at = states(flight, times_s)
    place = (sensor.latitude_rad, sensor.longitude_rad, sensor.height_m)
    return *geodesy.enu_to_polar(geodesy.ecef_to_enu(at.ecef_m, *place)), at.height_m


def detection(radar: Radar, flight: Flight, times_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities (n,) that primary and secondary radar see a flight then."""
    sensor = radar.sensor
    range_m, _, elevation_rad, height_m = polar(sensor, flight, times_s)
    sees = (range_m < sensor.range_max_m) & (range_m > LEAST_RANGE_M)
    sees &= elevation_rad < MOST_ELEVATION_RAD
    sees &= is_above_horizon(range_m, sensor.height_m - GROUND_M, height_m - GROUND_M)
    sees &= (times_s >= flight.from_s) & (times_s < flight.to_s)
    secondary = np.where(sees & (flight.mode_a >= 0), sensor.detection_probability, 0.0)
    if radar.half_seen_m is None:
        return np.zeros(len(times_s)), secondary
    snr = SNR_HALF_SEEN * flight.rcs_m2 * (radar.half_seen_m / range_m) ** 4
    primary = np.minimum(1e-6 ** (1.0 / (1.0 + snr)), sensor.detection_probability)
    return np.where(sees, primary, 0.0), secondary


def beam_times(radar: Radar, flight: Flight) -> np.ndarray:
    """Return when the turning beam meets a flight, once a turn."""
    period_s = radar.sensor.rotation_period_s
    times_s = radar.first_north_s + period_s * np.arange(-1.0, DURATION_S / period_s + 1.0)
    for _ in range(8):  # the target moves far slower than the beam: each round gains two digits
        _, azimuth_rad, _, _ = polar(radar.sensor, flight, times_s)
        turned = (times_s - radar.first_north_s) / period_s
        times_s += period_s * ((azimuth_rad / (2 * math.pi) - turned + 0.5) % 1.0 - 0.5)
    times_s = np.unique(np.round(times_s, 6))  # two first guesses may end at one meeting
    return times_s[(times_s >= 0) & (times_s < DURATION_S)]


def plots_of(radar: Radar, flight: Flight) -> Plots:
    """Return what one radar reports of one flight."""
    sensor, rng = radar.sensor, stream(SEED, "plots", radar.sensor.name, flight.name)
    times_s = beam_times(radar, flight)
    n = len(times_s)
    primary_p, secondary_p = detection(radar, flight, times_s)
    draws, noise = rng.random((n, 2)), rng.standard_normal((n, 2))
    primary, secondary = draws[:, 0] < primary_p, draws[:, 1] < secondary_p
    range_m, azimuth_rad, _, height_m = polar(sensor, flight, times_s)
    selective = secondary & (radar.has_mode_s and flight.mode_s >= 0)
    flags = primary * int(PlotFlag.PRIMARY) | secondary * int(PlotFlag.SECONDARY)
    flags |= selective * int(PlotFlag.MODE_S)
    plots = Plots.make(
        n,
        time_s=START_S + times_s,
        geometry=Geometry.POLAR,
        range_m=range_m + sensor.range_sigma_m * noise[:, 0],
        azimuth_rad=(azimuth_rad + sensor.azimuth_sigma_rad * noise[:, 1]) % (2 * math.pi),
        pressure_altitude_m=np.where(secondary, height_m, np.nan),
        mode_a=np.where(secondary, flight.mode_a, -1),
        mode_s=np.where(selective, flight.mode_s, -1),
        call_sign=np.where(selective, flight.call_sign, ""),
        flags=flags,
    )
    return plots.rows(primary | secondary)


def false_plots(radar: Radar) -> Plots:
    """Return primary plots of nothing: uniform over the nearer 60 % of the instrumented range."""
    sensor, rng = radar.sensor, stream(SEED, "false", radar.sensor.name)
    turns = DURATION_S / sensor.rotation_period_s
    n = rng.poisson(sensor.false_plots_per_turn * turns)
    times_s = rng.uniform(0, DURATION_S, n)
    turned = (times_s - radar.first_north_s) / sensor.rotation_period_s
    return Plots.make(
        n,
        time_s=START_S + times_s,
        geometry=Geometry.POLAR,
        range_m=np.maximum(0.6 * sensor.range_max_m * np.sqrt(rng.random(n)), LEAST_RANGE_M),
        azimuth_rad=2 * math.pi * (turned % 1.0),
        flags=int(PlotFlag.PRIMARY),
    )


def adsb_plots(number: int, flight: Flight) -> Plots:
    """Return what the ADS-B station hears of one flight, about once a second."""
    rng = stream(SEED, "adsb", flight.name)
    times_s = np.arange(0.0, DURATION_S - 1.0) + rng.uniform(0.1, 0.9) + rng.uniform(-0.1, 0.1, 719)
    at, velocity_mps = states(flight, times_s), velocities_mps(flight, times_s)
    place = (*(math.radians(angle) for angle in STATION_DEG), GROUND_M + 30.0)
    range_m = np.linalg.norm(geodesy.ecef_to_enu(at.ecef_m, *place), axis=1)
    heard = (rng.random(719) < 0.95) & (range_m < STATION_RANGE_M)
    heard &= is_above_horizon(range_m, 30.0, at.height_m - GROUND_M)
    heard &= (times_s >= flight.from_s) & (times_s < flight.to_s)
    sigma_m = 8.0
    error_rad = rng.standard_normal((719, 2)) * sigma_m / 6.37e6
    return Plots.make(
        len(times_s),
        time_s=START_S + times_s,
        geometry=Geometry.GEODETIC,
        latitude_rad=at.latitude_rad + error_rad[:, 0],
        longitude_rad=at.longitude_rad + error_rad[:, 1] / np.cos(at.latitude_rad),
        height_m=at.height_m,
        pressure_altitude_m=at.height_m,
        ve_mps=velocity_mps[:, 0],
        vn_mps=velocity_mps[:, 1],
        vu_mps=velocity_mps[:, 2],
        east_sigma_m=sigma_m,
        north_sigma_m=sigma_m,
        mode_s=flight.mode_s,
        mode_a=flight.mode_a,
        call_sign=flight.call_sign,
        track_number=number,
        flags=int(PlotFlag.COOPERATIVE | PlotFlag.MODE_S),
    ).rows(heard)


def truth() -> pa.Table:
    """Return where every flight is each whole second, and how many radars can see it there."""
    columns: dict[str, list] = {}
    for flight in FLIGHTS:
        times_s = np.arange(math.ceil(flight.from_s), math.floor(flight.to_s) + 1.0)
        at, velocity_mps = states(flight, times_s), velocities_mps(flight, times_s)
        visible = np.zeros(len(times_s), np.int32)
        for radar in (*RADARS["north"], *RADARS["south"]):
            visible += np.maximum(*detection(radar, flight, times_s)) >= 0.5
        address = f"{flight.mode_s:06x}" if flight.mode_s >= 0 else None
        rows = {
            "time_s": START_S + times_s,
            "truth_id": [flight.name] * len(times_s),
            "latitude_deg": _rounded(np.degrees(at.latitude_rad), 24),  # 7 mm
            "longitude_deg": _rounded(np.degrees(at.longitude_rad), 24),
            "height_m": _rounded(at.height_m, 7),
            "ve_mps": _rounded(velocity_mps[:, 0], 7),
            "vn_mps": _rounded(velocity_mps[:, 1], 7),
            "vu_mps": _rounded(velocity_mps[:, 2], 7),
            "mode_s": [address] * len(times_s),
            "visible": visible,
            "kind": [flight.kind] * len(times_s),
        }
        for name, values in rows.items():
            columns.setdefault(name, []).extend(list(values))
    types = {"truth_id": pa.string(), "mode_s": pa.string(), "visible": pa.int32()}
    types["kind"] = pa.string()
    return pa.table({n: pa.array(v, types.get(n, pa.float64())) for n, v in columns.items()})


def _rounded(values: np.ndarray, bits: int) -> np.ndarray:
    """Return values on a binary grid, which a file holds in fewer octets."""
    return np.round(values * 2.0**bits) / 2.0**bits


def main(folder: pathlib.Path) -> None:
    """Write the four files."""
    for nation, radars in RADARS.items():
        messages = []
        for radar in radars:
            seen = join([plots_of(radar, flight) for flight in FLIGHTS] + [false_plots(radar)])
            messages += encode.radar_reports(seen, radar.sensor)
            first_north_s = START_S + radar.first_north_s
            messages += encode.service_messages(radar.sensor, first_north_s, START_S + DURATION_S)
            print(f"radar {radar.sensor.name}: {len(seen)} plots", flush=True)
        (folder / f"{nation}.ast").write_bytes(encode.blocks(messages))
    senders = [flight for flight in FLIGHTS if flight.sends_adsb]
    heard = join([adsb_plots(number, flight) for number, flight in enumerate(senders, start=1)])
    print(f"ADS-B station: {len(heard)} reports", flush=True)
    (folder / "adsb.ast").write_bytes(encode.blocks(encode.adsb_reports(heard, STATION)))
    table = truth()
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    pq.write_table(
        table,
        folder / "truth.parquet",
        compression="zstd",
        use_dictionary=["truth_id", "mode_s", "kind", "visible"],
        column_encoding=dict.fromkeys(floats, "BYTE_STREAM_SPLIT"),
    )
    print(f"truth: {table.num_rows} rows of {len(FLIGHTS)} flights")


if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here)
