"""A long duty, told span by span: figures, words, the picture."""

import itertools

import numpy as np
from matplotlib import image

from jointsky.pictures.duty_spans import draw_spans
from jointsky.sim.duty_spans import span_rows, spans

HOUR_S = 3600.0


def target(came_h, stopped_h=None, leaked_h=None, shots=0):
    def at(hours):
        return None if hours is None else hours * HOUR_S

    return {
        "came": at(came_h),
        "stopped": at(stopped_h),
        "leaked": at(leaked_h),
        "fired": at(stopped_h) if shots else None,
        "shots": shots,
    }


TARGETS = [
    target(0.5, stopped_h=1.2, shots=2),
    target(0.7, leaked_h=1.4),
    target(2.5, stopped_h=3.9, leaked_h=3.5, shots=1),  # stopped after it had come through
    target(5.9),
]
MAGAZINES = [(0.0, {"west missile": 32}), (1.5 * HOUR_S, {"west missile": 30})]


def test_each_counts_in_the_span_in_which_it_came_and_ended():
    made = spans(TARGETS, MAGAZINES, 6 * HOUR_S)
    assert made[0]["end_s"] == 1200.0  # a width of round minutes, at most 24 of them
    for name, count in (("came", 4), ("stopped", 1), ("leaked", 2), ("shots", 3)):
        assert sum(one[name] for one in made) == count, name
    (where,) = [one for one in made if one["stopped"]]
    assert where["begin_s"] <= 1.2 * HOUR_S < where["end_s"]
    assert made[0]["left"] == {"west missile": 32} and made[-1]["left"] == {"west missile": 30}
    assert all(one["end_s"] == two["begin_s"] for one, two in itertools.pairwise(made))
    assert made[-1]["end_s"] == 6 * HOUR_S


def test_a_short_duty_is_told_target_by_target():
    assert spans(TARGETS, MAGAZINES, 1800.0) == []


def test_a_span_in_words():
    assert span_rows(spans(TARGETS, MAGAZINES, 48 * HOUR_S))[0] == [
        *("0:00 h", "2", "1", "1", "2", "west missile 30"),
    ]


def test_what_came_through_is_seen_in_the_picture(tmp_path):
    made = spans(TARGETS, MAGAZINES, 48 * HOUR_S)
    path = tmp_path / "spans.png"
    draw_spans(made, MAGAZINES, [(HOUR_S, 2 * HOUR_S)], path, "title", "summary")
    pixels = (image.imread(path)[..., :3] * 255).round().astype(int)
    for colour in ((0xD5, 0x5E, 0x00), (0x00, 0x9E, 0x73), (0x00, 0x72, 0xB2)):
        assert (np.abs(pixels - colour).max(axis=2) <= 2).sum() > 100, colour
