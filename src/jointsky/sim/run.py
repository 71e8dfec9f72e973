"""The loop: sensors look at the truth, window by window, and every site tracks what it gets."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from jointsky.records.log import Entry
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built
from jointsky.sensors.surroundings import Observed
from jointsky.sim import windows
from jointsky.sim.folder import RunFolder
from jointsky.sim.site import SitePicture, begun_and_ended
from jointsky.sim.windows import parted, see, together
from jointsky.store.log import Log
from jointsky.tracking.settings import TrackerSettings

Step = Callable[[str, float], None]
SIMULATING = "simulating"


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a scenario is run; none of this changes what comes out, but the tracker's settings."""

    workers: Annotated[int, Meta(ge=1, description="Threads that share the work of a window")] = 1
    tracker: Annotated[TrackerSettings, Meta(description="The same for every site")] = (
        TrackerSettings()
    )


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run left: everything that the sensors and the sites had by ``end_s``.

    ``tracks`` are those of each site that has sensors, by the row of the site; ``systems`` are
    the scenario's sensors and behind them its sites as sources of tracks.  ``is_whole`` is False
    where the run was interrupted.
    """

    built: Built
    seen: Observed
    tracks: dict[int, Tracks]
    systems: list[Sensor]
    late: dict[int, int]  # plots that came too late for the tracker, by site
    entries: list[Entry]
    seal: str
    end_s: float
    is_whole: bool


def systems(built: Built) -> list[Sensor]:
    """Return the scenario's sensors, and behind them its sites as sources of tracks."""
    sites = [
        Sensor(
            name=site.name,
            kind="tracker",
            latitude_rad=site.latitude_rad,
            longitude_rad=site.longitude_rad,
            height_m=site.height_m,
        )
        for site in built.sites
    ]
    return [sensor.told for sensor in built.sensors] + sites


def simulate(
    built: Built,
    folder: RunFolder,
    settings: RunSettings,
    done: int = 0,
    step: Step = lambda what, share: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run a built scenario and return what it left; ``done`` windows are recorded already.

    ``should_stop`` is asked before each window; what was recorded by then is returned.
    """
    spans = windows.windows(built)
    told = [sensor.told for sensor in built.sensors]
    pictures = _pictures(built, told, settings)
    log = Log()
    _log_begin(log, built, pictures)
    alive: dict[int, set[int]] = {site: set() for site in pictures}
    kept, waiting = [], together([])
    with ThreadPoolExecutor(settings.workers) as pool:
        for number, (begin_s, end_s) in enumerate(spans):
            if should_stop():
                break
            step(SIMULATING, number / len(spans))
            if number < done:
                seen = windows.read_window(folder.windows, number)
            else:
                seen = see(built, begin_s, end_s, pool.map)
                windows.write_window(seen, folder.windows, number)
            now, waiting = parted(together([waiting, seen]), end_s)
            brought = list(pool.map(_take, pictures.values(), itertools.repeat(now)))
            _log_window(log, built, alive, dict(zip(pictures, brought, strict=True)), now)
            kept.append(now)
    closed = {site: pictures[site].close() for site in pictures}
    _log_window(log, built, alive, closed, together([]))
    end_s = spans[len(kept) - 1][1] if kept else built.begin_s
    is_whole = len(kept) == len(spans)
    if is_whole:
        log.add(end_s, "run-ends")
        step(SIMULATING, 1.0)
    return Outcome(
        built=built,
        seen=together(kept),
        tracks={site: pictures[site].tracks() for site in pictures},
        systems=systems(built),
        late={site: pictures[site].tracker.too_late for site in pictures},
        entries=log.entries,
        seal=log.seal,
        end_s=end_s,
        is_whole=is_whole,
    )


def _take(picture: SitePicture, seen: Observed) -> Tracks:
    return picture.on_plots(seen.plots)


def _pictures(built: Built, told: list[Sensor], settings: RunSettings) -> dict[int, SitePicture]:
    """Return the picture of each site that has sensors, by the row of the site."""
    made = {}
    for row, site in enumerate(built.sites):
        mine = [k for k, sensor in enumerate(built.sensors) if sensor.site == row]
        if mine:
            source = len(told) + row
            made[row] = SitePicture(site.name, source, mine, told, settings.tracker)
    return made


def _log_begin(log: Log, built: Built, pictures: dict[int, SitePicture]) -> None:
    log.add(built.begin_s, "run-begins", scenario=built.name, digest=built.digest, seed=built.seed)
    for picture in pictures.values():
        names = [built.sensors[row].name for row in picture.rows.tolist()]
        log.add(built.begin_s, "site-begins", picture.name, sensors=names)


def _log_window(
    log: Log,
    built: Built,
    alive: dict[int, set[int]],
    brought: dict[int, Tracks],
    seen: Observed,
) -> None:
    """Write which tracks began and ended and what was reported, by time, kind and site."""
    events: list[tuple[float, str, int, int, dict[str, Any]]] = [
        (time_s, kind, site, number, {"track_number": number})
        for site, tracks in brought.items()
        for time_s, kind, number in begun_and_ended(tracks, alive[site])
    ]
    reports = seen.reports
    assert reports is not None
    for row, sensor in enumerate(reports.sensor.tolist()):
        facts = {
            "by": built.sensors[sensor].name,
            "seen_s": float(reports.time_s[row]),
            "words": str(reports.words[row]),
        }
        came_s = float(reports.received_s[row])
        events.append((came_s, "report", built.sensors[sensor].site, row, facts))
    for time_s, kind, site, _, facts in sorted(events, key=lambda event: event[:4]):
        log.add(time_s, kind, built.sites[site].name, **facts)
