"""Pictures of studies: numbers as they are written, hills, names that do not hide each other."""

import numpy as np
import pytest

from jointsky.pictures import canvas
from jointsky.pictures.dots import Dot, number, short, words
from jointsky.pictures.hills import edges_of
from jointsky.pictures.leakers import Came, Ground, draw_leakers
from jointsky.pictures.spread import Spread, draw_spread
from jointsky.pictures.tradeoff import draw_tradeoffs


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((0.0, "0"), (0.05556, "0.0556"), (4.0, "4"), (999.4, "999")),
        *((1234.5, "1,234"), (19_999.0, "19,999"), (125_000.0, "125k"), (-5_062_500.0, "-5.06M")),
    ],
)
def test_numbers_beside_a_row_are_short(value, said):
    assert short(value) == said


def test_a_value_has_as_many_digits_as_its_interval_tells_of_and_no_minus_nought():
    assert words(Dot(0.13888, 0.0733, 0.2045)) == "0.139 ± 0.066"
    assert words(Dot(0.0, 0.0, 0.2, is_one_sided=True)) == "0; at most 0.20"
    assert number(-0.0001, 0.05) == "0.000"


def test_counts_have_a_bin_for_each_number_and_others_have_equal_ones():
    assert edges_of(np.array([3.0, 5.0, 4.0])).tolist() == [2.5, 3.5, 4.5, 5.5]
    assert edges_of(np.array([7.0])).tolist() == [6.5, 7.5]
    edges = edges_of(np.array([0.25, 1.0, 8.5]))
    assert edges[0] == 0.25 and edges[-1] == 8.5 and np.ptp(np.diff(edges)) < 1e-9
    assert len(edges_of(np.empty(0))) == 2


@pytest.fixture
def boxes(monkeypatch):
    """Return where names stand, in pixels, once a picture is drawn."""
    found = []
    real = canvas.save

    def measured(made, path):
        made.figure.canvas.draw()
        for axes in made.figure.axes:
            found.append(
                {
                    text.get_text(): text.get_window_extent(made.renderer)
                    for text in axes.texts
                    if text.get_text()
                }
            )
        real(made, path)

    monkeypatch.setattr(canvas, "save", measured)
    return found


def test_names_of_crowded_crosses_do_not_lie_over_each_other(boxes, tmp_path):
    rng = np.random.default_rng(3)
    crowd = [Dot(v, v - 0.2, v + 0.2) for v in rng.normal(0, 0.1, 11)] + [Dot(9.0, 8.0, 10.0)]
    names = [f"point number {k}" for k in range(12)]
    draw_tradeoffs(names, [(("x", crowd), ("y", crowd))], tmp_path / "t.png", "t", "b")
    (panel,) = boxes
    assert set(panel) == set(names)
    places = [box.padded(-2.0) for box in panel.values()]
    for k, one in enumerate(places):
        assert not any(one.overlaps(other) for other in places[k + 1 :])


def test_the_spread_says_the_median_and_leaves_out_what_no_run_told(boxes, tmp_path):
    runs = [np.array([1.0, 2.0, 2.0, np.nan, 9.0]), np.full(4, np.nan), np.full(4, 6.0)]
    draw_spread(["a", "b", "c"], [Spread("shots", runs)], tmp_path / "s.svg", "t", "b")
    assert set(boxes[0]) == {"2 (1.75 to 3.75)", "-", "6"}


def test_the_small_map_hides_no_site_and_points_without_leakers_keep_their_row(boxes, tmp_path):
    rim = np.radians([[54.0, 28.0], [54.1, 28.0], [54.1, 28.1], [54.0, 28.1]])
    seen = [np.array([[27.0, 53.5], [29.0, 53.5], [29.0, 54.6], [27.0, 54.6], [27.0, 53.5]])]
    sites = [("post", np.radians(53.98), np.radians(28.1))]
    ground = Ground([("town", rim)], sites, [seen], "seen", 330.0)
    came = Came("all", 2, np.array([61.0, 70.0]), np.radians([28.0] * 2), np.radians([54.05] * 2))
    none = Came("none", 2, np.empty(0), np.empty(0), np.empty(0))
    draw_leakers(ground, [came], [came, none], tmp_path / "l.png", "t")
    large, small, _, below = boxes
    assert "post" in large and "town" in large and "20 km" in " ".join(small)
    assert {"1.00 a run", "0.00 a run"} <= set(below)
