"""What a nation gives to others: kinds and areas kept back, positions no finer than it likes.

Applied once, where a message first leaves its origin's nation, and always with the same outcome:
every foreign site has the same content under the same name, whichever way it came.  A message of
which all rows are kept back still goes, with none, so that nobody takes its number for lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from jointsky.errors import InputError
from jointsky.exchange import release_areas, release_rounding, wire
from jointsky.exchange.declared import Kind, Release
from jointsky.exchange.rules import NetworkFacts
from jointsky.records.columns import Array
from jointsky.records.exchange import NAMES, PLOTS, TRACKS, Message, TrackReports
from jointsky.records.plots import PlotFlag, Plots
from jointsky.records.sensors import Sensor

_ANSWERED = PlotFlag.SECONDARY | PlotFlag.MODE_S | PlotFlag.COOPERATIVE
_ON_GROUND = PlotFlag.ON_GROUND | PlotFlag.VEHICLE


def filter_of(network: NetworkFacts, nation: str) -> Callable[[Message], Message]:
    """Return what makes of a nation's messages those that others get."""
    release = network.releases.get(nation, Release())
    if release == Release():
        return lambda message: message
    return lambda message: released(message, release, network.sensors)


def released(message: Message, release: Release, sensors: Sequence[Sensor]) -> Message:
    """Return a message as other nations get it; what tells of no target stays as it is.

    What cannot be read goes without any row: nobody knows what is in it.
    """
    if message.kind == PLOTS:
        until_s = wire.complete_s(message.body)
        try:
            plots = released_plots(wire.unpack_plots(message.body), release, sensors)
        except InputError:
            plots = Plots.make(0)
        return msgspec.structs.replace(message, body=wire.pack_plots(plots, until_s))
    if message.kind in (TRACKS, NAMES):
        try:
            reports = released_reports(wire.unpack_reports(message.body), release)
        except InputError:
            reports = TrackReports.make(0)
        return msgspec.structs.replace(message, body=wire.pack_reports(reports))
    return message


def released_plots(plots: Plots, release: Release, sensors: Sequence[Sensor]) -> Plots:
    """Return the plots that others get, as coarse as they get them."""
    kept = ~_any_of(release.withheld, kinds_of(plots), len(plots))
    if release.withheld_areas:
        kept &= ~release_areas.are_plots_inside(plots, release.withheld_areas, sensors)
    return release_rounding.coarse_plots(plots.rows(kept), release.least_sigma_m, sensors)


def released_reports(reports: TrackReports, release: Release) -> TrackReports:
    """Return the reports on tracks that others get, as coarse as they get them."""
    kept = ~_any_of(release.withheld, kinds_of(reports), len(reports))
    if release.withheld_areas:
        kept &= ~release_areas.are_reports_inside(reports, release.withheld_areas)
    return release_rounding.coarse_reports(reports.rows(kept), release.least_sigma_m)


def kinds_of(rows: Plots | TrackReports) -> dict[Kind, Array]:
    """Return which rows are of which kind, as far as they say; some are of none or of several.

    A track is what any of its plots said.
    """
    answers = (rows.flags & _ANSWERED) != 0
    cooperative = answers | (rows.mode_s >= 0) | (rows.mode_a >= 0) | (rows.call_sign != "")
    military = (rows.flags & PlotFlag.MILITARY) != 0
    return {
        "military": military,
        "civil": cooperative & ~military,
        "cooperative": cooperative,
        "uncooperative": ~cooperative,
        "on-ground": (rows.flags & _ON_GROUND) != 0,
    }


def _any_of(withheld: Sequence[Kind], kinds: dict[Kind, Array], rows: int) -> Array:
    out = np.zeros(rows, bool)
    for kind in withheld:
        out |= kinds[kind]
    return out
