"""The file of a live network: its faults are told by file, line and path, all in one go."""

import json

import jsonschema
import pytest

from jointsky.cli.main import main
from jointsky.errors import InputError, ManyInputErrors
from jointsky.live.load import examine, load, schema
from jointsky.live.network import mark, network_of

GOOD = """\
network: border
nations: [{name: north}, {name: south}]
sites:
  - name: hill
    nation: north
    listen: [tcp/127.0.0.1:7447]
    sensors: [{name: r1, sac: 1, sic: 1, latitude_deg: 55, longitude_deg: 27}]
    feeds: [{name: lan, kind: udp, port: 8600}]
  - name: shore
    nation: south
    sensors:
      - {name: r2, sac: 2, sic: 1, latitude_deg: 54, longitude_deg: 27}
      - {name: station, kind: adsb}
    feeds:
      - {name: lan, kind: tcp, host: radar.example, port: 8600}
      - {name: receiver, kind: tcp, host: 192.0.2.1, port: 30005, format: beast}
links: [{name: cable, ends: [hill, shore]}]
"""
CHANGES = {
    "nation: south": ("nation: sout", "sites[1].nation", "did you mean 'south'"),
    "ends: [hill, shore]": ("ends: [hill, shor]", "links[0].ends[1]", "did you mean 'shore'"),
    "ends: [hill, shore] ": ("ends: [hill, hill]", "links[0].ends", "two sites"),
    "name: r2": ("name: r1", "sites[1].sensors[0].name", "already the sensor of"),
    "kind: udp": ("kind: upd", "sites[0].feeds[0].kind", "did you mean 'udp'"),
    "port: 8600}": ("port: 86000}", "sites[0].feeds[0].port", "65535"),
    "listen: [tcp/127.0.0.1:7447]": ("connect: []", "links[0]", "neither of its ends listens"),
    "listen: [tcp/127": ("listen: [tls/127", "sites[0].listen[0]", "without keys"),
    "{name: station, kind: adsb}": (
        "{name: station, kind: ssr}",
        "sites[1].sensors[1]",
        "place nothing says",
    ),
    "latitude_deg: 54, ": ("", "sites[1].sensors[0]", "only one of latitude_deg and longitude_deg"),
    "sac: 2, sic: 1": ("sac: 2", "sites[1].sensors[0]", "only one of sac and sic"),
    "format: beast": ("format: beest", "sites[1].feeds[1].format", "beast"),
    "port: 30005": ("prt: 30005", "sites[1].feeds[1].prt", "did you mean 'port'"),
}


def written(tmp_path, text):
    path = tmp_path / "live.yaml"
    path.write_text(text)
    return path


def test_a_good_one_becomes_a_network(tmp_path):
    loaded = load(written(tmp_path, GOOD))
    network = network_of(loaded.config)
    assert [site.name for site in network.sites] == ["hill", "shore"]
    assert [sensor.name for sensor in network.sensors] == ["r1", "r2", "station"]
    assert list(network.sensor_site) == [0, 1, 1]
    assert network.links[0].ends == (0, 1)
    assert network.sensors[0].latitude_rad == pytest.approx(0.9599310885968813)
    assert network.sensors[2].latitude_rad is None


@pytest.mark.parametrize("words", CHANGES, ids=lambda words: words[:24])
def test_a_fault_is_told_where_it_stands_with_what_was_meant(tmp_path, words):
    instead, path, told = CHANGES[words]
    text = GOOD.replace(words.rstrip(), instead, 1)
    assert text != GOOD
    errors = examine(written(tmp_path, text)).errors
    assert any(path in str(error) and told in str(error) for error in errors), errors


def test_all_faults_are_told_in_one_go(tmp_path):
    text = GOOD.replace("nation: south", "nation: sooth").replace("[hill, shore]", "[hill, sure]")
    with pytest.raises(ManyInputErrors) as caught:
        load(written(tmp_path, text))
    assert len(caught.value.errors) == 2


def test_no_site_or_a_wrong_one_is_told_with_those_there_are(tmp_path):
    loaded = load(written(tmp_path, GOOD))
    assert loaded.site("shore") == 1
    with pytest.raises(InputError, match="one of hill, shore"):
        loaded.site(None)
    with pytest.raises(InputError, match="did you mean 'shore'"):
        loaded.site("shores")


def test_sites_agree_by_what_must_be_the_same_and_by_nothing_else(tmp_path):
    config = load(written(tmp_path, GOOD)).config
    same = GOOD.replace("port: 8600}", "port: 8700}") + "store: {folder: /var/lib/sky}\n"
    assert mark(load(written(tmp_path, same)).config) == mark(config)
    for change in (("sic: 1, latitude_deg: 54", "sic: 2, latitude_deg: 54"), ("r1", "r9")):
        other = load(written(tmp_path, GOOD.replace(*change))).config
        assert mark(other) != mark(config)


def test_its_schema_takes_it_and_knows_what_it_does_not_take():
    made = json.loads(json.dumps(schema()))
    jsonschema.Draft202012Validator.check_schema(made)
    assert {"network", "include"} <= made["$defs"]["LiveConfig"]["properties"].keys()


def test_the_commands_check_and_live_tell_the_same_faults(tmp_path, capsys):
    path = str(written(tmp_path, GOOD.replace("nation: south", "nation: sout")))
    assert main(["check", path]) == 2
    told = capsys.readouterr().out
    assert "there is no nation 'sout'" in told
    assert main(["live", path, "--site", "hill"]) == 2
    assert "there is no nation 'sout'" in capsys.readouterr().err
    assert main(["check", str(written(tmp_path, GOOD)), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["contents"]["network"] == "border"


def test_a_command_without_a_file_is_told_what_it_wants(capsys):
    assert main(["live"]) == 2
    assert "CONFIG, or --demo" in capsys.readouterr().err
