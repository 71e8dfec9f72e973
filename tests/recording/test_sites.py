"""Sites told by a person: read exactly, or refused with what was wanted."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointsky.errors import InputError, ManyInputErrors, MissingSiteError
from jointsky.recording.sites import (
    FORM,
    Site,
    names_of,
    parse_site,
    placed,
    read_sites,
    require_sites,
)
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor

LEBL = Sensor(name="0/7", kind="radar", sac=0, sic=7)
OTHER = Sensor(name="25/13", kind="radar", sac=25, sic=13)
PLACED = Sensor(name="1/1", sac=1, sic=1, latitude_rad=0.9, longitude_rad=0.4, height_m=100.0)


@given(
    st.integers(0, 255),
    st.integers(0, 255),
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(-400, 9000),
)
def test_a_site_in_words_is_read_to_the_last_digit(sac, sic, latitude, longitude, height):
    source, site = parse_site(f"{sac}/{sic}={latitude!r},{longitude!r},{height!r}")
    assert source == f"{sac}/{sic}"
    assert (site.latitude_deg, site.longitude_deg, site.height_m) == (latitude, longitude, height)


def test_without_a_height_a_site_is_on_the_ellipsoid():
    assert parse_site("0/7=41.29562,2.095114")[1].height_m == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0/7",
        "=41.2,2.0,30",
        "0/7=",
        "0/7=41.2",
        "0/7=41.2,2.0,30,9",
        "0/7=north,2.0",
        "0/7=41.2;2.0",
        "0/7=nan,2.0",
        "0/7=41.2,inf",
        "0/7=41.2,2.0,",
    ],
)
def test_a_site_that_cannot_be_read_shows_how_to_write_one(text):
    with pytest.raises(InputError) as caught:
        parse_site(text)
    assert caught.value.where == "--site" and "0/7=41.2956,2.0951,30" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("0/7=91,2", "latitude_deg"),
        ("0/7=41,181", "longitude_deg"),
        ("0/7=41,2,1e6", "height_m"),
        ("0/7=2.0951,412956", "longitude_deg"),
    ],
)
def test_a_site_off_the_earth_names_the_number(text, field):
    with pytest.raises(InputError, match=field):
        parse_site(text)


def test_a_file_of_sites_gives_places_and_accuracy(tmp_path):
    path = tmp_path / "sites.yaml"
    path.write_text(
        "sites:\n"
        "  0/7: {latitude_deg: 41.3, longitude_deg: 2.1, height_m: 30, rotation_period_s: 4}\n"
        "  25/13:\n    latitude_deg: -10\n    longitude_deg: 5\n    azimuth_sigma_deg: 0.2\n"
        "    range_resolution_m: 150\n    azimuth_resolution_deg: 1.4\n"
    )
    sites = read_sites(path)
    assert sites["0/7"].rotation_period_s == 4 and sites["25/13"].height_m == 0.0
    first, second = placed([LEBL, OTHER], sites)
    assert math.degrees(first.latitude_rad) == pytest.approx(41.3)
    assert (first.height_m, first.rotation_period_s) == (30.0, 4.0)
    assert second.azimuth_sigma_rad == pytest.approx(math.radians(0.2))
    assert (first.range_resolution_m, second.range_resolution_m) == (None, 150.0)
    assert second.azimuth_resolution_rad == pytest.approx(math.radians(1.4))
    assert (second.sac, second.sic, second.kind) == (25, 13, "radar")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sites:\n  0/7: {latitude_deg: 41.3}\n", "longitude_deg"),
        ("sites:\n  0/7: {latitude_deg: 41.3, longitude: 2.1}\n", "longitude_deg"),
        ("sites:\n  0/7: {latitude_deg: north, longitude_deg: 2.1}\n", "latitude_deg"),
        ("places: {}\n", "sites"),
        ("[1, 2]\n", "sites.yaml"),
        ("sites: {0/7: {", "sites.yaml"),
        ("", "sites.yaml"),
    ],
)
def test_a_bad_file_of_sites_is_told_with_the_place_in_it(tmp_path, text, said):
    path = tmp_path / "sites.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_sites(path)
    assert "sites.yaml" in str(caught.value) and said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ("23/2: {latitude_deg: 1, longitude_deg: 2}\n", "unknown field `23/2`", ""),
        ("", "Expected `object`, got `null`", ""),
        ("- 1\n", "Expected `object`, got `array`", ""),
        ("sites: [0/7]\n", "Expected `object`, got `array`", ""),
        ("sites: {0/7: [41, 2]}\n", "Expected `object`, got `array`", ""),
        ("sites: {0/7: {latitude_deg: 1}}\n", "missing required field `longitude_deg`", ""),
        ("sites: {0/7: {lattitude_deg: 1}}\n", "`lattitude_deg`", "did you mean 'latitude_deg'?"),
        ("sites: {0/7: {latitude: 1}}\n", "`latitude`", "did you mean 'latitude_deg'?"),
        ("sites: {0/7: {lat: 1, lon: 2}}\n", "`lat`", "did you mean 'latitude_deg'?"),
        ("site: {}\n", "unknown field `site`", "did you mean 'sites'?"),
    ],
)
def test_a_file_of_another_shape_is_shown_the_form_that_is_wanted(tmp_path, text, found, meant):
    path = tmp_path / "sites.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_sites(path)
    said = str(caught.value)
    assert found in said and meant in said and FORM in said
    path.write_text(FORM)
    assert list(read_sites(path)) == ["0/7", "25/13"]


def test_a_wrong_number_in_a_file_of_sites_needs_no_example(tmp_path):
    path = tmp_path / "sites.yaml"
    path.write_text("sites: {0/7: {latitude_deg: 91, longitude_deg: 2}}\n")
    with pytest.raises(InputError) as caught:
        read_sites(path)
    assert "latitude_deg" in str(caught.value) and FORM not in str(caught.value)


def test_a_file_of_sites_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml"):
        read_sites(tmp_path / "none.yaml")


def test_what_a_person_says_comes_before_what_the_recording_says():
    [moved] = placed([PLACED], {"1/1": Site(latitude_deg=10.0, longitude_deg=20.0)})
    assert math.degrees(moved.latitude_rad) == pytest.approx(10.0)
    assert placed([PLACED], {}) == [PLACED]


def test_a_source_may_be_called_by_its_name_or_its_number():
    named = Sensor(name="Zagreb", sac=25, sic=13)
    assert names_of(named) == ["Zagreb", "25/13"]
    assert names_of(Sensor(name="receiver")) == ["receiver"]
    for word in names_of(named):
        assert placed([named], {word: Site(latitude_deg=1.0, longitude_deg=2.0)})[0].has_position


def test_a_site_of_a_source_that_is_not_there_lists_those_that_are():
    with pytest.raises(InputError) as caught:
        placed([LEBL, OTHER], {"25/31": Site(latitude_deg=1.0, longitude_deg=2.0)})
    text = str(caught.value)
    assert "25/31" in text and "0/7, 25/13" in text and "did you mean '25/13'?" in text


def plots_of(row, geometry=Geometry.POLAR):
    return Plots.make(2, time_s=[1.0, 2.0], sensor=row, geometry=int(geometry))


def test_one_missing_site_is_named_with_the_option_that_gives_it():
    with pytest.raises(MissingSiteError) as caught:
        require_sites(plots_of(1), [PLACED, LEBL, OTHER], "a.ast")
    assert caught.value.source == "0/7"
    assert "a.ast" in str(caught.value) and "--site 0/7=LATITUDE" in str(caught.value)


def test_all_missing_sites_are_named_at_once():
    plots = Plots.make(4, time_s=1.0, sensor=[0, 1, 2, 1], geometry=int(Geometry.POLAR))
    with pytest.raises(ManyInputErrors) as caught:
        require_sites(plots, [PLACED, LEBL, OTHER], "a.ast")
    assert [error.source for error in caught.value.errors] == ["0/7", "25/13"]


def test_sources_that_send_nothing_or_geodetic_places_need_no_site():
    require_sites(plots_of(0), [PLACED, LEBL], "a.ast")
    require_sites(plots_of(1, Geometry.GEODETIC), [PLACED, LEBL], "a.ast")
    require_sites(Plots.make(0), [LEBL], "a.ast")
    with pytest.raises(MissingSiteError):
        require_sites(plots_of(1, Geometry.LOCAL), [PLACED, LEBL], "a.ast")
