"""Kernels behind doppler.py: what a canceller leaves of an echo, by its range rate."""
# mypy: ignore-errors

import math

from jointsky._jit import inner, kernel

_SPREAD_STEPS = 24
_NOTCH_ORDER = 8  # 24 dB an octave below the slowest speed


@inner
def _one_order(canceller, wave, begin):
    """Return the power gain of the weights 1, -1 or 1, -2, 1 or 1, -3, 3, -1 from one pulse on.

    ``wave`` is the Doppler angular frequency.  With a constant interval T it is
    ``(2 sin(w T / 2))^(2 lines)`` over the gain of noise (Skolnik, 3rd ed., 3.2).
    """
    count = canceller.intervals_s.shape[0]
    real, imaginary, noise = 1.0, 0.0, 1.0
    weight, time_s = 1.0, 0.0
    for k in range(1, canceller.lines + 1):
        time_s += canceller.intervals_s[(begin + k - 1) % count]
        weight = -weight * (canceller.lines - k + 1) / k
        real += weight * math.cos(wave * time_s)
        imaginary += weight * math.sin(wave * time_s)
        noise += weight * weight
    return (real * real + imaginary * imaginary) / noise


@kernel
def gain(canceller, range_rate_mps):
    """Return the power gain at a range rate: the mean over the pulses that PRFs take turns in."""
    if canceller.lines == 0:
        return 1.0
    wave = 4.0 * math.pi * range_rate_mps / canceller.wavelength_m
    count = canceller.intervals_s.shape[0]
    total = 0.0
    for begin in range(count):
        total += _one_order(canceller, wave, begin)
    if canceller.slowest_mps > 0.0:
        off_mps = abs(range_rate_mps)
        if off_mps > 0.5 * canceller.blind_mps:  # what is blind at every PRF repeats itself
            times = math.floor(off_mps / canceller.blind_mps + 0.5)
            off_mps = abs(off_mps - canceller.blind_mps * times)
        ratio = (off_mps / canceller.slowest_mps) ** _NOTCH_ORDER
        if ratio < 1e12:
            total *= ratio / (1.0 + ratio)
    return total / count


@kernel
def gain_of_target(canceller, range_rate_mps, moving_parts_mps, share):
    """Return the power gain of a body with moving parts.

    They have ``share`` of its cross section, spread evenly over ``moving_parts_mps`` to either
    side of the body's range rate: a mean over that span.
    """
    body = gain(canceller, range_rate_mps)
    if canceller.lines == 0 or moving_parts_mps <= 0.0:
        return body
    total = 0.0
    for k in range(_SPREAD_STEPS):
        part = (2.0 * k + 1.0) / _SPREAD_STEPS - 1.0
        total += gain(canceller, range_rate_mps + part * moving_parts_mps)
    return (1.0 - share) * body + share * total / _SPREAD_STEPS


@kernel
def each_gain(canceller, range_rate_mps, out):
    for i in range(range_rate_mps.shape[0]):
        out[i] = gain(canceller, range_rate_mps[i])


@kernel
def each_gain_of_target(canceller, range_rate_mps, moving_parts_mps, share, out):
    for i in range(range_rate_mps.shape[0]):
        out[i] = gain_of_target(canceller, range_rate_mps[i], moving_parts_mps, share)
