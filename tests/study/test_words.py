"""What is said of a study is what its figures say."""

import numpy as np

from jointsky.study.words import headline, lines, rows
from study import made_study


def test_the_short_story_tells_ends_what_is_alike_and_precision():
    told = made_study.told()
    said = headline(told)
    first = told.points[0].name
    best = min(told.of("share through"), key=lambda one: one.interval.value)
    assert [one.partition(":")[0] for one in said[:3]] == ["share through", "shots", "delay s"]
    assert f"at {first}" in said[0] and f"at {told.points[best.point].name}" in said[0]
    assert said[-1].startswith(("All intervals are as narrow", "Not as narrow as was wanted"))


def test_each_point_is_told_with_its_difference_in_words_and_in_a_table():
    told = made_study.told()
    found, said = rows(told, "shots"), [line.strip() for line in lines(told)]
    assert len(found) == len(told.points) and found[0][2:] == ("", "")
    for (name, value, apart, _), one in zip(found[1:], told.of("shots")[1:], strict=True):
        difference = one.difference.difference
        assert apart == "so much off in every run" or "more" in apart
        assert any(line.startswith(f"{name}: {value}, {apart}") for line in said)
        assert np.isclose(difference.value, 2.0 * one.point)


def test_what_may_be_nothing_is_said_to_be_no_difference():
    (study,) = [made_study.study(factors=made_study.WORDS)]
    told = made_study.told(study)
    for _, _, apart, worth in rows(told, "delay s")[1:]:
        assert "difference" in apart or "more" in apart or "less" in apart
        assert float(worth.replace(",", "")) > 1.0


def test_the_largest_effect_comes_first_whatever_the_order_of_responses():
    responses = made_study.RESPONSES[::-1]
    said = headline(made_study.told(made_study.study(responses=responses)))
    assert [one.partition(":")[0] for one in said[:3]] == ["share through", "shots", "delay s"]
