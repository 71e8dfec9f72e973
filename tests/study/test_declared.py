"""A study's file: what it may say, and that all that is wrong with it is told at once."""

import math
import pathlib

import pytest

from jointsky.errors import InputError, ManyInputErrors
from jointsky.study.declared import figure_of, load_study
from jointsky.study.points import checked_points, points_of

TOWNS = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
GOOD = f"""\
name: towns
scenario: {TOWNS}
factors:
  - name: deciding
    alternatives:
      together: {{}}
      alone: {{"links[joint]": null, duty.is_joint: false}}
  - {{name: seats, paths: ["duty.posts[*].crew.seats"], levels: [1, 3]}}
responses:
  - {{name: share through, figure: leaked, of: hostile, half_width: 0.05}}
"""
RANGED = f"""\
name: towns
scenario: {TOWNS}
factors:
  - {{name: delay, paths: ["links[joint].delay_s"], range: [0, 4]}}
  - {{name: seats, paths: ["duty.posts[*].crew.seats"], levels: [1, 2, 4]}}
responses:
  - {{name: shots, figure: shots}}
design: {{kind: KIND, points: 16}}
"""


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "x.study.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_factorial_design_has_every_level_with_every_other(file):
    points = checked_points(load_study(file(GOOD)))
    assert [dict(point.levels) for point in points] == [
        {"deciding": which, "seats": seats} for which in ("together", "alone") for seats in (1, 3)
    ]
    assert points[2].values == {
        "links[joint]": None,
        "duty.is_joint": False,
        "duty.posts[*].crew.seats": 1,
    }
    assert points[3].name == "deciding alone, seats 3"


@pytest.mark.parametrize("kind", ["latin-hypercube", "nearly-orthogonal", "sobol"])
def test_designs_that_fill_the_space_keep_to_ranges_and_levels_and_are_the_same_again(file, kind):
    study = load_study(file(RANGED.replace("KIND", kind))).study
    points = points_of(study)
    assert len(points) == 16 and points == points_of(study)
    delays = sorted(point.levels["delay"] for point in points)
    assert 0.0 <= delays[0] < 0.5 and 3.5 < delays[-1] < 4.0
    assert {point.levels["seats"] for point in points} == {1, 2, 4}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("levels: [1, 3]", "levels: [1, 3], range: [1, 3]", "levels and range"),
        ("levels: [1, 3]", "range: [3, 1]", "the smaller first"),
        ("levels: [1, 3]", "range: [1, 3]", "a range in a factorial design"),
        ('paths: ["duty.posts[*].crew.seats"], ', "", "a path"),
        ("name: seats", "name: deciding", "already used by factors[0]"),
        ("half_width: 0.05", "half_with: 0.05", "did you mean 'half_width'"),
        ("half_width: 0.05", "half_width: -1", "half_width"),
        ("responses:", "tradeoffs: [[share through, share thruogh]]\nresponses:", "did you mean"),
        ("responses:", "tradeoffs: [[shots]]\nresponses:", "tradeoffs[0]"),
    ],
)
def test_what_is_wrong_with_a_study_is_told_with_its_line(file, old, new, says):
    with pytest.raises(ManyInputErrors) as error:
        load_study(file(GOOD.replace(old, new)))
    assert says in str(error.value) and "x.study.yaml:" in str(error.value)


def test_faults_of_all_levels_are_told_before_anything_runs(file):
    text = GOOD.replace("levels: [1, 3]", "levels: [0, 3]").replace("links[joint]", "links[jiont]")
    with pytest.raises(ManyInputErrors) as error:
        checked_points(load_study(file(text)))
    assert "did you mean 'joint'?" in str(error.value) and "seats" in str(error.value)
    assert len(error.value.errors) >= 2


@pytest.mark.parametrize("text", ["", "[]", "5", "name: [", "colour: blue"])
def test_a_file_that_is_no_study_is_told_how_one_looks(file, text):
    with pytest.raises(ManyInputErrors):
        load_study(file(text))


@pytest.mark.parametrize("path", sorted(TOWNS.parent.glob("*.study.yaml")), ids=lambda p: p.stem)
def test_a_study_that_is_shipped_is_sound_at_every_level(path):
    loaded = load_study(path)
    assert len(checked_points(loaded)) >= 2 and loaded.study.responses


def test_figures_are_found_by_their_names_and_what_is_none_says_what_there_is():
    figures = {"leaked": 3, "cost": {"spent_usd": 2.5, "ratio": None}, "posts": ["a"]}
    assert figure_of(figures, "leaked", "r") == 3.0
    assert figure_of(figures, "cost.spent_usd", "r") == 2.5
    assert math.isnan(figure_of(figures, "cost.ratio", "r"))
    for name, says in (("leeked", "leaked"), ("cost.spend_usd", "spent_usd"), ("posts", "number")):
        with pytest.raises(InputError, match=says):
            figure_of(figures, name, "r")
