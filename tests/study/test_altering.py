"""Values at paths of a scenario are exchanged for others, and what leads nowhere is told."""

import pathlib

import pytest

from jointsky.errors import InputError, ManyInputErrors
from jointsky.study.altering import Alterable, put

TOWNS = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"


def sky():
    return {
        "links": [{"name": "joint", "delay_s": 1.0}, {"name": "spare"}],
        "sites": [{"name": "hill", "batteries": [{"name": "a"}, {"name": "b", "count": 2}]}],
        "duty": {"posts": [{"nation": "west", "crew": {"seats": 2}}, {"nation": "east"}]},
    }


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        ("links[joint].delay_s", 4.0, {"links": [
            {"name": "joint", "delay_s": 4.0}, {"name": "spare"}]}),
        ("links[spare]", None, {"links": [{"name": "joint", "delay_s": 1.0}]}),
        ("links[*]", None, {"links": []}),
        ("links[joint].delay_s", None, {"links": [{"name": "joint"}, {"name": "spare"}]}),
        ("links[1].name", "other", {"links": [
            {"name": "joint", "delay_s": 1.0}, {"name": "other"}]}),
        ("sites[hill].batteries[*].count", 3, {"sites": [{"name": "hill", "batteries": [
            {"name": "a", "count": 3}, {"name": "b", "count": 3}]}]}),
        ("duty.posts[east].crew.seats", 5, {"duty": {"posts": [
            {"nation": "west", "crew": {"seats": 2}}, {"nation": "east", "crew": {"seats": 5}}]}}),
        ("duty.doctrine", {"rules": []}, {"duty": {**sky()["duty"], "doctrine": {"rules": []}}}),
    ],
)  # fmt: skip
def test_a_value_is_put_where_its_path_leads_and_nowhere_else(path, value, changed):
    content = sky()
    put(content, path, value)
    assert content == {**sky(), **changed}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("links[jiont].delay_s", "did you mean 'joint'?"),
        ("links[7].delay_s", "there is no '7'"),
        ("links.joint.delay_s", "leads nowhere"),
        ("duty[joint]", "leads nowhere"),
        ("links[joint", "is no path"),
        ("", "an empty path"),
    ],
)
def test_a_path_that_leads_nowhere_says_so_and_what_there_is(path, says):
    with pytest.raises(InputError) as error:
        put(sky(), path, 1.0, "study.yaml: factors[0]")
    assert says in str(error.value) and str(error.value).startswith("study.yaml: factors[0]")


def test_values_are_not_shared_between_places():
    content = sky()
    put(content, "links[*].outages", [{"begin": 3}])
    content["links"][0]["outages"].append(1)
    assert content["links"][1]["outages"] == [{"begin": 3}]


def test_a_scenario_with_other_values_is_what_its_file_would_say_and_the_file_stays():
    base = Alterable(TOWNS)
    loaded = base.with_values({"links[joint].delay_s": 2.5, "duty.is_joint": False})
    assert loaded.scenario.links[0].delay_s == 2.5 and not loaded.scenario.duty.is_joint
    again = base.with_values({})
    assert again.scenario.links[0].delay_s == 0.1 and again.scenario.duty.is_joint


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"links[joint].loss": 7.0}, "loss"),
        ({"links[joint].lose": 0.5}, "did you mean 'loss'"),
        ({"sites[westtown].batteries[*].type": "tor"}, "batteries[0].type"),
        ({"sites": None}, "sites"),
    ],
)
def test_values_that_make_no_sound_scenario_are_told_with_what_was_changed(values, says):
    with pytest.raises(ManyInputErrors) as error:
        Alterable(TOWNS).with_values(values, "study.yaml: factors[1]")
    assert says in str(error.value) and "study.yaml: factors[1]" in str(error.value)
    assert next(iter(values)) in str(error.value)
