"""Scoring several sites: each by itself and all with one another, from files as runs leave them."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from jointsky.cli.main import main
from jointsky.errors import InputError
from jointsky.recording.common import SitePicture, common
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.score_points import lives, of_tracks
from jointsky.recording.score_sites import is_of_several, score_sites, truth_of
from jointsky.records.columns import join
from jointsky.records.plots import Geometry
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.store.tables import write_record

N = 60
START_S = 1_777_629_600.0
RADIUS_M = 6.39e6 * np.cos(np.radians(54.0))
SENSORS = [Sensor(name="hill-radar", kind="radar")]
SENSORS += [Sensor(name=name, kind="tracker") for name in ("hill", "lake")]


def _east(place):
    """Return longitudes of a flight to the east at 200 m/s that begins ``place`` x 100 km east."""
    return np.radians(27.0) + (200.0 * np.arange(N) + 1e5 * place) / RADIUS_M


def _tracks(source, number, place, north_m=0.0, mode_s=-1):
    return Tracks.make(
        time_s=START_S + np.arange(N),
        track_number=np.full(N, number),
        source=np.full(N, source, np.int32),
        latitude_rad=np.full(N, np.radians(54.0) + north_m / 6.37e6),
        longitude_rad=_east(place),
        ve_mps=np.full(N, 200.0),
        vn_mps=np.zeros(N),
        vu_mps=np.zeros(N),
        mode_s=np.full(N, mode_s),
    )


def _run(folder, seen=("a", "b"), with_summary=True):
    """Write what a run of two sites leaves: both hold target a, the second b too, nobody c."""
    told = [_tracks(1, 7, 0, 30.0, 5), _tracks(2, 7, 0, -50.0, 5), _tracks(2, 8, 1)]
    write_record(join(told), folder / "tracks.parquet", SENSORS)
    truth = pd.concat(
        pd.DataFrame(
            {
                "time_s": START_S + np.arange(N),
                "truth_id": name,
                "latitude_deg": 54.0,
                "longitude_deg": np.degrees(_east(place)),
                "height_m": 9000.0,
            }
        )
        for place, name in enumerate("abc")
    )
    truth.to_parquet(folder / "truth.parquet")
    plots = [(START_S + t, name, Geometry.POLAR) for name in seen for t in range(0, N, 10)]
    plots += [(START_S + N - 1, name, Geometry.POLAR) for name in seen]
    plots += [(START_S + t, "c", Geometry.BEARING) for t in range(N)] + [(START_S, None, 0)]
    columns = ["time_s", "truth_id", "geometry"]
    pd.DataFrame(plots, columns=columns).astype({"geometry": "int8"}).to_parquet(
        folder / "plots.parquet"
    )
    if with_summary:
        sites = [{"name": "hill", "nation": "west"}, {"name": "lake", "nation": "east"}]
        outage = {"begin_s": START_S + 20, "end_s": START_S + 30, "links": ["hill-lake"]}
        wire = {"name": "wire", "from": "hill", "to": "lake", "share": "plots", "octets": 1200}
        wire |= {"packets": 7, "dropped": 0, "lost": 1, "cut": 2, "mean_kbps": 0.1}
        wire |= {"peak_kbps": 0.2}
        late = {"all": {"p50_s": 0.4, "p99_s": 1.1}, "by_site": []}
        told = {"sites": sites, "network": {"outages": [outage], "links": [wire], "late": late}}
        (folder / "summary.json").write_text(json.dumps(told))
    return folder


def test_a_run_is_scored_by_site_and_between_sites(tmp_path):
    folder = _run(tmp_path)
    assert is_of_several(folder)
    found = score_sites(folder, truth_of(folder))
    assert list(found.sites) == ["hill", "lake"]
    assert found.sites["hill"].siap["completeness"] == 0.5  # c was in nobody's view
    assert found.sites["lake"].siap["completeness"] == 1.0
    assert found.common.nations == ["west", "east"]
    (pair,) = found.common.between_sites
    assert pair["held"] == pair["held_of_view"] == pair["common"] == 0.5
    assert pair["number"] == pair["identity"] == 1.0
    assert pair["position_difference_rms_m"] == pytest.approx(80.0, rel=0.01)
    assert found.common.about["targets_are"] == "truth in anyone's view"
    assert found.outages_s == ((START_S + 20, START_S + 30),)
    network = found.summary()["network"]
    assert network["late"]["all"]["p99_s"] == 1.1
    assert network["links"][0]["octets"] == 1200


def test_without_plots_all_of_the_truth_is_asked_for(tmp_path):
    folder = _run(tmp_path)
    (folder / "plots.parquet").unlink()
    found = score_sites(folder, truth_of(folder))
    assert found.common.between_sites[0]["held_of_view"] == pytest.approx(1 / 3)


def test_without_truth_the_pictures_tell(tmp_path):
    found = score_sites(_run(tmp_path, with_summary=False))
    assert not found.sites
    assert found.network is None
    assert found.common.nations == ["hill", "lake"]  # nobody knows whose they are
    (pair,) = found.common.between_sites
    assert pair["common"] == 0.5
    assert "held_of_view" not in pair


def test_tables_of_one_site_each_are_pictures_too(tmp_path):
    paths = []
    for name, number in (("a", 7), ("b", 7), ("c", 9)):
        paths.append(tmp_path / f"{name}.parquet")
        write_record(_tracks(-1, number, 0), paths[-1])
    found = score_sites(paths)
    assert found.common.sites == ["a", "b", "c"]
    assert found.common.everyone["held"] == 1.0
    assert found.common.everyone["number"] == 0.0
    assert [row["number"] for row in found.common.between_sites] == [1.0, 0.0, 0.0]
    with pytest.raises(InputError, match="two sites or more"):
        score_sites(paths[:1])


def test_call_signs_count_as_identity_in_tables_too(tmp_path):
    for name, call in (("a", "LOT1"), ("b", "LOT2")):
        table = {"time_s": np.arange(N) + 0.0, "track_id": 7, "e_m": 0.0, "n_m": 0.0, "u_m": 0.0}
        pd.DataFrame({**table, "call_sign": call}).to_parquet(tmp_path / f"{name}.parquet")
    found = score_sites([tmp_path / "a.parquet", tmp_path / "b.parquet"])
    assert found.common.between_sites[0]["identity_conflict"] == 1.0
    assert found.common.about["dims"] == 3
    pd.DataFrame({**table, "call_sign": 5}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(InputError, match="call_sign"):
        score_sites([tmp_path / "a.parquet", tmp_path / "b.parquet"])


def _lines(path, tracks):
    """Write what a live site writes of its picture, its last line cut off."""
    told = []
    for row in range(len(tracks)):
        line = {
            "site": path.stem,
            "time_s": float(tracks.time_s[row]),
            "number": str(tracks.track_number[row]),
            "label": "ABC234",
            "status": "tentative" if row == 0 else "confirmed",
            "latitude_deg": float(np.degrees(tracks.latitude_rad[row])),
            "longitude_deg": float(np.degrees(tracks.longitude_rad[row])),
            "ve_mps": 200.0,
            "vn_mps": 0.0,
            "vu_mps": 0.0,
        }
        if tracks.mode_s[row] >= 0:
            line["mode_s"] = f"{tracks.mode_s[row]:06X}"
        told.append(json.dumps(line))
    path.write_text("\n".join(told) + '\n{"site": "no')
    return path


def test_what_live_sites_write_is_compared(tmp_path):
    """Numbers are 62 bits wide there: no floating-point number may touch them."""
    big = (1 << 61) + 1
    north = _lines(tmp_path / "north.jsonl", _tracks(-1, big, 0, mode_s=5))
    south = _lines(tmp_path / "south.jsonl", _tracks(-1, big, 0, 25.0, mode_s=5))
    other = _lines(tmp_path / "other.jsonl", _tracks(-1, big + 1, 0, mode_s=5))
    found = score_sites([north, south, other])
    assert found.common.sites == ["north", "south", "other"]
    same, *others = found.common.between_sites
    assert same["common"] == 1.0
    assert same["target_moments"] == N - 1
    assert same["position_difference_rms_m"] == pytest.approx(25.0, rel=0.01)
    assert [row["number"] for row in others] == [0.0, 0.0]
    truth = _run(tmp_path) / "truth.parquet"
    assert score(north, truth).siap["completeness"] == pytest.approx(1 / 3, abs=0.01)


def test_numbers_of_62_bits_that_are_given_out_again_stay_apart():
    first = 1 << 61
    number = np.array([first, first, first + (1 << 32), first])
    time_s = np.array([0.0, 300.0, 300.0, 301.0])
    told = lives(time_s, number, np.zeros(4, bool))
    assert told[1] == told[3]
    assert len(set(told.tolist())) == 3


def test_lines_that_tell_no_track_are_refused(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"number": "x", "latitude_deg": 1.0, "longitude_deg": 1.0, "time_s": 1.0}\n')
    with pytest.raises(InputError, match="as text"):
        score_sites([path, path])
    path.write_text('{"number": 5, "latitude_deg": 1.0}\n')
    with pytest.raises(InputError, match="no line"):
        score_sites([path, path])


def test_a_window_of_time_is_kept_to():
    pictures = [
        SitePicture(name, name, of_tracks(_tracks(-1, 7, 0), name, "tracks")) for name in "ab"
    ]
    whole = common(pictures)
    half = common(pictures, options=ScoreOptions(from_s=START_S + 30.0))
    assert whole.everyone["target_moments"] == 2 * half.everyone["target_moments"]
    with pytest.raises(InputError, match="no track of any site"):
        common(pictures, options=ScoreOptions(to_s=START_S - 1.0))
    with pytest.raises(InputError, match="two sites or more"):
        common(pictures[:1])


def test_one_command_scores_a_run(tmp_path, capsys):
    folder = _run(tmp_path)
    assert main(["score", str(folder), "--json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["common"]["everyone"]["common"] == 0.5
    assert told["sites"]["hill"]["siap"]["completeness"] == 0.5
    out = tmp_path / "scored"
    assert main(["score", str(folder), "--common", "--quiet", "--out", str(out)]) == 0
    assert "hill, lake" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {
        "network.png",
        "score.json",
        "common.parquet",
        "held.parquet",
    }
    table = pq.read_table(out / "common.parquet").to_pandas()
    assert table[table.between == "west-east"]["both"].sum() == N


def test_one_site_of_a_run_is_still_scored_alone(tmp_path, capsys):
    folder = _run(tmp_path)
    truth = str(folder / "truth.parquet")
    wanted = ["score", str(folder), truth, "--tracks-source", "lake", "--json", "--quiet"]
    assert main(wanted) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["siap"]["completeness"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (["lone.parquet"], "no reference"),
        (["lone.parquet", "lone.parquet", "lone.parquet"], "--common"),
        (["none.parquet"], "no such file"),
        (["lone.parquet", "--common"], "two sites or more"),
    ],
)
def test_what_cannot_be_meant_is_said(inputs, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_record(_tracks(-1, 7, 0), tmp_path / "lone.parquet")
    assert main(["score", *inputs, "--quiet"]) == 2
    assert words in capsys.readouterr().err
