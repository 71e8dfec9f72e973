"""A recorded run as identification needs it: pictures, truth, zones, plans."""

from __future__ import annotations

import dataclasses
import math
import pathlib

import numpy as np
import pyarrow.parquet as pq
from scipy.spatial import cKDTree

from jointsky.assess.areas import Area, Areas
from jointsky.assess.rims import rim_rad
from jointsky.records.plans import FlightPlan, PlanPoint
from jointsky.records.reports import Reports
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.scenario.build import build
from jointsky.scenario.load import load
from jointsky.scenario.times import Span
from jointsky.store.tables import read_record

EARTH_M = 6_371_000.0
GATE_M = 1500.0  # of a track to the truth that it is counted for, beside three standard errors
GATE_MOST_M = 5000.0
SCHEDULED = ("airliner", "business")
PLAN_EVERY_S = 120.0


@dataclasses.dataclass
class Recorded:
    """One run: pictures of one site in order, and what was true."""

    label: str
    tracks: Tracks
    reports: Reports
    sensors: list[Sensor]
    areas: Areas
    plans: list[FlightPlan]
    truth: dict[str, np.ndarray]
    names: list[str]
    allegiance: np.ndarray  # by vehicle
    kind: np.ndarray

    def pictures(self):
        """Yield (time, tracks, reports since the last) of each picture."""
        last = -math.inf
        for time_s in np.unique(self.tracks.time_s):
            came = (self.reports.received_s > last) & (self.reports.received_s <= time_s)
            yield time_s, self.tracks.rows(self.tracks.time_s == time_s), self.reports.rows(came)
            last = time_s

    def behind(self, tracks: Tracks, time_s: float) -> np.ndarray:
        """Return the vehicle nearest to each track, -1: none within the gate."""
        now = np.abs(self.truth["time_s"] - time_s) <= 1.0
        at = {k: v[now] for k, v in self.truth.items()}
        if not len(at["time_s"]) or not len(tracks):
            return np.full(len(tracks), -1)
        dt = time_s - at["time_s"]
        lat = at["latitude_rad"] + at["vn_mps"] * dt / EARTH_M
        lon = at["longitude_rad"] + at["ve_mps"] * dt / (EARTH_M * np.cos(lat))
        scale = math.cos(float(np.mean(lat)))
        tree = cKDTree(EARTH_M * np.column_stack([lat, lon * scale]))
        here = EARTH_M * np.column_stack([tracks.latitude_rad, tracks.longitude_rad * scale])
        off, found = tree.query(here)
        sigma = np.sqrt(np.trace(tracks.covariance[:, :2, :2], axis1=1, axis2=2))
        gate = np.minimum(np.maximum(GATE_M, 3.0 * sigma), GATE_MOST_M)
        return np.where(off <= gate, at["vehicle"][np.minimum(found, len(lat) - 1)], -1)


def areas_of(loaded, terrain) -> Areas:
    """Return the zones of a scenario as areas."""
    span = Span.of(loaded.scenario)
    made = [
        Area(
            name=zone.name,
            use=zone.use,
            rim_rad=rim_rad(zone),
            nation=zone.nation,
            floor_m=zone.floor_m if zone.use in ("corridor",) or zone.floor_m else -math.inf,
            ceiling_m=math.inf if zone.ceiling_m is None else zone.ceiling_m,
            above_ground=zone.height_above == "ground",
            active_s=tuple(
                (span.moment(w.begin), span.end_s if w.end is None else span.moment(w.end))
                for w in zone.active
            ),
        )
        for zone in loaded.scenario.zones
    ]
    return Areas(made, terrain)


def read_run(scenario: pathlib.Path, folder: pathlib.Path, site: int) -> Recorded:
    """Return a run that ``jointsky run SCENARIO --out FOLDER`` left, as one site (a row) saw it."""
    loaded = load(scenario)
    built = build(loaded)
    tracks, _, _ = read_record(folder / "tracks.parquet", Tracks)
    reports, _, _ = read_record(folder / "reports.parquet", Reports)
    tracks = tracks.rows(tracks.source == len(built.sensors) + site)
    table = pq.read_table(folder / "truth.parquet").to_pandas()
    names = list(dict.fromkeys(table["truth_id"]))
    row = {name: k for k, name in enumerate(names)}
    first = table.drop_duplicates("truth_id").set_index("truth_id")
    truth = {
        "time_s": table["time_s"].to_numpy(),
        "vehicle": table["truth_id"].map(row).to_numpy(),
        "latitude_rad": np.radians(table["latitude_deg"].to_numpy()),
        "longitude_rad": np.radians(table["longitude_deg"].to_numpy()),
        "height_m": table["height_m"].to_numpy(),
        "ve_mps": table["ve_mps"].to_numpy(),
        "vn_mps": table["vn_mps"].to_numpy(),
    }
    return Recorded(
        label=folder.name,
        tracks=tracks,
        reports=reports,
        sensors=[sensor.told for sensor in built.sensors],
        areas=areas_of(loaded, built.surroundings.terrain),
        plans=plans_of(truth, first, names),
        truth=truth,
        names=names,
        allegiance=first.loc[names, "allegiance"].to_numpy(),
        kind=first.loc[names, "kind"].to_numpy(),
    )


def plans_of(truth, first, names) -> list[FlightPlan]:
    """Return a plan of every scheduled flight and every friend: where it is every two minutes."""
    made = []
    for row, name in enumerate(names):
        is_friend = first.loc[name, "allegiance"] == "friend"
        if not str(first.loc[name, "kind"]).startswith(SCHEDULED) and not is_friend:
            continue
        mine = np.flatnonzero(truth["vehicle"] == row)
        times = truth["time_s"][mine]
        wanted = np.arange(times[0], times[-1] + PLAN_EVERY_S, PLAN_EVERY_S)
        chosen = mine[np.minimum(np.searchsorted(times, wanted), len(mine) - 1)]
        points = [
            PlanPoint(
                time_s=float(truth["time_s"][k]),
                latitude_rad=float(truth["latitude_rad"][k]),
                longitude_rad=float(truth["longitude_rad"][k]),
                height_m=float(truth["height_m"][k]),
            )
            for k in dict.fromkeys(chosen.tolist())
        ]
        address = str(first.loc[name, "mode_s"])
        made.append(
            FlightPlan(
                name=str(name),
                mode_s=int(address, 16) if address else -1,
                mode_a=int(code) if is_friend and (code := first.loc[name, "mode_a"]) > 0 else -1,
                allegiance="friend" if is_friend else "civil",
                points=tuple(points),
            )
        )
    return made
