"""The duty of a run: two command posts, their line, their batteries, and what becomes of orders.

Command posts look at their sites' pictures at even moments.  Orders go to the simulated batteries;
what these stop is gone from then on, and so are its plots.
"""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.assess.areas import Areas
from jointsky.decide.book import ARRIVED
from jointsky.decide.declared import Duty
from jointsky.duty.out import Out, UnitReport
from jointsky.duty.post import CommandPost, Identifies, Setup
from jointsky.duty.units import UnitOf, WeaponOf
from jointsky.earth.horizon import horizon_distance_m
from jointsky.node.effects import RENAMES, Log
from jointsky.records.columns import join
from jointsky.records.decisions import Order, Ref, Stock, is_unit
from jointsky.records.plots import Plots
from jointsky.records.reports import Reports
from jointsky.records.tracks import Tracks
from jointsky.scenario.built import Built, BuiltBattery
from jointsky.sensors.surroundings import Observed
from jointsky.sim.alerting import Alerted, Alerting
from jointsky.sim.arming import armed, engage_facts, stocks_of, unit_of
from jointsky.sim.lines import Line
from jointsky.sim.matching import NOTHING, Matching, Places, distances_m, meant
from jointsky.sim.moving import Moved, Moving
from jointsky.sim.network import Happened
from jointsky.sim.remains import is_gone, without
from jointsky.sim.shelf import Shelf
from jointsky.world.engagement import Engagement, Target
from jointsky.world.engagement import Happened as FromUnit

UNITS, ENGAGE, CEASE_FIRE, UNIT = "units", "engage", "cease-fire", "unit"  # kinds in the log
MOVE, SUPPLY = "move", "supply"
MOVED_IN = "moved-in"  # in the story: a battery has come to the other nation
MAGAZINES_S = 600.0  # between two counts of the shots that are left
REPORT_OCTETS = 200  # of one person's words, passed on to the other nation
SAMPLE_S = 2.0  # between two looks at where a target will be
_WORD = 64
Array = npt.NDArray[Any]
_OF_UNITS = {  # what becomes of a request that the other nation's battery moves in
    "proposal": "requested",
    "agreed": "pledged",
    "declined": "not-pledged",
    "order": "sent-for",
}
_ENDS = {"stopped", "wasted", "no-channel", "no-shots", "no-reach", "gone"}


@dataclasses.dataclass(frozen=True)
class Step:
    """Something of the story of a target: what, when, who, and which vehicle it really was."""

    time_s: float
    kind: str
    nation: str
    target: int
    vehicle: int
    unit: str = ""
    shots: int = 0


@dataclasses.dataclass(frozen=True)
class DutyLeft:
    """What the duty of a run left.  V vehicles, P command posts in the order of the duty's.

    ``tracked_s`` and ``most_hostile`` (V, P): when a post first had a track of each vehicle (inf:
    never), and the highest probability of being hostile that it gave it.  ``identities``: by post,
    for how many seconds tracks of each true allegiance had each identity.  ``stop_s`` (V,).
    """

    posts: list[str]
    story: list[Step]
    tracked_s: Array
    most_hostile: Array
    identities: list[dict[tuple[str, str], float]]
    stop_s: Array
    spent: dict[str, dict[str, int]]  # shots fired, by unit and weapon
    magazines: list[tuple[float, dict[str, int]]]  # shots left by nation and weapon, now and then
    busy_share: list[float]  # of the crews' seats
    longest_wait_s: list[float]  # of a task for a seat
    alerted: list[Alerted]
    meant: list[dict[int, int]]  # by post, the vehicle behind each track's number, newest
    sent: int  # packets that the line between the posts carried


@dataclasses.dataclass
class _Ordered:
    """An order that a battery carries out."""

    order: Order
    nation: str
    unit: UnitOf
    weapon: str
    vehicle: int
    has_fired: bool = False


class SimulatedDuty:
    """All command posts and batteries of a run.

    Not ``is_watched``: nobody raises alerts or opens incidents, which decisions do not hang on.
    """

    def __init__(
        self,
        built: Built,
        duty: Duty,
        areas: Areas,
        identifiers: Mapping[str, Identifies],
        is_watched: bool = True,
        places: Shelf[float, Places] | None = None,
    ):
        self.built, self.duty = built, duty
        self.areas = areas
        self.units = tuple(unit_of(built, battery) for battery in built.batteries)
        self.matching = Matching(built, places)
        self.engagement = Engagement(
            [armed(battery) for battery in built.batteries],
            len(built.surroundings.vehicles) + 1,  # the last row: nothing at all
            built.seed,
            built.begin_s,
        )
        self.moving = Moving(built.batteries, built.sites, duty.road_factor)
        self.magazines: list[tuple[float, dict[str, int]]] = []  # left, now and then
        self._supplies = sorted(
            (time_s, battery.name, weapon, shots)
            for battery in built.batteries
            for time_s, weapon, shots in battery.supplies
        )
        self._carrier = np.array([one.place.vehicle for one in built.sensors], np.int64)
        self.story: list[Step] = []
        self._truly = [*built.surroundings.vehicles.allegiance.tolist(), "nothing"]  # NOTHING: last
        self.most_hostile = np.zeros((len(built.surroundings.vehicles), len(duty.posts)))
        self.tracked_s = np.full(self.most_hostile.shape, np.inf)
        self.identities: list[dict[tuple[str, str], float]] = [{} for _ in duty.posts]
        self._meant: list[dict[int, int]] = [{} for _ in duty.posts]
        self._means: list[dict[int, int]] = [{} for _ in duty.posts]  # the same, as last looked at
        self._watched: list[list[tuple[int, int]]] = [[] for _ in duty.posts]  # renamed, not yet so
        rows = {site.name: row for row, site in enumerate(built.sites)}
        self.sites = [rows[post.site] for post in duty.posts]
        self._renamed: dict[str, list[tuple[int, int]]] = {post.site: [] for post in duty.posts}
        names = [post.nation for post in duty.posts]
        is_joint = duty.is_joint and len(names) == 2
        self.posts = [
            CommandPost(
                Setup(
                    post=post,
                    other=names[1 - k] if is_joint else None,
                    duty=duty,
                    areas=areas,
                    units=tuple(u for u in self.units if is_joint or u.nation == post.nation),
                    seed=built.seed,
                ),
                identifiers[post.nation],
                built.begin_s,
            )
            for k, post in enumerate(duty.posts)
        ]
        self._line = Line(built, (self.sites[0], self.sites[1]), built.seed) if is_joint else None
        told = [sensor.told for sensor in built.sensors]
        self._alerting = [
            Alerting(areas, told, post.site, f"{post.nation} crew") if is_watched else None
            for post in duty.posts
        ]
        self._coming: list[list[tuple[float, int, bytes]]] = [[] for _ in self.posts]
        self._sent = 0
        self._told: list[list[UnitReport]] = [[] for _ in self.posts]
        self._ordered: dict[int, _Ordered] = {}  # by engagement
        self._engaged: dict[Ref, int] = {}
        self._told_by: list[tuple[float, int, int, Reports]] = []  # when, in order, to whom
        self._told_count = 0
        self._people = [
            [k for k, s in enumerate(built.sensors) if built.sites[s.site].nation == post.nation]
            for post in duty.posts
        ]
        self._sensors_at = [
            np.array([k for k, s in enumerate(built.sensors) if s.site == row], np.int64)
            for row in range(len(built.sites))
        ]

    def begin(self) -> Happened:
        """Return what the log must know of the batteries before anything happens."""
        units = [msgspec.to_builtins(armed(one), str_keys=True) for one in self.built.batteries]
        for unit in units:
            for arm in unit["arms"]:
                if arm["speed_mps"] is None or arm["speed_mps"] == float("inf"):
                    arm["speed_mps"] = None
        vehicles = len(self.built.surroundings.vehicles)
        facts = {"units": units, "vehicles": vehicles, "seed": self.built.seed}
        facts["begin_s"] = self.built.begin_s
        return self.built.begin_s, "", Log(UNITS, facts)

    def begin_step(self, seen: Observed, until_s: float) -> tuple[Observed, list[Happened]]:
        """Let batteries go on up to a time; return what was seen without what they stopped."""
        happened = self.act(until_s)
        off = self.moving.sensors_off(until_s)
        return without(seen, self.matching.stop_s, self._carrier, off), happened

    def act(self, until_s: float) -> list[Happened]:
        """Let batteries go on up to a time; return what is to be logged."""
        happened = [one for did in self.engagement.advance(until_s) for one in self._tell(did)]
        happened += self._supply(until_s)
        for moved in self.moving.step(until_s):
            happened += self._move(moved, until_s)
        self.matching.stop_s[:] = self.engagement.stop_s[:-1]
        return happened

    def is_gone(self, plots: Plots, vehicle: Array) -> npt.NDArray[np.bool_]:
        """Return which plots are of vehicles, or from aboard, after these were stopped."""
        return is_gone(plots, vehicle, self.matching.stop_s, self._carrier)

    def _supply(self, now_s: float) -> list[Happened]:
        """Bring what is due to the batteries' reserves."""
        made: list[Happened] = []
        while self._supplies and self._supplies[0][0] <= now_s:
            _, name, weapon, shots = self._supplies.pop(0)
            self.engagement.supply(self.engagement.weapon(name, weapon), shots, now_s)
            facts = {"unit": name, "weapon": weapon, "shots": shots}
            made.append((now_s, self._site_of(name), Log(SUPPLY, facts)))
        return made

    def _move(self, moved: Moved, now_s: float) -> list[Happened]:
        """Take down that a battery left or arrived; who leaves lets go of its targets."""
        site = self._site_of(moved.unit)
        facts: dict[str, Any] = {"unit": moved.unit, "what": moved.what, "to": moved.site}
        if moved.what == "left":
            facts["ready_s"] = moved.ready_s if math.isfinite(moved.ready_s) else None
        if moved.order is not None:
            facts["order"] = list(moved.order)
        made: list[Happened] = [(now_s, site, Log(MOVE, facts))]
        if moved.what == "arrived" and moved.order is not None:
            home = self.built.sites[self._battery(moved.unit).site].nation
            k = next(k for k, post in enumerate(self.posts) if post.nation == home)
            self._told[k].append(UnitReport(moved.order, ARRIVED, False))
        if moved.what == "left" and not self.moving.can_shoot(moved.unit, now_s):
            for engaged, did in self._ordered.items():
                if did.unit.name == moved.unit and self.engagement.cease(engaged, now_s):
                    told = {"order": list(did.order.ref), "unit": moved.unit}
                    made.append((now_s, site, Log(CEASE_FIRE, told)))
        nation = self.built.sites[self._battery(moved.unit).site].nation
        what = MOVED_IN if moved.what == "arrived" and moved.order is not None else moved.what
        self.story.append(Step(now_s, what, nation, NOTHING, NOTHING, moved.unit))
        return made

    def _battery(self, name: str) -> BuiltBattery:
        return next(one for one in self.built.batteries if one.name == name)

    def _site_of(self, name: str) -> str:
        return self.built.sites[self._battery(name).site].name

    def hear(self, logged: Sequence[Happened]) -> None:
        """Take from what sites logged which tracks of the posts' pictures are numbered anew."""
        for _, site, log in logged:
            if log.kind in RENAMES and site in self._renamed:
                self._renamed[site].append((int(log.facts["other"]), int(log.facts["track"])))

    def rename(self, numbers: Sequence[Sequence[tuple[int, int]]]) -> None:
        """Take by post which tracks of its picture are numbered anew: from what, to what."""
        for post, pairs in zip(self.duty.posts, numbers, strict=True):
            self._renamed[post.site] += pairs

    def end_step(
        self, pictures: Mapping[int, Tracks], reports: Reports | None, now_s: float
    ) -> list[Happened]:
        """Have every command post look at its picture and decide; return what is to be logged."""
        happened: list[Happened] = []
        if not self.magazines or now_s >= self.magazines[-1][0] + MAGAZINES_S:
            self.magazines.append((now_s, self._shots_left()))
        for k, post in enumerate(self.posts):
            picture = pictures[self.sites[k]]
            site = self.duty.posts[k].site
            self._pass_on(k, reports, now_s)
            renamed, self._renamed[site] = self._renamed[site], []
            is_look = post.looks(now_s)
            heard = self._said(k, now_s) if is_look else None
            stocks: tuple[Stock, ...] = ()
            if is_look or post.tells_stocks(now_s):
                own = self._own(post.nation)
                stocks = stocks_of(self.engagement, own, self.moving, now_s)
            out = post.step(
                now_s, picture, self._heard(k, now_s), self._told[k], stocks, heard, renamed
            )
            self._told[k] = []
            self._watched[k] += renamed
            if is_look:
                happened += self._watch(k, picture, heard, now_s)
            happened += self._take(k, out, now_s)
            for order in out.acts:
                if is_unit(order.target):
                    place = post.place_of(order)
                    moved = self.moving.send(order.unit, place, order.ref, now_s)
                    happened += self._move(moved, now_s)
                    continue
                row = meant(picture, order.target, post.desk.book.numbers(order.target))
                happened += self._act(k, order, picture.rows(row), now_s)
            for order in out.stops:
                if is_unit(order.target):
                    happened += self._move(self.moving.recall(order.unit, now_s), now_s)
                if order.ref in self._engaged:
                    self.engagement.cease(self._engaged[order.ref], now_s)
                    facts = {"order": list(order.ref), "unit": order.unit}
                    happened.append((now_s, site, Log(CEASE_FIRE, facts)))
            for packet in out.packets:
                self._send(k, packet, now_s)
        return happened

    def _watch(
        self, k: int, picture: Tracks, reports: Reports | None, now_s: float
    ) -> list[Happened]:
        """Raise what there is to be raised in a picture, and keep what its tracks truly are."""
        post, renamed, alerting = self.posts[k], self._watched[k], self._alerting[k]
        self._watched[k] = []
        vehicle, _ = self.matching.behind(picture, now_s)
        self._means[k] = dict(zip(picture.track_number.tolist(), vehicle.tolist(), strict=True))
        self._note(k, self._means[k], now_s)
        if alerting is None:
            return []
        logs = alerting.step(picture, post.assessed, reports, now_s, renamed)
        for what, target in alerting.news:
            vehicle_of = self._means[k].get(target, NOTHING)
            self.story.append(Step(now_s, what, post.nation, target, vehicle_of))
        return [(now_s, self.duty.posts[k].site, log) for log in logs]

    def _shots_left(self) -> dict[str, int]:
        """Return how many shots each nation has left of each weapon, ready or in reserve."""
        made: dict[str, int] = {}
        for unit in self.units:
            for weapon in unit.weapons:
                left = sum(self.engagement.ready(self.engagement.weapon(unit.name, weapon.name)))
                kind = f"{unit.nation} {weapon.name}"
                made[kind] = made.get(kind, 0) + left
        return made

    def left(self, end_s: float) -> DutyLeft:
        """Return what the duty left by the end of a run."""
        seats_s = [max((end_s - self.built.begin_s) * p.watch.crew.seats, 1e-9) for p in self.posts]
        return DutyLeft(
            posts=[post.nation for post in self.posts],
            story=self.story,
            tracked_s=self.tracked_s,
            most_hostile=self.most_hostile,
            identities=self.identities,
            stop_s=self.engagement.stop_s[:-1].copy(),
            spent={
                unit.name: {
                    one.name: self.engagement.fired(self.engagement.weapon(unit.name, one.name))
                    for one in unit.weapons
                }
                for unit in self.units
            },
            magazines=[*self.magazines, (end_s, self._shots_left())],
            busy_share=[
                min(post.watch.busy_s / seat_s, 1.0)
                for post, seat_s in zip(self.posts, seats_s, strict=True)
            ],
            longest_wait_s=[post.watch.longest_wait_s for post in self.posts],
            meant=self._meant,
            alerted=[
                Alerted([], []) if alerting is None else alerting.left()
                for alerting in self._alerting
            ],
            sent=self._sent,
        )

    # ---- words between the posts ---------------------------------------------------------------

    def _heard(self, k: int, now_s: float) -> list[bytes]:
        due = sorted(one for one in self._coming[k] if one[0] <= now_s)
        self._coming[k] = [one for one in self._coming[k] if one[0] > now_s]
        return [octets for _, _, octets in due]

    def _send(self, k: int, packet: bytes, now_s: float) -> None:
        if self._line is None:
            return
        arrives_s = self._line.send(self.sites[k], len(packet), now_s)
        if arrives_s is not None:
            self._sent += 1
            self._coming[1 - k].append((arrives_s, self._sent, packet))

    # ---- what posts do -------------------------------------------------------------------------

    def _own(self, nation: str) -> tuple[UnitOf, ...]:
        names = self.moving.commands(nation)
        return tuple(unit for unit in self.units if unit.name in names)

    def _pass_on(self, k: int, reports: Reports | None, now_s: float) -> None:
        """Take what a nation's own people report; pass it on to the other over the line.

        Once: if the line loses it, it is lost.
        """
        if reports is None or not len(reports):
            return
        own = reports.rows(np.isin(reports.sensor, self._people[k]))
        if not len(own):
            return
        self._told_by.append((now_s, self._told_count, k, own))
        self._told_count += 1
        if self._line is not None:
            arrives_s = self._line.send(self.sites[k], REPORT_OCTETS * len(own), now_s)
            if arrives_s is not None:
                self._told_by.append((arrives_s, self._told_count, 1 - k, own))
                self._told_count += 1

    def _said(self, k: int, now_s: float) -> Reports | None:
        """Return what people told a command post, and the other passed on to it, since its look."""
        due = sorted(
            (one for one in self._told_by if one[2] == k and one[0] <= now_s),
            key=lambda one: one[:2],
        )
        if not due:
            return None
        self._told_by = [one for one in self._told_by if one[2] != k or one[0] > now_s]
        return join([rows for _, _, _, rows in due])

    def _note(self, k: int, means: Mapping[int, int], now_s: float) -> None:
        """Keep what each vehicle was taken for, at its worst and for how long."""
        self._meant[k] |= {number: one for number, one in means.items() if one != NOTHING}
        assessed, lasted_s = self.posts[k].assessed, max(self.duty.look_s, self.duty.step_s)
        kept = self.identities[k]
        vehicles = [means.get(target, NOTHING) for target in assessed]
        pairs = zip(
            (self._truly[one] for one in vehicles),
            (one.identity for one in assessed.values()),
            strict=True,
        )
        for pair, count in collections.Counter(pairs).items():
            kept[pair] = kept.get(pair, 0.0) + count * lasted_s
        rows, hostile = np.array(vehicles, np.int64), [one.hostile for one in assessed.values()]
        is_known = rows != NOTHING
        np.maximum.at(self.most_hostile[:, k], rows[is_known], np.array(hostile)[is_known])
        np.minimum.at(self.tracked_s[:, k], rows[is_known], now_s)

    def _take(self, k: int, out: Out, now_s: float) -> list[Happened]:
        """Write down what a post said, and what of it belongs to the story of a vehicle."""
        nation, book, means = self.posts[k].nation, self.posts[k].desk.book, self._means[k]
        site = self.duty.posts[k].site
        for fact in out.facts:
            target, kind = fact.facts.get("target", NOTHING), fact.kind
            if kind == "identified":
                kind = fact.facts["identity"] + ("-by-crew" if fact.facts["by"] else "")
            elif kind == "answer":
                proposal = book.get(Ref(*fact.facts["proposal"]))
                target = getattr(proposal, "target", NOTHING)
                kind = "agreed" if fact.facts["concurs"] else "declined"
                kind = _OF_UNITS[kind] if is_unit(target) else kind
            elif is_unit(target):
                if kind not in _OF_UNITS:
                    continue
                kind = _OF_UNITS[kind]
            elif kind not in {"proposal", "order", "hold", "watched-on"}:
                continue
            vehicle = next((means[one] for one in book.numbers(target) if one in means), NOTHING)
            self.story.append(
                Step(now_s, kind, nation, target, vehicle, str(fact.facts.get("unit", "")))
            )
        return [(now_s, site, Log(fact.kind, fact.facts)) for fact in out.facts]

    # ---- what batteries do ---------------------------------------------------------------------

    def _act(self, k: int, order: Order, track: Tracks, now_s: float) -> list[Happened]:
        """Give an order to its battery, which chooses the weapon."""
        vehicle, off_m = self.matching.behind(track, now_s)
        unit = self._where(next(one for one in self.units if one.name == order.unit), now_s)
        if not self.moving.can_shoot(unit.name, now_s):
            self._told[k].append(UnitReport(order.ref, "refused", True))
            facts = {"order": list(order.ref), "unit": unit.name, "state": "not deployed"}
            return [(now_s, unit.site, Log(UNIT, facts))]
        means = int(vehicle[0]) if len(vehicle) else NOTHING
        if means == NOTHING:  # a track of nothing, or lost: the battery finds no target
            self._told[k].append(UnitReport(order.ref, "missed", True))
            facts = {"order": list(order.ref), "unit": unit.name, "state": "no target"}
            return [(now_s, unit.site, Log(UNIT, facts))]
        domain = str(self.built.surroundings.vehicles.domain[means])
        is_own = self._sees(unit, track)
        rule = self._rule(order, k)
        quality = 1.0
        if not is_own:
            sigmas = float(off_m[0]) / self.duty.shared_track_m
            quality = float(np.exp(-0.5 * sigmas**2)) if rule else 0.0
        best: tuple[float, WeaponOf, Target] | None = None
        for weapon in unit.weapons:
            chance = weapon.chance_by_domain.get(domain, weapon.chance) * quality
            if weapon.domains and domain not in weapon.domains:
                chance = 0.0
            target = self._target(unit, weapon, means, now_s, order.until_s)
            ready, _ = self.engagement.ready(self.engagement.weapon(unit.name, weapon.name))
            can = chance > 0.0 and ready > 0 and bool(np.isfinite(target.distance_m).any())
            if can and (best is None or chance > best[0]):
                best = chance, weapon, target
        if best is None:  # it waits for its target until the order ends
            facts = {"order": list(order.ref), "unit": unit.name, "state": "cannot"}
            return [(now_s, unit.site, Log(UNIT, facts))]
        chance, weapon, target = best
        row = self.engagement.weapon(unit.name, weapon.name)
        engaged = self.engagement.order(row, target, chance, now_s, until_s=order.until_s)
        nation = self.posts[k].nation
        self._ordered[engaged] = _Ordered(order, nation, unit, weapon.name, means)
        self._engaged[order.ref] = engaged
        told = engage_facts(order, unit.name, weapon.name, chance, is_own, target)
        return [(now_s, unit.site, Log(ENGAGE, told))]

    def _where(self, unit: UnitOf, now_s: float) -> UnitOf:
        """Return a battery where it is now."""
        if not self.moving.has_moved(unit.name):
            return unit
        spot, row = self.moving.spot(unit.name, now_s), self.moving.site(unit.name, now_s)
        return dataclasses.replace(
            unit,
            site=self.built.sites[row].name if row >= 0 else unit.site,
            latitude_rad=spot.latitude_rad,
            longitude_rad=spot.longitude_rad,
            height_m=spot.height_m,
        )

    def _rule(self, order: Order, k: int) -> bool:
        """Return whether doctrine lets a battery fire at what only others' sensors see."""
        proposal = self.posts[k].desk.book.get(order.proposal)
        rule = self.duty.doctrine.rule(getattr(proposal, "rule", ""))
        return rule is not None and rule.shared_tracks

    def _sees(self, unit: UnitOf, track: Tracks) -> bool:
        """Return whether sensors at the battery's own site contributed to a track of late."""
        row = self.moving.site(unit.name, float(track.time_s[0]))
        bits = track.sensors[0]
        if row < 0:
            return False
        return any(
            (int(bits[s // _WORD]) >> (s % _WORD)) & 1 for s in self._sensors_at[row].tolist()
        )

    def _target(
        self, unit: UnitOf, weapon: WeaponOf, vehicle: int, now_s: float, until_s: float
    ) -> Target:
        """Return where a vehicle will be as a weapon finds it: NaN outside of the envelope."""
        times_s = np.arange(now_s, until_s + 60.0, SAMPLE_S)
        site = unit.latitude_rad, unit.longitude_rad, unit.height_m
        range_m, height_m, speed_mps = distances_m(self.built, vehicle, site, times_s)
        with np.errstate(invalid="ignore"):
            inside = (range_m >= weapon.range_min_m) & (range_m <= weapon.range_max_m)
            inside &= (height_m >= weapon.height_min_m) & (height_m <= weapon.height_max_m)
            inside &= speed_mps <= weapon.target_speed_max_mps
            inside &= range_m <= horizon_distance_m(unit.antenna_m, np.nan_to_num(height_m))
        away_m = np.where(inside, np.hypot(range_m, height_m), np.nan)
        return Target(vehicle, away_m, now_s, SAMPLE_S)

    def _tell(self, one: FromUnit) -> list[Happened]:
        """Take down what a battery did; tell its command post."""
        did = self._ordered[one.engagement]
        k = next(k for k, post in enumerate(self.posts) if post.nation == did.nation)
        is_end = one.kind in _ENDS
        state = one.kind if one.kind in {"fired", "stopped", "missed"} else "refused"
        state = "missed" if one.kind in {"wasted", "gone"} else state
        # that a target will not come into reach nobody knows before the order has ended
        if one.kind != "no-reach" and (one.kind != "fired" or not did.has_fired):
            self._told[k].append(UnitReport(did.order.ref, state, is_end))
        did.has_fired |= one.kind == "fired"
        self.story.append(
            Step(
                one.time_s,
                one.kind,
                did.nation,
                did.order.target,
                did.vehicle,
                did.unit.name,
                one.shots,
            )
        )
        facts = {
            "order": list(did.order.ref),
            "unit": did.unit.name,
            "weapon": did.weapon,
            "state": one.kind,
            "shots": one.shots,
            "vehicle": str(self.built.surroundings.vehicles.name[did.vehicle]),
        }
        return [(one.time_s, did.unit.site, Log(UNIT, facts))]
