"""jointsky track: recordings become a folder of tables and pictures, or words and exit code 2."""

import json
import os
import pathlib
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from jointsky.cli.main import main
from recording.made_scene import write_scene
from shared_data import shared

DEMO = pathlib.Path(__file__).parents[2] / "examples" / "two-nations"
RECORDING = [str(DEMO / name) for name in ("north.ast", "south.ast", "adsb.ast")]
KEYS = ["plots", "tracks", "seconds", "cpu_s", "compile_s", "plots_per_cpu_s", "peak_memory_mb"]


@pytest.fixture(scope="module")
def tracked(tmp_path_factory):
    """The shipped recording tracked once, by the program itself: folder, output, messages."""
    folder = tmp_path_factory.mktemp("track") / "out"
    code = "import sys; from jointsky.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-W", "error", "-c", code, "track", *RECORDING]
    done = subprocess.run(
        [*command, "--out", str(folder), "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout, done.stderr


def test_json_is_exactly_one_object_on_standard_output(tracked):
    folder, output, messages = tracked
    figures = json.loads(output)
    assert output.startswith("{") and output.endswith("}\n")
    assert figures == json.loads((folder / "summary.json").read_text())
    assert "Traceback" not in messages and "tracking" in messages
    for key in KEYS:
        assert figures[key] > 0 or key == "compile_s"
    assert figures["tracks"] == 24
    assert figures["plots_per_cpu_s"] > 1000
    assert figures["plots_per_cpu_s"] == pytest.approx(figures["plots"] / figures["cpu_s"])
    assert figures["files"] == RECORDING


def test_the_folder_holds_what_was_promised(tracked):
    folder, output, _ = tracked
    figures = json.loads(output)
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "picture.html",
        "picture.png",
        "plots.parquet",
        "summary.json",
        "tracks.parquet",
    ]
    assert pq.read_table(folder / "plots.parquet").num_rows == figures["plots"]
    tracks = pq.read_table(folder / "tracks.parquet")
    assert tracks.num_rows == figures["track_updates"]
    for name in ("time_s", "track_number", "latitude_deg", "longitude_deg", "height_m"):
        assert name in tracks.column_names
    for name in ("existence", "mode_s", "call_sign", "sensors", "status"):
        assert name in tracks.column_names
    assert (folder / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert "<html" in (folder / "picture.html").read_text(encoding="utf-8").lower()


def test_a_person_is_told_the_main_figures(tmp_path, capsys):
    only = ["--only", "1/1", "--out", str(tmp_path)]
    assert main(["track", RECORDING[0], *only]) == 0
    told = capsys.readouterr().out
    for word in ("plots", "tracks", "updates", "speed", str(tmp_path)):
        assert word in told
    assert main(["track", RECORDING[0], *only, "--quiet"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err == ""


def test_only_keeps_some_sources(tmp_path, capsys):
    assert main(["track", *RECORDING, "--only", "ssr", "--out", str(tmp_path), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    used = {s["name"]: s["plots"] for s in figures["sensors"] if s["plots"]}
    assert set(used) == {"2/1"} and figures["plots"] == used["2/1"]


def says(capsys, *words):
    """The command has said all these words, in plain, and nothing on standard output."""
    shown = capsys.readouterr()
    text = " ".join(shown.err.split())
    assert shown.out == "" and "Traceback" not in text
    for word in words:
        assert word in text, text
    return True


@pytest.fixture
def without_sites(tmp_path):
    """The radars' plots of the north without the CAT034 that say where they stand."""
    octets = (DEMO / "north.ast").read_bytes()
    kept, begin = b"", 0
    while begin < len(octets):
        end = begin + int.from_bytes(octets[begin + 1 : begin + 3], "big")
        if octets[begin] != 34:
            kept += octets[begin:end]
        begin = end
    path = tmp_path / "bare.ast"
    path.write_bytes(kept)
    return str(path)


SITES = {"1/1": "55.62,26.2,178", "1/2": "55.45,28.1,168"}


def test_missing_sites_are_all_named_with_the_option(without_sites, tmp_path, capsys):
    assert main(["track", without_sites, "--out", str(tmp_path / "o"), "--json"]) == 2
    assert says(capsys, "bare.ast", "--site 1/1=LATITUDE", "--site 1/2=LATITUDE", "--sites")
    one = ["--site", f"1/1={SITES['1/1']}"]
    assert main(["track", without_sites, *one, "--out", str(tmp_path / "o")]) == 2
    assert says(capsys, "source 1/2 sends plots relative to itself", "--site 1/2=LATITUDE")


def test_sites_by_option_by_file_or_by_both(without_sites, tmp_path, capsys):
    options = [f"--site={source}={place}" for source, place in SITES.items()]
    out = ["--out", str(tmp_path / "o"), "--json", "--quiet"]
    assert main(["track", without_sites, *options, *out]) == 0
    by_option = json.loads(capsys.readouterr().out)
    path = tmp_path / "sites.yaml"
    north, east, up = SITES["1/1"].split(",")
    path.write_text(
        f"sites:\n  1/1: {{latitude_deg: {north}, longitude_deg: {east}, height_m: {up}}}\n"
        "  1/2: {latitude_deg: 0, longitude_deg: 0}\n"
    )
    both = ["--sites", str(path), options[1]]  # the option comes before the file
    assert main(["track", without_sites, *both, *out]) == 0
    by_file = json.loads(capsys.readouterr().out)
    assert by_option["tracks"] == by_file["tracks"] > 10
    assert by_option["sensors"] == by_file["sensors"]


@pytest.mark.parametrize("text", ["1/1", "1/1=55", "1/1=north,26", "1/1=95,26,100", "=1,2"])
def test_a_bad_site_is_refused(text, tmp_path, capsys):
    assert main(["track", RECORDING[0], "--site", text, "--out", str(tmp_path)]) == 2
    assert says(capsys, "--site")


def test_an_unknown_source_gets_a_suggestion(tmp_path, capsys):
    site = ["--site", "1/21=55,26,100", "--out", str(tmp_path)]
    assert main(["track", RECORDING[0], *site]) == 2
    assert says(capsys, "site 1/21", "no such source", "did you mean")
    assert main(["track", RECORDING[0], "--only", "9/9", "--out", str(tmp_path)]) == 2
    assert says(capsys, "--only", "'9/9'", "1/1")


def test_bad_files_are_told_and_nothing_is_left(tmp_path, capsys):
    out = tmp_path / "out"
    empty, words = tmp_path / "empty.ast", tmp_path / "words.txt"
    empty.write_bytes(b"")
    words.write_text("Dear sir,\nplease find the recording enclosed.\n" * 20)
    noise = tmp_path / "noise.bin"
    noise.write_bytes(bytes((7 * k * k + 13 * k) % 251 for k in range(5000)))
    for path in (empty, words, noise, tmp_path / "none.ast", tmp_path):
        assert main(["track", str(path), "--out", str(out)]) == 2
        assert says(capsys, path.name)
        assert not (out / "tracks.parquet").exists()


def test_a_truncated_recording_is_tracked_up_to_the_cut(tmp_path, capsys):
    octets = (DEMO / "adsb.ast").read_bytes()
    path = tmp_path / "cut.ast"
    path.write_bytes(octets[: len(octets) // 2 - 5])
    assert main(["track", str(path), "--out", str(tmp_path / "o"), "--json", "--quiet"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert sum(figures["faults"].values()) <= 2  # the last block, and the record cut in it
    assert figures["tracks"] > 5 and figures["plots"] > 4000


def test_a_folder_that_cannot_be_written_is_told_before_any_work(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("I am no folder")
    for out in (blocked, blocked / "below"):
        assert main(["track", *RECORDING, "--out", str(out)]) == 2
        assert says(capsys, str(out.name), "a folder to write to")
    if os.geteuid() != 0:  # root may write anywhere
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
        for out in (closed, closed / "below"):
            assert main(["track", *RECORDING, "--out", str(out)]) == 2
            assert says(capsys, str(out.name))


def test_a_recording_of_system_tracks_alone_says_so(tmp_path, capsys):
    path = shared("data/asterix/ccl_cat_062_065.pcap")
    assert main(["track", str(path), "--out", str(tmp_path)]) == 2
    assert says(capsys, "no plots, but 2 reports of another system's tracks", "inspect")


@pytest.mark.parametrize("option", [["--date", "tomorrow"], ["--edition", "48"]])
def test_bad_options_are_told(option, tmp_path, capsys):
    assert main(["track", RECORDING[0], *option, "--out", str(tmp_path)]) == 2
    assert says(capsys, option[0])


def test_a_scene_folder_gives_estimates(tmp_path, capsys):
    write_scene(tmp_path / "tiny")
    out = ["--out", str(tmp_path / "o"), "--json", "--quiet"]
    assert main(["track", str(tmp_path / "tiny"), *out]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["tracks"] == 3 and figures["format"] == "bench/parquet"
    names = pq.read_schema(tmp_path / "o" / "estimates.parquet").names
    assert names == ["time_s", "track_id", "e_m", "n_m", "u_m", "ve", "vn", "vu"]
