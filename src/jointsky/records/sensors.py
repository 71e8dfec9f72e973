"""Sensors: who sends plots, where it stands, how well it measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Sense = Literal["echo", "transponder", "remote-id", "radio", "sound", "sight", "people"]


class Sensor(msgspec.Struct, frozen=True, kw_only=True):
    """One source of plots or tracks.  ``None``: not known (yet).

    The position is geodetic (WGS-84, radians) or, in a flat scene, metres east, north and up of
    the scene's origin: exactly one of the two, or none.
    """

    name: str
    kind: Annotated[
        str, Meta(description="radar, ssr, adsb, multilateration, surface-radar, tracker, unknown")
    ] = "unknown"
    sac: int = -1
    sic: int = -1
    latitude_rad: float | None = None
    longitude_rad: float | None = None
    height_m: float | None = None
    flat_enu_m: tuple[float, float, float] | None = None
    rotation_period_s: float | None = None
    range_max_m: float | None = None
    range_sigma_m: float | None = None
    azimuth_sigma_rad: float | None = None
    elevation_sigma_rad: float | None = None
    doppler_sigma_mps: float | None = None
    detection_probability: float | None = None
    false_plots_per_turn: float | None = None
    range_resolution_m: Annotated[
        float | None, Meta(description="Targets nearer than this, and than the azimuth's, merge")
    ] = None
    azimuth_resolution_rad: float | None = None
    senses: Annotated[
        tuple[Sense, ...], Meta(description="What it notices; none: what its kind usually does")
    ] = ()

    @property
    def has_position(self) -> bool:
        """Return whether it is known where the sensor stands."""
        return self.flat_enu_m is not None or self.latitude_rad is not None


def told_apart(words: Sequence[str], sensors: Sequence[Sensor]) -> list[str]:
    """Return a word for each sensor, with its kind where two have the same: "0/107 adsb".

    Those of one kind that have the same keep it: only their rows differ.
    """
    kinds: dict[str, set[str]] = {}
    for word, sensor in zip(words, sensors, strict=True):
        kinds.setdefault(word, set()).add(sensor.kind)
    return [
        f"{word} {sensor.kind}" if len(kinds[word]) > 1 else word
        for word, sensor in zip(words, sensors, strict=True)
    ]


def names_told_apart(sensors: Sequence[Sensor]) -> list[str]:
    """Return the name of each sensor, with its kind where two have the same."""
    return told_apart([sensor.name for sensor in sensors], sensors)
