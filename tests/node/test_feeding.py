"""What reaches a site's tracker: any order, cutting or delay of the same plots gives its tracks."""

import math

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from jointsky.exchange.declared import NodeSettings
from jointsky.node import feeding
from jointsky.node.domains import domain_of, sensors_of, spread
from jointsky.node.feeding import Feed
from jointsky.node.setup import LinkOf, Network, SiteOf
from jointsky.records.columns import join
from jointsky.records.plots import Plots
from jointsky.records.tracks import Tracks
from jointsky.streams import stream
from jointsky.tracking.numbers import birth_numbers, born_s, sensor_keys
from tracking.skies import Flight, Sky, clutter, in_time, reports, scans, straight

EARTH = Sky()
FEW = settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
BEGIN_S = 1_767_225_600.0
END_S = 60.0
FLIGHTS = [
    Flight(straight((-30e3, 40e3, 9000.0), (220.0, -40.0, 0.0)), mode_s=0x48AC01),
    Flight(straight((-25e3, 36e3, 9100.0), (180.0, 40.0, 0.0))),
    Flight(straight((10e3, -30e3, 3000.0), (-70.0, -20.0, 0.0)), begins_s=15.0),
    Flight(straight((-10e3, -20e3, 1000.0), (40.0, -20.0, 0.0)), ends_s=40.0),
]


def a_sky(seed=0):
    """Return sensors of two sites, two radars and a receiver, and what they send."""
    rng = stream(seed, "feed")
    sensors = [
        EARTH.radar(-10e3, 0.0, name="west"),
        EARTH.radar(25e3, 15e3, name="east", rotation_period_s=5.0),
        EARTH.radar(0.0, 0.0, name="ears", kind="adsb", rotation_period_s=1.0),
    ]
    seen = [scans(rng, EARTH, s, row, FLIGHTS, END_S) for row, s in enumerate(sensors[:2])]
    seen += [clutter(rng, s, row, 8.0, END_S) for row, s in enumerate(sensors[:2])]
    plots = in_time(*seen, reports(rng, EARTH, 2, FLIGHTS[:1], END_S))
    return sensors, plots.replace(time_s=BEGIN_S + plots.time_s)


def a_network(sensors, sites=2, sensor_site=(0, 1, 1), links=None, **given):
    if links is None:
        links = [LinkOf(name="a-b", ends=(0, 1))]
    return Network(
        name="test",
        sites=[SiteOf(name=f"site {k}", nation="ab"[k % 2]) for k in range(sites)],
        sensors=sensors,
        sensor_site=sensor_site,
        links=links,
        epoch_s=BEGIN_S - 3600.0,
        settings=NodeSettings(**given),
    )


def in_order(network, plots, step_s=1.0):
    """Return a feed that got all plots as they were seen, and the rows that it told."""
    feed, told, begin = Feed(network, 0), [], 0
    for now_s in np.arange(BEGIN_S, BEGIN_S + END_S + 2.0 * step_s, step_s).tolist():
        end = int(np.searchsorted(plots.time_s, now_s, side="right"))
        feed.take(plots.rows(slice(begin, end)), now_s)
        told.append(feed.advance(now_s, now_s))
        begin = end
    assert feed.late == feed.too_late == feed.refused == feed.replays == 0
    return feed, join(told)


def arriving(feed, plots, arrival_s, watermark, pieces_s=0.7):
    """Give a feed plots when they arrive; ``watermark(now)`` is what advance is told."""
    order = np.argsort(arrival_s, kind="stable")
    begin, now_s, told = 0, BEGIN_S, []
    while begin < len(plots) or now_s < BEGIN_S + END_S + 30.0:
        now_s += pieces_s
        end = int(np.searchsorted(arrival_s[order], now_s, side="right"))
        feed.take(plots.rows(order[begin:end]), now_s)
        told.append(feed.advance(now_s, watermark(now_s)))
        begin = end
    while feed.is_behind:
        now_s = min(feed.next_s(), now_s + 1.0)
        told.append(feed.advance(now_s, now_s))
    return join(told)


def assert_same(a, b):
    for name in Tracks.schema():
        one, other = getattr(a, name), getattr(b, name)
        np.testing.assert_array_equal(one, other, err_msg=name)


def settled(*feeds, at_s=BEGIN_S + END_S + 200.0):
    """Tell feeds that all up to a time has come: up to then it is judged what is there."""
    for feed in feeds:
        feed.advance(at_s, at_s)


def by_number(tracks):
    return tracks.rows(np.argsort(tracks.track_number))


@FEW
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.1, 1.0, 8.0, 59.0]),
    st.sampled_from([0.05, 0.7, 9.0]),
    st.sampled_from([5, 60, 3_000]),
)
def test_any_order_cutting_and_delay_of_the_same_plots_give_the_same_picture(
    seed, late_s, pieces_s, most_at_once
):
    """To the last bit: covariances, numbers, everything; put back at once or caught up with."""
    sensors, plots = a_sky()
    network = a_network(sensors, late_s=120.0, hold_s=0.5)
    wanted, _ = in_order(network, plots)
    rng = stream(seed, "arrival")
    feed = Feed(network, 0, most_at_once)
    arrival_s = plots.time_s + rng.uniform(0.0, late_s, len(plots))
    arriving(feed, plots, arrival_s, lambda now_s: now_s - rng.uniform(0.0, 1.0), pieces_s)
    assert feed.too_late == feed.refused == 0 and feed.used == wanted.used
    assert (feed.late > 0) == (feed.replays > 0) == (feed.replayed > 0)
    settled(feed, wanted)
    assert len(feed.picture(BEGIN_S + END_S)) >= 3
    for time_s in (BEGIN_S + END_S, BEGIN_S + END_S + 7.0):
        assert_same(by_number(feed.picture(time_s)), by_number(wanted.picture(time_s)))


def test_while_plots_are_complete_none_is_late_however_long_they_take():
    """A watermark that keeps up to what has come: plots wait for it, if hold_s allows."""
    sensors, plots = a_sky()
    network = a_network(sensors, hold_s=3.0)
    wanted, rows = in_order(network, plots)
    feed = Feed(network, 0)
    delay_s = np.where(plots.sensor == 0, 0.0, 1.3)
    told = arriving(feed, plots, plots.time_s + delay_s, lambda now_s: now_s - 1.3, 0.05)
    assert feed.late == feed.replays == 0
    assert_same(by_number(feed.picture(BEGIN_S + 61.0)), by_number(wanted.picture(BEGIN_S + 61.0)))
    assert_same(told, rows)  # and the very rows told, in their order


def test_the_tracker_waits_no_longer_than_hold_s_for_a_site_that_is_silent():
    sensors, plots = a_sky()
    feed = Feed(a_network(sensors, hold_s=0.5), 0)
    own = plots.rows(plots.sensor == 0)
    told_s = []
    for now_s in np.arange(BEGIN_S, BEGIN_S + END_S, 0.1).tolist():
        recent = (own.time_s <= now_s) & (own.time_s > now_s - 0.1)
        feed.take(own.rows(recent), now_s)
        rows = feed.advance(now_s, -math.inf)
        told_s += (now_s - rows.time_s).tolist()
    assert len(told_s) > 20
    assert min(told_s) >= 0.5 and max(told_s) < 0.5 + 0.1 + 0.1 + 1e-6  # hold, sector, tick


def test_two_sites_that_began_at_different_moments_number_a_new_target_alike():
    sensors, plots = a_sky()
    network = a_network(sensors)
    early, late = Feed(network, 0), Feed(network, 1)
    for now_s in np.arange(BEGIN_S, BEGIN_S + END_S, 0.5).tolist():
        recent = plots.rows((plots.time_s <= now_s) & (plots.time_s > now_s - 0.5))
        for feed, begins_s in ((early, BEGIN_S), (late, BEGIN_S + 10.0)):
            if now_s > begins_s:
                feed.take(recent, now_s)
                feed.advance(now_s, now_s)
    pictures = [feed.picture(BEGIN_S + END_S) for feed in (early, late)]
    numbers = [set(picture.track_number.tolist()) for picture in pictures]
    begun_later = {n for n in numbers[0] if born_s(n) > BEGIN_S + 11.0}
    assert begun_later and begun_later <= numbers[1]
    assert len(numbers[0]) == len(numbers[1]) and numbers[0] != numbers[1]


def test_a_track_has_the_number_of_the_plot_that_began_it():
    sensors, plots = a_sky()
    _, rows = in_order(a_network(sensors), plots)
    births = dict(
        zip(birth_numbers(plots, sensor_keys(sensors)).tolist(), plots.time_s, strict=True)
    )
    for number in np.unique(rows.track_number).tolist():
        assert number in births
        assert births[number] < rows.time_s[rows.track_number == number].min()
        assert born_s(number) <= births[number] < born_s(number) + 0.125


def test_plots_alike_in_everything_never_give_two_tracks_one_number():
    """Every plot comes twice, 40 m apart in nothing at all: tracks that live have own numbers."""
    sensors, plots = a_sky()
    twice = in_time(plots, plots)
    feed = Feed(a_network(sensors), 0)
    for now_s in np.arange(BEGIN_S, BEGIN_S + END_S, 1.0).tolist():
        feed.take(twice.rows((twice.time_s <= now_s) & (twice.time_s > now_s - 1.0)), now_s)
        feed.advance(now_s, now_s)
        numbers = feed.picture(now_s).track_number
        assert len(np.unique(numbers)) == len(numbers)
    assert len(numbers) >= 3


def test_late_plots_are_pooled_the_more_the_further_they_reach_back():
    sensors, plots = a_sky()
    own, other = plots.rows(plots.sensor == 0), plots.rows(plots.sensor != 0)
    network = a_network(sensors)
    feed = Feed(network, 0)
    now_s = BEGIN_S + END_S
    feed.take(own, now_s)
    feed.advance(now_s, now_s)
    backwards = np.arange(len(other))[::-1]
    for k in range(50):  # a gap is filled within 5 s, newest first
        now_s += 0.1
        feed.take(other.rows(backwards[k::50][::-1]), now_s)
        feed.advance(now_s, now_s)
    assert feed.late == len(other) and feed.replays <= 1
    now_s = feed.next_s()
    feed.advance(now_s, now_s)
    assert feed.replays <= 2
    wanted, _ = in_order(network, plots)
    settled(feed, wanted)
    assert len(feed.picture(BEGIN_S + END_S)) >= 3
    for time_s in (BEGIN_S + END_S, now_s):
        assert_same(by_number(feed.picture(time_s)), by_number(wanted.picture(time_s)))


def test_without_word_that_the_gap_is_closed_late_plots_count_when_next_s_says():
    sensors, plots = a_sky()
    feed = Feed(a_network(sensors), 0)
    now_s = BEGIN_S + END_S
    feed.take(plots.rows(plots.sensor == 0), now_s)
    feed.advance(now_s, now_s)
    feed.take(plots.rows(plots.sensor != 0), now_s)
    feed.advance(now_s, now_s)
    assert feed.replays == 0
    at_s = feed.next_s()
    assert now_s < at_s <= now_s + 10.0
    feed.advance(at_s, at_s)
    assert feed.replays == 1
    feed.advance(at_s + 60.0, at_s + 60.0)
    assert feed.next_s() == math.inf


def test_rows_of_a_replay_are_one_for_each_track_and_the_newest():
    sensors, plots = a_sky()
    feed = Feed(a_network(sensors), 0)
    now_s = BEGIN_S + END_S
    feed.take(plots.rows(plots.sensor != 1), now_s)
    feed.advance(now_s, now_s)
    feed.take(plots.rows(plots.sensor == 1), now_s)
    now_s = feed.next_s()
    rows = feed.advance(now_s, now_s)
    assert len(rows) == len(np.unique(rows.track_number)) >= 3
    shown = feed.picture(now_s)
    assert set(shown.track_number.tolist()) <= set(rows.track_number.tolist())


def test_while_it_catches_up_the_site_goes_on_with_what_it_has_and_is_then_as_if_never_late(
    monkeypatch,
):
    """Half of a minute's plots come at once, and 3 plots may be taken in a tick."""
    monkeypatch.setattr(feeding, "CATCH_UP_HZ", 150.0)
    sensors, plots = a_sky()
    network = a_network(sensors)
    feed, now_s = Feed(network, 0, 3), BEGIN_S + 50.0
    own = plots.rows(plots.sensor == 0)
    feed.take(own.rows(own.time_s <= now_s), now_s)
    feed.advance(now_s, now_s)
    other = plots.rows((plots.sensor != 0) & (plots.time_s <= now_s))
    feed.take(other, now_s)
    told = []
    while now_s < BEGIN_S + 58.0:
        begin_s, now_s = now_s, now_s + 0.02
        recent = plots.rows((plots.time_s > begin_s) & (plots.time_s <= now_s))
        feed.take(recent, now_s)
        told.append((feed.is_behind, feed.advance(now_s, now_s)))
        if feed.is_behind:
            assert feed.next_s() == pytest.approx(now_s + 0.02)
    rounds = sum(behind for behind, _ in told)
    assert len(other) / 3 < rounds < 395 and feed.replays == 1 and not feed.is_behind
    while_behind = join([rows for behind, rows in told[: rounds - 1] if behind])
    assert len(while_behind) > 3  # it is not silent meanwhile
    at_once = told[rounds - 1][1]
    assert set(at_once.track_number.tolist()) >= set(feed.picture(now_s).track_number.tolist())
    wanted = Feed(network, 0)
    wanted.take(plots.rows(plots.time_s <= now_s), now_s)
    wanted.advance(now_s, now_s)
    settled(feed, wanted)
    assert_same(by_number(feed.picture(now_s)), by_number(wanted.picture(now_s)))
    assert feed.used == wanted.used


def test_what_is_too_late_foreign_or_from_the_future_is_counted_and_changes_nothing():
    sensors, plots = a_sky()
    network = a_network(sensors, sites=3, sensor_site=(0, 1, 2), late_s=20.0)
    mine = plots.rows(plots.sensor != 2)
    wanted, _ = in_order(network, mine)
    feed, now_s = Feed(network, 0), BEGIN_S + END_S
    for k in range(0, 60, 10):
        at_s = BEGIN_S + k + 10.0
        part = mine.rows((mine.time_s <= at_s) & (mine.time_s > at_s - 10.0))
        feed.take(part, at_s)
        feed.advance(at_s, at_s)
    foreign = plots.rows(plots.sensor == 2)
    feed.take(foreign, now_s)
    assert feed.refused == len(foreign)
    feed.take(mine.replace(sensor=7), now_s)
    feed.take(mine.replace(sensor=-1), now_s)
    feed.take(mine.replace(time_s=math.nan), now_s)
    feed.take(mine.replace(time_s=now_s + 61.0), now_s)
    assert feed.refused == len(foreign) + 4 * len(mine)
    old = mine.rows(mine.time_s < now_s - 20.0)
    feed.take(old, now_s)
    assert feed.too_late == len(old)
    feed.advance(now_s + 1.0, now_s + 1.0)
    wanted.advance(now_s + 1.0, now_s + 1.0)
    assert feed.replays == feed.late == 0
    assert_same(by_number(feed.picture(now_s)), by_number(wanted.picture(now_s)))


def test_sensors_are_counted_by_their_rows_in_the_network():
    sensors, plots = a_sky()
    strangers = [EARTH.radar(90e3, 90e3, name=f"other {k}") for k in range(70)]
    network = a_network([*strangers, *sensors], sensor_site=[2] * 70 + [0, 1, 1], sites=3)
    feed, now_s = Feed(network, 1), BEGIN_S + END_S
    feed.take(plots.replace(sensor=plots.sensor + 70), now_s)
    feed.advance(now_s, now_s)
    picture = feed.picture(now_s)
    assert picture.sensors.shape == (len(picture), 2) and not picture.sensors[:, 0].any()
    assert set(picture.source.tolist()) == {1}
    assert np.bitwise_or.reduce(picture.sensors[:, 1]) == 0b111 << 6


# which sites share their plots


@pytest.mark.parametrize(
    ("links", "wanted"),
    [
        ([], [[0], [1], [2], [3]]),
        ([(0, 1, "plots"), (2, 1, "plots")], [[0, 1, 2]] * 3 + [[3]]),
        ([(0, 1, "fused"), (1, 2, "plots"), (3, 0, "responsible")], [[0], [1, 2], [1, 2], [3]]),
        (
            [(0, 1, "plots"), (1, 2, "plots"), (2, 0, "plots"), (3, 2, "fused")],
            [[0, 1, 2]] * 3 + [[3]],
        ),
    ],
)
def test_a_domain_is_what_hangs_together_by_links_that_share_plots(links, wanted):
    made = [LinkOf(name=str(k), ends=(a, b), share=how) for k, (a, b, how) in enumerate(links)]
    network = a_network(a_sky()[0], 4, (3, 0, 3), made)
    domains = [domain_of(network, site) for site in range(4)]
    assert domains == wanted
    assert sensors_of(network, [3]).tolist() == [0, 2]


def test_bits_are_spread_to_the_rows_of_the_network():
    bits = np.array([[0b101], [0b010]], np.uint64)
    out = spread(bits, np.array([1, 66, 69], np.int32), 70)
    assert out.tolist() == [[0b10, 1 << 5], [0, 1 << 2]]
    np.testing.assert_array_equal(spread(bits, np.arange(3, dtype=np.int32), 3), bits)


def test_nothing_in_gives_nothing_out():
    feed = Feed(a_network(a_sky()[0]), 0)
    feed.take(Plots.make(0), BEGIN_S)
    assert len(feed.advance(BEGIN_S, BEGIN_S)) == len(feed.picture(BEGIN_S)) == 0
    assert feed.next_s() == math.inf


def test_a_picture_of_now_does_not_miss_plots_that_are_still_to_come():
    """Two turns of a radar pass: what their plots would tell has not come yet."""
    sensors, plots = a_sky()
    feed, now_s = Feed(a_network(sensors, hold_s=20.0), 0), BEGIN_S + 38.0
    feed.take(plots.rows(plots.time_s <= now_s), now_s)
    feed.advance(now_s, now_s)
    then, ahead = feed.picture(now_s), feed.picture(now_s + 12.0)
    assert len(then) >= 4
    np.testing.assert_array_equal(by_number(ahead).track_number, by_number(then).track_number)
    np.testing.assert_array_equal(by_number(ahead).existence, by_number(then).existence)
    np.testing.assert_array_equal(by_number(ahead).status, by_number(then).status)
    assert (by_number(ahead).latitude_rad != by_number(then).latitude_rad).all()
    feed.advance(now_s + 12.0, now_s + 12.0)  # now they have: there were none
    missed = feed.picture(now_s + 12.0)
    assert len(missed) < len(then) or missed.existence.max() < ahead.existence.max()


def test_late_plots_do_not_wait_the_longer_the_more_come_meanwhile(monkeypatch):
    sensors, plots = a_sky()
    rate_hz = len(plots) / END_S
    monkeypatch.setattr(feeding, "AGAIN_HZ", 0.5 * rate_hz)  # fewer than come
    feed = Feed(a_network(sensors, hold_s=0.5), 0)
    arrival_s = plots.time_s + np.where(plots.sensor == 1, 1.0, 0.0)
    arriving(feed, plots, arrival_s, lambda now_s: now_s, pieces_s=0.1)
    assert feed.late > 50
    assert END_S / feed.replays < 0.6 * feeding.LATEST_S
