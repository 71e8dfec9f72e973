"""The front door: its names, and the tracker fed from every kind of table."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jointsky import api
from jointsky.errors import InputError, ManyInputErrors

MOST_NAMES = 20
TOWNS = pathlib.Path(__file__).parents[1] / "scenarios" / "two-towns.yaml"
RADAR = api.Sensor(
    name="hill",
    kind="radar",
    flat_enu_m=(0.0, 0.0, 0.0),
    rotation_period_s=5.0,
    range_sigma_m=50.0,
    azimuth_sigma_rad=np.radians(0.1),
)


def columns():
    """Return thirty turns of a radar that sees two targets flying side by side, 40 km apart."""
    rng = np.random.Generator(np.random.Philox(7))
    time_s = np.repeat(5.0 * np.arange(30), 2)
    east = 2e4 + 200.0 * time_s + rng.normal(0, 30, 60)
    north = np.tile([3e4, 7e4], 30) + rng.normal(0, 30, 60)
    return {
        "time": (1.7e9 + time_s) * 1e6,
        "range_m": np.hypot(east, north),
        "azimuth_deg": np.degrees(np.arctan2(east, north)),
    }


def numpy_columns():
    return columns() | {"time": columns()["time"].astype(np.int64).view("M8[us]")}


def pandas_table():
    return pd.DataFrame(
        columns() | {"time": pd.to_datetime(columns()["time"], unit="us", utc=True)}
    )


def polars_table():
    return pl.from_pandas(pandas_table())


def arrow_table():
    return pa.Table.from_pandas(pandas_table())


def tracked(table, cut):
    tracker = api.Tracker([RADAR])
    told = [tracker.update(part) for part in cut(table)] + [tracker.flush()]
    return pa.concat_tables(
        [api.to_arrow(tracks, tracker.sensors) for tracks in told if len(tracks)]
    )


HALVES = {
    numpy_columns: lambda t: [{n: c[:30] for n, c in t.items()}, {n: c[30:] for n, c in t.items()}],
    pandas_table: lambda t: [t.iloc[:30], t.iloc[30:]],
    polars_table: lambda t: [t[:30], t[30:]],
    arrow_table: lambda t: [t.slice(0, 30), t.slice(30)],
}


@pytest.mark.parametrize("make", HALVES, ids=lambda make: make.__name__)
def test_the_tracker_is_fed_from_every_kind_of_table(make):
    told = tracked(make(), HALVES[make]).to_pandas()
    assert told.groupby("track_number").size().shape == (2,)
    assert np.hypot(told.ve_mps - 200.0, told.vn_mps).groupby(told.track_number).last().max() < 40
    assert tracked(numpy_columns(), HALVES[numpy_columns]).equals(tracked(make(), HALVES[make]))


def test_the_trackers_own_record_is_taken_as_before():
    by_record = api.Tracker([RADAR]).update(api.to_plots(pandas_table(), [RADAR]))
    by_table = api.Tracker([RADAR]).update(pandas_table())
    assert api.to_arrow(by_record).equals(api.to_arrow(by_table))
    assert len(by_table) > 10


def test_pictures_take_tables_too():
    times = 1.7e9 + np.array([50.0, 100.0, 145.0])
    by_table = api.Tracker([RADAR]).pictures(polars_table(), times)
    by_record = api.Tracker([RADAR]).pictures(api.to_plots(pandas_table(), [RADAR]), times)
    assert api.to_arrow(by_table).equals(api.to_arrow(by_record))
    assert set(by_table.time_s) == set(times)


def test_the_picture_goes_out_to_pandas_and_polars_and_back():
    tracker = api.Tracker([RADAR])
    tracker.update(polars_table())
    tracker.flush()
    picture = tracker.picture(1.7e9 + 150.0)
    table = api.to_arrow(picture, tracker.sensors)
    frame = pl.from_arrow(table)
    assert set(frame["sensors"]) == {"hill"}
    assert frame["latitude_deg"].to_list() == table.to_pandas()["latitude_deg"].tolist()
    back = api.to_tracks(frame, tracker.sensors)
    np.testing.assert_allclose(back.latitude_rad, picture.latitude_rad, rtol=1e-15)
    np.testing.assert_array_equal(back.track_number, picture.track_number)


def test_a_table_that_does_not_fit_leaves_the_tracker_as_it_was():
    tracker = api.Tracker([RADAR])
    tracker.update(pandas_table().iloc[:30])
    with pytest.raises(InputError, match="did you mean 'range_m'"):
        tracker.update(pandas_table().rename(columns={"range_m": "rang_m"}))
    tracker.update(pandas_table().iloc[30:])
    tracker.flush()
    assert len(tracker.picture(1.7e9 + 150.0)) == 2


def test_the_front_door_has_few_names_and_each_is_explained():
    assert len(api.__all__) <= MOST_NAMES
    assert list(api.__all__) == sorted(api.__all__)
    for name in api.__all__:
        assert (getattr(api, name).__doc__ or "").strip(), name


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_the_front_door_imports_no_library_of_others_choice():
    code = "import sys, jointsky.api; print({'pandas', 'polars', 'stonesoup'} & set(sys.modules))"
    assert run(code).stdout == "set()\n"


def test_without_stone_soup_its_room_says_what_to_install():
    code = "import sys; sys.modules['stonesoup'] = None; import jointsky.stonesoup.tracker"
    told = run(code).stderr.splitlines()[-1]
    assert "jointsky.stonesoup needs the package 'stonesoup" in told
    assert "pip install 'jointsky[stonesoup]'" in told


def test_a_scenario_shows_what_is_in_it_and_gives_tables():
    scenario = api.load(TOWNS)
    assert pl.from_arrow(scenario.sites())["nation"].to_list() == ["west", "east"]
    assert scenario.sites().to_pandas()["longitude_deg"].tolist() == pytest.approx([28.0, 28.6])
    assert set(scenario.sensors()["site"].to_pylist()) == {"westtown", "easttown"}
    whose = scenario.vehicles().to_pandas().groupby("allegiance").size()
    assert whose.to_dict() == {"civil": 2, "hostile": 5}
    card = scenario._repr_html_()
    assert "Scenario: two towns" in card and "5 one-way-attack-drone" in card
    assert card.count("data:image/png;base64,") == 1 and "http" not in card


def test_what_is_wrong_with_a_scenario_is_told_by_load(tmp_path):
    (tmp_path / "sky.yaml").write_text("name: x\nnations: 3\n", encoding="utf-8")
    with pytest.raises(ManyInputErrors, match="nations"):
        api.load(tmp_path / "sky.yaml")


@pytest.fixture(scope="module")
def made_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    text = TOWNS.read_text(encoding="utf-8").replace("duration_s: 420", "duration_s: 60")
    text = text.replace("    outages: [{begin: 260, end: 320}]\n", "")
    (folder / "sky.yaml").write_text(text, encoding="utf-8")
    return api.run(folder / "sky.yaml", folder / "out")


def test_a_run_is_opened_from_its_folder_as_it_was(made_run):
    again = api.load(made_run.folder)
    assert again.is_whole and again.figures == json.loads(json.dumps(made_run.figures))
    truth = pl.from_arrow(again.table("truth"))
    assert truth.height == again.table("truth").to_pandas().shape[0] > 0
    with pytest.raises(InputError, match="one of plots, reports, tracks, truth"):
        again.table("trcks")


def test_the_card_of_a_run_has_its_sites_its_duty_and_its_pictures(made_run):
    card = made_run._repr_html_()
    assert "Run: two towns, seed 4" in card and "came through" in card
    assert "westtown" in card and card.count("data:image/png;base64,") == 2
    assert "http" not in card
