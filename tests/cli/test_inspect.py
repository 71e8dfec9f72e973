"""inspect: figures, faults and a picture of every recording, in 80 columns."""

import json

import pytest

from formats.framing import made
from jointsky.cli.main import main
from shared_data import FOLDER, shared

REAL = [
    path
    for kind in ("asterix", "modes", "beast", "sbs", "readsb", "opensky")
    for path in sorted((FOLDER / "data" / kind).glob("*"))
]
HOLDS_NOTHING = {"ccl_asterix.pcap", "cat240-1.bin"}


@pytest.mark.skipif(not REAL, reason="../shared/data is not here")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_every_real_recording_is_told_in_80_columns(path, capsys):
    code = main(["inspect", str(path)])
    lines = capsys.readouterr().out.splitlines()
    assert code == (2 if path.name in HOLDS_NOTHING else 0)
    assert all(len(line) <= 80 for line in lines[1:])
    assert any(line.startswith("faults") for line in lines)


def test_json_is_one_object_with_the_figures_of_the_file(capsys):
    path = shared("data/asterix/lebl_160510_adsb_cat21_v023.ast")
    assert main(["inspect", "--json", str(path)]) == 0
    [figures] = json.loads(capsys.readouterr().out)["files"]
    assert figures["records"] == 49330
    assert figures["categories"][0]["edition"].startswith("0.23")
    assert figures["time"]["first"].startswith("22:00:0")
    assert figures["time"]["last"].startswith("00:01:0") and "+1 d" in figures["time"]["last"]
    assert figures["time"]["span_s"] == pytest.approx(7260, abs=5)
    assert figures["sources"][0]["name"] == "0/107"


def test_a_date_makes_times_into_dates(capsys):
    path = shared("data/asterix/jahorina.raw")
    assert main(["inspect", "--json", "--date", "2016-05-10", str(path)]) == 0
    [figures] = json.loads(capsys.readouterr().out)["files"]
    assert figures["time"]["first"].startswith("2016-05-10T")
    assert figures["identities"]["mode_s_addresses"] == 106


def test_a_category_that_is_not_supported_is_named_with_its_offset(tmp_path, capsys):
    path = tmp_path / "video.bin"
    path.write_bytes(made.block(240, bytes([255]) * 40))
    assert main(["inspect", "--json", str(path)]) == 2
    [figures] = json.loads(capsys.readouterr().out)["files"]
    assert figures["records"] == 0 and not figures["was_read"]
    fault = figures["faults"]["unsupported-category"]
    assert fault["count"] == 1
    assert fault["first"][0]["offset"] == 0 and fault["first"][0]["octets"] == 43


def test_a_bad_file_among_good_ones_does_not_hide_them(tmp_path, capsys):
    good, bad = tmp_path / "good.avr", tmp_path / "bad"
    good.write_bytes(b"*8D406B909945DE10000405999BE4;\n" * 5)
    bad.write_bytes(b"nothing of ours\n")
    assert main(["inspect", str(bad), str(good)]) == 0
    told = capsys.readouterr()
    assert "5 records" in told.out
    assert "bad: text in no known format" in told.err.replace("\n", "")
    assert main(["inspect", str(bad)]) == 2


@pytest.mark.parametrize(
    "options, found",
    [
        (["--date", "yesterday"], "--date: 'yesterday'; wanted a date as 2016-05-10"),
        (["--edition", "021"], "--edition: '021'; wanted a category and an edition"),
        (["--format", "asterx"], "did you mean 'asterix'"),
    ],
)
def test_wrong_options_are_told_in_words(tmp_path, capsys, options, found):
    path = tmp_path / "x"
    path.write_bytes(made.block())
    assert main(["inspect", *options, str(path)]) == 2
    assert found in capsys.readouterr().err


def test_out_writes_the_same_figures(tmp_path, capsys):
    path = tmp_path / "x.avr"
    path.write_bytes(b"*8D406B909945DE10000405999BE4;\n" * 5)
    assert main(["inspect", "--json", "--out", str(tmp_path / "out"), str(path)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == printed


def test_messages_without_positions_are_told_with_their_time_and_rate(tmp_path, capsys):
    path = tmp_path / "x.csv"
    path.write_text(
        "".join(f"{1_700_000_000 + k / 4},A000083E202CC371C31DE0AA1CCF\n" for k in range(41))
    )
    assert main(["inspect", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "time        2023-11-14T22:13:20.000Z to 2023-11-14T22:13:30.000Z, 10.0 s" in lines
    assert "rate        4.1 records a second" in lines


def test_a_date_makes_nominal_times_into_dates(tmp_path, capsys):
    path = tmp_path / "x.avr"
    path.write_bytes(b"*8D40621D58C386435CC412692AD6;\n*8D40621D58C382D690C8AC2863A7;\n")
    options = ["--frame-spacing", "0.5", "--date", "2016-03-14"]
    assert main(["inspect", *options, str(path)]) == 0
    told = capsys.readouterr().out
    assert "2016-03-14T00:00:00.000Z to 2016-03-14T00:00:00.500Z, 0.5 s" in told
    assert "not known" not in told


def test_an_edition_that_makes_most_records_fail_is_doubted(capsys):
    path = str(shared("data/asterix/lebl_160510_adsb_cat21_v023.ast"))
    assert main(["inspect", "--edition", "021=0.26", path]) == 2
    lines = capsys.readouterr().out.splitlines()
    at = next(k for k, line in enumerate(lines) if line.startswith("faults"))
    assert lines[at + 1].startswith("  wrong edition? 0.26 was told for CAT021, but 100 % of")
    assert lines[at + 2] == "    do not fit it; without it 0.23 would be taken"
    main(["inspect", "--json", "--edition", "021=0.26", path])
    [figures] = json.loads(capsys.readouterr().out)["files"]
    assert figures["values"]["wrong_editions"][0].startswith("wrong edition? 0.26")
