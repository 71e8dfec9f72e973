"""Random civil traffic: as dense and as high as declared, the same by name and seed."""

import numpy as np
import pytest
from scipy import stats

from jointsky.declare import Faults
from jointsky.earth.motion import pieces_of
from jointsky.earth.terrain import HeightGrid
from jointsky.world.civil import add_traffic
from jointsky.world.fleet import Fleet
from jointsky.world.identities import address
from jointsky.world.levels import levels_of
from jointsky.world.traffic import Airport, Gate, Mix, Traffic
from jointsky.world.truth import sampled, truth_columns
from world.made import BEGIN_S, CIVIL, SEA, jumps

AIRPORTS = (
    Airport(name="a", latitude_deg=53.9, longitude_deg=27.6, height_m=200, runway_heading_deg=310),
    Airport(name="b", latitude_deg=52.1, longitude_deg=23.9, height_m=140, runway_heading_deg=110),
)
GATES = (
    Gate(name="w", latitude_deg=52.5, longitude_deg=20.5),
    Gate(name="n", latitude_deg=56.5, longitude_deg=27),
    Gate(name="e", latitude_deg=54, longitude_deg=34.5, share=2),
    Gate(name="s", latitude_deg=50.0, longitude_deg=28),
)
MIX = (
    Mix(type="narrow", share=0.6),
    Mix(type="wide", share=0.2),
    Mix(type="regional", share=0.2, level_min=240, level_max=390),
)
LOCAL = (Mix(type="light"), Mix(type="helicopter", share=0.5))


def table(vehicles, pieces, *times):
    return truth_columns(vehicles, sampled(len(vehicles), pieces, *times))


def region(**given):
    return Traffic(
        airports=AIRPORTS,
        gates=GATES,
        mix=MIX,
        local_mix=LOCAL,
        **{
            "arrivals_per_hour": 12,
            "departures_per_hour": 12,
            "overflights_per_hour": 25,
            "domestic_per_hour": 6,
            "local_per_hour": 8,
            **given,
        },
    )


def traffic(declared, hours=1.0, seed=1, terrain=SEA):
    fleet, faults = Fleet(BEGIN_S, BEGIN_S + 3600.0 * hours, seed, terrain), Faults()
    names = add_traffic(fleet, declared, CIVIL, faults)
    assert [str(fault) for fault in faults.kept] == []
    return fleet.flown(), names


def truth(made, hours=1.0, interval=10.0):
    pieces = pieces_of(made.motion, len(made.vehicles))
    return table(made.vehicles, pieces, BEGIN_S, BEGIN_S + 3600.0 * hours, interval)


@pytest.fixture(scope="module")
def day():
    return traffic(region(), hours=24.0)


def test_every_flight_is_smooth_and_stays_within_its_type(day):
    made, names = day
    assert len(names) == len(made.vehicles) > 1000
    for row in range(0, len(made.vehicles), 7):
        assert np.all(jumps(made, row) < 1e-3)
    columns = truth(made, hours=24.0, interval=60.0)
    speed = np.hypot(columns["ve_mps"], columns["vn_mps"])
    for kind in CIVIL.values():
        own = columns["kind"] == kind.name
        assert own.sum() > 100
        assert speed[own].max() <= kind.speed_max_mps * 1.004  # the sphere for the ellipsoid
        assert columns["height_m"][own].max() <= kind.ceiling_m
        assert columns["vu_mps"][own].max() <= kind.climb_mps + 1e-6
        assert columns["vu_mps"][own].min() >= -kind.descent_mps - 1e-6


def test_none_or_hardly_any_flight_is_left_out_as_it_cannot_be_flown():
    fleet, refused, tried = Fleet(BEGIN_S, BEGIN_S + 6 * 3600.0, 3, SEA), [], []
    plain = fleet.path

    def path(*given):
        tried.append(plain(*given))
        refused.extend([1] * (tried[-1] is None))
        return tried[-1]

    fleet.path = path
    add_traffic(fleet, region(), CIVIL, Faults())
    assert len(tried) > 400
    assert len(refused) <= 0.005 * len(tried)


def test_flights_begin_as_a_poisson_process_at_the_declared_rate(day):
    made, names = day
    first = pieces_of(made.motion, len(made.vehicles)).first[:-1]
    begins = made.motion.begin_s[first]
    for kind, rate in (("overflight", 25), ("arrival", 12), ("departure", 12), ("domestic", 6)):
        own = np.array([kind in name for name in names]) & (begins >= BEGIN_S)
        # two-sided error level 0.1 % for each of four kinds; runways and gates delay a few minutes
        low, high = stats.poisson.ppf([0.0005, 0.9995], rate * 24)
        assert low <= own.sum() <= high


def test_the_sky_is_as_full_at_the_beginning_as_later(day):
    columns = truth(day[0], hours=24.0, interval=600.0)
    _, aloft = np.unique(columns["time_s"], return_counts=True)
    # mean of Poisson counts with mean 50, correlated over a flight of 40 min: sigma 7, at 4 sigma
    assert abs(aloft[0] - aloft[20:].mean()) < 4.0 * np.sqrt(aloft.mean())
    assert abs(aloft[:12].mean() - aloft[20:].mean()) < 4.0 * np.sqrt(aloft.mean() / 3.0)


def test_a_longer_scenario_has_the_same_flights_and_more():
    short, long = traffic(region(), hours=0.5)[0], traffic(region(), hours=1.5)[0]
    names = short.vehicles.name.tolist()
    assert set(names) < set(long.vehicles.name.tolist())
    where = {name: row for row, name in enumerate(long.vehicles.name.tolist())}
    a, b = (pieces_of(made.motion, len(made.vehicles)) for made in (short, long))
    for row, name in enumerate(names):
        other = where[name]
        assert short.vehicles.mode_s[row] == long.vehicles.mode_s[other]
        one, two = slice(*a.first[row : row + 2]), slice(*b.first[other : other + 2])
        assert np.array_equal(a.begin_s[one], b.begin_s[two])
        assert np.array_equal(a.terms[one], b.terms[two])
        assert np.array_equal(a.climb_mps[one], b.climb_mps[two])


def test_more_of_one_kind_changes_no_flight_of_another_where_no_runway_is_shared():
    some, more = (
        traffic(region(arrivals_per_hour=0, local_per_hour=0, domestic_per_hour=0, **given))[0]
        for given in ({}, {"departures_per_hour": 30})
    )
    for name in some.vehicles.name[:]:
        if "overflight" in name:
            assert name in more.vehicles.name
    assert len(more.vehicles) > len(some.vehicles)


def test_overflights_keep_the_semicircular_rule(day):
    columns = truth(day[0], hours=24.0, interval=60.0)
    over = np.array(["overflight" in name for name in columns["truth_id"]])
    level = np.abs(columns["vu_mps"]) < 1e-9
    tens = np.rint(columns["height_m"] / 304.8)
    assert np.all(np.abs(columns["height_m"][over] / 304.8 - tens[over]) < 1e-6)
    east = columns["ve_mps"] > 0
    # routes wander: a track near north or south may cross over for a leg
    right = (tens % 2 == 1) == east
    assert right[over & level].mean() > 0.95


@pytest.mark.parametrize(
    ("track_deg", "wanted"),
    [
        (0.0, [290, 310, 330, 350, 370, 390, 410, 450]),  # ICAO Annex 2, appendix 3
        (179.0, [290, 310, 330, 350, 370, 390, 410, 450]),
        (180.0, [300, 320, 340, 360, 380, 400, 430, 470]),
        (359.0, [300, 320, 340, 360, 380, 400, 430, 470]),
    ],
)
def test_levels_are_those_of_the_annex(track_deg, wanted):
    assert levels_of(np.radians(track_deg), 285, 470) == wanted


def test_addresses_are_unique_even_for_two_regions_and_codes_are_never_alarms(day):
    made, _ = day
    assert len(np.unique(made.vehicles.mode_s)) == len(made.vehicles)
    assert made.vehicles.mode_s.min() >= 0xF00000
    codes = set(made.vehicles.mode_a.tolist())
    assert not codes & {0o7500, 0o7600, 0o7700, 0o2000, 0}
    assert {0o7000, 0o1000} < codes
    fleet = Fleet(BEGIN_S, BEGIN_S + 3600.0, 1, SEA)
    for name in ("north", "south"):
        add_traffic(fleet, region(name=name), CIVIL, Faults())
    both = fleet.flown()
    assert len(np.unique(both.vehicles.mode_s)) == len(both.vehicles)
    assert len(np.unique(both.vehicles.name)) == len(both.vehicles)


def test_no_two_numbers_of_a_block_share_an_address():
    numbers = {address(3, number, 12345) for number in range(65_521)}
    assert len(numbers) == 65_521
    assert max(numbers) < 0xFFFFFF


def test_movements_on_one_runway_are_apart():
    declared = region(departures_per_hour=40, arrivals_per_hour=0, overflights_per_hour=0)
    made, names = traffic(declared, hours=6.0)
    pieces = pieces_of(made.motion, len(made.vehicles))
    rows = [r for r, name in enumerate(names) if "departure" in name]
    begins = pieces.begin_s[pieces.first[rows]]
    places = np.round(pieces.terms[pieces.first[rows], 1, 2] * 1e4)
    for place in np.unique(places):
        assert np.min(np.diff(np.sort(begins[places == place]))) >= 80.0 - 1e-6


def test_hours_of_the_day_thin_the_traffic():
    hours = tuple(0.0 if h < 12 else 1.0 for h in range(24))
    made, _ = traffic(region(hours=hours), hours=24.0)
    begins = made.motion.begin_s[pieces_of(made.motion, len(made.vehicles)).first[:-1]]
    hour = begins // 3600 % 24
    late = (begins % 3600.0 < 600.0) & (hour == 0)  # a runway may keep a flight for minutes
    assert np.all((hour >= 12) | late)


def test_light_aircraft_follow_the_ground():
    grid = HeightGrid(
        np.radians(51.0),
        np.radians(22.0),
        np.radians(0.05),
        np.radians(0.05),
        np.random.default_rng(5).uniform(100, 400, (100, 160)).astype(np.float32),
    )
    only = region(arrivals_per_hour=0, departures_per_hour=0, domestic_per_hour=0)
    made, _ = traffic(only, terrain=grid)
    columns = truth(made)
    local = np.array(["local" in name for name in columns["truth_id"]])
    assert local.sum() > 100
    assert columns["height_m"][local].min() > 100.0


def test_what_traffic_lacks_is_told_all_at_once():
    declared = Traffic(
        airports=AIRPORTS[:1],
        mix=(Mix(type="narow"), Mix(type="light", level_min=290)),
        domestic_per_hour=3,
        overflights_per_hour=2,
        local_per_hour=1,
        hours=(1.0, 2.0),
    )
    faults = Faults()
    add_traffic(Fleet(BEGIN_S, BEGIN_S + 60, 1, SEA), declared, CIVIL, faults.under("traffic[0]"))
    told = "\n".join(str(fault) for fault in faults.kept)
    assert "traffic[0].mix[0].type: 'narow'; wanted the name of a type of vehicle" in told
    assert "did you mean 'narrow'?" in told
    assert "traffic[0].mix[1].level_min: highest level 131, the ceiling of light," in told
    assert "is below lowest level 290; wanted at most 131" in told
    assert "traffic[0].overflights_per_hour: 2 with 0 gates; wanted 2 at least" in told
    assert "traffic[0].domestic_per_hour: 3 with 1 airports; wanted 2 at least" in told
    assert "traffic[0].local_per_hour: 1 with 0 local_mix; wanted 1 at least" in told
    assert "traffic[0].hours: 2 weights" in told


def test_shares_and_levels_that_leave_nothing_are_told_in_plain_words():
    gates = tuple(
        Gate(name=name, latitude_deg=latitude, longitude_deg=27, share=share)
        for name, latitude, share in (("north", 55, 1), ("south", 53, 0))
    )
    declared = Traffic(
        gates=gates,
        overflights_per_hour=20,
        mix=(
            Mix(type="narrow", share=0),
            Mix(type="narrow", share=0, level_min=300, level_max=290),
            Mix(type="narrow", share=0, level_min=310, level_max=310),
        ),
    )
    faults = Faults()
    add_traffic(Fleet(BEGIN_S, BEGIN_S + 60, 1, SEA), declared, CIVIL, faults)
    assert [str(fault) for fault in faults.kept] == [
        "mix[1].level_min: highest level 290 is below lowest level 300; wanted at most 290",
        "mix[2].level_min: from 310 to 310 there is no level for each direction; "
        "wanted bounds that hold an odd and an even level: 310 and 320",
        "overflights_per_hour: 20 an hour, but only 1 share in `gates` is above 0; "
        "wanted 2 at least",
        "overflights_per_hour: 20 an hour, but no share in `mix` is above 0; wanted 1 at least",
    ]
