"""The course of a run: what comes in parts of a step is handed over whole at its end."""

import types

import numpy as np
import pytest

from jointsky.records.plots import Plots
from jointsky.records.reports import Reports
from jointsky.sensors.surroundings import Observed
from jointsky.sim.course import Course

WINDOW_S, END_S = 30.0, 600.0


class Duty:
    """Takes note of the reports that it is handed."""

    def __init__(self, step_s):
        self.duty, self.sites = types.SimpleNamespace(step_s=step_s), []
        self.heard_s, self.steps_s = [], []

    def begin_step(self, seen, until_s):
        return seen, []

    def hear(self, logged):
        pass

    def end_step(self, pictures, reports, now_s):
        self.heard_s += reports.received_s.tolist()
        self.steps_s.append(now_s)
        assert (reports.received_s <= now_s).all()
        return []


def observed(times_s):
    times_s = np.asarray(times_s, np.float64)
    reports = Reports.make(len(times_s), time_s=times_s, received_s=times_s)
    nobody = np.zeros(0, np.int32)
    return Observed(
        Plots.make(0), nobody, np.zeros(0), reports, np.full(len(times_s), -1, np.int32)
    )


@pytest.mark.parametrize("step_s", [0.7, 2.0, 4.0, 7.0, 8.0, 10.0])
def test_every_report_is_handed_over_once_whatever_the_step(step_s):
    duty = Duty(step_s)
    network = types.SimpleNamespace(
        built=types.SimpleNamespace(begin_s=0.0),
        advance=lambda seen, until_s: [],
        pictures=lambda sites, now_s: {},
    )
    course = Course(network, duty)
    told_s = np.arange(2.5, END_S - 10.0, 4.9)
    for begin_s in np.arange(0.0, END_S, WINDOW_S):
        now = told_s[(told_s >= begin_s) & (told_s < begin_s + WINDOW_S)]
        course.advance(observed(now), begin_s, begin_s + WINDOW_S)
    assert duty.heard_s == told_s.tolist()
    assert np.diff(duty.steps_s) == pytest.approx(step_s)
