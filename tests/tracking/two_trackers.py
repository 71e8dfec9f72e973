"""Two trackers of one target, many times over: their real errors and the covariances they tell."""

import numpy as np

from jointsky.streams import stream
from jointsky.tracking import shared
from jointsky.tracking.fusion import Estimates

GROUND = np.array([0, 1, 3, 4])
PERIOD_S = 4.0
H = np.eye(2, 4)


def motion(dt_s, psd):
    """Return F and Q of nearly constant velocity, of east, north, ve, vn."""
    f = np.eye(4)
    f[0, 2] = f[1, 3] = dt_s
    q = np.kron(np.array([[dt_s**3 / 3, dt_s**2 / 2], [dt_s**2 / 2, dt_s]]), np.eye(2)) * psd
    return f, q


def six(cov):
    """Return a covariance (6, 6) whose ground part is ``cov``."""
    out = np.diag([0.0, 0.0, 900.0, 0.0, 0.0, 4.0])
    out[np.ix_(GROUND, GROUND)] = cov
    return out


class TrackerOf:
    """One tracker in all runs at once: errors (M, 4), and what it tells of them."""

    def __init__(self, rng, runs, noise):
        self.rng, self.noise = rng, noise
        first = np.diag([3600.0, 3600.0, 2500.0, 2500.0])
        self.error = rng.normal(size=(runs, 4)) @ np.linalg.cholesky(first).T
        self.cov = first
        self.was, self.part, self.share = first, first.copy(), 1.0
        self.since_s = 0.0

    def move(self, f, q, kick):
        """Let the target move: ``kick`` (M, 4) is what nobody foresaw."""
        self.error = self.error @ f.T - kick
        self.cov = f @ self.cov @ f.T + q

    def see(self, dt_s, psd):
        """Take a plot; follow what is common from the covariances told alone."""
        s = H @ self.cov @ H.T + self.noise
        gain = self.cov @ H.T @ np.linalg.inv(s)
        noise = self.rng.normal(size=(len(self.error), 2)) @ np.linalg.cholesky(self.noise).T
        self.error = self.error + (noise - self.error @ H.T) @ gain.T
        self.cov = self.cov - gain @ H @ self.cov
        self.follow(dt_s, psd, 1)

    def follow(self, dt_s, psd, plots):
        part, share = shared.follow(
            six(self.was)[None],
            six(self.cov)[None],
            self.part[None],
            np.array([dt_s]),
            np.array([psd]),
            np.array([plots]),
        )
        self.was, self.part, self.share = self.cov.copy(), part[0], float(share[0])

    def estimates(self):
        """Return all runs' estimates, of a target that is at nought."""
        n = len(self.error)
        cov = np.broadcast_to(self.cov, (n, 4, 4)).copy()
        return Estimates.of(self.error, cov, np.full(n, self.share))


def followed(seed, runs, psd, noises, turns=15):
    """Return trackers of one target whose beams pass half a turn apart, brought to one time."""
    rng = stream(seed, "two-trackers")
    trackers = [TrackerOf(rng, runs, noise) for noise in noises]
    f, q = motion(PERIOD_S / 2.0, psd)
    root = np.linalg.cholesky(q)
    for half in range(2 * turns):
        kick = rng.normal(size=(runs, 4)) @ root.T
        for k, tracker in enumerate(trackers):
            tracker.move(f, q, kick)
            if half % 2 == k % 2:
                tracker.see(PERIOD_S if half > 1 else (half + 1) * PERIOD_S / 2.0, psd)
    for k, tracker in enumerate(trackers):
        if (2 * turns - 1) % 2 != k % 2:
            tracker.follow(PERIOD_S / 2.0, psd, 0)
    return trackers


def nees(fused):
    """Return the mean of the squared errors in units of the covariance told; 4 where it is right.

    Target at nought; Bar-Shalom, Li, Kirubarajan 2001, 5.4.2.
    """
    solved = np.linalg.solve(fused.covariance, fused.mean[:, :, None])[:, :, 0]
    return float((fused.mean * solved).sum(axis=1).mean())


def worst(fused):
    """Return in the worst direction the real variance over that told; at most 1 is safe."""
    real = fused.mean.T @ fused.mean / len(fused.mean)
    return float(np.linalg.eigvals(np.linalg.solve(fused.covariance[0], real)).real.max())
