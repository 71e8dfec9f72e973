"""Kernels behind flown_over.py: whether any arc leaves a grid where a site's sensors reach.

float64; radians and seconds; no checks and no allocation: flown_over.py does both.
Shapes: A arcs; W sites that watch.
"""

# mypy: ignore-errors

import math

import numpy as np

from jointsky._jit import kernel


@kernel
def leaves(rate, acceleration, terms, first_s, last_s, looks, bounds, sites, cosines, slack, out):
    """Fill out (A,) with whether an arc is somewhere outside of a grid and in a site's reach.

    ``terms`` (A, 3, 3) of the verticals flown, ``looks`` (A,) into how many steps each is cut from
    ``first_s`` to ``last_s``.  ``bounds``: south, west and size north and east of the grid;
    ``sites`` (W, 3) verticals, ``cosines`` (W,) of their reach.
    """
    here = np.empty(3)
    for k in range(len(rate)):
        out[k] = False
        for look in range(looks[k] + 1):
            time_s = first_s[k] + (last_s[k] - first_s[k]) * look / looks[k]
            angle = rate[k] * time_s + 0.5 * acceleration[k] * time_s * time_s
            here[:] = terms[k, 0] + math.cos(angle) * terms[k, 1] + math.sin(angle) * terms[k, 2]
            north = math.asin(min(max(here[2], -1.0), 1.0)) - bounds[0]
            east = math.atan2(here[1], here[0]) - bounds[1]
            east = (east + slack) % (2.0 * math.pi) - slack
            if -slack <= north <= bounds[2] + slack and east <= bounds[3] + slack:
                continue
            for w in range(len(sites)):
                if (
                    here[0] * sites[w, 0] + here[1] * sites[w, 1] + here[2] * sites[w, 2]
                    >= cosines[w]
                ):
                    out[k] = True
                    break
            if out[k]:
                break
