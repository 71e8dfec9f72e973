"""Bands of radio by their letters (IEEE Std 521-2019, table 1)."""

from __future__ import annotations

from jointsky.records.signatures import Band

_ENDS_MHZ: tuple[tuple[float, Band], ...] = (
    (300.0, "VHF"),
    (1_000.0, "UHF"),
    (2_000.0, "L"),
    (4_000.0, "S"),
    (8_000.0, "C"),
    (12_000.0, "X"),
    (18_000.0, "Ku"),
    (27_000.0, "K"),
    (40_000.0, "Ka"),
)


def band_of(frequency_mhz: float) -> Band:
    """Return the letter of the band that holds a frequency; beyond the last, the last."""
    return next((name for upper, name in _ENDS_MHZ if frequency_mhz < upper), "Ka")
