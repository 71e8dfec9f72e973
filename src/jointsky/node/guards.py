"""Guards on what a site's own sensors send: what cannot be believed does not get into the picture.

Each fault begins and ends as a log entry and shows in the status; what is refused is counted.
Here, before anything is shared, is the place for it: other sites get what the owner believes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.node.effects import Log
from jointsky.node.guards_bouts import Bouts
from jointsky.node.guards_clock import Clocks, TracksAt
from jointsky.node.guards_flood import Floods
from jointsky.node.guards_repeats import ALARM, Repeats
from jointsky.node.setup import Network
from jointsky.records.columns import join
from jointsky.records.plots import Geometry, Plots
from jointsky.records.status import SensorStatus

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NOT_OURS, UNUSABLE, REPEATS = "not-ours", "unusable", "repeats"
QUIET_S = 10.0


class Guards:
    """Watches the sensors of one site, and passes those of their plots that can be believed."""

    def __init__(self, network: Network, site: int) -> None:
        self._sensors = network.sensors
        self._own = np.asarray(network.sensor_site, np.int64) == site
        self._bouts = Bouts("sensor")
        self._repeats = Repeats(len(self._sensors))
        self._clocks = Clocks(self._sensors, self._bouts, network.settings.hold_s)
        self._floods = Floods(self._sensors, self._bouts)
        n = len(self._sensors)
        self._plots = np.zeros(n, np.int64)
        self._newest_s = np.full(n, -np.inf)
        self._unusable = np.zeros(n, np.int64)
        self._repeated = np.zeros(n, np.int64)
        self.not_ours = 0

    def check(
        self, plots: Plots, now_s: float, tracks_at: TracksAt, came_s: Floats | None = None
    ) -> Plots:
        """Return plots that can be believed, with times that can; ``tracks_at(time_s)``: tracks.

        ``came_s`` (n,) is when each came, if not now.
        """
        when_s = np.full(len(plots), now_s) if came_s is None else came_s
        for is_good in (self._ours, self._usable, self._unrepeated):
            good = is_good(plots, now_s)
            if not good.all():
                plots, when_s = plots.rows(good), when_s[good]
            if len(plots) == 0:
                return plots
        plots = self._clocks.check(plots, when_s, now_s, tracks_at)
        return self._floods.check(plots, now_s, tracks_at) if len(plots) else plots

    def on_time(self, now_s: float, tracks_at: TracksAt) -> Plots:
        """Return plots that waited until now to be believed."""
        released = self._clocks.advance(now_s, tracks_at)
        self._floods.advance(now_s)
        return join(released) if released else Plots.make(0)

    def logs(self, now_s: float) -> list[Log]:
        """Return the faults that began and ended since the last time."""
        return self._bouts.advance(now_s)

    def complete_s(self, now_s: float) -> float:
        """Return until when the plots of own sensors are complete, as they use to come."""
        return self._clocks.complete_s(now_s)

    def next_s(self) -> float:
        """Return when there is something to do though no plot comes."""
        return min(self._clocks.next_s(), self._bouts.next_s())

    def status(self) -> tuple[SensorStatus, ...]:
        """Return how each own sensor is doing."""
        return tuple(self._status(row) for row in np.flatnonzero(self._own).tolist())

    def _status(self, row: int) -> SensorStatus:
        newest_s = float(self._newest_s[row])
        name = self._sensors[row].name
        return SensorStatus(
            name=name,
            row=row,
            plots=int(self._plots[row]),
            rate_per_s=float(self._floods.rate_per_s[row]),
            last_plot_s=newest_s if np.isfinite(newest_s) else None,
            delay_s=self._clocks.delay_s(row),
            clock_offset_s=float(self._clocks.offsets_s[row]),
            unusable=int(self._unusable[row]),
            repeated=int(self._repeated[row]),
            from_the_future=int(self._clocks.refused[row]),
            shed=int(self._floods.shed[row]),
            faults=self._bouts.of(name),
        )

    def _ours(self, plots: Plots, now_s: float) -> Bools:
        """Return which plots are of the site's own sensors."""
        known = (plots.sensor >= 0) & (plots.sensor < len(self._own))
        ours: Bools = known & self._own[np.where(known, plots.sensor, 0)]
        count = len(ours) - int(np.count_nonzero(ours))
        if count:
            self.not_ours += count
            self._bouts.seen("?", NOT_OURS, now_s, count, quiet_s=QUIET_S)
        return ours

    def _usable(self, plots: Plots, now_s: float) -> Bools:
        """Return which plots have a time and a place."""
        usable = _has_place(plots) & np.isfinite(plots.time_s)
        sensor, time_s = plots.sensor, plots.time_s
        if not usable.all():
            bad = np.bincount(sensor[~usable], minlength=len(self._own))
            self._unusable += bad
            for row in np.flatnonzero(bad).tolist():
                name = self._sensors[row].name
                self._bouts.seen(name, UNUSABLE, now_s, int(bad[row]), quiet_s=QUIET_S)
            sensor, time_s = sensor[usable], time_s[usable]
        self._plots += np.bincount(sensor, minlength=len(self._own))
        np.maximum.at(self._newest_s, sensor, time_s)
        return usable

    def _unrepeated(self, plots: Plots, now_s: float) -> Bools:
        """Return which plots were not sent before."""
        old = self._repeats.old(plots)
        if old.any():
            count = np.bincount(plots.sensor[old], minlength=len(self._own))
            self._repeated += count
            for row in np.flatnonzero(count).tolist():
                if self._repeats.score[row] >= ALARM:
                    name = self._sensors[row].name
                    self._bouts.seen(name, REPEATS, now_s, int(count[row]))
        for row in np.flatnonzero(self._own & (self._repeats.score == 0.0)).tolist():
            self._bouts.end(self._sensors[row].name, REPEATS, now_s)
        return ~old


def _has_place(plots: Plots) -> Bools:
    """Return which plots say where they are, in the geometry that they name."""
    polar = np.isfinite(plots.range_m) & np.isfinite(plots.azimuth_rad) & (plots.range_m >= 0.0)
    local = np.isfinite(plots.east_m) & np.isfinite(plots.north_m)
    geodetic = np.isfinite(plots.latitude_rad) & np.isfinite(plots.longitude_rad)
    bearing = np.isfinite(plots.azimuth_rad)
    given = (polar, local, geodetic, bearing)
    has_place = np.zeros(len(plots), np.bool_)
    for geometry, has in zip(Geometry, given, strict=True):
        has_place |= (plots.geometry == geometry) & has
    return has_place
