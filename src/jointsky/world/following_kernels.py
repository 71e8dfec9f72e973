"""Kernels behind following.py: a smooth height over rough ground, within the limits of climb.

Heights in metres, a fixed time apart.
"""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel


@kernel
def reachable(wanted_m, step_s, climb_mps, descent_mps, out):
    """Fill out (n,) with the least heights, none below ``wanted_m``, that limits of climb allow.

    Two passes: a height asks those before it to have climbed, and those after it to be no lower
    than a descent leads.
    """
    n = wanted_m.shape[0]
    for i in range(n):
        out[i] = wanted_m[i]
    for i in range(n - 2, -1, -1):
        out[i] = max(out[i], out[i + 1] - climb_mps * step_s)
    for i in range(1, n):
        out[i] = max(out[i], out[i - 1] - descent_mps * step_s)


@inner
def _bowl(heights_m, sign, drop_m, reach, out):
    """Fill out with the greatest (least, for sign -1) of parabolas set on each height."""
    n = heights_m.shape[0]
    for i in range(n):
        best = -math.inf
        for j in range(max(0, i - reach), min(n, i + reach + 1)):
            best = max(best, sign * heights_m[j] - drop_m * (j - i) * (j - i))
        out[i] = sign * best


@kernel
def rounded(heights_m, step_s, acceleration_mps2, reach, work, out):
    """Fill out (n,) with heights no lower than given whose second difference stays in a limit.

    Morphology with a parabola (Serra 1982): dilated, so that hills are rounded; then closed, so
    that valleys are.  The limits of climb that ``heights_m`` keep are kept.  ``reach`` is how many
    steps it takes to change from the fastest descent to the fastest climb.
    """
    drop_m = 0.5 * acceleration_mps2 * step_s * step_s
    _bowl(heights_m, 1.0, drop_m, reach, out)
    _bowl(out, 1.0, drop_m, reach, work)
    _bowl(work, -1.0, drop_m, reach, out)


@kernel
def parabolas(controls_m, step_s, pieces):
    """Fill pieces (n, 5) of height with the quadratic B-spline of controls (n,), a step apart.

    Height and rate of climb are continuous (de Boor 1978, ch. IX); each height lies between the
    three controls about it, each rate between those of two chords.
    """
    n = controls_m.shape[0]
    for i in range(n):
        before = controls_m[i - 1] if i > 0 else controls_m[i]
        after = controls_m[i + 1] if i + 1 < n else controls_m[i]
        enters, leaves = (controls_m[i] - before) / step_s, (after - controls_m[i]) / step_s
        pieces[i, 0], pieces[i, 1] = (i - 0.5) * step_s, step_s
        pieces[i, 2] = 0.5 * (before + controls_m[i])
        pieces[i, 3], pieces[i, 4] = enters, (leaves - enters) / step_s
