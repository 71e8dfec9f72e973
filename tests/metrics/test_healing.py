"""Healing: when pictures agree again after an outage."""

import numpy as np
import pytest

from jointsky.metrics.healing import healings

TIMES = np.arange(0.0, 200.0, 2.0)


def _share(*pieces):
    """Return a share that is each value from its time on."""
    out = np.ones(len(TIMES))
    for from_s, value in pieces:
        out[from_s <= TIMES] = value
    return out


def test_agreement_counts_from_the_outage_end_to_where_it_stays():
    share = _share((60, 0.4), (100, 0.5), (106, 1.0), (108, 0.3), (112, 0.97))
    (found,) = healings(TIMES, share, [(60.0, 100.0)])
    assert found.before == 1.0
    assert found.lowest == pytest.approx(0.4)
    assert found.goal == pytest.approx(0.95)
    assert found.agreed_after_s == 12.0  # at 106 s it was there, but did not stay


def test_what_was_never_whole_need_not_become_so():
    share = _share((0, 0.8), (60, 0.1), (104, 0.77))
    (found,) = healings(TIMES, share, [(60.0, 100.0)])
    assert found.goal == pytest.approx(0.76)
    assert found.agreed_after_s == 4.0


def test_never_is_infinite_and_no_past_is_not_known():
    (found,) = healings(TIMES, _share((60, 0.2)), [(60.0, 100.0)])
    assert found.agreed_after_s == np.inf
    (found,) = healings(TIMES, _share((0, 0.2)), [(0.0, 100.0)])
    assert np.isnan(found.before)
    assert np.isnan(found.agreed_after_s)
    (found,) = healings(TIMES, _share((60, 0.2)), [(60.0, 300.0)])  # recorded no further
    assert np.isnan(found.agreed_after_s)


def test_where_nothing_was_common_before_nobody_can_say_when_it_was_again():
    (found,) = healings(TIMES, np.zeros(len(TIMES)), [(60.0, 100.0)])
    assert found.before == 0.0 and np.isnan(found.agreed_after_s)


def test_one_moment_is_not_enough_to_say_what_was_common_before():
    share = np.array([0.6, 0.8, 0.7, 0.9, 1.0, 0.0, 0.75, 0.75])
    (found,) = healings(60.0 * np.arange(8), share, [(290.0, 350.0)])
    assert found.before == pytest.approx(0.8)
    (found,) = healings(60.0 * np.arange(8), share, [(100.0, 110.0)])
    assert found.before == pytest.approx(0.7)  # no more than there are


def test_the_next_outage_ends_the_time_to_agree():
    share = _share((60, 0.2), (80, 1.0), (90, 0.2), (120, 1.0))
    first, second = healings(TIMES, share, [(90.0, 120.0), (60.0, 80.0)])
    assert (first.begin_s, first.agreed_after_s) == (60.0, 0.0)
    assert second.agreed_after_s == 0.0
    assert second.before == 1.0  # what was within the first outage does not count


def test_outages_that_overlap_are_told_apart():
    share = _share((0, 0.9), (60, 0.2), (150, 0.9))
    first, second = healings(TIMES, share, [(60.0, 110.0), (90.0, 150.0)])
    assert [one.before for one in (first, second)] == pytest.approx([0.9, 0.9])
    assert first.agreed_after_s == 40.0 and second.agreed_after_s == 0.0


def test_moments_without_a_share_are_left_out():
    share = _share((60, 0.2), (100, 1.0))
    share[TIMES == 110.0] = np.nan
    assert healings(TIMES, share, [(60.0, 100.0)])[0].agreed_after_s == 0.0
