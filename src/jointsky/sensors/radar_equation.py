"""How strong an echo is: from what a radar is built of, or from a range that it achieves.

Both come to one number, the range at which one square metre gives as much echo as there is noise
(after the filter matched to one pulse); all else are terms in dB beside it.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta

from jointsky.sensors.detection import required_snr_db

LIGHT_MPS = 299_792_458.0
BOLTZMANN_JPK = 1.380649e-23
STANDARD_TEMPERATURE_K = 290.0


class RangeScale(NamedTuple):
    """The range at which 1 m² gives, in free space, an echo as strong as the noise."""

    range_m: float

    def snr_db(self, range_m: npt.ArrayLike, rcs_dbsm: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the signal-to-noise ratio of one pulse, in dB, without any losses on the way."""
        distance = np.asarray(range_m, np.float64)
        ratio = 40.0 * np.log10(self.range_m / distance) + np.asarray(rcs_dbsm)
        return np.asarray(ratio, np.float64)

    def range_of(self, snr_db: float, rcs_dbsm: float = 0.0) -> float:
        """Return the range in metres at which a target gives a signal-to-noise ratio."""
        return float(self.range_m * 10.0 ** ((rcs_dbsm - snr_db) / 40.0))


class RadarEquation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A radar described by what it is built of: the terms of the radar equation."""

    peak_power_kw: Annotated[float, Meta(gt=0, le=1e5, description="Power while it transmits")]
    pulse_width_us: Annotated[
        float,
        Meta(gt=0, le=1e5, description="Length of one pulse as sent, before any compression"),
    ]
    gain_db: Annotated[
        float, Meta(ge=0, le=70, description="Antenna gain over an isotropic one, sending")
    ]
    receive_gain_db: Annotated[
        float | None, Meta(description="Gain when receiving; none: as when sending")
    ] = None
    noise_figure_db: Annotated[float, Meta(ge=0, le=30, description="Of the receiver")] = 3.0
    antenna_temperature_k: Annotated[
        float, Meta(ge=0, le=2000, description="Noise that the antenna picks up, as a temperature")
    ] = STANDARD_TEMPERATURE_K
    losses_db: Annotated[
        float,
        Meta(ge=0, le=60, description="All losses: lines, beam shape, filter, processing"),
    ] = 6.0


def built_scale(radar: RadarEquation, frequency_hz: float) -> RangeScale:
    """Return the scale of a radar from its parts.

    ``R⁴ = P τ Gt Gr λ² / ((4π)³ k Ts L)`` for 1 m² and a ratio of 1: the radar equation with a
    matched filter, where the ratio is that of pulse energy to noise density (Skolnik, Introduction
    to Radar Systems, 3rd ed., chapter 2; Barton, Radar Equations for Modern Radar, 2013,
    chapter 1), noise ``Ts = Ta + T0 (F - 1)`` (Blake, NRL Report 6930, 1969, section 4).
    1 MW, 10 µs, 20 dB, 10 GHz, Ts 290 K: 41,057 m at 6 dB.
    """
    wavelength_m = LIGHT_MPS / frequency_hz
    back_db = radar.gain_db if radar.receive_gain_db is None else radar.receive_gain_db
    noise_k = radar.antenna_temperature_k + STANDARD_TEMPERATURE_K * (
        10.0 ** (radar.noise_figure_db / 10.0) - 1.0
    )
    energy_j = radar.peak_power_kw * 1e3 * radar.pulse_width_us * 1e-6
    gains = 10.0 ** ((radar.gain_db + back_db - radar.losses_db) / 10.0)
    fourth = energy_j * gains * wavelength_m**2
    fourth /= (4.0 * math.pi) ** 3 * BOLTZMANN_JPK * noise_k
    return RangeScale(float(fourth**0.25))


def achieved_scale(
    range_m: float,
    rcs_dbsm: float,
    pfa: float,
    pulses: int,
    swerling: int,
    pd: float = 0.5,
) -> RangeScale:
    """Return the scale of a radar that sees a target with probability ``pd`` at ``range_m``.

    The signal-to-noise ratio there is the one that ``pd`` requires; from it the fourth power of
    range leads to that of any other target.
    """
    needed_db = required_snr_db(pd, pfa, pulses, swerling)
    return RangeScale(float(range_m * 10.0 ** ((needed_db - rcs_dbsm) / 40.0)))
