"""What averaging two tracks claims, what it really is, and the safe ways beside it."""

import numpy as np
from matplotlib.figure import Figure

from jointsky.streams import stream
from jointsky.tracking import fusion, shared

SIZE_PX = (1000, 460)
RUNS = 2000
PERIOD_S = 4.0
NOISES = [np.diag([30.0**2, 150.0**2]), np.diag([150.0**2, 30.0**2])]  # they look crosswise
PSDS = np.geomspace(1e-4, 30.0, 12)
H = np.eye(2, 4)
GROUND = np.array([0, 1, 3, 4])
WAYS = (
    ("average", fusion.as_if_independent, "#D55E00"),
    ("covariance intersection", fusion.covariance_intersection, "#0072B2"),
    ("inverse intersection", fusion.inverse_covariance_intersection, "#CC79A7"),
    ("split", fusion.split_covariance_intersection, "#009E73"),
)


def motion(dt_s: float, psd: float) -> tuple[np.ndarray, np.ndarray]:
    """Return F and Q of a nearly constant velocity, of east, north, ve, vn."""
    f = np.eye(4)
    f[0, 2] = f[1, 3] = dt_s
    q = np.kron([[dt_s**3 / 3, dt_s**2 / 2], [dt_s**2 / 2, dt_s]], np.eye(2)) * psd
    return f, q


def six(cov: np.ndarray) -> np.ndarray:
    """Return a covariance (1, 6, 6) whose ground part is ``cov``."""
    out = np.diag([0.0, 0.0, 900.0, 0.0, 0.0, 4.0])
    out[np.ix_(GROUND, GROUND)] = cov
    return out[None]


def two_tracks(psd: float, seed: int = 1, turns: int = 30) -> list[fusion.Estimates]:
    """Return two trackers' estimates of one target at nought: 2,000 flights, radars of their own.

    The target does what neither foresaw, by the same spectral density in each flight.
    """
    rng = stream(seed, "why-not-average")
    f, q = motion(PERIOD_S, psd)
    first = np.diag([3600.0, 3600.0, 2500.0, 2500.0])
    errors = rng.normal(size=(2, RUNS, 4)) * np.sqrt(np.diag(first))
    one = np.ones(1, np.int64)
    covs, parts, shares = [first, first], [first[None], first[None]], [one, one]
    for _ in range(turns):
        unforeseen = rng.normal(size=(RUNS, 4)) @ np.linalg.cholesky(q).T
        errors = errors @ f.T - unforeseen
        for k, noise in enumerate(NOISES):
            before = f @ covs[k] @ f.T + q
            gain = before @ H.T @ np.linalg.inv(H @ before @ H.T + noise)
            now = before - gain @ H @ before
            plot = rng.normal(size=(RUNS, 2)) * np.sqrt(np.diag(noise))
            errors[k] += (plot - errors[k] @ H.T) @ gain.T
            told = six(covs[k]), six(now), parts[k]
            parts[k], shares[k] = shared.follow(*told, PERIOD_S * one, psd * one, one)
            covs[k] = now
    return [
        fusion.Estimates.of(e, np.broadcast_to(p, (RUNS, 4, 4)), s[0])
        for e, p, s in zip(errors, covs, shares, strict=True)
    ]


def claimed_and_real_mps(fused: fusion.Estimates) -> tuple[float, float]:
    """Return the standard error of a fused velocity as told, and as it is."""
    told = np.sqrt(fused.covariance[0, 2, 2] + fused.covariance[0, 3, 3])
    return float(told), float(np.sqrt((fused.mean[:, 2:] ** 2).sum(axis=1).mean()))


def draw(figure: Figure) -> None:
    """Draw both panels."""
    left, right = figure.subplots(1, 2)
    ratios = {name: [] for name, _, _ in WAYS}
    averages = []
    for psd in PSDS:
        pair = two_tracks(float(psd))
        for name, way, _ in WAYS:
            fused = way(*pair)
            solved = np.linalg.solve(fused.covariance, fused.mean[:, :, None])[:, :, 0]
            ratios[name].append((fused.mean * solved).sum(axis=1).mean() / 4.0)
        alone = claimed_and_real_mps(pair[0])[1]
        averages.append((alone, *claimed_and_real_mps(fusion.as_if_independent(*pair))))
    alone, told, real = np.array(averages).T
    left.plot(PSDS, alone, color="#16202a", label="one track alone")
    left.plot(PSDS, real, color="#D55E00", label="average of two: its real error")
    left.plot(PSDS, told, "--", color="#D55E00", label="average of two: the error it claims")
    left.fill_between(PSDS, told, real, color="#D55E00", alpha=0.15, linewidth=0)
    left.set_ylim(0, None)
    left.set_title("Error of velocity (m/s)", fontsize=10, loc="left")
    for name, _, colour in WAYS:
        right.plot(PSDS, ratios[name], color=colour, label=name)
    right.axhline(1.0, color="#8aa2b2", linestyle=":")
    right.text(PSDS[-1], 1.025, "above: claims too much", ha="right", fontsize=8, color="#5b7282")
    right.set_ylim(0, 1.9)
    right.set_title("Squared error, in units of what is told", fontsize=10, loc="left")
    for axes, place in ((left, "upper left"), (right, "lower right")):
        axes.set_xscale("log")
        axes.set_xlabel("what the target does unforeseen (acceleration noise, m²/s³)", fontsize=9)
        axes.legend(fontsize=8, frameon=False, loc=place)
