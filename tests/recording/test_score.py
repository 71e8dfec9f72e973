"""Scoring files: what is taken, what is refused with which words, and what is written."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from jointsky.cli.score import write
from jointsky.cli.score_tables import print_tables
from jointsky.errors import InputError
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.score_points import of_recording
from jointsky.records.plots import Geometry, PlotFlag, Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.store.tables import write_record
from shared_data import shared

N = 100


def _east(shift_m=0.0, latitude_deg=54.0):
    """Return longitudes of one flight to the east at 200 m/s, moved by so many metres."""
    radius_m = 6.39e6 * np.cos(np.radians(latitude_deg))
    return np.radians(27.0) + (200.0 * np.arange(N) + shift_m) / radius_m


def _tracks(start_s=0.0, shift_m=0.0, **columns):
    return Tracks.make(
        time_s=start_s + np.arange(N),
        track_number=np.full(N, 7),
        latitude_rad=np.full(N, np.radians(54.0)),
        longitude_rad=_east(shift_m),
        ve_mps=np.full(N, 200.0),
        vn_mps=np.zeros(N),
        vu_mps=np.zeros(N),
        mode_s=np.full(N, 0xF00101),
        **columns,
    )


def _truth_table(path, **columns):
    table = {
        "time_s": np.arange(N, dtype=float),
        "truth_id": ["a"] * N,
        "latitude_deg": np.full(N, 54.0),
        "longitude_deg": np.degrees(_east()),
        "height_m": np.full(N, 9000.0),
        "mode_s": ["f00101"] * N,
        **columns,
    }
    pd.DataFrame({k: v for k, v in table.items() if v is not None}).to_parquet(path)
    return path


def _estimates(path, shift_m=0.0):
    table = {"time_s": np.arange(N, dtype=float), "track_id": 7, "e_m": 200.0 * np.arange(N)}
    pd.DataFrame({**table, "n_m": shift_m, "u_m": 0.0}).to_parquet(path)
    return path


def test_a_folder_of_tracks_is_scored_against_a_table_of_truth(tmp_path):
    write_record(_tracks(shift_m=-50.0), tmp_path / "tracks.parquet")
    found = score(tmp_path, _truth_table(tmp_path / "reference.parquet"))
    assert found.siap["completeness"] == 1.0
    assert found.siap["identity_correct"] == 1.0
    assert found.errors["all"]["along_m"]["mean"] == pytest.approx(-50.0, rel=2e-3)
    assert found.about["is_whole_life"]
    assert found.about["dims"] == 2


def test_records_are_scored_as_they_are():
    plots = Plots.make(
        time_s=np.arange(N) + 0.0,
        geometry=np.full(N, Geometry.GEODETIC),
        latitude_rad=np.full(N, np.radians(54.0)),
        longitude_rad=_east(),
        mode_s=np.full(N, 0xF00101),
        flags=np.full(N, PlotFlag.COOPERATIVE),
    )
    found = score(_tracks(shift_m=30.0), plots)
    assert found.errors["all"]["horizontal_m"]["rms"] == pytest.approx(30.0, rel=2e-3)
    assert not found.about["is_whole_life"]


def test_tentative_rows_are_no_part_of_the_picture():
    tentative = np.where(np.arange(N) < 50, 0, 1)
    found = score(_tracks(status=tentative), _tracks())
    assert found.siap["completeness"] == pytest.approx(0.5, abs=0.02)


def test_a_flat_folder_gives_its_estimates_to_a_flat_reference(tmp_path):
    _estimates(tmp_path / "estimates.parquet", 40.0)
    write_record(_tracks(), tmp_path / "tracks.parquet")
    found = score(tmp_path, _estimates(tmp_path / "other.parquet"))
    assert found.picture["gospa_m"] == pytest.approx(40.0)
    assert found.about["dims"] == 3


def test_known_only_leaves_strangers_out():
    strangers = _tracks().replace(mode_s=np.full(N, 5), track_number=np.full(N, 8))
    both = Tracks.make(
        **{
            name: np.concatenate([getattr(_tracks(), name), getattr(strangers, name)])
            for name in Tracks.schema()
        }
    )
    assert score(both, _tracks()).tracks["tracks"] == 2.0
    assert score(both, _tracks(), ScoreOptions(known_only=True)).tracks["tracks"] == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"latitude_deg": None}, "wanted time_s, one of track_number"),
        ({"time_s": None}, "wanted time_s"),
        ({"mode_s": ["xyz"] * N}, "hexadecimal digits"),
        ({"latitude_deg": ["far"] * N}, "numbers"),
        ({"truth_id": [None] * N}, "without a number"),
        ({"time_s": np.arange(N) + 1e6}, "a time in common"),
        ({"time_s": np.arange(N) + 86400.0}, "moved by 1 days: give --date"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_column(tmp_path, change, words):
    path = _truth_table(tmp_path / "reference.parquet", **change)
    with pytest.raises(InputError, match=words):
        score(_tracks(), path)


def test_wrong_files_are_refused(tmp_path):
    text, half = tmp_path / "letter.txt", tmp_path / "half.parquet"
    text.write_text("Dear reader,\nthis is no recording.\n")
    whole = _truth_table(tmp_path / "reference.parquet").read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    empty = tmp_path / "nothing.parquet"
    pd.DataFrame({"time_s": [], "track_id": [], "e_m": [], "n_m": [], "u_m": []}).to_parquet(empty)
    for path in (text, half, empty, tmp_path / "none", tmp_path):
        with pytest.raises(InputError) as refused:
            score(_tracks(), path)
        assert str(path) in str(refused.value)


def test_flat_and_geodetic_do_not_mix(tmp_path):
    with pytest.raises(InputError, match="east, north, up of a flat scene"):
        score(_estimates(tmp_path / "e.parquet"), _tracks())


def test_options_out_of_range_are_refused():
    for options in (
        ScoreOptions(cutoff_m=0.0),
        ScoreOptions(order=0.5),
        ScoreOptions(step_s=-1.0),
        ScoreOptions(sampling="often"),
        ScoreOptions(from_s=500.0),
    ):
        with pytest.raises(InputError):
            score(_tracks(), _tracks(), options)


def test_everything_is_written_and_equal_input_gives_equal_bytes(tmp_path, capsys):
    found = score(_tracks(shift_m=20.0), _tracks())
    first, second = write(found, tmp_path / "a"), write(found, tmp_path / "b")
    names = {"score.png", "score.json", "score.parquet", "score_errors.parquet"}
    assert {path.name for path in first} == names
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    told = json.loads((tmp_path / "a" / "score.json").read_text())
    assert told["siap"]["completeness"] == 1.0
    assert told["picture"]["gospa_m"] == pytest.approx(20.0, rel=2e-3)
    assert pq.read_table(tmp_path / "a" / "score.parquet").num_rows == N
    print_tables(found)
    shown = capsys.readouterr().out
    assert "ED-142 en-route" in shown
    assert "completeness" in shown


def test_a_comparison_without_any_match_still_has_a_picture(tmp_path):
    found = score(_tracks(shift_m=9e4), _tracks())
    assert found.siap["completeness"] == 0.0
    assert np.isnan(found.errors["all"]["horizontal_m"]["rms"])
    assert (tmp_path / "score.png") in write(found, tmp_path)


def test_a_track_number_that_is_given_out_again_is_another_track(capsys):
    """After its end, or a silence of two minutes; tables still tell the number itself."""
    ended = np.where(np.arange(N) == 60, 3, 1)
    jump_s = np.where(np.arange(N) > 20, 1000.0, 0.0)
    again = _tracks(status=ended).replace(time_s=np.arange(N) + jump_s)
    found = score(again, again, ScoreOptions(sampling="grid"))
    assert found.tracks["targets"] == found.tracks["tracks"] == 3.0
    assert found.tracks["targets_never_tracked"] == found.tracks["false_tracks"] == 0.0
    assert set(found.points["track_number"]) == set(found.points["truth_number"]) == {7}
    print_tables(found)
    assert "a recording against itself" in " ".join(capsys.readouterr().out.split())


def test_a_surveillance_recording_against_itself_misses_nothing():
    path = shared("data/asterix/ar_fds260429.pcap")
    found = score(path, path)
    assert found.tracks["targets_never_tracked"] == found.tracks["false_tracks"] == 0.0
    assert found.tracks["numbers_per_target"] == 1.0
    assert found.siap["completeness"] > 0.9995
    assert found.errors["all"]["horizontal_m"]["p99"] == 0.0
    assert found.updates["by_standard"]["ed142_approach"]["mode_c_probability"] == 1.0


def test_sources_of_one_code_are_told_apart_by_their_kind():
    sensors = [Sensor(name="0/107", sac=0, sic=107, kind=kind) for kind in ("radar", "adsb")]
    plots = Plots.make(
        time_s=np.arange(N) + 0.0,
        sensor=np.arange(N) % 2,
        geometry=np.full(N, Geometry.GEODETIC),
        latitude_rad=np.full(N, np.radians(54.0)),
        longitude_rad=_east(),
        mode_s=np.full(N, 0xF00101),
    )

    def chosen(source):
        return of_recording(plots, Tracks.make(0), sensors, "x.ast", source)

    assert len(chosen("0/107 adsb")) == N // 2
    with pytest.raises(InputError, match="one of: '0/107 radar', '0/107 adsb'"):
        chosen("0/107")
    with pytest.raises(InputError, match="0/107 adsb, 0/107 radar"):
        chosen("9/9")


def test_a_systems_tracks_are_perfect_against_themselves():
    path = shared("data/asterix/jade_062_065_30min.ff")
    found = score(path, path, ScoreOptions(reference_source="33/18"))
    assert found.errors["all"]["horizontal_m"]["n"] > 20_000
    assert found.errors["all"]["horizontal_m"]["p99"] == pytest.approx(0.0, abs=1e-6)
    assert found.siap["completeness"] > 0.99
    assert found.siap["spuriousness"] < 0.01
    assert found.siap["identity_wrong"] == 0.0
    with pytest.raises(InputError, match="one of: 33/18"):
        score(path, path, ScoreOptions(reference_source="1/1"))
