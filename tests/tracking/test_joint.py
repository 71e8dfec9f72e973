"""Tracks of several sites become one set: one number each, whatever the links do."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointsky.records.exchange import TrackReports
from jointsky.records.tracks import Tracks, TrackStatus
from jointsky.streams import stream
from jointsky.tracking.joint import JointPicture
from jointsky.tracking.joint_settings import JointSettings
from tracking.joint_made import EPOCH_S, MadeNetwork, MadeSite, Straight, east_north

SEEDS = st.integers(0, 2**32 - 1)
END = 36
SHARES = pytest.mark.parametrize("share", ["fused", "responsible"])


def spread(seed, n, **given):
    rng = stream(seed, "targets")
    return [
        Straight(*rng.uniform(-50e3, 50e3, 2), *rng.uniform(-220, 220, 2), **given)
        for _ in range(n)
    ]


def kinds(events, *wanted):
    return [e for e in events if e.kind in wanted]


def changes(history):
    """Return how often the number of any target changed, from (seconds of dictionaries)."""
    last, count = {}, 0
    for numbers in history:
        for target, number in numbers.items():
            count += last.get(target, number) != number
            last[target] = number
    return count


@pytest.mark.parametrize(
    ("sites", "share"), [(2, "responsible"), (3, "fused"), (3, "responsible"), (5, "fused")]
)
def test_all_sites_show_the_same_targets_under_the_same_numbers(sites, share):
    """Five sites of which each sees a part of ten targets, over links of unequal delay."""
    targets = spread(1, 10)
    rng = stream(2, "delays")
    waits = rng.uniform(0.1, 0.9, (sites, sites))
    made = [
        MadeSite(3, f"s{k}", targets, sees=lambda row, t, k=k: (row + k) % 5 or row < 4)
        for k in range(sites)
    ]
    net = MadeNetwork(made, share=share, delay_s=lambda a, b, t: waits[a, b])
    net.run(40)
    pictures = net.pictures(EPOCH_S + 40)
    for picture in pictures:
        assert picture.track_number.tolist() == pictures[0].track_number.tolist()
        assert len(picture) == len(targets)
        gaps = np.linalg.norm(
            east_north(picture)[:, None] - [t.place(EPOCH_S + 40) for t in targets], axis=2
        )
        assert sorted(gaps.argmin(axis=1)) == list(range(len(targets)))
        assert gaps.min(axis=1).max() < 250.0
    net.run(30, EPOCH_S + 40)
    assert all(kinds(events, "split") == [] for events in net.events)


@SHARES
def test_one_number_for_life_from_one_sites_coverage_to_the_others(share):
    """Targets cross 10 km seen by both, in 40 s; a third site sees nothing of its own."""
    targets = [Straight(-15e3 + 1e3 * j, 3e3 * j, 250.0, 0.0) for j in range(6)]
    west = MadeSite(4, "west", targets, sees=lambda k, t: targets[k].place(t)[0] < 5e3)
    east = MadeSite(4, "east", targets, sees=lambda k, t: targets[k].place(t)[0] > -5e3)
    net = MadeNetwork([west, east, MadeSite(4, "dark", [])], share=share)
    seen = [[], [], []]

    def look(net, time_s):
        truth = np.array([t.place(time_s) for t in targets])
        for k, picture in enumerate(net.pictures(time_s)):
            if len(picture):
                near = np.linalg.norm(east_north(picture)[:, None] - truth, axis=2).argmin(axis=1)
                assert len(set(near.tolist())) == len(picture)  # nobody is there twice
                seen[k].append(dict(zip(near.tolist(), picture.track_number.tolist(), strict=True)))

    net.run(140, look=look)
    assert all(state is None for state in west.state)
    for k in range(3):
        assert changes(seen[k]) == 0
        assert sorted(seen[k][-1]) == list(range(6))
        assert seen[k][-1] == seen[0][-1]
        assert kinds(net.events[k], "split", "renumbered") == []
    handed = kinds(net.events[2], "handover")
    assert len(handed) == (6 if share == "responsible" else 0)
    assert all((e.from_site, e.to_site) == (0, 1) for e in handed)


@SHARES
def test_targets_500_m_apart_that_cross_others_keep_their_numbers(share):
    targets = [
        Straight(-12e3, 0.0, 200.0, 0.0),
        Straight(-12e3, 500.0, 200.0, 0.0),
        Straight(-12e3, 5e3, 200.0, -50.0),
        Straight(-12e3, -1.5e3, 200.0, 50.0),
    ]
    for seed in range(2):
        net = MadeNetwork([MadeSite(seed, "a", targets), MadeSite(seed, "b", targets)], share=share)
        history = ([], [])

        def look(net, time_s, history=history):
            for told, numbers in zip(history, net.numbers(), strict=True):
                if time_s > EPOCH_S + 20:
                    told.append(numbers)

        net.run(110, look=look)
        assert changes(history[0]) == changes(history[1]) == 0
        assert history[0][-1] == history[1][-1]
        assert len(set(history[0][-1].values())) == 4


@SHARES
def test_after_a_partition_all_numbers_agree_within_a_few_seconds_and_merges_are_told_once(share):
    """80 s without a link, in which both sites lose targets and begin them anew."""
    targets = spread(5, 9)
    north = MadeSite(6, "n", targets, sees=lambda k, t: not 70 < t - EPOCH_S < 82 or k % 3)
    south = MadeSite(6, "s", targets, sees=lambda k, t: not 90 < t - EPOCH_S < 102 or k % 2)
    net = MadeNetwork(
        [north, south],
        share=share,
        delay_s=lambda a, b, t: None if 60 < t - EPOCH_S < 140 else 0.4,
    )
    net.run(138)
    apart = net.numbers()
    assert apart[0] != apart[1]
    net.run(7, EPOCH_S + 138)
    healed = net.numbers()
    assert healed[0] == healed[1]
    for k in range(9):  # the smaller number is the older: it is kept
        assert healed[0][k] == min(apart[0][k], apart[1][k])
    net.run(15, EPOCH_S + 145)
    assert net.numbers() == healed
    for site, events in enumerate(net.events):
        late = [e for e in kinds(events, "merged") if e.time_s > EPOCH_S + 138]
        renamed = [k for k in range(9) if apart[site][k] != healed[site][k]]
        told = sorted((e.number, e.other) for e in late)
        wanted = sorted((healed[site][k], apart[site][k]) for k in renamed)
        assert [pair for pair in told if pair in wanted] == wanted
        assert len(set(told)) == len(told)


class Recorded:
    """What three sites told and what a fourth, which listens, had of its own, by second."""

    def __init__(self, share):
        targets = [*spread(7, 6), Straight(0, 0, 150, 0), Straight(0, 400, 150, 0)]
        sites = [
            MadeSite(
                8,
                f"s{k}",
                targets,
                sees=lambda row, t, k=k: (t - EPOCH_S + 9 * row + 5 * k) % 40 < 32,
            )
            for k in range(4)
        ]
        net = MadeNetwork(sites, share=share)
        self.share = share
        self.local = []
        net.run(END, look=lambda net, time_s: self.local.append(net.local[3]))
        self.said = [m for m in net.said if m[1] != 3]

    def heard(self, waits, again):
        """Return the picture of one to whom each message came after its wait, some twice."""
        joint = JointPicture(4, 3, [3], JointSettings(share=self.share))
        due = []
        for k, ((told_s, *message), wait) in enumerate(zip(self.said, waits, strict=True)):
            at_s = min(told_s + wait, EPOCH_S + END)
            due.append((at_s, k, *message))
            if again[k]:
                due.append((min(at_s + 3.7, EPOCH_S + END), k, *message))
        due.sort(key=lambda m: m[:2])
        for second in range(1, END + 1):
            time_s = EPOCH_S + second
            while due and due[0][0] <= time_s:
                _, _, origin, reports = due.pop(0)
                joint.take(origin, reports, time_s)
            joint.advance(time_s, self.local[second - 1])
        assert not due
        return joint.picture(EPOCH_S + END, self.local[-1])


@pytest.fixture(scope="module", params=["fused", "responsible"])
def recorded(request):
    return Recorded(request.param)


def test_any_order_of_arrival_and_any_duplicates_give_the_same_picture(recorded):
    n = len(recorded.said)
    plain = recorded.heard(np.zeros(n), np.zeros(n, bool))
    assert len(plain) >= 6

    @settings(max_examples=4, deadline=None)
    @given(SEEDS)
    def same(seed):
        rng = stream(seed, "arrival")
        waits = rng.uniform(0.0, rng.choice([0.5, 4.0, 12.0]), n)
        late = recorded.heard(waits, rng.uniform(size=n) < 0.2)
        for name in Tracks.schema():
            np.testing.assert_array_equal(getattr(plain, name), getattr(late, name), err_msg=name)

    same()


def test_fused_states_are_better_than_each_alone_and_as_good_as_told():
    """40 targets seen by two; squared errors in units of what is told, 4 where right.

    They hang together in time, so the bound is wide: 40 targets give 4 +- 5 * sqrt(8 / 40).
    """
    targets = spread(9, 40)
    net = MadeNetwork([MadeSite(10, "a", targets), MadeSite(10, "b", targets)])
    net.run(60)
    now_s = EPOCH_S + 60
    truth = np.array([[*t.place(now_s), *t.v] for t in targets])

    def errors(tracks):
        states = np.column_stack([east_north(tracks), tracks.ve_mps, tracks.vn_mps])
        near = np.linalg.norm(states[:, None, :2] - truth[None, :, :2], axis=2).argmin(axis=1)
        error = states - truth[near]
        ground = np.array([0, 1, 3, 4])
        cov = tracks.covariance[:, ground[:, None], ground]
        solved = np.linalg.solve(cov, error[:, :, None])[:, :, 0]
        return np.sqrt((error[:, :2] ** 2).sum(axis=1).mean()), (error * solved).sum(axis=1).mean()

    alone = [errors(local)[0] for local in net.local]
    for picture in net.pictures(now_s):
        assert len(picture) == 40
        rms_m, told = errors(picture)
        assert rms_m < 0.95 * min(alone)
        assert told < 4.0 + 5.0 * np.sqrt(8.0 / 40.0)


def test_heights_that_only_one_site_knows_are_taken_from_it():
    targets = spread(11, 5)
    blind = MadeSite(12, "2d", targets, knows_height=False)
    net = MadeNetwork([blind, MadeSite(12, "3d", targets)])
    net.run(40)
    for picture in net.pictures(EPOCH_S + 40):
        assert len(picture) == 5
        np.testing.assert_allclose(picture.height_m, 9000.0, atol=1.0)
        np.testing.assert_allclose(np.sqrt(picture.covariance[:, 2, 2]), 30.0, rtol=0.2)


def test_only_the_better_track_is_reported_and_the_other_takes_over_when_it_falls_silent():
    """Site a is three times as exact; its link dies after 60 s, and a minute later lives again."""
    targets = spread(13, 6)
    good, poor = MadeSite(14, "a", targets), MadeSite(14, "b", targets)
    good.sigma_m, poor.sigma_m = 30.0, 120.0
    dark = MadeSite(14, "c", [])
    net = MadeNetwork(
        [poor, good, dark],
        share="responsible",
        delay_s=lambda a, b, t: None if a == 1 and 60 < t - EPOCH_S < 120 else 0.3,
    )
    net.run(58)
    told = {
        k: sum(
            np.isfinite(r.covariance[:, 0, 0]).sum()
            for t, site, r in net.said
            if site == k and t > EPOCH_S + 45
        )
        for k in (0, 1)
    }
    assert told[0] == 0 and told[1] >= 6 * 3
    picture = net.pictures(EPOCH_S + 58)[2]
    assert picture.source.tolist() == [1] * 6
    for before, after in zip(net.pictures(EPOCH_S + 58)[:2], [picture] * 2, strict=True):
        np.testing.assert_array_equal(before.track_number, after.track_number)
    net.run(22, EPOCH_S + 58)
    silent = net.pictures(EPOCH_S + 80)[2]
    assert silent.source.tolist() == [0] * 6
    assert silent.track_number.tolist() == picture.track_number.tolist()
    net.run(60, EPOCH_S + 80)
    again = net.pictures(EPOCH_S + 140)[2]
    assert again.source.tolist() == [1] * 6
    assert again.track_number.tolist() == picture.track_number.tolist()
    handed = [
        (e.from_site, e.to_site)
        for e in kinds(net.events[2], "handover")
        if e.time_s > EPOCH_S + 45
    ]
    assert sorted(set(handed)) == [(0, 1), (1, 0)]
    assert len(handed) == 12


def test_a_track_of_nobody_is_gone_and_its_end_is_told_at_once():
    targets = spread(15, 3)
    site = MadeSite(16, "a", targets, sees=lambda k, t: t < EPOCH_S + 40 or k > 0)
    net = MadeNetwork([site, MadeSite(16, "b", [])])
    net.run(39)
    assert [len(p) for p in net.pictures(EPOCH_S + 39)] == [3, 3]
    net.run(7, EPOCH_S + 39)
    assert [len(p) for p in net.pictures(EPOCH_S + 46)] == [2, 2]
    ends = [r for _, _, r in net.said if (r.status == TrackStatus.ENDED).any()]
    assert len(ends) == 1 and (ends[0].status == TrackStatus.ENDED).sum() == 1


def test_a_site_that_is_cut_off_is_forgotten_after_a_while():
    targets = spread(17, 3)
    net = MadeNetwork(
        [MadeSite(18, "a", targets), MadeSite(18, "b", [])],
        delay_s=lambda a, b, t: None if t > EPOCH_S + 40 else 0.2,
    )
    net.run(50)
    assert len(net.pictures(EPOCH_S + 50)[1]) == 3  # expected to fly on for a while
    net.run(6, EPOCH_S + 50)
    assert len(net.pictures(EPOCH_S + 56)[1]) == 0


def names_of(site, joint, time_s, rename=None):
    """Return what a site tells of its numbers; ``rename``: its tracker's number by target."""
    local = site.picture(time_s)
    if rename:
        local = local.replace(
            track_number=np.array([rename.get(n, n) for n in local.track_number.tolist()], np.int64)
        )
    return local, joint.names(time_s, local)


def test_sites_that_share_plots_agree_on_numbers_where_their_trackers_went_apart():
    """The very same tracks, of which one site numbered two otherwise and swapped another two."""
    targets = spread(19, 6)
    site = MadeSite(20, "all", targets)
    site.run(EPOCH_S + 30)
    born = [int(n) for n in site.born]
    other = {born[0]: born[0] + 999, born[1]: born[1] - 999, born[2]: born[3], born[3]: born[2]}
    pair = [JointPicture(2, k, [0, 1]) for k in range(2)]
    for second in range(31, 40):
        told = [names_of(site, pair[k], EPOCH_S + second, other if k else None) for k in (0, 1)]
        for joint, (local, _) in zip(pair, told, strict=True):
            if second > 34:
                for origin, (_, names) in enumerate(told):
                    joint.take(origin, names, EPOCH_S + second)
            joint.advance(EPOCH_S + second, local)
    first = dict(zip(born, pair[0].system_numbers(np.array(born)).tolist(), strict=True))
    theirs = np.array([other.get(n, n) for n in born])
    second = dict(zip(born, pair[1].system_numbers(theirs).tolist(), strict=True))
    assert first == second
    assert first[born[0]] == born[0] and first[born[1]] == born[1] - 999
    assert len(set(first.values())) == 6
    assert first[born[4]] == born[4] and first[born[5]] == born[5]


@pytest.mark.parametrize("is_young", [True, False])
def test_where_all_share_plots_numbers_are_the_trackers_until_nothing_can_change_them(is_young):
    """One site shows a track by an older number: that counts once plots no longer decide."""
    site = MadeSite(20, "all", spread(19, 3))
    site.run(EPOCH_S + 30)
    born = [int(n) for n in site.born]
    other = {born[1]: born[1] - 999}
    settings = JointSettings(by_plots_s=300.0 if is_young else 20.0)
    joint = JointPicture(2, 0, [0, 1], settings)
    theirs = JointPicture(2, 1, [0, 1], settings)
    for second in range(31, 40):
        _, told = names_of(site, theirs, EPOCH_S + second, other)
        local, _ = names_of(site, joint, EPOCH_S + second)
        joint.take(1, told, EPOCH_S + second)
        joint.advance(EPOCH_S + second, local)
    wanted = born if is_young else [born[0], other[born[1]], born[2]]
    assert joint.system_numbers(np.array(born)).tolist() == wanted


def test_a_restarted_site_gets_its_numbers_back():
    """Its tracker begins anew, with younger numbers; its store holds what it told before."""
    targets = spread(21, 5)
    old = MadeSite(22, "old", targets)
    before = JointPicture(1, 0, [0], life=1)
    for second in range(1, 31):
        local = old.picture(EPOCH_S + second)
        before.advance(EPOCH_S + second, local)
    kept = before.reports(EPOCH_S + 30, local)
    shown = dict(zip(range(5), before.system_numbers(old.born).tolist(), strict=True))
    new = MadeSite(23, "new", targets, sees=lambda k, t: t > EPOCH_S + 34)
    after = JointPicture(1, 0, [0], life=2)
    after.take(0, kept, EPOCH_S + 34, life=1)
    for second in range(34, 56):
        local = new.picture(EPOCH_S + second)
        after.advance(EPOCH_S + second, local)
    assert len(local) == 5
    again = dict(zip(range(5), after.system_numbers(new.born).tolist(), strict=True))
    assert again == shown
    assert len(after.picture(EPOCH_S + 55, local)) == 5


def test_reports_of_ones_own_domain_are_never_fused():
    targets = spread(24, 4)
    a, b, c = (MadeSite(25, name, targets) for name in "abc")
    by_all = {"fusion": "covariance-intersection"}
    net = MadeNetwork([a, b, c], domains=[0, 0, 1], **by_all)
    net.run(40)
    only = MadeNetwork([MadeSite(25, "b", targets), MadeSite(25, "c", targets)], **by_all)
    only.run(40)
    mine, alone = net.pictures(EPOCH_S + 40)[1], only.pictures(EPOCH_S + 40)[0]
    assert len(mine) == len(alone) == 4
    sizes = [np.sort(p.covariance[:, 0, 0]) for p in (mine, alone)]
    np.testing.assert_allclose(sizes[0], sizes[1], rtol=1e-9)  # as if a had told nothing


def test_identity_counts_two_targets_of_other_addresses_are_never_one():
    """1 m apart in all, but with other addresses; and one with 400 m between sites and one."""
    one, other = Straight(0, 0, 200, 0, mode_s=0x400001), Straight(1, 0, 200, 0, mode_s=0x400002)
    net = MadeNetwork([MadeSite(26, "a", [one]), MadeSite(26, "b", [other])])
    net.run(30)
    assert [len(p) for p in net.pictures(EPOCH_S + 30)] == [2, 2]
    far = Straight(0, 450, 200, 0, mode_s=0x400001)
    net = MadeNetwork([MadeSite(26, "a", [one]), MadeSite(26, "b", [far])])
    net.run(30)
    assert [len(p) for p in net.pictures(EPOCH_S + 30)] == [1, 1]
    for target in (one, far):
        target.mode_s = -1
    net = MadeNetwork([MadeSite(26, "a", [one]), MadeSite(26, "b", [far])])
    net.run(30)
    assert [len(p) for p in net.pictures(EPOCH_S + 30)] == [2, 2]


def test_two_taken_for_one_are_told_to_be_two_and_each_gets_its_own_number_back():
    """Two targets fly as one, each seen by one site, and then part."""

    class Parting(Straight):
        def place(self, time_s):
            gone_s = max(time_s - EPOCH_S - 40.0, 0.0)
            return super().place(time_s) + np.array([0.0, 30.0 * gone_s])

    net = MadeNetwork(
        [MadeSite(27, "a", [Straight(0, 0, 150, 0)]), MadeSite(27, "b", [Parting(0, 0, 150, 0)])]
    )
    net.run(38)
    assert net.numbers()[0] == net.numbers()[1]
    net.run(60, EPOCH_S + 38)
    own = [int(site.born[0]) for site in net.sites]
    assert [n[0] for n in net.numbers()] == own
    assert [len(p) for p in net.pictures(EPOCH_S + 98)] == [2, 2]
    for events in net.events:
        (parted,) = kinds(events, "split")
        assert (parted.number, parted.other) == (max(own), min(own))


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_garbage_of_a_peer_is_counted_and_harms_nothing(seed):
    targets = spread(28, 3)
    site = MadeSite(29, "a", targets)
    rng = stream(seed, "garbage")
    joint = JointPicture(2, 0, [0])
    for second in range(20, 26):
        local = site.picture(EPOCH_S + second)
        n = int(rng.integers(1, 9))
        wild = rng.choice([np.nan, np.inf, -1e300, 0.0, 1e9, 1.0], (12, n))
        reports = TrackReports.make(
            n,
            time_s=np.where(rng.uniform(size=n) < 0.5, EPOCH_S + second, wild[0]),
            number=rng.integers(-5, 5, n),
            system_number=rng.integers(-(2**62), 2**62, n),
            latitude_rad=np.where(rng.uniform(size=n) < 0.5, 0.91, wild[1]),
            longitude_rad=np.where(rng.uniform(size=n) < 0.5, 0.52, wild[2]),
            height_m=wild[3],
            ve_mps=np.where(rng.uniform(size=n) < 0.5, 100.0, wild[4]),
            vn_mps=0.0,
            vu_mps=wild[5],
            covariance=rng.choice([np.nan, 1.0, -1.0, 1e300], (n, 6, 6)),
            shared_part=wild[6],
            manoeuvre=wild[7],
            existence=wild[8],
            status=rng.integers(-9, 9, n),
            mode_s=rng.integers(-9, 2**24, n),
        )
        joint.take(1, reports, EPOCH_S + second)
        joint.advance(EPOCH_S + second, local)
        joint.reports(EPOCH_S + second, local)
        picture = joint.picture(EPOCH_S + second, local)
        numbers = picture.track_number.tolist()
        assert len(set(numbers)) == len(numbers)
        assert set(joint.system_numbers(local.track_number).tolist()) <= set(numbers)
    assert joint.refused >= 0


def test_what_was_forgotten_leaves_the_rest_as_it_is(monkeypatch):
    monkeypatch.setattr("jointsky.tracking.joint.FEWEST_FORGOTTEN", 1)
    targets = spread(30, 5)
    short = JointSettings(names_interval_s=4.0, late_s=5.0)
    sees = lambda k, t: k > 1 or (t - EPOCH_S) % 40 < 20  # noqa: E731
    nets = []
    for many in (True, False):
        if not many:
            monkeypatch.setattr("jointsky.tracking.joint.FEWEST_FORGOTTEN", 10**9)
        sites = [MadeSite(31, "a", targets, sees=sees), MadeSite(31, "b", targets, sees=sees)]
        net = MadeNetwork(sites, **{f.name: getattr(short, f.name) for f in ()})
        net.joint = [JointPicture(2, k, [k], short) for k in range(2)]
        net.run(150)
        nets.append(net)
    assert nets[0].joint[0]._table.size < nets[1].joint[0]._table.size
    for a, b in zip(*(net.pictures(EPOCH_S + 150) for net in nets), strict=True):
        for name in Tracks.schema():
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert nets[0].events == nets[1].events


def test_wrong_rows_are_told():
    with pytest.raises(ValueError, match="own is 3"):
        JointPicture(2, 3, [0])
    with pytest.raises(ValueError, match="origin is 2; sites are 0 to 1"):
        JointPicture(2, 0, [0]).take(2, TrackReports.make(0), 0.0)
    assert dataclasses.is_dataclass(TrackReports)
