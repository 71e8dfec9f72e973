"""Kernels of a track's life: begin at a plot, settle after one, end, be one of two."""
# mypy: ignore-errors

import math

from jointsky._jit import bare
from jointsky.tracking import gating_kernels, looks_kernels
from jointsky.tracking.layout_kernels import (
    BEARING,
    COV,
    FIRST,
    FREE,
    G_CLIMB_SIGMA,
    G_FLAT,
    G_HEIGHT_SIGMA,
    G_SPEED_SIGMA,
    I_BATCH,
    I_BORN_BY,
    I_BORN_CELL,
    I_CALL_SIGN,
    I_FLAGS,
    I_LAST,
    I_MODE_A,
    I_MODE_S,
    I_NUMBER,
    I_PLOTS,
    I_STATUS,
    I_VOTES,
    I_WILD,
    J_NEXT,
    L_EVERY,
    L_HIT,
    L_LOOK,
    L_VIEW,
    MANOEUVRE,
    MODELS,
    N_FREE,
    N_LIVE,
    N_SPARE,
    NEVER,
    NOBODYS,
    P_AXES,
    P_BEFORE,
    P_CALL_SIGN,
    P_CELL,
    P_COS_AZ,
    P_FLAGS,
    P_GEOMETRY,
    P_IDENTIFIED,
    P_MODE_A,
    P_MODE_S,
    P_NUMBER,
    P_PRESSURE,
    P_RATE,
    P_SENSOR,
    P_SIN_AZ,
    P_SLOPE,
    P_TIME,
    P_VAR_1,
    P_VAR_2,
    P_VAR_3,
    P_VAR_HEIGHT,
    P_VAR_RATE,
    P_VAR_VELOCITY,
    P_VE,
    POLAR,
    S_AXES,
    S_ORIGIN,
    S_PERIOD,
    T_ALIVE,
    T_BORN,
    T_DUE,
    T_E,
    T_EXISTENCE,
    T_FIRST,
    T_MEAN,
    T_N,
    T_PRESSURE,
    T_SEEN,
    T_SIGMA,
    T_SIGMA_UP,
    T_SIGMA_V,
    T_TIME,
    T_TURN_S,
    T_U,
    T_UP,
    T_VE,
    T_VN,
    T_VU,
    TENTATIVE,
    TURN,
    WEIGHT,
)
from jointsky.tracking.measurement_kernels import take_all
from jointsky.tracking.motion_kernels import combine, turn_rate_variance

EQUATOR_M, FLATTENING = 6378137.0, 1.0 / 298.257223563
SAME_ADDRESS_M = 1000.0
# Of records.plots.PlotFlag: what holds for good (who it is, by what it was seen), what passes
# (on the ground, IDENT, emergency), and what only a target that answers has
LASTING, PASSING, ANSWER = 10351, 400, 14
SOON_S = 1.0  # a track lies in a grid as wide as its gate will be by then
FIRST_VELOCITY_SIGMA_MPS = 20.0  # of a velocity that nothing confirms yet


@bare
def vertical(flat, x, y, z, up):
    """Fill ``up``, the local vertical at a point, and return its height to some 30 m.

    The normal of the ellipsoid through the point, and the radius by its first-order expansion.
    """
    if flat:
        up[0] = 0.0
        up[1] = 0.0
        up[2] = 1.0
        return z
    squash = 1.0 / ((1.0 - FLATTENING) * (1.0 - FLATTENING))
    w = z * squash
    norm = math.sqrt(x * x + y * y + w * w)
    up[0] = x / norm
    up[1] = y / norm
    up[2] = w / norm
    radius = math.sqrt(x * x + y * y + z * z)
    sine = z / radius
    return radius - EQUATOR_M * (1.0 - FLATTENING * sine * sine)


@bare
def settle(floats, links, heads, bodies, t, settings, plane, packed):
    """Refresh what follows from a track's models: mean, vertical, place on the map, spread.

    ``plane`` (4, 3): centre of the index's map and its axes in the frame; ``packed`` (21,) comes
    back as the covariance of the mixture.
    """
    f = floats[t]
    x = f[T_MEAN : T_MEAN + 6]
    combine(bodies[t], x, packed)
    up = f[T_UP : T_UP + 3]
    f[T_U] = vertical(settings[G_FLAT] > 0.0, x[0], x[1], x[2], up)
    dx = x[0] - plane[0, 0]
    dy = x[1] - plane[0, 1]
    dz = x[2] - plane[0, 2]
    f[T_E] = plane[1, 0] * dx + plane[1, 1] * dy + plane[1, 2] * dz
    f[T_N] = plane[2, 0] * dx + plane[2, 1] * dy + plane[2, 2] * dz
    f[T_VE] = plane[1, 0] * x[3] + plane[1, 1] * x[4] + plane[1, 2] * x[5]
    f[T_VN] = plane[2, 0] * x[3] + plane[2, 1] * x[4] + plane[2, 2] * x[5]
    ux, uy, uz = up[0], up[1], up[2]
    f[T_VU] = ux * x[3] + uy * x[4] + uz * x[5]
    p = packed
    along = (
        ux * (p[0] * ux + 2.0 * (p[1] * uy + p[3] * uz))
        + uy * (p[2] * uy + 2.0 * p[4] * uz)
        + p[5] * uz * uz
    )
    f[T_SIGMA_UP] = math.sqrt(max(along, 0.0))
    f[T_SIGMA] = math.sqrt(max(p[0] + p[2] + p[5] - along, 0.0))
    along = (
        ux * (p[9] * ux + 2.0 * (p[13] * uy + p[18] * uz))
        + uy * (p[14] * uy + 2.0 * p[19] * uz)
        + p[20] * uz * uz
    )
    f[T_SIGMA_V] = math.sqrt(max(p[9] + p[14] + p[20] - along, 0.0))
    gating_kernels.put(links, heads, t, f[T_E], f[T_N], gating_kernels.reach(f, SOON_S, settings))


@bare
def inverse3(a, out):
    """Invert a 3x3 matrix; False where it is nearly singular."""
    c00 = a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1]
    c01 = a[1, 2] * a[2, 0] - a[1, 0] * a[2, 2]
    c02 = a[1, 0] * a[2, 1] - a[1, 1] * a[2, 0]
    det = a[0, 0] * c00 + a[0, 1] * c01 + a[0, 2] * c02
    if abs(det) < 0.05:
        return False
    out[0, 0] = c00 / det
    out[1, 0] = c01 / det
    out[2, 0] = c02 / det
    out[0, 1] = (a[0, 2] * a[2, 1] - a[0, 1] * a[2, 2]) / det
    out[1, 1] = (a[0, 0] * a[2, 2] - a[0, 2] * a[2, 0]) / det
    out[2, 1] = (a[0, 1] * a[2, 0] - a[0, 0] * a[2, 1]) / det
    out[0, 2] = (a[0, 1] * a[1, 2] - a[0, 2] * a[1, 1]) / det
    out[1, 2] = (a[0, 2] * a[1, 0] - a[0, 0] * a[1, 2]) / det
    out[2, 2] = (a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]) / det
    return True


@bare
def first_place(b, q, geometry, sensor, range_sigma_m, height_sigma_m, scratch):
    """Write the covariance of the place that one plot gives into row ``b``, whose state is there.

    What is measured says how far the place may be off along three directions, which need not be
    at right angles: slant range and height, for one.  ``scratch`` (7, 3).
    """
    directions = scratch[0:3]
    inverse = scratch[3:6]
    sigma = scratch[6]
    height = math.sqrt(q[P_VAR_HEIGHT]) if q[P_VAR_HEIGHT] > 0.0 else height_sigma_m
    sigma[2] = height
    shared = 0.0  # covariance of the first two
    for k in range(3):
        directions[2, k] = q[P_AXES + 6 + k]
    if geometry in (POLAR, BEARING):
        dx = b[0] - sensor[S_ORIGIN]
        dy = b[1] - sensor[S_ORIGIN + 1]
        dz = b[2] - sensor[S_ORIGIN + 2]
        slant = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
        sin_az = q[P_SIN_AZ]
        cos_az = q[P_COS_AZ]
        u = S_AXES + 6
        rise = (sensor[u] * dx + sensor[u + 1] * dy + sensor[u + 2] * dz) / slant
        sin_el = min(1.0, max(-1.0, rise))
        cos_el = math.sqrt(1.0 - sin_el * sin_el)
        for k in range(3):
            outward = sin_az * sensor[S_AXES + k] + cos_az * sensor[S_AXES + 3 + k]
            directions[0, k] = cos_el * outward + sin_el * sensor[u + k]
            directions[1, k] = cos_az * sensor[S_AXES + k] - sin_az * sensor[S_AXES + 3 + k]
            if q[P_VAR_3] > 0.0:
                directions[2, k] = cos_el * sensor[u + k] - sin_el * outward
        sigma[0] = range_sigma_m
        sigma[1] = max(slant * cos_el, 1.0) * math.sqrt(q[P_VAR_2])
        if q[P_VAR_3] > 0.0:
            sigma[2] = slant * math.sqrt(q[P_VAR_3])
    else:
        for k in range(3):
            directions[0, k] = q[P_AXES + k]
            directions[1, k] = q[P_AXES + 3 + k]
        sigma[0] = math.sqrt(q[P_VAR_1])
        shared = q[P_SLOPE] * q[P_VAR_1]
        sigma[1] = math.sqrt(q[P_VAR_2] + q[P_SLOPE] * shared)
    known = inverse3(directions, inverse)
    worst = max(sigma[0], sigma[1], sigma[2])
    n = COV
    for a in range(3):
        for c in range(a + 1):
            total = worst * worst if a == c else 0.0
            if known:
                total = shared * (inverse[a, 0] * inverse[c, 1] + inverse[a, 1] * inverse[c, 0])
                for k in range(3):
                    total += inverse[a, k] * inverse[c, k] * sigma[k] * sigma[k]
            b[n] = total
            n += 1


@bare
def first_model(b, q, geometry, sensor, place, range_sigma_m, settings, scratch, d):
    """Write row ``b`` as one plot alone gives it: at ``place`` (3,), with any velocity."""
    for k in range(b.shape[0]):
        b[k] = 0.0
    for a in range(3):
        b[a] = place[a]
    first_place(b, q, geometry, sensor, range_sigma_m, settings[G_HEIGHT_SIGMA], scratch)
    speed_sigma = settings[G_SPEED_SIGMA]
    if q[P_VAR_VELOCITY] > 0.0:
        speed_sigma = max(math.sqrt(q[P_VAR_VELOCITY]), FIRST_VELOCITY_SIGMA_MPS)
        for a in range(3):
            b[a + 3] = q[P_VE] * q[P_AXES + a] + q[P_VE + 1] * q[P_AXES + 3 + a]
    across2 = speed_sigma * speed_sigma
    up2 = settings[G_CLIMB_SIGMA] * settings[G_CLIMB_SIGMA]
    n = COV + 6
    for a in range(3):
        n += 3
        for c in range(a + 1):
            b[n] = (up2 - across2) * q[P_AXES + 6 + a] * q[P_AXES + 6 + c]
            if a == c:
                b[n] += across2
            n += 1
    b[35] = 1.0
    if q[P_VAR_RATE] > 0.0:
        dx = b[0] - sensor[S_ORIGIN]
        dy = b[1] - sensor[S_ORIGIN + 1]
        dz = b[2] - sensor[S_ORIGIN + 2]
        slant = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
        for k in range(7):
            d[k] = 0.0
        rate = (dx * b[3] + dy * b[4] + dz * b[5]) / slant
        h0 = dx / slant
        h1 = dy / slant
        h2 = dz / slant
        left = q[P_RATE] - rate
        take_all(b, d, 0.0, 0.0, 0.0, h0, h1, h2, left, q[P_VAR_RATE])
        for k in range(6):
            b[k] += d[k]


@bare
def first_models(bodies, usual, acceleration):
    """Make all models of a track that knows only the first (MANOEUVRE's) like that one."""
    known = bodies[MANOEUVRE]
    for m in range(MODELS):
        if m != MANOEUVRE:
            for k in range(bodies.shape[1]):
                bodies[m, k] = known[k]
        bodies[m, WEIGHT] = usual[m]
    turn = bodies[TURN]
    turn[6] = 0.0
    for k in range(29, 35):
        turn[k] = 0.0
    turn[35] = turn_rate_variance(turn, acceleration)


@bare
def begin(
    floats, ints, looks, bodies, t, number, q, i, place, range_sigma_m, world, existence, bench
):
    """Begin a tentative track at one plot; it has one model until a second plot comes."""
    sensors, _, _, settings, _, _ = world
    s = i[P_SENSOR]
    for m in range(MODELS):
        bodies[t, m, WEIGHT] = 0.0
    first_model(
        bodies[t, MANOEUVRE],
        q,
        i[P_GEOMETRY],
        sensors[s],
        place,
        range_sigma_m,
        settings,
        bench.matrix,
        bench.d,
    )
    bodies[t, MANOEUVRE, WEIGHT] = 1.0
    f = floats[t]
    n = ints[t]
    n[I_STATUS] = TENTATIVE
    n[I_NUMBER] = number
    f[T_TIME] = q[P_TIME]
    f[T_BORN] = q[P_TIME]
    f[T_SEEN] = q[P_TIME]
    f[T_ALIVE] = q[P_TIME]
    f[T_EXISTENCE] = existence
    f[T_FIRST] = existence
    f[T_PRESSURE] = math.nan
    f[T_DUE] = math.inf
    f[T_TURN_S] = math.inf
    n[I_PLOTS] = 0
    n[I_BORN_BY] = 2 * s + i[P_IDENTIFIED]
    n[I_BORN_CELL] = i[P_CELL]
    n[I_MODE_S] = -1
    n[I_MODE_A] = -1
    n[I_VOTES] = 0
    n[I_CALL_SIGN] = -1
    n[I_WILD] = 0
    n[I_LAST] = FIRST
    n[I_FLAGS] = 0
    for k in range(sensors.shape[0]):
        looks[t, k, L_HIT] = NEVER
        looks[t, k, L_LOOK] = NEVER
        looks[t, k, L_VIEW] = 0.0
        looks[t, k, L_EVERY] = sensors[k, S_PERIOD]


@bare
def note_plot(floats, ints, looks, t, q, i):
    """Take over what a plot says beside its place: identity, altitude, that its sensor sees it.

    Of its flags what was said once holds; only an answer takes back that the target is on the
    ground, in distress or shows itself.
    """
    f = floats[t]
    n = ints[t]
    n[I_PLOTS] += 1
    if i[P_BEFORE] in (NOBODYS, n[I_LAST]):  # of two tracks that share a plot, the first has it
        i[P_BEFORE] = n[I_LAST]
        n[I_LAST] = i[P_NUMBER]
    if i[P_MODE_S] >= 0:
        n[I_MODE_S] = i[P_MODE_S]
    code = i[P_MODE_A]
    if code >= 0:
        if n[I_MODE_A] < 0 or n[I_MODE_A] == code:
            n[I_MODE_A] = code
            n[I_VOTES] = min(n[I_VOTES] + 1, 3)
        else:
            n[I_VOTES] -= 1
            if n[I_VOTES] <= 0:
                n[I_MODE_A] = code
                n[I_VOTES] = 1
    if i[P_CALL_SIGN] >= 0:
        n[I_CALL_SIGN] = i[P_CALL_SIGN]
    flags = i[P_FLAGS]
    said = n[I_FLAGS] & ~PASSING if (flags & ANSWER) != 0 else n[I_FLAGS]
    n[I_FLAGS] = said | (flags & (LASTING | PASSING))
    if q[P_PRESSURE] == q[P_PRESSURE]:
        f[T_PRESSURE] = q[P_PRESSURE]
    look = looks[t, i[P_SENSOR]]
    if i[P_GEOMETRY] != POLAR and i[P_GEOMETRY] != BEARING:
        looks_kernels.note_interval(look, q[P_TIME] - look[L_HIT])
    looks_kernels.see(f, look, q[P_TIME])
    f[T_SEEN] = max(f[T_SEEN], q[P_TIME])


@bare
def free_row(links, counters):
    """Return a row for a new track: the one that became free last, else a new one."""
    t = counters[N_FREE]
    if t >= 0:
        counters[N_FREE] = links[t, J_NEXT]
        counters[N_SPARE] -= 1
        return t
    t = counters[N_LIVE]
    counters[N_LIVE] += 1
    return t


@bare
def end(ints, links, heads, counters, t):
    """End a track and free its row."""
    gating_kernels.remove(links, heads, t)
    ints[t, I_STATUS] = FREE
    links[t, J_NEXT] = counters[N_FREE]
    counters[N_FREE] = t
    counters[N_SPARE] += 1


@bare
def are_one(floats, ints, looks, a, b, sensors):
    """Return whether two tracks follow one target: close in place and speed, never seen apart."""
    address_a = ints[a, I_MODE_S]
    address_b = ints[b, I_MODE_S]
    if address_a >= 0 and address_b >= 0 and address_a != address_b:
        return False
    fa = floats[a]
    fb = floats[b]
    dt = fa[T_TIME] - fb[T_TIME]
    de = fa[T_E] - fb[T_E] - fb[T_VE] * dt
    dn = fa[T_N] - fb[T_N] - fb[T_VN] * dt
    gap2 = de * de + dn * dn
    sigma = fb[T_SIGMA] + fb[T_SIGMA_V] * abs(dt)
    place2 = fa[T_SIGMA] * fa[T_SIGMA] + sigma * sigma
    if address_a >= 0 and address_a == address_b:
        return gap2 < SAME_ADDRESS_M * SAME_ADDRESS_M + 25.0 * place2
    if gap2 > 4.0 * place2:
        return False
    ve = fa[T_VE] - fb[T_VE]
    vn = fa[T_VN] - fb[T_VN]
    speed2 = fa[T_SIGMA_V] * fa[T_SIGMA_V] + fb[T_SIGMA_V] * fb[T_SIGMA_V]
    if gap2 / place2 + (ve * ve + vn * vn) / speed2 >= 4.0:
        return False
    if ints[a, I_BATCH] == ints[b, I_BATCH]:
        return False
    up = fa[T_U] - fb[T_U] - fb[T_VU] * dt
    up_sigma = 3.0 * (fa[T_SIGMA_UP] + fb[T_SIGMA_UP] + gating_kernels.CLIMB_MPS * abs(dt))
    if abs(up) > up_sigma:
        return False
    if ints[a, I_MODE_A] >= 0 and ints[b, I_MODE_A] >= 0 and ints[a, I_MODE_A] != ints[b, I_MODE_A]:
        return False
    for s in range(sensors.shape[0]):
        apart = abs(looks[a, s, L_HIT] - looks[b, s, L_HIT])
        if looks[a, s, L_HIT] > NEVER and apart < 0.3 * sensors[s, S_PERIOD]:
            return False
    return True
