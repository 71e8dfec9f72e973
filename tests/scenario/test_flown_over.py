"""Terrain has to reach under the flights that sites can see, and the truth has to be kept."""

import pytest

from jointsky.errors import InputError
from jointsky.scenario.load import examine, load

SKY = """\
name: a small grid
duration_s: 1200
nations: [{{name: west}}]
sites:
  - name: hill
    nation: west
    latitude_deg: {site_deg}
    longitude_deg: 27.0
    sensors: [{{name: hill-radar, type: gap-filler}}]
terrain: {{kind: made, south_deg: 53.5, west_deg: 26.4, north_deg: 54.5, east_deg: 27.6,
          spacing_m: 5000}}
vehicles:
  - {{name: one, type: airliner-narrow, flight: {flight}}}
{more}
"""
POINT = "{{latitude_deg: {}, longitude_deg: {}, height_m: 9000}}"


def route(*places):
    return f"{{kind: route, waypoints: [{', '.join(POINT.format(*p) for p in places)}]}}".replace(
        "{{", "{"
    ).replace("}}", "}")


def told(tmp_path, flight, more="", site_deg=54.0):
    path = tmp_path / "sky.yaml"
    path.write_text(SKY.format(flight=flight, more=more, site_deg=site_deg), encoding="utf-8")
    return [f"{error.path}: {error.found}" for error in examine(path).errors]


def orbit(latitude_deg, longitude_deg, radius_m):
    return (
        f"{{kind: orbit, latitude_deg: {latitude_deg}, longitude_deg: {longitude_deg}, "
        f"height_m: 9000, radius_m: {radius_m}}}"
    )


def test_flights_over_the_grid_are_none_of_the_faults(tmp_path):
    assert told(tmp_path, route((54, 26.5), (54.2, 27.5))) == []
    assert told(tmp_path, orbit(54, 27, 30_000)) == []


@pytest.mark.parametrize(
    "flight",
    [
        route((54, 27), (54, 28)),
        route((54.4, 27), (54.6, 27)),
        route((53.6, 27), (53.4, 27)),
        route((54, 26), (54, 28)),  # both ends outside, and the middle within
        orbit(54, 27, 45_000),  # the middle and the sides within, the ends are not
    ],
)
def test_a_flight_that_leaves_the_grid_near_a_site_is_told(tmp_path, flight):
    (fault,) = told(tmp_path, flight)
    assert fault.startswith("terrain: the grid, from 53.5, 26.4 to 54.5, 27.6, does not cover")
    assert fault.endswith("all of vehicles[0]")


def test_what_no_sensor_reaches_may_fly_anywhere(tmp_path):
    assert told(tmp_path, route((40, 27), (40, 28))) == []
    assert told(tmp_path, route((54, -140), (54, -139))) == []


def test_what_comes_after_the_end_needs_no_heights(tmp_path):
    hour = "{kind: route, waypoints: [" + ", ".join(
        f"{{latitude_deg: 54, longitude_deg: {lon}, height_m: 9000, circles: {circles}}}"
        for lon, circles in ((26.6, 0), (27.0, 20), (29.0, 0))
    )
    assert told(tmp_path, hour + "]}") == []


def test_random_traffic_may_leave_the_grid(tmp_path):
    traffic = (
        "traffic:\n  - {name: civil, overflights_per_hour: 60, mix: [{type: airliner-narrow}],\n"
        "     gates: [{name: n, latitude_deg: 55, longitude_deg: 27},"
        " {name: s, latitude_deg: 53, longitude_deg: 27}]}"
    )
    assert told(tmp_path, orbit(54, 27, 30_000), traffic) == []


def test_truth_is_counted_by_the_time_in_the_air(tmp_path):
    path = tmp_path / "sky.yaml"
    text = SKY.format(flight=route((54, 26.5), (54.2, 27.5)), more="", site_deg=54)
    long = text.replace("duration_s: 1200", "duration_s: 604800\ntruth_interval_s: 0.1")
    many = "{kind: raid, count: 40, every_s: 10, flight: " + orbit(54, 27, 30_000) + "}"
    path.write_text(long, encoding="utf-8")
    assert examine(path).errors == []  # over after some minutes
    path.write_text(long.replace(route((54, 26.5), (54.2, 27.5)), many), encoding="utf-8")
    (error,) = examine(path).errors
    assert (error.line, error.path) == (3, "truth_interval_s")
    assert error.found.startswith("0.1 s makes 241,8")
    wanted = long.replace("interval_s: 0.1", "interval_s: 0.2")
    path.write_text(wanted.replace(route((54, 26.5), (54.2, 27.5)), many), encoding="utf-8")
    assert examine(path).errors == []


@pytest.mark.parametrize("seed", [-1, 2**53, 10**400, True, 1.5])
def test_a_seed_that_no_file_may_have_is_refused(tmp_path, seed):
    path = tmp_path / "sky.yaml"
    path.write_text(SKY.format(flight=orbit(54, 27, 30_000), more="", site_deg=54))
    with pytest.raises(
        InputError, match=r"seed: .*wanted a whole number from 0 to 9007199254740991"
    ):
        load(path, seed)
