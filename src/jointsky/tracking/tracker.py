"""The tracker: plots of any mix of sensors in, tracks out, as the beams pass."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.tracking import batching_kernels, tracker_kernels
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.admission import NO_PLOTS, Ordered, admit, together
from jointsky.tracking.arrays import (
    Bench,
    Book,
    Prepared,
    Rows,
    World,
    empty_rows,
    grown,
    new_bench,
    new_book,
)
from jointsky.tracking.chains import Chains
from jointsky.tracking.frame import Frame, MapPlane, choose, map_plane
from jointsky.tracking.history import History, State
from jointsky.tracking.kept import restored
from jointsky.tracking.numbers import birth_numbers, sensor_keys
from jointsky.tracking.periods import turn_times_s
from jointsky.tracking.preparation import merged, plot_arrays, traits
from jointsky.tracking.settings import TrackerSettings
from jointsky.tracking.telling import NO_TRACKS, call_signs_of, told
from jointsky.tracking.world import make_world

Floats = npt.NDArray[np.float64]
CHUNK = 20_000
FIRST_ROWS = 256
NO_TIMES = np.empty(0)


class Tracker:
    """Turns plots into tracks: feed it with ``update``, close with ``flush``.

    ``sensors`` are those that ``plots.sensor`` counts; polar and local plots of a sensor without
    a position cannot be used and are counted in ``refused``.  Plots may come late, in any order,
    by up to ``settings.late_s``: the tracks are then those of plots in order.  ``origin``
    (latitude, longitude in radians, height) is where a flat scene lies.

    Sites that share their plots give all their trackers one ``epoch_s``, from which times are
    counted.  Then nothing is learnt from which plots come first: a sensor that does not declare
    its turn is taken to have its kind's, the map lies about the placed sensors (else about 0, 0),
    and however plots are cut into calls of ``advance``, the tracks are the same.  ``numbers``:
    tracks are counted, or numbered after the plot that began them (``tracking.numbers``).
    ``step_s``: how close together the newest states are kept, for plots that come late; by default
    ``settings.late_s``.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        settings: TrackerSettings | None = None,
        origin: tuple[float, float, float] | None = None,
        *,
        epoch_s: float | None = None,
        numbers: Literal["counter", "birth"] = "counter",
        step_s: float | None = None,
    ) -> None:
        self.sensors = list(sensors)
        self.settings = settings or TrackerSettings()
        self.frame: Frame = choose(self.sensors, origin)
        self.used = 0  # plots that found a track
        self.refused = 0  # plots that no tracker could take
        self.too_late = 0  # plots that came later than settings.late_s
        self.again = 0  # plots that were taken once more because others came late
        self.chains: Chains | None = None  # give one to learn which plots each track took
        self._given = 0  # plots so far; a plot's number is how many were given before it
        self._book = new_book(FIRST_ROWS, len(self.sensors))
        self._world: World | None = None
        self._plane: MapPlane | None = None
        self._bench: Bench | None = None
        self._shares = epoch_s is not None
        self._epoch_s = epoch_s or 0.0
        self._keys = sensor_keys(self.sensors) if numbers == "birth" else None
        self._held: Prepared | None = None
        self._history = History(self.settings.late_s, step_s)
        self._complete_s = -np.inf
        self._call_signs: dict[str, int] = {}
        self._placed = np.array([sensor.has_position for sensor in self.sensors], np.bool_)
        self._traits = traits(self.sensors, self.frame)

    def update(self, plots: Plots) -> Tracks:
        """Take plots in; return a row for each update of a confirmed track that they brought.

        Plots of a sector that may still grow are held back until a later call or ``flush``.  Where
        plots came late, the rows since then are told again and supersede the earlier ones.
        """
        return self._told(self._take(self._admit(plots), -np.inf, NO_TIMES)[0])

    def advance(self, plots: Plots, complete_s: float, newest: bool = False) -> Tracks:
        """Take plots in as ``update`` does, where all up to ``complete_s`` have come.

        No sector waits for plots of up to then; one that comes yet is late.  ``newest``: of each
        track only the last row is told, where late plots change many.
        """
        return self._told(self._take(self._admit(plots), complete_s, NO_TIMES, newest=newest)[0])

    def flush(self) -> Tracks:
        """Work off what is held back and return its rows."""
        return self._told(self._take(NO_PLOTS, np.inf, NO_TIMES)[0])

    def done_s(self) -> float:
        """Return the time before which all plots given have been worked off, unless more come."""
        held_s = (
            np.inf
            if self._held is None
            else self._epoch_s + float(self._held.floats[:, layout.P_TIME].min())
        )
        return min(self._history.newest_s, held_s)

    def plots_since(self, time_s: float) -> int:
        """Return how many plots would be taken again if one of this time came late."""
        return self._history.since(time_s)

    def behind(self, plots: Plots) -> tuple[Self, list[Ordered], Ordered] | None:
        """Return a tracker as this one was before late plots, all plots since, and the late ones.

        Give it, by ``go_on``, the latter two together and in order, in any pieces, and it will be
        what this one would be; until then this one goes on.  None: no plot came before those.
        """
        late = self.ordered(plots)
        found = self._history.branch(float(late.time_s[0])) if len(late) else None
        if found is None:
            return None
        other = copy.copy(self)
        other._history, state, again = found
        other._complete_s = state.complete_s
        other._bench = None
        other.again += sum(map(len, again))
        other._book = new_book(len(self._book.ints), len(self.sensors))
        other._restore(state)
        return other, again, late

    def go_on(self, plots: Ordered) -> Tracks:
        """Take plots that are in order and not late; of each track the last row is told."""
        return self._told(self._take(plots, -np.inf, NO_TIMES, newest=True)[0])

    def kept_bytes(self) -> int:
        """Return how much is remembered for plots that may come late."""
        return self._history.kept_bytes()

    def closes_s(self) -> float:
        """Return when the first sector that may still grow is over; inf: there is none."""
        if self._held is None or self._world is None:
            return np.inf
        windows = self._world.sensors[self._held.ints[:, layout.P_SENSOR], layout.S_WINDOW]
        return self._epoch_s + float((self._held.floats[:, layout.P_TIME] + windows).min())

    def picture(self, time_s: float) -> Tracks:
        """Return all confirmed tracks as expected at one time, without changing any.

        After ``advance`` a track counts as there if it was up to ``complete_s``: plots from after
        that are still to come.
        """
        if self._world is None:
            return NO_TRACKS
        out = empty_rows(int(self._book.counters[layout.N_LIVE]), len(self.sensors))
        shots = (
            np.zeros(1, np.int64),
            np.array([time_s - self._epoch_s]),
            np.zeros(1, np.int64),
            np.array([self._complete_s - self._epoch_s if self._complete_s > -np.inf else np.inf]),
        )
        no_batches = (np.empty(0, np.int64), np.zeros(1, np.int64), 0)
        nothing = self._arrays(NO_PLOTS)
        _, _, _, n, _ = tracker_kernels.run(
            nothing,
            *no_batches,
            shots,
            self._book,
            self._world,
            self._bench_for(1),
            empty_rows(0, len(self.sensors)),
            out,
        )
        return self._told([_first(out, n)])

    def pictures(self, plots: Plots, times_s: npt.ArrayLike, behind_s: float = 0.0) -> Tracks:
        """Take plots in; return the confirmed tracks at each time, of plots up to then only.

        Nothing is held back at a time: what has come by then counts.  As many calls of ``update``,
        ``flush`` and ``picture``, in one.  ``behind_s``: a picture is of plots up to so long before
        its time, as where plots come so late; a track that was there by then still is.
        """
        times = np.sort(np.asarray(times_s, np.float64))
        return self._told(self._take(self._admit(plots), np.inf, times - behind_s, behind_s)[1])

    def state(self) -> State | None:
        """Return all that the next plots would find, a copy; None: there were no plots yet."""
        return None if self._world is None else self._history.state(*self._now())

    def fork(self, state: State | None) -> Self:
        """Return another tracker that goes on from a state of this one; it takes no late plots.

        Without a state it is empty, and takes hardly any room.
        """
        other = copy.copy(self)
        other._history = History(0.0)
        other._bench = None
        rows = 1 if state is None else len(self._book.ints)
        other._book = new_book(rows, len(self.sensors))
        other._call_signs = dict(self._call_signs)
        if state is None:
            other._world, other._held, other.used = None, None, 0
            other._complete_s = -np.inf
        else:
            other._history.newest_s, other._history.complete_s = state.newest_s, state.complete_s
            other._complete_s = state.complete_s
            other._restore(state)
        return other

    def _admit(self, plots: Plots) -> Ordered:
        """Return the plots that can be taken, in order; late ones put the tracker back first."""
        taken = self.ordered(plots)
        if len(taken) and self._history.is_late(float(taken.time_s[0])):
            return self._put_back(taken)
        return taken

    def ordered(self, plots: Plots) -> Ordered:
        """Return the plots that can be taken, numbered and in order."""
        if len(plots) == 0:
            return NO_PLOTS
        if self._keys is None:
            numbers = self._given + np.arange(len(plots))
        else:
            numbers = birth_numbers(plots, self._keys)
        self._given += len(plots)
        plots = plots.replace(offset=numbers)
        admitted = admit(plots, self._placed, self._history.oldest_s())
        self.refused += admitted.refused
        self.too_late += admitted.too_late
        return admitted.taken

    def _put_back(self, taken: Ordered) -> Ordered:
        """Put the tracker back to before the first plot; return all since, with these."""
        found = self._history.back_to(float(taken.time_s[0]))
        if found is None:
            return taken
        state, again = found
        self._restore(state)
        self.again += sum(map(len, again))
        return together(again, taken)

    def _restore(self, state: State) -> None:
        self._book = restored(state.book, self._book)
        world = state.world
        self._world = world._replace(sensors=world.sensors.copy(), cells=world.cells.copy())
        self._held = state.held
        self.used = state.used

    def _take(
        self,
        plots: Ordered,
        complete_s: float,
        times: Floats,
        ahead_s: float = 0.0,
        newest: bool = False,
    ) -> tuple[list[Rows], list[Rows]]:
        """Work plots (in order) off; return the rows of updates and of pictures.

        ``ahead_s``: tracks of plots up to each of ``times`` are shown as expected so much later.
        """
        if np.isfinite(complete_s):
            self._complete_s = max(self._complete_s, complete_s)
        closing_s = max(complete_s, self._complete_s)
        if len(plots) and self._world is None:
            self._begin(plots)
        updates: list[Rows] = []
        shots: list[Rows] = []
        if self._world is None:
            return updates, shots
        n = len(plots)
        if n == 0 and len(times) == 0 and closing_s <= self.closes_s():
            self._history.complete(self._complete_s)  # a state is kept when there is work again
            return updates, shots
        kept = {n}
        if n:
            marks = self._history.marks_s(float(plots.time_s[0]), float(plots.time_s[-1]))
            kept |= set(np.searchsorted(plots.time_s, marks).tolist())
        prepared = self._arrays(plots)
        for first, last in itertools.pairwise(sorted({*range(0, n, CHUNK), *kept} | {0})):
            is_last = last == n
            until = len(times) if is_last else int(np.searchsorted(times, plots.time_s[last - 1]))
            self._history.add(plots.part(first, last))
            part = Prepared(prepared.floats[first:last], prepared.ints[first:last])
            shown = times[:until], ahead_s
            self._work(part, closing_s if is_last else -np.inf, shown, updates, shots)
            times = times[until:]
            if newest:
                updates = [newest_rows(updates)]
            if last in kept and not is_last:
                self._remember()
        if n == 0:
            self._work(prepared, closing_s, (times, ahead_s), updates, shots)
        self._history.complete(self._complete_s)
        if self._history.is_due:
            self._remember()
        return updates, shots

    def _remember(self) -> None:
        self._history.keep(*self._now())

    def _now(self) -> tuple[Book, World, Prepared | None, int]:
        assert self._world is not None
        return self._book, self._world, self._held, self.used

    def _begin(self, plots: Ordered) -> None:
        if not self._shares:
            self._epoch_s = float(np.floor(plots.time_s[0]))
        placed = [s for s in self.sensors if s.latitude_rad is not None]
        latitude, longitude = 0.0, 0.0
        if placed:
            latitude = float(np.mean([s.latitude_rad or 0.0 for s in placed]))
            longitude = placed[0].longitude_rad or 0.0
        elif not self.frame.is_flat and not self._shares:
            latitudes = plots.plots.latitude_rad[plots.rows]
            known = np.isfinite(latitudes)
            if known.any():
                latitude = float(np.mean(latitudes[known]))
                longitude = float(plots.plots.longitude_rad[plots.rows][known][0])
        self._plane = map_plane(self.frame, latitude, longitude)
        periods = np.full(len(self.sensors), np.nan)
        if not self._shares:
            periods = turn_times_s(plots, len(self.sensors))
        self._world = make_world(self.sensors, self.frame, self._plane, self.settings, periods)
        self._world.settings[layout.G_BIRTH] = self._keys is not None
        if self._history.lag_s > 0.0:
            self._remember()

    def _work(
        self,
        arrays: Prepared,
        closing_s: float,
        shown: tuple[Floats, float],
        updates: list[Rows],
        shots: list[Rows],
    ) -> None:
        """Cut plots and what is held into batches and run those that are closed."""
        assert self._world is not None
        times, ahead_s = shown
        if self._held is not None:
            arrays = merged(self._held, arrays)
            self._held = None
        arrays.ints[:, layout.P_BEFORE] = layout.NOBODYS  # once more, where late plots came
        order, start, closed_at, is_open = self._cut(arrays, closing_s, times - self._epoch_s)
        if is_open.any():
            self._held = Prepared(arrays.floats[is_open], arrays.ints[is_open])
        live = int(self._book.counters[layout.N_LIVE])
        longest = int(np.diff(start).max()) if len(start) > 1 else 1
        bench = self._bench_for(longest)
        made = np.zeros(1, np.int64)
        first = 0
        while True:
            out = empty_rows(
                len(order) + int(self._book.counters[layout.N_LIVE]) + len(order), len(self.sensors)
            )
            room = empty_rows(
                self._room_for_pictures(len(times) - int(made[0]), live), len(self.sensors)
            )
            first, written, used, pictured, why = tracker_kernels.run(
                arrays,
                order,
                start,
                first,
                (closed_at, times - self._epoch_s + ahead_s, made, times - self._epoch_s),
                self._book,
                self._world,
                bench,
                out,
                room,
            )
            self.used += used
            updates.append(_first(out, written))
            shots.append(_first(room, pictured))
            if why == tracker_kernels.DONE:
                break
            if why == tracker_kernels.NO_ROOM_FOR_PAIRS:
                bench = self._bench_for(longest, grow=True)
            if why == tracker_kernels.NO_ROOM_FOR_TRACKS:
                self._book = grown(self._book, len(self._book.ints) + longest)
                bench = self._bench_for(longest)
        if self.chains is not None:
            self.chains.link(arrays.ints[order])

    def _arrays(self, plots: Ordered) -> Prepared:
        assert self._world is not None and self._plane is not None
        return plot_arrays(
            plots,
            call_signs_of(plots.plots.call_sign, self._call_signs),
            self.frame,
            self._plane,
            (self._traits, self._world.sensors),
            self.settings,
            self._epoch_s,
        )

    def _cut(
        self,
        arrays: Prepared,
        closing_s: float,
        times: Floats,
    ) -> tuple[
        npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]
    ]:
        """Return plots in order of batches, where each closed batch begins, batches by each time.

        The last tells which plots are in batches that are still open.
        """
        assert self._world is not None
        floats, ints = arrays
        n = len(floats)
        batch_of, close_order = np.empty(n, np.int64), np.empty(n, np.int64)
        closed_at = np.zeros(len(times), np.int64)
        order, start = np.empty(n, np.int64), np.zeros(n + 1, np.int64)
        closed = batching_kernels.cut(
            floats,
            ints,
            self._world.sensors,
            (closing_s - self._epoch_s, self._shares),
            times,
            (
                np.full(len(self.sensors), -1, np.int64),
                np.full(batching_kernels.STAMPS, -1, np.int64),
                np.empty(n + 1, np.int64),
            ),
            (batch_of, close_order, closed_at, order, start),
        )
        is_open = close_order[batch_of] < 0
        return order[: start[closed]], start[: closed + 1], closed_at, is_open

    def _room_for_pictures(self, times: int, live: int) -> int:
        if times == 0:
            return 0
        book = self._book
        return max(min(times * (live + 64), 400_000), len(book.ints))

    def _bench_for(self, plots: int, grow: bool = False) -> Bench:
        """Return a bench that has room for batches of so many plots, kept between calls."""
        bench, tracks = self._bench, len(self._book.ints)
        if bench is not None and not grow and len(bench.false) >= plots:
            if len(bench.slot_of) < tracks:
                self._bench = bench._replace(slot_of=np.full(tracks, -1, np.int64))
            assert self._bench is not None
            return self._bench
        slots = 2 * plots + 64 if bench is None else max(2 * plots + 64, len(bench.slot_time))
        pairs = 4 * plots + 256 if bench is None else max(4 * plots + 256, len(bench.gain))
        if grow:
            slots, pairs = 2 * slots, 2 * pairs
        had = 0 if bench is None else len(bench.false)
        self._bench = new_bench(tracks, len(self.sensors), slots, pairs, max(plots, had))
        return self._bench

    def _told(self, parts: list[Rows]) -> Tracks:
        if self.chains is not None:
            self.chains.told = np.concatenate(
                [np.empty(0, np.int64), *(rows.ints[:, layout.O_PLOT] for rows in parts)]
            )
        return told(parts, self.frame, self._epoch_s, self._call_signs)

    def flat_positions_m(self, tracks: Tracks) -> Floats:
        """Return east, north, up (n, 3) of tracks of a flat scene, about the scene's origin."""
        if not self.frame.is_flat:
            raise ValueError("these sensors stand on the earth; only flat scenes have one origin")
        return self.frame.from_geodetic(tracks.latitude_rad, tracks.longitude_rad, tracks.height_m)


def _first(rows: Rows, n: int) -> Rows:
    return Rows(*(column[:n] for column in rows))


def newest_rows(parts: list[Rows]) -> Rows:
    """Return of each track the last of its rows, in the order in which they came."""
    ints = np.concatenate([rows.ints for rows in parts])
    _, last = np.unique(ints[::-1, layout.O_NUMBER], return_index=True)
    chosen = np.sort(len(ints) - 1 - last)
    floats = np.concatenate([rows.floats for rows in parts])[chosen]
    return Rows(floats, ints[chosen], np.concatenate([rows.sensors for rows in parts])[chosen])
