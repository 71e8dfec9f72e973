"""What is drawn hangs on radar, vehicle and turn only: windows add up, nobody disturbs another."""

import dataclasses
import itertools

import numpy as np
import pytest

from jointsky import streams
from jointsky.sensors.observe import observe
from jointsky.sensors.placed import Placed
from jointsky.sensors.radar_parts import Clutter, Interrogator
from jointsky.sensors.radars import FixedRadar, SecondaryRadar, SectorRadar
from sensors.radar_sky import BEGIN_S, KEY, PLACE, PLACED, radar, sky, some_flights

CLUTTER = Clutter(ground_plots_per_turn=3.0)
KINDS = {
    "search": radar(elevation_sigma_deg=0.3, doppler_sigma_mps=2.0, ssr=Interrogator(),
                    clutter=CLUTTER, false_plots_per_turn=10.0),
    "to and fro": radar(SectorRadar, sector_deg=120.0, sweep_period_s=3.0),
    "sector of a turn": radar(SectorRadar, sector_deg=120.0, sweep_period_s=6.0, sweep="rotating"),
    "raster": radar(FixedRadar, frame_s=2.0, field_deg=360.0, faces=4, false_plots_per_turn=2.0),
    "stare": radar(FixedRadar, frame_s=1.0, field_deg=120.0, look="stare"),
    "secondary": SecondaryRadar(rotation_period_s=4.0, ssr=Interrogator(mode="A/C")),
}  # fmt: skip


def seen(one, surroundings, begin_s, end_s, placed=PLACED, key=KEY):
    return observe(one, placed, PLACE, 0, surroundings, begin_s, end_s, key)


def rows_of(observed, only=None):
    """Return all that was observed as sorted rows of text, perhaps of some vehicles only."""
    index = np.arange(len(observed.vehicle))
    if only is not None:
        index = np.flatnonzero(np.isin(observed.vehicle, only))
    plots = observed.plots
    columns = [getattr(plots, name)[index] for name in plots.schema()]
    columns += [observed.vehicle[index], observed.received_s[index]]
    return sorted(zip(*(map(str, column.tolist()) for column in columns), strict=True))


@pytest.mark.parametrize("name", KINDS)
def test_windows_add_up_exactly(name):
    surroundings = sky(some_flights(60), transponder=7, mode_s=np.arange(60))
    placed = Placed(name="radar", dropped_turns=0.1, facing_deg=40.0)
    whole = seen(KINDS[name], surroundings, BEGIN_S, BEGIN_S + 120.0, placed)
    assert len(whole.plots) > 100
    edges = BEGIN_S + np.array([0.0, 7.3, 7.3, 30.0, 61.1, 120.0])
    parts = [
        rows_of(seen(KINDS[name], surroundings, a, b, placed)) for a, b in itertools.pairwise(edges)
    ]
    assert sorted(itertools.chain(*reversed(parts))) == rows_of(whole)
    assert np.all(np.diff(whole.received_s) >= 0.0)


def test_a_vehicle_that_is_added_changes_no_other():
    flights = some_flights(40)
    names = [f"v{i}" for i in range(40)]
    few = sky(flights[:-1], name=names[:-1])
    many = sky(flights[-1:] + flights[:-1], name=names[-1:] + names[:-1])
    narrow = radar(range_resolution_m=1e-3, azimuth_resolution_deg=1e-6, false_plots_per_turn=5.0)
    before = seen(narrow, few, BEGIN_S, BEGIN_S + 60.0)
    after = seen(narrow, many, BEGIN_S, BEGIN_S + 60.0)
    shifted = dataclasses.replace(after, vehicle=after.vehicle - (after.vehicle >= 0))
    kept = np.flatnonzero(after.vehicle != 0)
    shifted = dataclasses.replace(
        shifted,
        plots=after.plots.rows(kept),
        vehicle=shifted.vehicle[kept],
        received_s=after.received_s[kept],
    )
    assert len(kept) < len(after.vehicle)
    assert rows_of(shifted) == rows_of(before)


def test_another_key_draws_other_numbers():
    surroundings = sky(some_flights(40))
    mine = seen(KINDS["search"], surroundings, BEGIN_S, BEGIN_S + 60.0)
    other = seen(KINDS["search"], surroundings, BEGIN_S, BEGIN_S + 60.0,
                 key=streams.key(1, "sensor", "other"))  # fmt: skip
    assert not set(rows_of(mine)) & set(rows_of(other))


def test_an_empty_sky_and_an_empty_window_give_no_plots():
    quiet = radar()
    assert len(seen(quiet, sky([]), BEGIN_S, BEGIN_S + 60.0).plots) == 0
    assert len(seen(quiet, sky(some_flights(5)), BEGIN_S, BEGIN_S).plots) == 0
