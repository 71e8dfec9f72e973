"""A tiny flat scene in the columns of a bench, for tests."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.streams import stream
from tracking.skies import Flight, Sky, clutter, in_time, scans, straight, turning


def write_scene(folder, end_s=60):
    """Write two radars, three targets and a little clutter; return the flights."""
    sky = Sky(54.0, 26.0, is_flat=True)
    sensors = [sky.radar(0.0, 0.0), sky.radar(20e3, 15e3, rotation_period_s=5.0)]
    flights = [
        Flight(straight((-20e3, 30e3, 9e3), (220.0, -40.0, 0.0))),
        Flight(turning((10e3, -20e3, 4e3), (-90.0, 30.0, 0.0), 20.0, 0.5, 1.0)),
        Flight(straight((30e3, 30e3, 7e3), (-20.0, -180.0, 0.0))),
    ]
    rng = stream(5, "tiny")
    seen = [scans(rng, sky, s, row, flights, end_s) for row, s in enumerate(sensors)]
    seen += [clutter(rng, s, row, 2.0, end_s) for row, s in enumerate(sensors)]
    plots = in_time(*seen)
    folder.mkdir()
    n = len(plots)
    pq.write_table(
        pa.table(
            {
                "time_s": plots.time_s,
                "radar_id": plots.sensor,
                "scan_id": np.zeros(n, np.int32),
                "range_m": plots.range_m,
                "azimuth_deg": np.degrees(plots.azimuth_rad),
                "elevation_deg": np.degrees(plots.elevation_rad),
                "doppler_mps": np.full(n, np.nan),
                "truth_id": np.full(n, -1, np.int32),
            }
        ),
        folder / "plots.parquet",
    )
    pq.write_table(
        pa.table(
            {
                "radar_id": np.arange(2, dtype=np.int32),
                "e_m": [s.flat_enu_m[0] for s in sensors],
                "n_m": [s.flat_enu_m[1] for s in sensors],
                "u_m": [s.flat_enu_m[2] for s in sensors],
                "period_s": [s.rotation_period_s for s in sensors],
                "offset_s": [0.0, 0.0],
                "range_max_m": [s.range_max_m for s in sensors],
                "range_sigma_m": [s.range_sigma_m for s in sensors],
                "azimuth_sigma_deg": [np.degrees(s.azimuth_sigma_rad) for s in sensors],
                "elevation_sigma_deg": [np.degrees(s.elevation_sigma_rad) for s in sensors],
                "doppler_sigma_mps": [np.nan, np.nan],
                "pd": [s.detection_probability for s in sensors],
                "fa_per_scan": [2.0, 2.0],
            }
        ),
        folder / "radars.parquet",
    )
    (folder / "scene.json").write_text(
        f'{{"name": "tiny", "origin": [54.0, 26.0, 0.0], "duration_s": {end_s}}}'
    )
    return flights
