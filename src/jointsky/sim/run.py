"""The loop: sensors look at the truth, window by window, and the network goes on with that."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from jointsky.records.log import Entry
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built
from jointsky.scenario.connecting import groups_of
from jointsky.sensors.surroundings import Observed
from jointsky.sim import windows
from jointsky.sim.channels import Traffic
from jointsky.sim.course import Course
from jointsky.sim.crews import Left
from jointsky.sim.duty import DutyLeft, SimulatedDuty
from jointsky.sim.duty_setup import duty_of
from jointsky.sim.folder import RunFolder
from jointsky.sim.holding import Lack, lacking
from jointsky.sim.network import Happened, SimulatedNetwork, crews_for
from jointsky.sim.windows import parted, see, together
from jointsky.store.log import Log
from jointsky.tracking.settings import TrackerSettings

Step = Callable[[str, float], None]
SIMULATING = "simulating"
SETTLE_S = 30.0  # what was told so shortly before the end may still be on its way


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a scenario is run; none of this changes what comes out, but the tracker's settings."""

    workers: Annotated[
        int, Meta(ge=1, description="Threads that make plots, and processes that sites share")
    ] = 1
    tracker: Annotated[TrackerSettings, Meta(description="The same for every site")] = (
        TrackerSettings()
    )


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run left: everything that the sensors and the sites had by ``end_s``.

    ``tracks`` are the pictures that each site showed at the moments kept, as they were then, by
    the row of the site; ``told`` (number, plot's time, time of telling, each (n,)) is when each
    site first told each update of a track.  ``systems`` are the scenario's sensors and behind
    them its sites as sources of tracks.  ``lacks``: messages that a site of a domain told and
    another never had.  ``is_whole`` is False where the run was interrupted.
    """

    built: Built
    seen: Observed
    tracks: dict[int, Tracks]
    told: dict[int, tuple[Any, ...]]
    systems: list[Sensor]
    late: dict[int, int]  # plots that came too late for the tracker, by site
    traffic: list[Traffic]
    lacks: list[Lack]
    entries: list[Entry]
    seal: str
    end_s: float
    is_whole: bool
    duty: DutyLeft | None = None


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
    count = len(windows.windows(built))
    log = Log()
    kept: list[Observed] = []
    end_s = built.begin_s
    crews = crews_for(built, settings.workers)
    with (
        ThreadPoolExecutor(settings.workers) as pool,
        SimulatedNetwork(built, settings.tracker, crews=crews) as network,
    ):
        _log_begin(log, network)
        course = Course(network, duty_of(built))
        if course.duty is not None:
            begin_s, site, entry = course.duty.begin()
            log.put(begin_s, entry.kind, site, entry.facts)
        for seen, until_s in received(built, folder.windows, done, pool.map, should_stop):
            step(SIMULATING, len(kept) / count)
            now, logged = course.advance(seen, end_s, until_s)
            _log_window(log, built, logged, now, (end_s, until_s))
            kept.append(now)
            end_s = until_s
        left, traffic = network.left(), network.traffic
    is_whole = len(kept) == count
    outcome = _outcome(built, together(kept), left, traffic, end_s, course.duty)
    if is_whole:
        for lack in outcome.lacks:
            facts = {name: value for name, value in vars(lack).items() if name != "site"}
            log.put(end_s, "messages-lacking", lack.site, facts)
        log.add(end_s, "run-ends")
        step(SIMULATING, 1.0)
    return dataclasses.replace(outcome, entries=log.entries, seal=log.seal, is_whole=is_whole)


def network_outcome(
    built: Built,
    folder: pathlib.Path,
    settings: RunSettings,
    step: Callable[[float], None] = lambda share: None,
    crews: int = 1,
) -> Outcome:
    """Return what another network makes of the recorded windows of a whole run, without a log.

    ``crews``: its sites in so many processes.
    """
    count = len(windows.windows(built))
    return outcome_of(built, received(built, folder, count, map), settings, step, crews)


def outcome_of(
    built: Built,
    came: Iterable[tuple[Observed, float]],
    settings: RunSettings,
    step: Callable[[float], None] = lambda share: None,
    crews: int = 1,
) -> Outcome:
    """Return what a network makes of what is received in each window, without a log."""
    count = len(windows.windows(built))
    kept = []
    end_s = built.begin_s
    with SimulatedNetwork(built, settings.tracker, with_covariance=False, crews=crews) as network:
        course = Course(network, duty_of(built))
        for seen, until_s in came:
            now, _ = course.advance(seen, end_s, until_s)
            kept.append(now)
            end_s = until_s
            step(len(kept) / count)
        left, traffic = network.left(), network.traffic
    return _outcome(built, together(kept), left, traffic, built.end_s, course.duty)


def _outcome(
    built: Built,
    seen: Observed,
    left: Mapping[int, Left],
    traffic: list[Traffic],
    end_s: float,
    duty: SimulatedDuty | None,
) -> Outcome:
    """Return what is left of a network that went on up to a time, as yet without a log."""
    return Outcome(
        built=built,
        seen=seen,
        tracks={row: one.shown.tracks() for row, one in left.items()},
        told={row: one.told.first() for row, one in left.items()},
        systems=systems(built),
        late={row: one.too_late for row, one in left.items()},
        traffic=traffic,
        lacks=lacks_of(built, left, end_s),
        entries=[],
        seal="",
        end_s=end_s,
        is_whole=True,
        duty=None if duty is None else duty.left(end_s),
    )


def received(
    built: Built,
    folder: pathlib.Path,
    done: int,
    apply: windows.Apply,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Observed, float]]:
    """Yield what sites received in each window, and the window's end, until asked to stop.

    The first ``done`` windows are read from the folder, the others made and recorded there.
    """
    waiting = together([])
    for number, (begin_s, end_s) in enumerate(windows.windows(built)):
        if should_stop():
            return
        if number < done:
            seen = windows.read_window(folder, number)
        else:
            seen = see(built, begin_s, end_s, apply)
            windows.write_window(seen, folder, number)
        now, waiting = parted(together([waiting, seen]), end_s)
        yield now, end_s


def lacks_of(built: Built, left: Mapping[int, Left], end_s: float) -> list[Lack]:
    """Return what sites that share all plots told and others of them lack, but for the last."""
    plots = [link.ends for link in built.links if link.share == "plots"]
    domain = groups_of(plots, len(built.sites))
    groups: dict[int, list[str]] = {}
    for row in left:
        groups.setdefault(domain[row], []).append(built.sites[row].name)
    holdings = {built.sites[row].name: one.holding for row, one in left.items()}
    return lacking(holdings, list(groups.values()), end_s - SETTLE_S)


def _log_begin(log: Log, network: SimulatedNetwork) -> None:
    built = network.built
    log.add(built.begin_s, "run-begins", scenario=built.name, digest=built.digest, seed=built.seed)
    for row in network.rows:
        names = [sensor.name for sensor in built.sensors if sensor.site == row]
        links = [link.name for link in built.links if row in link.ends]
        log.add(built.begin_s, "site-begins", built.sites[row].name, sensors=names, links=links)


def _log_window(
    log: Log, built: Built, logged: list[Happened], seen: Observed, span_s: tuple[float, float]
) -> None:
    """Write what sites logged, what was reported and which links and sensors failed, by time."""
    events: list[tuple[float, str, str, dict[str, Any]]] = [
        (now_s, entry.kind, site, entry.facts) for now_s, site, entry in logged
    ]
    reports = seen.reports
    assert reports is not None
    for row, sensor in enumerate(reports.sensor.tolist()):
        facts = {
            "by": built.sensors[sensor].name,
            "seen_s": float(reports.time_s[row]),
            "words": str(reports.words[row]),
        }
        site = built.sites[built.sensors[sensor].site].name
        # "report" itself is what a unit says of an order
        events.append((float(reports.received_s[row]), "people-report", site, facts))
    for word, which, ends in (
        ("link", [*built.links, *built.words], ("link-cut", "link-mended")),
        ("sensor", built.sensors, ("sensor-out", "sensor-back")),
    ):
        for one in which:
            for outage_s in one.outages_s:
                for time_s, kind in zip(outage_s, ends, strict=True):
                    if span_s[0] <= time_s < span_s[1]:
                        events.append((time_s, kind, "", {word: one.name}))
    for time_s, kind, site, facts in sorted(events, key=lambda event: event[0]):
        log.put(time_s, kind, site, facts)
