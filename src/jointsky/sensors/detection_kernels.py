"""Kernels behind detection.py: the probability that an echo is seen, from a curve of points."""
# mypy: ignore-errors

from jointsky._jit import kernel

_STEPS_PER_DB = 16.0  # as in detection.py


@kernel
def probability(curve, swerling, snr_db):
    """Return the probability at a ratio: a cubic between points with exact slopes (Hermite).

    Below the first point and for NaN it is that of noise, above the last one that of the last.
    """
    at = (snr_db - curve.first_db) * _STEPS_PER_DB
    if not at > 0.0:
        return curve.points[swerling, 0, 0]
    last = curve.points.shape[1] - 1
    if at >= last:
        return curve.points[swerling, last, 0]
    i = int(at)
    t = at - i
    low, high = curve.points[swerling, i, 0], curve.points[swerling, i + 1, 0]
    rise = curve.points[swerling, i, 1] / _STEPS_PER_DB
    end_rise = curve.points[swerling, i + 1, 1] / _STEPS_PER_DB
    step = high - low
    bend = 3.0 * step - 2.0 * rise - end_rise
    twist = rise + end_rise - 2.0 * step
    return min(low + t * (rise + t * (bend + t * twist)), 1.0)


@kernel
def credited(curve, swerling, snr_db):
    """Return the probability that an echo passes where noise alone would not: 0 without an echo.

    What noise alone lets pass is a false alarm, which is drawn as one (false_kernels), and nobody's
    plot: ``(Pd - Pfa) / (1 - Pfa)``.
    """
    noise = curve.points[swerling, 0, 0]
    return max(probability(curve, swerling, snr_db) - noise, 0.0) / (1.0 - noise)


@kernel
def each_probability(curve, swerling, snr_db, out):
    for i in range(snr_db.shape[0]):
        out[i] = probability(curve, swerling, snr_db[i])
