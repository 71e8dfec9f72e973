"""The shipped model is whole; a broken one is told with its place, all faults at once."""

import pathlib

import numpy as np
import pytest

from jointsky.assess.model_arrays import ModelArrays
from jointsky.assess.model_declared import SHIPPED, load_model
from jointsky.errors import ManyInputErrors

TEXT = SHIPPED.read_text(encoding="utf-8")


def faults(tmp_path, *changes, text=TEXT):
    """Return the faults of the shipped model with texts replaced, without the file's name."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = tmp_path / "model.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ManyInputErrors) as caught:
        load_model(path)
    return [str(one).removeprefix(f"{path}:").split(": ", 1)[1] for one in caught.value.errors]


def test_the_shipped_model_loads_and_its_priors_make_one():
    model = load_model()
    assert np.exp(ModelArrays(model).prior).sum() == pytest.approx(1.0)
    assert {one.allegiance for one in model.classes} == {
        *("civil", "friend", "neutral", "hostile", "nature")
    }  # fmt: skip


def test_every_class_has_a_claim_table_that_covers_its_domain():
    model = load_model()
    assert {one.domain for one in model.classes} == set(model.claims)
    known = {one.domain for one in model.classes}
    assert set(model.named.values()) <= known


def test_shares_that_do_not_make_one(tmp_path):
    (said,) = faults(tmp_path, ("{none: 0.45, remote_id: 0.55}", "{none: 0.45, remote_id: 0.65}"))
    assert said == "habits.hobby.answers: the shares make 1.1; wanted shares that make 1"


def test_a_range_that_does_not_rise(tmp_path):
    (said,) = faults(tmp_path, ("[55, 110, 255, 300]", "[110, 55, 255, 300]"))
    assert said == (
        "classes[0].speed_mps: found [110.0, 55.0, 255.0, 300.0]; wanted four numbers that rise"
    )


def test_habits_that_are_not_there(tmp_path):
    (said,) = faults(tmp_path, ("habits: scheduled\n", "habits: schedulded\n"))
    assert said == (
        "classes[0].habits: no habits are called 'schedulded'; wanted one of scheduled, private, "
        "hobby, own, own-silent, dark, wild (did you mean 'scheduled'?)"
    )


def test_a_class_given_twice(tmp_path):
    (said,) = faults(tmp_path, ("type: business-jet", "type: airliner"))
    assert said == (
        "classes[1].type: 'airliner/civil' is already classes[0]; wanted each class once"
    )


def test_a_threshold_that_is_left_above_where_it_is_entered(tmp_path):
    (said,) = faults(
        tmp_path, ("  suspect: {enter: 0.5, leave: 0.35}", "  suspect: {enter: 0.5, leave: 0.6}")
    )
    assert said == (
        "rules.suspect.leave: found 0.6, and it is taken up at 0.5; wanted no more than that"
    )


def test_a_number_without_a_source(tmp_path):
    (said,) = faults(
        tmp_path, ("neutral_by_looks, suspect, hostile]", "neutral_by_looks, hostile]")
    )
    assert said == "rules.suspect: no source speaks of it; wanted its name in one of the sources"


def test_a_source_of_nothing(tmp_path):
    (said,) = faults(tmp_path, ("fields: [reply]", "fields: [reply, replay]"))
    assert said == "reading.sources[0].fields: 'replay' is no field of it (did you mean 'reply'?)"


def test_all_faults_are_told_at_once(tmp_path):
    said = faults(
        tmp_path,
        ("weight: 45", "weight: -45"),
        ("odd_share: 0.01", "odd_share: 1 %"),
        ("allegiance: civil", "allegiance: civilian"),
        ("sound: 0.4\n", "noise: 0.4\n"),
    )
    assert [one.split(": ")[0] for one in said] == [
        *("reading.odd_share", "classes[0].allegiance", "classes[0].weight", "classes[2].noise")
    ]  # fmt: skip
    assert said[2] == "classes[0].weight: found -45; wanted a number > 0"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ManyInputErrors, match=r"nowhere\.yaml"):
        load_model(pathlib.Path(tmp_path) / "nowhere.yaml")
