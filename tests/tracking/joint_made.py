"""Made sites for tests of the joint picture: simple trackers of known errors, links of any kind.

Each site follows its targets with Kalman filters of nearly constant velocity, from plots of its
own; what they tell is consistent by construction.
"""

import numpy as np

from jointsky.records.tracks import Tracks
from jointsky.streams import stream
from jointsky.tracking.joint import JointPicture
from jointsky.tracking.joint_settings import JointSettings

EPOCH_S = 1_800_000_000.0
LAT0, LON0 = 0.91, 0.52
ALONG_M, ACROSS_M = 6_375_000.0, 6_391_500.0 * np.cos(LAT0)
SINCE_S = 1_577_836_800.0
TURN_S, SIGMA_M, PSD = 4.0, 60.0, 0.5


def geodetic(east_m, north_m):
    return LAT0 + np.asarray(north_m) / ALONG_M, LON0 + np.asarray(east_m) / ACROSS_M


def east_north(tracks):
    return np.column_stack(
        [(tracks.longitude_rad - LON0) * ACROSS_M, (tracks.latitude_rad - LAT0) * ALONG_M]
    )


class Straight:
    """A target on a straight line: place at EPOCH_S and velocity, in metres."""

    def __init__(self, east_m, north_m, ve_mps, vn_mps, height_m=9000.0, mode_s=-1, call_sign=""):
        self.at = np.array([east_m, north_m], float)
        self.v = np.array([ve_mps, vn_mps], float)
        self.height_m = height_m
        self.mode_s = mode_s
        self.call_sign = call_sign

    def place(self, time_s):
        return self.at + self.v * (time_s - EPOCH_S)


class MadeSite:
    """A site's tracker: follows each target while ``sees(target row, time)`` is true."""

    def __init__(self, seed, name, targets, sees=lambda row, time_s: True, knows_height=True):
        self.rng = stream(seed, "made-site", name)
        self.targets = targets
        self.sees = sees
        self.knows_height = knows_height
        self.phase = self.rng.uniform(0.0, TURN_S, len(targets))
        self.next = EPOCH_S + self.phase
        self.state = [None] * len(targets)
        self.born = np.zeros(len(targets), np.int64)
        self.plots = np.zeros(len(targets), int)
        self.sigma_m = SIGMA_M

    def run(self, until_s):
        for k, target in enumerate(self.targets):
            while self.next[k] <= until_s:
                t, self.next[k] = self.next[k], self.next[k] + TURN_S
                if not self.sees(k, t):
                    self.state[k] = None
                    continue
                plot = target.place(t) + self.rng.normal(0.0, self.sigma_m, 2)
                self._update(k, t, plot)

    def _update(self, k, t, plot):
        if self.state[k] is None:
            mean = np.array([*plot, 0.0, 0.0])
            cov = np.diag([self.sigma_m**2] * 2 + [160.0**2] * 2)
            self.plots[k] = 1
            low = int(self.rng.integers(1 << 30))
            self.born[k] = (int((t - SINCE_S) * 8) << 30) | low
            self.state[k] = (t, mean, cov)
            return
        mean, cov = self._predicted(k, t)
        s = cov[:2, :2] + np.eye(2) * self.sigma_m**2
        gain = cov[:, :2] @ np.linalg.inv(s)
        self.state[k] = (t, mean + gain @ (plot - mean[:2]), cov - gain @ cov[:2])
        self.plots[k] += 1

    def _predicted(self, k, t):
        at, mean, cov = self.state[k]
        dt = t - at
        f = np.eye(4)
        f[0, 2] = f[1, 3] = dt
        q = np.kron(np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]), np.eye(2)) * PSD
        return f @ mean, f @ cov @ f.T + q

    def picture(self, time_s):
        self.run(time_s)
        rows = [k for k, s in enumerate(self.state) if s is not None and self.plots[k] >= 3]
        made = [self._predicted(k, time_s) for k in rows]
        n = len(rows)
        mean = np.array([m for m, _ in made]).reshape(n, 4)
        cov = np.zeros((n, 6, 6))
        ground = np.array([0, 1, 3, 4])
        for i in range(n):
            cov[i][np.ix_(ground, ground)] = made[i][1]
        cov[:, 2, 2] = 30.0**2 if self.knows_height else 2000.0**2
        cov[:, 5, 5] = 4.0
        lat, lon = geodetic(mean[:, 0], mean[:, 1])
        heights = np.array([self.targets[k].height_m for k in rows], float)
        return Tracks.make(
            n,
            time_s=np.full(n, time_s),
            track_number=self.born[rows].astype(np.int64),
            latitude_rad=lat,
            longitude_rad=lon,
            height_m=heights if self.knows_height else np.full(n, np.nan),
            ve_mps=mean[:, 2],
            vn_mps=mean[:, 3],
            vu_mps=0.0,
            covariance=cov,
            manoeuvre=0.0,
            existence=0.999,
            status=1,
            plots=self.plots[rows].astype(np.int32),
            sensors=np.zeros((n, 1), np.uint64),
            mode_s=np.array([self.targets[k].mode_s for k in rows], np.int32),
            call_sign=np.array([self.targets[k].call_sign for k in rows], "U8"),
        )


class MadeNetwork:
    """Sites, their joint pictures, and what is on its way between them.

    ``delay_s(from, to, time)``: seconds, or None where the message is lost.
    """

    def __init__(self, sites, share="fused", delay_s=lambda a, b, t: 0.3, domains=None, **settings):
        self.sites = sites
        self.delay_s = delay_s
        made = JointSettings(share=share, **settings)
        n = len(sites)
        domains = domains or list(range(n))
        self.domains = domains
        self.joint = [
            JointPicture(n, k, [r for r in range(n) if domains[r] == domains[k]], made)
            for k in range(n)
        ]
        self.on_way = []
        self.events = [[] for _ in sites]
        self.told = 0
        self.said = []

    def second(self, time_s):
        for due in sorted((m for m in self.on_way if m[0] <= time_s), key=lambda m: m[:3]):
            _, origin, to, reports = due
            self.joint[to].take(origin, reports, time_s)
        self.on_way = [m for m in self.on_way if m[0] > time_s]
        self.local = [site.picture(time_s) for site in self.sites]
        for k, joint in enumerate(self.joint):
            self.events[k] += joint.advance(time_s, self.local[k])
            if self.domains.index(self.domains[k]) != k:
                continue
            reports = joint.reports(time_s, self.local[k])
            if len(reports) == 0:
                continue
            self.told += len(reports)
            self.said.append((time_s, k, reports))
            joint.take(k, reports, time_s)
            for to in range(len(self.sites)):
                wait = self.delay_s(k, to, time_s) if to != k else None
                if wait is not None:
                    self.on_way.append((time_s + wait, k, to, reports))

    def pictures(self, time_s):
        return [
            joint.picture(time_s, local)
            for joint, local in zip(self.joint, self.local, strict=True)
        ]

    def numbers(self):
        """Return by site which number each target is shown under, as its own tracker has it."""
        out = []
        for site, joint in zip(self.sites, self.joint, strict=True):
            rows = [k for k, s in enumerate(site.state) if s is not None and site.plots[k] >= 3]
            shown = joint.system_numbers(site.born[rows]).tolist()
            out.append(dict(zip(rows, shown, strict=True)))
        return out

    def run(self, seconds, begin_s=EPOCH_S, look=lambda net, time_s: None):
        for k in range(1, seconds + 1):
            self.second(begin_s + k)
            look(self, begin_s + k)
