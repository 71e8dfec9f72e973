"""Signatures: by what a class of vehicle gives itself away to sensors."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Band = Literal["VHF", "UHF", "L", "S", "C", "X", "Ku", "K", "Ka"]
BANDS: tuple[Band, ...] = ("VHF", "UHF", "L", "S", "C", "X", "Ku", "K", "Ka")


class CrossSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Radar cross section in one or several bands: mean by aspect, and how it fluctuates.

    Between nose (0°), side (90°) and tail (180°) the mean in dBsm follows a cosine of the doubled
    aspect, in each half of its own.
    """

    bands: Annotated[tuple[Band, ...], Meta(description="Bands that it holds in; none: all")] = ()
    nose_dbsm: Annotated[float, Meta(ge=-60, le=60, description="Seen from the front")]
    side_dbsm: Annotated[
        float | None, Meta(description="Seen from the side; none: as from the front")
    ] = None
    tail_dbsm: Annotated[
        float | None, Meta(description="Seen from behind; none: as from the front")
    ] = None
    swerling: Annotated[
        int, Meta(ge=0, le=4, description="Fluctuation: 0 none, 1 and 3 by scan, 2 and 4 by pulse")
    ] = 1


class Jammer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A noise jammer that a vehicle carries."""

    bands: Annotated[tuple[Band, ...], Meta(min_length=1, description="Bands that it jams")]
    radiated_power_dbw: Annotated[
        float, Meta(ge=-20, le=80, description="Effective radiated power, all of its bandwidth")
    ]
    bandwidth_mhz: Annotated[float, Meta(gt=0, description="Bandwidth that it fills with noise")]


class Signature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What radar, microphone, camera and direction finder get of one class of vehicle."""

    radar: Annotated[
        tuple[CrossSection, ...], Meta(description="Cross sections; the first that fits the band")
    ] = ()
    moving_parts_mps: Annotated[
        float,
        Meta(ge=0, description="Doppler spread of rotor or propeller, seen where the body hovers"),
    ] = 0.0
    size_m: Annotated[float, Meta(gt=0, description="Largest dimension, for cameras and eyes")] = (
        1.0
    )
    sound_db: Annotated[
        float | None, Meta(description="Sound pressure level at 1 m, dB re 20 µPa; none: silent")
    ] = None
    emits_dbw: Annotated[
        float | None,
        Meta(description="Power of its own radio link, for direction finders; none: radio silent"),
    ] = None
    jammer: Annotated[Jammer | None, Meta(description="Noise jammer carried; none: no jammer")] = (
        None
    )
