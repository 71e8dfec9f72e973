"""Two command posts over one small sky, with pictures and assessments made by hand."""

import math

import numpy as np

from jointsky.assess.areas import Area, Areas
from jointsky.decide.declared import Crew, Duty, Post
from jointsky.decide.doctrine import Doctrine, Rule
from jointsky.duty.post import CommandPost, Setup
from jointsky.duty.units import UnitOf, WeaponOf
from jointsky.records.assessment import Assessment, Evidence
from jointsky.records.decisions import Stock
from jointsky.records.tracks import Tracks

M_PER_RAD = 6_371_000.0
LATITUDE, LONGITUDE = math.radians(54.0), math.radians(28.0)


def at(north_m, east_m):
    return LATITUDE + north_m / M_PER_RAD, LONGITUDE + east_m / M_PER_RAD / math.cos(LATITUDE)


def square(north_m, east_m, half_m):
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    return np.array([at(north_m + a * half_m, east_m + b * half_m) for a, b in corners])


def areas():
    return Areas(
        [
            Area("west-land", "border", square(0, -100_000, 100_000), "west"),
            Area("east-land", "border", square(0, 100_000, 100_000), "east"),
            Area("town", "protected", square(0, -5_000, 3_000), "west"),
        ]
    )


def unit(name, nation, east_m, **given):
    latitude_rad, longitude_rad = at(0.0, east_m)
    weapon = WeaponOf(
        **(
            {
                "name": "missile",
                "range_min_m": 500.0,
                "range_max_m": 15_000.0,
                "height_min_m": 10.0,
                "height_max_m": 8_000.0,
                "target_speed_max_mps": 700.0,
                "chance": 0.7,
                "mean_speed_mps": 600.0,
            }
            | given
        )
    )
    return UnitOf(
        name=name,
        nation=nation,
        site=nation,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        height_m=0.0,
        reaction_s=5.0,
        channels=2,
        antenna_m=10.0,
        weapons=(weapon,),
    )


def picture(now_s, *rows):
    """Return a picture of (number, north_m, east_m, vn_mps, ve_mps)."""
    places = [at(north_m, east_m) for _, north_m, east_m, *_ in rows]
    return Tracks.make(
        len(rows),
        time_s=np.full(len(rows), now_s),
        track_number=np.array([row[0] for row in rows], np.int64),
        latitude_rad=np.array([place[0] for place in places]),
        longitude_rad=np.array([place[1] for place in places]),
        height_m=np.full(len(rows), 300.0),
        vn_mps=np.array([row[3] for row in rows], float),
        ve_mps=np.array([row[4] for row in rows], float),
        vu_mps=np.zeros(len(rows)),
        covariance=np.tile(np.diag([100.0] * 3 + [1.0] * 3), (len(rows), 1, 1)),
        status=np.ones(len(rows), np.int8),
        sensors=np.ones((len(rows), 1), np.uint64),
    )


class ByHand:
    """An identifier that says what it was told, and keeps what people decide."""

    def __init__(self, identity="hostile", hostile=0.95, domain="drone"):
        self.identity, self.hostile, self.domain = identity, hostile, domain
        self.decided = {}
        self._kept = {}

    def step(self, tracks, now_s, reports=None):
        made = {}
        for number in tracks.track_number.tolist():
            identity, by = self.decided.get(number, (self.identity, ""))
            words = f"decided by {by}" if by else "48 m/s at 300 m: like a one-way drone"
            found = Assessment(
                time_s=now_s,
                track=number,
                identity=identity,
                domain=self.domain,
                hostile=self.hostile,
                evidence=(Evidence(source="motion", words=words, shift=2.0),),
                decided_by=by,
            )
            before = self._kept.get(number)
            same = before is not None and (before.identity, before.hostile, before.decided_by) == (
                found.identity,
                found.hostile,
                found.decided_by,
            )
            made[number] = self._kept[number] = before if same else found
        return made

    def decide(self, track, identity, by, now_s, reason):
        self.decided[track] = identity, by

    def release(self, track):
        self.decided.pop(track, None)

    def rename(self, old, new):
        if old in self.decided:
            self.decided.setdefault(new, self.decided.pop(old))


BOTH = Rule(name="both", authority="both", answer_within_s=30.0, alone="own-land")


def duty(*rules, crew=None, **given):
    crew = crew or Crew(seats=2, spread=0.0, overlooks=0.0, wrongs=0.0, refuses=0.0)
    posts = tuple(Post(nation=name, site=name, crew=crew) for name in ("west", "east"))
    return Duty(doctrine=Doctrine(rules=rules or (BOTH,)), posts=posts, **given)


class Two:
    """Both posts, and a line between them that takes a second and may be cut."""

    def __init__(self, declared=None, units=(), identifiers=None, is_joint=True):
        self.duty = declared or duty()
        self.units = tuple(units) or (unit("w-1", "west", -4_000), unit("e-1", "east", 6_000))
        self.identifiers = identifiers or {"west": ByHand(), "east": ByHand()}
        self.posts = [
            CommandPost(
                Setup(post, other if is_joint else None, self.duty, areas(), self.units, 1),
                self.identifiers[post.nation],
                0.0,
            )
            for post, other in zip(self.duty.posts, ("east", "west"), strict=True)
        ]
        self.coming = [[], []]
        self.is_cut, self.salvos, self.channels = False, 4, 2
        self.acts, self.facts, self.now_s = [], [], 0.0
        self.reports = [[], []]

    def run(self, until_s, rows):
        """Go on in steps of a second; ``rows`` are of ``picture``, they fly on."""
        while self.now_s < until_s:
            self.now_s += 1.0
            t = self.now_s
            flown = [(n, a + vn * t, b + ve * t, vn, ve) for n, a, b, vn, ve in rows]
            for k, post in enumerate(self.posts):
                heard, self.coming[k] = self.coming[k], []
                stocks = [
                    Stock(
                        unit=one.name,
                        weapon="missile",
                        salvos=self.salvos,
                        channels=self.channels,
                    )
                    for one in self.units
                    if one.nation == post.nation
                ]
                told, self.reports[k] = self.reports[k], []
                seen, renamed = self.picture_of(k, t, flown), self.renamed(k, t)
                out = post.step(t, seen, heard, told, stocks, renamed=renamed)
                self.acts += [(t, post.nation, order) for order in out.acts]
                self.facts += [(t, post.nation, fact) for fact in out.facts]
                if not self.is_cut:
                    self.coming[1 - k] += out.packets

    def picture_of(self, k, t, flown):
        return picture(t, *flown)

    def renamed(self, k, t):
        return []

    def kinds(self, nation=None):
        return [fact.kind for _, who, fact in self.facts if nation in (None, who)]
