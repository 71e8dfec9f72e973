import numpy as np

from jointsky.records.plots import Geometry, Plots
from jointsky.sensors.surroundings import Observed
from jointsky.sim.view import in_view


def seen(rows):
    """Return what was observed: (time, sensor, vehicle, geometry) for each plot."""
    time, sensor, vehicle, geometry = (np.array(column) for column in zip(*rows, strict=True))
    plots = Plots.make(time_s=time.astype(float), sensor=sensor, geometry=geometry)
    return Observed(plots=plots, vehicle=vehicle.astype(np.int32), received_s=plots.time_s)


PLOTS = [
    (10, 0, 5, Geometry.POLAR),
    (20, 1, 5, Geometry.POLAR),
    (40, 0, 5, Geometry.POLAR),
    (100, 0, 5, Geometry.POLAR),
    (12, 0, 6, Geometry.POLAR),
    (10, 2, 7, Geometry.BEARING),
    (20, 2, 7, Geometry.BEARING),
    (15, 0, -1, Geometry.POLAR),
]


def test_a_target_is_in_view_between_plots_that_are_near_in_time():
    time = np.array([9.0, 10.0, 15.0, 30.0, 40.0, 41.0, 99.0, 100.0, 101.0])
    view = in_view(seen(PLOTS), [0, 1], np.full(9, 5), time, hold_s=30.0)
    assert view.tolist() == [False, True, True, True, True, False, False, False, False]


def test_plots_of_other_sites_bearings_and_false_plots_do_not_count():
    vehicle, time = np.array([4, 5, 5, 7]), np.array([15.0, 15.0, 25.0, 15.0])
    assert in_view(seen(PLOTS), [1], vehicle, time).tolist() == [False] * 4
    assert in_view(seen(PLOTS), [0, 1, 2], vehicle, time).tolist() == [False, True, True, False]


def test_a_single_plot_shows_one_moment():
    vehicle, time = np.array([6, 6]), np.array([12.0, 12.5])
    assert in_view(seen(PLOTS), [0], vehicle, time).tolist() == [True, False]


def test_nothing_seen_is_nothing_in_view():
    assert not in_view(seen(PLOTS), [9], np.array([5]), np.array([15.0])).any()
