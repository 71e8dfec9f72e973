"""Recordings become tracks: the shipped one against its truth, scenes against their scorer."""

import importlib.util
import pathlib
import sys

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jointsky.errors import InputError, MissingSiteError
from jointsky.formats.options import ReadOptions
from jointsky.recording import outputs
from jointsky.recording.read import read, read_all
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.sites import Site
from jointsky.recording.track import prepare, track
from jointsky.records.plots import Geometry, Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.streams import stream
from recording.made_scene import write_scene
from shared_data import shared
from tracking.skies import Flight, Sky, errors, scans, straight

DEMO = pathlib.Path(__file__).parents[2] / "examples" / "two-nations"
NAMES = ["north.ast", "south.ast", "adsb.ast"]
COLUMNS = ["time_s", "track_id", "e_m", "n_m", "u_m", "ve", "vn", "vu"]


@pytest.fixture(scope="module")
def demo():
    paths = [str(DEMO / name) for name in NAMES]
    return read_all(paths, ReadOptions(), lambda *_: None, None)


@pytest.fixture(scope="module")
def demo_tracked(demo):
    steps = []
    made = track(prepare(demo, "demo"), None, lambda what, share: steps.append((what, share)))
    assert steps[-1] == ("tracking", 1.0)
    assert [share for _, share in steps] == sorted(share for _, share in steps)
    return made


def test_each_flight_of_the_shipped_recording_is_one_track(demo_tracked):
    result = score(demo_tracked.tracks, DEMO / "truth.parquet", ScoreOptions(coverage="whole"))
    assert result.tracks["targets"] == 24
    assert result.tracks["tracks"] == 24
    assert result.tracks["false_tracks"] == 0
    assert result.tracks["one_number_share"] == 1.0
    assert result.siap["completeness"] > 0.9
    assert result.picture["rms_m"] < 150.0


def test_what_the_shipped_recording_says_is_in_its_tracks(demo, demo_tracked):
    tracks = demo_tracked.tracks
    assert np.all(np.diff(tracks.time_s[tracks.track_number == 1]) >= 0)
    assert np.all(np.isfinite(tracks.latitude_rad)) and np.all(np.isfinite(tracks.ve_mps))
    told = set(demo.plots.mode_s[demo.plots.mode_s >= 0].tolist())
    assert told == set(tracks.mode_s[tracks.mode_s >= 0].tolist())
    assert {"", *demo.plots.call_sign.tolist()} >= set(tracks.call_sign.tolist())
    assert demo_tracked.refused == 0
    assert demo_tracked.used > 0.9 * len(demo.plots)
    assert demo_tracked.estimates is None and demo_tracked.origin_deg is None
    for number in np.unique(tracks.track_number):  # an address never changes
        mine = tracks.mode_s[tracks.track_number == number]
        assert len(set(mine[mine >= 0].tolist())) <= 1


def test_the_same_recording_gives_the_same_octets(demo, demo_tracked):
    again = track(prepare(demo, "demo"))
    for name in Tracks.schema():
        assert getattr(again.tracks, name).tobytes() == getattr(demo_tracked.tracks, name).tobytes()


def test_one_nation_alone_sees_less_than_both(demo):
    alone = track(prepare(demo, "demo", only=["1/1", "1/2"]))
    seen = {alone.sensors[row].name for row in np.unique(alone.plots.sensor)}
    assert seen <= {"1/1", "1/2"} and seen
    parts = [score(t.tracks, DEMO / "truth.parquet") for t in (alone, track(prepare(demo, "d")))]
    assert parts[0].siap["completeness"] < parts[1].siap["completeness"]


def test_only_takes_names_and_kinds(demo):
    by_kind = prepare(demo, "demo", only=["adsb"])
    kinds = {demo.sensors[row].kind for row in np.unique(by_kind.plots.sensor)}
    assert kinds == {"adsb"}
    with pytest.raises(InputError, match=r"--only: 'adsbb'.*adsb"):
        prepare(demo, "demo", only=["adsbb"])


def reading_of(plots, sensors, **values):
    return Reading(
        format="made",
        plots=plots,
        tracks=Tracks.make(0),
        sensors=list(sensors),
        contents=Contents(records={}, values=values),
    )


def test_a_site_makes_a_recording_usable_that_has_none():
    sky = Sky()
    radar = sky.radar()
    flight = Flight(straight((-30e3, 40e3, 9e3), (200.0, -50.0, 0.0)))
    plots = scans(stream(1, "site"), sky, radar, 0, [flight], 120.0)
    bare = Sensor(name="0/7", kind="radar", sac=0, sic=7, rotation_period_s=4.0)
    with pytest.raises(MissingSiteError, match="source 0/7"):
        prepare(reading_of(plots, [bare]), "a.ast")
    site = Site(latitude_deg=52.0, longitude_deg=21.0, height_m=50.0)
    made = track(prepare(reading_of(plots, [bare]), "a.ast", {"0/7": site}))
    assert len(set(made.tracks.track_number.tolist())) == 1
    late = made.tracks.rows(made.tracks.time_s > 60)
    assert np.abs(errors(sky, late, flight)[:, :2]).max() < 500.0


def test_nothing_to_track_is_an_error_that_says_what_is_there():
    with pytest.raises(InputError, match="no plots"):
        prepare(reading_of(Plots.make(0), []), "empty.ast")
    with pytest.raises(InputError, match="without any time"):
        prepare(
            reading_of(Plots.make(3, sensor=0, geometry=int(Geometry.POLAR)), [Sensor(name="r")]),
            "timeless.ast",
        )


# flat scenes


@pytest.fixture
def tiny(tmp_path):
    return tmp_path / "tiny", write_scene(tmp_path / "tiny")


def test_a_flat_scene_gives_estimates_at_whole_seconds_in_the_scorer_s_columns(tiny):
    folder, flights = tiny
    reading = prepare(read(folder, ReadOptions()), str(folder))
    made = track(reading)
    assert made.origin_deg == (54.0, 26.0, 0.0)
    assert made.estimates.column_names == COLUMNS
    table = {name: made.estimates[name].to_numpy() for name in COLUMNS}
    assert np.array_equal(table["time_s"], np.floor(table["time_s"]))
    first_s, seen = table["time_s"].min(), reading.plots
    assert table["time_s"].max() == 60.0
    place = np.array([table[name][0] for name in COLUMNS[2:5]])
    sites = np.array([reading.sensors[row].flat_enu_m for row in seen.sensor])
    level = seen.range_m * np.cos(seen.elevation_rad)
    east = sites[:, 0] + level * np.sin(seen.azimuth_rad)
    north = sites[:, 1] + level * np.cos(seen.azimuth_rad)
    near = np.hypot(east - place[0], north - place[1]) < 1000.0
    assert np.sum(near & (seen.time_s <= first_s)) == 2  # as soon as it is seen twice
    assert np.sum(near & (seen.time_s <= first_s - 1.0)) < 2
    assert len(set(zip(table["time_s"], table["track_id"], strict=True))) == len(table["time_s"])
    at = table["time_s"] == 55.0
    place = np.column_stack([table[name][at] for name in COLUMNS[2:]])
    assert len(place) == 3
    for flight in flights:
        away = np.abs(place - flight.path([55.0])[0])
        best = away[:, :3].sum(1).argmin()
        assert away[best, :3].max() < 250.0 and away[best, 3:].max() < 40.0


def test_the_picture_of_a_second_knows_nothing_of_later_plots(tiny):
    folder, _ = tiny
    reading = prepare(read(folder, ReadOptions()), str(folder))
    whole = track(reading).estimates
    for end_s in (20.0, 37.0):
        cut = reading_of(
            reading.plots.rows(reading.plots.time_s <= end_s),
            reading.sensors,
            **(reading.contents.values | {"duration_s": end_s}),
        )
        early = track(cut).estimates
        same = whole.filter(pc.less_equal(whole["time_s"], end_s))
        assert early.equals(same)


def test_the_folder_holds_tables_and_both_pictures(tiny, tmp_path):
    folder, _ = tiny
    reading = prepare(read(folder, ReadOptions()), str(folder))
    made = track(reading)
    out = tmp_path / "deep" / "out"
    outputs.write(made, out, "tiny", False, lambda *_: None)
    assert sorted(path.name for path in out.iterdir()) == [
        "estimates.parquet",
        "picture.html",
        "picture.png",
        "plots.parquet",
        "tracks.parquet",
    ]
    assert pq.read_table(out / "plots.parquet").num_rows == len(made.plots)
    table = pq.read_table(out / "tracks.parquet")
    assert {"time_s", "track_number", "latitude_deg", "longitude_deg", "height_m"} <= set(
        table.column_names
    )
    figures = outputs.figures(made, reading)
    assert figures["tracks"] == 3 and figures["plots"] == len(made.plots)
    assert figures["plots_used"] == made.used and figures["track_updates"] == len(made.tracks)
    assert 0 < figures["update_interval_median_s"] <= figures["update_interval_p95_s"] < 15
    assert len(figures["sensors"]) == 2 and "flat_enu_m" in figures["sensors"][0]


def test_figures_of_a_recording_without_any_track_are_nulls_not_faults():
    radar = Sky().radar()
    plots = Plots.make(1, time_s=5.0, sensor=0, geometry=0, range_m=3e4, azimuth_rad=1.0)
    reading = prepare(reading_of(plots, [radar]), "one")
    figures = outputs.figures(track(reading), reading)
    assert figures["tracks"] == 0 and figures["update_interval_median_s"] is None
    assert figures["position_sigma_median_m"] is None


# beside peers, on scenes that nobody here made

# Stone Soup 1.9.1, gnn-ekf-wide, seed 0: GOSPA as ../shared/bench/README.md gives it
PEER_GOSPA_M = {"small": 876.0, "crossing": 721.0}


def module_of(name):
    path = shared(f"bench/{name}.py")
    sys.path.insert(0, str(path.parent))
    try:
        spec = importlib.util.spec_from_file_location(f"bench_{name}", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # its dataclasses look themselves up
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(path.parent))


@pytest.mark.parametrize("name", sorted(PEER_GOSPA_M))
def test_a_neutral_scene_is_tracked_no_worse_than_by_the_peer(name, tmp_path):
    generate, scorer = module_of("generate"), module_of("score")
    scene = tmp_path / name
    generate.save(generate.SCENES[name], 0, scene)
    made = track(prepare(read(scene, ReadOptions()), name))
    (tmp_path / "run").mkdir()
    pq.write_table(made.estimates, tmp_path / "run" / "tracks.parquet")
    _, found = scorer.score_run(scene, tmp_path / "run")
    assert found["gospa_m"] <= PEER_GOSPA_M[name]
    ours = score(tmp_path / "run" / "tracks.parquet", scene / "truth.parquet").picture
    assert ours["gospa_m"] == pytest.approx(found["gospa_m"], rel=0.02)
