"""One target's path as a textbook's filter goes along it: whole matrices, one model at a time."""

import math

import numpy as np
from scipy.linalg import expm

from jointsky.earth import geodesy
from jointsky.tracking import layout_kernels as layout
from jointsky.tracking.path_kernels import MOST_REFUSED, STRAY
from jointsky.tracking.update_kernels import LEAST_WEIGHT
from jointsky.tracking.world import switching_rates
from tracking import naive
from tracking.naive_measurement import blocks_of, looked, updated


def in_use(bodies):
    """Return the models that have a weight."""
    return [m for m in range(layout.MODELS) if bodies[m, layout.WEIGHT] > 0.0]


def set_out(bodies, dt, settings):
    """Return the models' rows as they set out for a step: mixed, the slow one only if it is."""
    switching = expm(switching_rates(settings) * dt)
    return naive.without_slow(naive.mixed(bodies, switching, settings.turn_acceleration_mps2))


def arrived(mixed, dt, models, up):
    """Return the same ``dt`` seconds on."""
    out = mixed.copy()
    for m in in_use(mixed):
        x, p = naive.predicted(*naive.opened(mixed[m]), m, dt, models, up)
        out[m] = naive.body_of(x, p, mixed[m, layout.WEIGHT])
    return out


def height_held(body, up, sky, settings):
    """Return a row that was told the usual height, where its own is known far worse than that."""
    x, p = naive.opened(body)
    h = np.concatenate([up, np.zeros(4)])
    usual2 = settings.unseen_height_sigma_m**2
    if h @ p @ h <= 1.5 * usual2:
        return body
    height = x[2] if sky.is_flat else float(geodesy.ecef_to_geodetic([x[:3]])[2][0])
    gain = p @ h / (h @ p @ h + 3.0 * usual2)
    x = x + gain * (settings.unseen_height_m - height)
    return naive.body_of(x, p - np.outer(gain, h @ p), body[layout.WEIGHT])


def took(bodies, counts, plot, scene, up):
    """Return models and counts (heights in a row that did not fit, plots refused) after a plot."""
    sky, sensor, origin, settings, gate = scene
    wild, refused = counts
    blocks = blocks_of(plot, sensor, sky, 0.0, settings.mode_c_sigma_m)
    out, logs, distances, wilds, rows = bodies.copy(), {}, [], [], 0
    for m in in_use(bodies):
        x, p = naive.opened(bodies[m])
        seen = looked(x, p, blocks, np.linalg.norm(x[:3] - origin))
        done = updated(x, p, seen)
        after = done.x, done.p
        if m == layout.TURN:
            after = naive.leaned(x, *after, up)
        out[m] = naive.body_of(*after)
        logs[m] = done.log_density + math.log(bodies[m, layout.WEIGHT])
        distances.append(done.distance2)
        wilds.append(seen.wild)
        rows = len(seen.residual)
    if min(distances) > STRAY * gate[rows] and refused < MOST_REFUSED:
        return bodies, (wild, refused + 1)
    likely = max(logs.values())
    total = sum(math.exp(log - likely) for log in logs.values())
    for m, log in logs.items():
        out[m, layout.WEIGHT] = max(math.exp(log - likely) / total, LEAST_WEIGHT)
    out[:, layout.WEIGHT] /= out[:, layout.WEIGHT].sum()
    wild = wild + 1 if all(wilds) else 0
    if wild == 3:  # then it is the path's own height that is wrong
        wild = 0
        doubt = np.zeros((7, 7))
        doubt[:3, :3] = settings.unseen_height_sigma_m**2 * np.outer(up, up)
        for m in range(layout.MODELS):
            x, p = naive.opened(out[m])
            out[m] = naive.body_of(x, p + doubt, out[m, layout.WEIGHT])
    return out, (wild, 0)


def aimed(velocity, first, second, dt, origin, settings):
    """Return a first velocity, not measured, turned to where the second plot lies.

    ``first`` and ``second`` are rows of prepared plots; ``velocity`` (3,) is what the first gave.
    """
    up = first[layout.P_AXES + 6 : layout.P_AXES + 9]
    places = [q[layout.P_X : layout.P_X + 3] for q in (first, second)]
    flown = places[1] - places[0]
    level = (flown - up * (up @ flown)) / dt
    unsure2 = (first[layout.P_SIGMA] ** 2 + second[layout.P_SIGMA] ** 2) / dt**2
    usual2 = settings.speed_sigma_mps**2
    change = level * usual2 / (usual2 + unsure2) - velocity
    if first[layout.P_VAR_RATE] > 0.0:  # what is known of the speed along the sight stays
        sight = (places[0] - origin) / np.linalg.norm(places[0] - origin)
        change = change - sight * (sight @ change)
    return velocity + change
