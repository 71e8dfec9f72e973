"""What came of a duty: who came, who saw it, who decided, how long it took, what leaked."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Areas
from jointsky.scenario.built import Built
from jointsky.sim.costs import cost_figures, unit_costs_usd
from jointsky.sim.duty import MOVED_IN, DutyLeft, Step
from jointsky.sim.duty_spans import spans
from jointsky.sim.matching import NOTHING
from jointsky.sim.run import Outcome
from jointsky.world.truth import sampled

HOSTILE = "hostile"
CIVIL = "civil"
SPARED = (CIVIL, "friend", "neutral", "nature")
STAGES = (
    *("came", "plotted", "tracked", "suspected", "confirmed"),
    *("proposed", "agreed", "ordered", "fired", "stopped", "leaked"),
)
_DOUBTS = {"suspect", "hostile", "hostile-by-crew", "suspect-by-crew"}


@dataclasses.dataclass(frozen=True)
class Leak:
    """A hostile vehicle that came into a protected zone."""

    vehicle: int
    time_s: float
    zone: str
    latitude_rad: float
    longitude_rad: float


def leaks(built: Built, areas: Areas, stop_s: npt.NDArray[np.float64], end_s: float) -> list[Leak]:
    """Return which hostile vehicles came into which protected zone first, and when, by vehicle."""
    vehicles = built.surroundings.vehicles
    columns = areas.of_use("protected")
    made: dict[int, Leak] = {}
    is_hostile = vehicles.allegiance == HOSTILE
    if not columns or not is_hostile.any():
        return []
    pieces = built.surroundings.pieces
    truth = sampled(len(vehicles), pieces, built.begin_s, end_s, 1.0, is_hostile)
    rows = np.flatnonzero(truth["time_s"] < stop_s[truth["vehicle"]])
    names = ("latitude_rad", "longitude_rad", "height_m")
    latitude, longitude, height_m = (truth[name][rows] for name in names)
    inside = areas.inside(latitude, longitude, height_m, truth["time_s"][rows])
    for column in columns:
        for row in np.flatnonzero(inside[:, column]).tolist():
            vehicle, time_s = int(truth["vehicle"][rows[row]]), float(truth["time_s"][rows[row]])
            if vehicle not in made or time_s < made[vehicle].time_s:
                zone = areas.areas[column].name
                made[vehicle] = Leak(
                    vehicle, time_s, zone, float(latitude[row]), float(longitude[row])
                )
    return [made[vehicle] for vehicle in sorted(made)]


def leaked_of(outcome: Outcome, areas: Areas) -> list[Leak]:
    """Return who came through in a run with a duty."""
    assert outcome.duty is not None
    return leaks(outcome.built, areas, outcome.duty.stop_s, outcome.end_s)


def duty_figures(outcome: Outcome, leaked: list[Leak]) -> dict[str, Any]:
    """Return the figures of a run's duty, plain numbers; times in seconds from its begin.

    ``leaked`` is who came through, as ``leaked_of`` tells.
    """
    left, built = outcome.duty, outcome.built
    assert left is not None and built.duty is not None
    stories = _stories(outcome, left, leaked)
    fired = sum(sum(one.values()) for one in left.spent.values())
    kinds = [step.kind for step in left.story]
    decided = [
        one["ordered"] - one["tracked"] for one in stories if one["ordered"] and one["tracked"]
    ]
    waited = _waits(left.story)
    magazines = [(time_s - built.begin_s, shots) for time_s, shots in left.magazines]
    allegiance = built.surroundings.vehicles.allegiance
    wrong = [
        step
        for step in left.story
        if step.kind == "fired" and (step.vehicle == NOTHING or allegiance[step.vehicle] != HOSTILE)
    ]
    return {
        "is_joint": built.duty.is_joint,
        "posts": left.posts,
        "hostile": len(stories),
        "stopped": sum(one["stopped"] is not None and one["leaked"] is None for one in stories),
        "leaked": len(leaked),
        "stopped_late": sum(
            one["stopped"] is not None and one["leaked"] is not None for one in stories
        ),
        "leaked_in": _counted(one.zone for one in leaked),
        "neither": sum(one["stopped"] is None and one["leaked"] is None for one in stories),
        "shots": fired,
        "shots_by_unit": left.spent,
        "shots_wasted": sum(step.shots for step in left.story if step.kind == "wasted"),
        "shots_at_others": sum(step.shots for step in wrong),
        "engaged_twice": _twice(left.story),
        "cost": cost_figures(
            built,
            left.spent,
            [one["name"] for one in stories],
            [one["name"] for one in stories if one["stopped"] is not None],
        ),
        "proposals": kinds.count("proposal"),
        "agreed": kinds.count("agreed"),
        "declined": kinds.count("declined"),
        "orders": kinds.count("order"),
        "holds": kinds.count("hold"),
        "reinforcement": {
            "requested": kinds.count("requested"),
            "pledged": kinds.count("pledged"),
            "not_pledged": kinds.count("not-pledged"),
            "moved_in": kinds.count(MOVED_IN),
            "moves": kinds.count("left"),
        },
        "track_to_order_s": _quantiles(decided),
        "proposal_to_order_s": _quantiles(waited),
        "civil": _civil(built, left),
        **_watched(left, built),
        "crews": [
            {"nation": nation, "busy_share": busy, "longest_wait_s": wait_s}
            for nation, busy, wait_s in zip(
                left.posts, left.busy_share, left.longest_wait_s, strict=True
            )
        ],
        "magazines": magazines,
        "spans": spans(stories, magazines, outcome.end_s - built.begin_s),
        "targets": stories,
    }


def _watched(left: DutyLeft, built: Built) -> dict[str, Any]:
    """Return what was raised by each post: alerts by kind, incidents and whom they are of."""
    return {
        "alerts": {
            nation: _counted(alert.kind for alert in alerted.alerts)
            for nation, alerted in zip(left.posts, left.alerted, strict=True)
        },
        "incidents_of": [
            {
                "opened": view.incident.timeline[0].time_s - built.begin_s,
                "nation": nation,
                **_whom(view.incident.tracks, meant, built),
            }
            for nation, alerted, meant in zip(left.posts, left.alerted, left.meant, strict=True)
            for view in alerted.incidents
        ],
        "incidents": {
            nation: len(alerted.incidents)
            for nation, alerted in zip(left.posts, left.alerted, strict=True)
        },
    }


def _stories(outcome: Outcome, left: DutyLeft, leaked: list[Leak]) -> list[dict[str, Any]]:
    """Return when each hostile vehicle that flew went through each stage, by whom, to what end."""
    built = outcome.built
    vehicles, pieces = built.surroundings.vehicles, built.surroundings.pieces
    came_in = {one.vehicle: one for one in leaked}
    worth_usd = unit_costs_usd(built)
    made = []
    for row in np.flatnonzero(vehicles.allegiance == HOSTILE).tolist():
        if pieces.first[row] == pieces.first[row + 1]:
            continue
        came_s = max(float(pieces.begin_s[pieces.first[row]]), built.begin_s)
        if came_s > outcome.end_s:
            continue
        left_s = float(pieces.end_s[pieces.first[row + 1] - 1])
        mine = [step for step in left.story if step.vehicle == row]
        seen_s = outcome.seen.plots.time_s[outcome.seen.vehicle == row]
        leak = came_in.get(row)
        times = {
            "came": came_s,
            "plotted": float(seen_s.min()) if len(seen_s) else None,
            "tracked": float(left.tracked_s[row].min()),
            "alerted": _first(mine, "alert"),
            "incident": _first(mine, "incident"),
            "suspected": _first(mine, *_DOUBTS),
            "confirmed": _first(mine, "hostile-by-crew"),
            "proposed": _first(mine, "proposal"),
            "agreed": _first(mine, "agreed"),
            "ordered": _first(mine, "order"),
            "fired": _first(mine, "fired"),
            "stopped": _first(mine, "stopped"),
            "leaked": None if leak is None else leak.time_s,
            "left": left_s if left_s < outcome.end_s else None,
        }
        by = [step for step in mine if step.kind == "stopped"]
        made.append(
            {
                "name": str(vehicles.name[row]),
                "type": str(vehicles.type[row]),
                "unit_cost_usd": worth_usd[str(vehicles.name[row])],
                **{name: _since(time_s, built.begin_s) for name, time_s in times.items()},
                "seen_by": _seen_by(outcome, row),
                "proposed_by": next((s.nation for s in mine if s.kind == "proposal"), None),
                "stopped_by": by[0].unit if by else None,
                "zone": None if leak is None else leak.zone,
                "shots": sum(step.shots for step in mine if step.kind == "fired"),
            }
        )
    return made


def _whom(tracks: Iterable[int], meant: Mapping[int, int], built: Built) -> dict[str, str]:
    """Return whom an incident is of in truth: of who came, if their track belongs to it too."""
    numbers = list(tracks)
    if not numbers:
        return {"of": "a report", "name": ""}
    vehicles = built.surroundings.vehicles
    rows = [meant[number] for number in numbers if number in meant]
    rows.sort(key=lambda row: str(vehicles.allegiance[row]) != HOSTILE)  # stable
    if not rows:
        return {"of": "nothing", "name": ""}
    return {"of": str(vehicles.allegiance[rows[0]]), "name": str(vehicles.name[rows[0]])}


def _seen_by(outcome: Outcome, vehicle: int) -> list[str]:
    """Return the nations whose sensors plotted a vehicle."""
    built = outcome.built
    sensors = np.unique(outcome.seen.plots.sensor[outcome.seen.vehicle == vehicle]).tolist()
    return sorted({built.sites[built.sensors[row].site].nation for row in sensors})


def _civil(built: Built, left: DutyLeft) -> dict[str, Any]:
    """Return how safe those were who had nothing to do with it, and how near it came."""
    vehicles = built.surroundings.vehicles
    spared = np.flatnonzero(np.isin(vehicles.allegiance, SPARED))
    civil = np.flatnonzero(vehicles.allegiance == CIVIL)
    counts: dict[str, Any] = {}
    for name, rows in (("civil", civil), ("all_but_hostile", spared)):
        of = set(rows.tolist())
        counts[name] = {
            "flew": len(rows),
            "tracked": int(np.isfinite(left.tracked_s[rows]).any(axis=1).sum()),
            "suspected": _vehicles(left.story, of, *_DOUBTS),
            "proposed": _vehicles(left.story, of, "proposal"),
            "ordered": _vehicles(left.story, of, "order"),
            "fired_at": _vehicles(left.story, of, "fired"),
        }
    worst = left.most_hostile[civil].max(axis=1) if len(civil) else np.zeros(0)
    counts["nearest"] = {
        "hostile": float(worst.max(initial=0.0)),
        "vehicle": str(vehicles.name[civil[int(worst.argmax())]]) if len(worst) else "",
    }
    seconds = sum(sum(one.values()) for one in left.identities)
    doubted = sum(
        lasted_s
        for one in left.identities
        for (truly, identity), lasted_s in one.items()
        if truly == CIVIL and identity in {"suspect", "hostile"}
    )
    civil_s = sum(
        lasted_s
        for one in left.identities
        for (truly, _), lasted_s in one.items()
        if truly == CIVIL
    )
    counts["suspected_share_of_time"] = doubted / civil_s if civil_s else 0.0
    counts["track_seconds"] = seconds
    return counts


def _vehicles(story: list[Step], of: set[int], *kinds: str) -> int:
    return len({step.vehicle for step in story if step.kind in kinds and step.vehicle in of})


def _twice(story: list[Step]) -> int:
    """Return how many vehicles were fired at by both nations."""
    by: dict[int, set[str]] = {}
    for step in story:
        if step.kind == "fired" and step.vehicle != NOTHING:
            by.setdefault(step.vehicle, set()).add(step.nation)
    return sum(len(nations) > 1 for nations in by.values())


def _waits(story: list[Step]) -> list[float]:
    """Return the time from each proposal to its order."""
    since: dict[tuple[str, int], float] = {}
    made = []
    for step in story:
        if step.kind == "proposal":
            since[step.nation, step.target] = step.time_s
        elif step.kind == "order" and (step.nation, step.target) in since:
            made.append(step.time_s - since.pop((step.nation, step.target)))
    return made


def _first(steps: list[Step], *kinds: str) -> float | None:
    return min((step.time_s for step in steps if step.kind in kinds), default=None)


def _since(time_s: float | None, begin_s: float) -> float | None:
    return None if time_s is None or not math.isfinite(time_s) else round(time_s - begin_s, 3)


def _quantiles(values: list[float]) -> dict[str, float | None]:
    if not values:
        return {"median": None, "p90": None}
    median, most = np.quantile(values, [0.5, 0.9])
    return {"median": float(median), "p90": float(most)}


def _counted(words: Iterable[str]) -> dict[str, int]:
    made: dict[str, int] = {}
    for word in words:
        made[word] = made.get(word, 0) + 1
    return dict(sorted(made.items()))
