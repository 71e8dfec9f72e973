"""Every picture is drawn of the studies that have something for it, and of no others."""

import pathlib
import re
import xml.etree.ElementTree as ET

import pytest

from jointsky.pictures.dots import number
from jointsky.scenario.build import build
from jointsky.study.altering import Alterable
from jointsky.study.declared import Crossing, Design, Factor, Seen, Split
from jointsky.study.drawing import draw_all
from jointsky.study.outputs import write
from study import made_study
from study.made_study import NUMBERS, RANGES, SPACE, WORDS

TOWNS = pathlib.Path(__file__).parents[2] / "scenarios" / "two-towns.yaml"
SPLIT = Split(name="parts", factor="deciding", levels=("together", "alone"), parts=("alone",))
CROSSING = Crossing(
    name="outage", factor="outage", levels=(0.1, 0.4, 0.8), against=0.1, words="share of time"
)
MANY = (Factor(name="seats", paths=("x",), levels=tuple(range(30))),)
ALWAYS = {"effects", "tradeoffs", "spread"}
DRAWN = {
    "two numbers": ({"factors": NUMBERS}, {*ALWAYS, "curves", "heat"}),
    "words": ({"factors": WORDS}, ALWAYS),
    "a number and words": ({"factors": NUMBERS[:1] + WORDS}, {*ALWAYS, "curves", "heat"}),
    "taken apart": ({"factors": WORDS, "splits": (SPLIT,)}, {*ALWAYS, "splits"}),
    "crossing": (
        {"factors": NUMBERS[:1], "crossings": (CROSSING,)},
        {*ALWAYS, "curves", "crossings"},
    ),
    "ranges": (
        {"factors": RANGES, "design": Design(kind="sobol", points=16)},
        {*ALWAYS, "surfaces"},
    ),
    "few points in ranges": ({"factors": RANGES, "design": SPACE}, ALWAYS),
    "more points than rows": ({"factors": MANY}, {"curves"}),
}


def words_in(path):
    """Return the texts of a picture as they stand in its SVG, of which each is a group."""
    text = path.read_text(encoding="utf-8")
    return [found.strip() for found in re.findall(r"<!-- (.*?) -->", text, re.DOTALL)]


@pytest.mark.parametrize("name", DRAWN)
def test_a_study_has_the_pictures_that_its_design_allows(name, tmp_path):
    given, wanted = DRAWN[name]
    drawn = draw_all(made_study.told(made_study.study(**given)), tmp_path)
    assert {one.name for one in drawn} == wanted
    made = {f"{one}.{kind}" for one in wanted for kind in ("png", "svg")}
    assert {path.name for path in tmp_path.iterdir()} == made
    for path in tmp_path.glob("*.svg"):
        ET.parse(path)


def test_pictures_are_the_same_to_the_byte_the_second_time(tmp_path):
    told = made_study.told()
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        draw_all(told, tmp_path / name)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_every_point_is_named_on_its_line(tmp_path):
    told = made_study.told()
    draw_all(told, tmp_path)
    names = [point.name for point in told.points]
    for picture, times in (("effects", 3), ("spread", 2)):
        texts = words_in(tmp_path / f"{picture}.svg")
        assert [texts.count(name) >= times for name in names] == [True] * len(names)


def test_pairs_that_are_declared_are_drawn_against_each_other(tmp_path):
    pairs = (("shots", "delay s"), ("shots", "share through"))
    draw_all(made_study.told(made_study.study(factors=WORDS, tradeoffs=pairs)), tmp_path)
    texts = words_in(tmp_path / "tradeoffs.svg")
    assert [texts.count(one) for one in ("shots", "delay s", "share through")] == [2, 1, 1]


def test_a_heat_map_says_in_each_cell_what_was_found(tmp_path):
    told = made_study.told()
    draw_all(told, tmp_path)
    texts = "\n".join(words_in(tmp_path / "heat.svg"))
    for one in told.of("shots"):
        assert number(one.interval.value, one.interval.half_width) in texts


def test_curves_have_a_tick_at_each_level_that_was_run(tmp_path):
    draw_all(made_study.told(), tmp_path)
    texts = words_in(tmp_path / "curves.svg")
    assert texts.count("0.1") >= 3 and texts.count("0.8") >= 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    study = made_study.study(seen=Seen(height_m=100.0, type="one-way-attack-drone"))
    folder = tmp_path_factory.mktemp("made")
    loaded = Alterable(TOWNS).with_values({})
    assert build(loaded).areas
    write(made_study.told(study), loaded, folder, "jointsky study x", made_study.answers(study))
    return folder


def test_who_came_through_is_drawn_with_their_times_by_point(folder):
    texts = words_in(folder / "leakers.svg")
    for point in made_study.told().points:
        assert point.name in texts
    assert "west-town" in texts and "east-town" in texts
    assert any(one.startswith("When they came in: the highest hill is ") for one in texts)
    assert any("one-way-attack-drone 100 m above ground" in one for one in texts)


def test_the_report_needs_nothing_else_and_tells_how_to_have_it_again(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "http:" not in page.replace("http-equiv", "") and "https:" not in page
    assert page.count("<img ") == page.count('src="data:image/png;base64,') == 6
    assert page.count('alt="') == 6 and 'alt=""' not in page
    for words in ("jointsky study x", "0123456789abcdef", "seed 1", "numpy", "In short"):
        assert words in page
    assert page.index("In short") < page.index("<img ") < page.index("To have the same again")


def test_the_report_prints_without_breaks_in_pictures_and_tables(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    printed = page[page.index("@media print") : page.index("</style>")]
    assert "figure, .wide { break-inside: avoid; }" in printed and "max-height" in printed
    assert page.count("Point by point: ") == 3
    assert '<table class="many">' not in page  # five columns fit
