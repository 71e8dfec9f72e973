"""A long watch is told day by day: who came and was noticed, whom incidents were opened for."""

import numpy as np
import pytest
from matplotlib import image

from jointsky.pictures.duty_days import CAME, OTHERS, draw_days
from jointsky.sim.duty_report import target_rows, watch_lines

HOUR_S = 3600.0
BEGIN_S = 1_789_380_000.0  # 10:00 UTC


def told(*targets, of=()):
    """Return figures of a duty: for each that came whether there was an alert and an incident."""
    rows = [
        {"alerted": 60.0 if alerted else None, "incident": 60.0 if incident else None}
        for alerted, incident in targets
    ]
    return {"targets": rows, "incidents_of": [{"of": one} for one in of]}


def test_what_was_noticed_is_a_sentence():
    duty = told((1, 1), (1, 0), (0, 0), of=["hostile", "nature", "nature", "a report"])
    assert watch_lines(duty) == [
        "Alerts for 2 of 3 that came, incidents for 1; 3 incidents were of others: 2 of birds, "
        "1 of reports alone."
    ]
    (line,) = watch_lines(told((1, 0), of=["civil"]))
    assert line.endswith("1 incident was of others: 1 of civil flights.")
    assert watch_lines(told((1, 0))) == ["Alerts for 1 of 1 that came; no incident."]
    assert watch_lines(told((1, 1), of=["hostile"])) == [
        "Alerts for 1 of 1 that came, incidents for 1; none of others."
    ]


@pytest.mark.parametrize(
    ("time_s", "words"),
    [
        (59.0, "0:59"),
        (5_999.0, "99:59"),
        (6_000.0, "1:40:00"),
        (172_799.0, "47:59:59"),
        (176_460.0, "2 d 01:01"),
        (None, "-"),
    ],
)
def test_a_time_is_told_as_people_read_it(time_s, words):
    names = ("confirmed", "proposed", "agreed", "ordered", "fired", "leaked", "stopped", "left")
    one = {"name": "x", "type": "y", "seen_by": [], "shots": 0, "unit_cost_usd": None}
    one |= dict.fromkeys(names) | {"tracked": time_s, "alerted": None}
    assert target_rows({"targets": [one]})[0][3] == words


def test_days_are_rows_and_every_kind_of_mark_is_drawn(tmp_path):
    path = tmp_path / "days.png"
    came = [(f"drone-{how}", 30.0 * HOUR_S + 7_200.0 * k, how) for k, how in enumerate(CAME)]
    opened = [(50.0 * HOUR_S + 7_200.0 * k, of) for k, of in enumerate(OTHERS)]
    days = 3.0 * 86_400.0
    failed = [(10.0 * HOUR_S, 30.0 * HOUR_S, "hill")]  # over midnight
    draw_days(came, opened, failed, (BEGIN_S, BEGIN_S + days), path, "title", "summary")
    drawn = image.imread(path)
    assert drawn.shape[:2] == (150 + 70 + 4 * 52, 1800)
    for _, colour, _ in CAME.values():
        rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
        there = np.abs(drawn[..., :3] - rgb).max(axis=2) < 0.02
        assert there[150:].sum() > 50 and there[:150].sum() > 20, "a mark, and one in the legend"
