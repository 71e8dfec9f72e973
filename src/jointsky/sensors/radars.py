"""Radars as a user declares them: rotating, sector, fixed-face and secondary."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from msgspec import Meta

from jointsky.declare import Faults
from jointsky.records.signatures import Band
from jointsky.sensors.bands import band_of
from jointsky.sensors.radar_equation import RadarEquation
from jointsky.sensors.radar_parts import (
    Clutter,
    Declared,
    Degrees,
    Interrogator,
    Metres,
    MovingTargets,
)

Elevation = Annotated[float, Meta(ge=-10, le=90)]


class Radar(Declared, frozen=True, kw_only=True):
    """What all primary radars are declared with.

    Its reach is given in one of two ways: as achieved (``half_seen_range_km``, the free-space
    range at which a target of ``half_seen_rcs_dbsm`` is seen half the time) or as built
    (``equation``).  The declared standard errors hold at every echo or, where
    ``errors_at_snr_db`` is given, at that signal-to-noise ratio S0: at another one S each is
    ``sigma sqrt(f² + (1 - f²) S0 / S)``, with ``f = error_floor`` (Barton, Radar System Analysis
    and Modeling, 2005, ch. 8: thermal part falls as 1/sqrt(S), the others stay).
    """

    frequency_mhz: Annotated[float, Meta(ge=30, le=40_000, description="Carrier frequency")]
    half_seen_range_km: Annotated[
        Annotated[float, Meta(gt=0, le=5000)] | None,
        Meta(description="Free-space range at which the chance to be seen is one half"),
    ] = None
    half_seen_rcs_dbsm: Annotated[
        float, Meta(ge=-60, le=60, description="Radar cross section that that range holds for")
    ] = 0.0
    half_seen_swerling: Annotated[
        int, Meta(ge=0, le=4, description="Fluctuation that that range holds for")
    ] = 1
    equation: Annotated[
        RadarEquation | None, Meta(description="How it is built, in place of an achieved range")
    ] = None
    false_alarm_probability: Annotated[
        float, Meta(gt=1e-13, lt=0.1, description="Of one resolution cell in one look")
    ] = 1e-6
    pulses: Annotated[
        int, Meta(ge=1, le=1000, description="Pulses integrated, not coherently, in one look")
    ] = 16
    min_range_km: Annotated[float, Meta(ge=0, description="Nothing nearer is seen")] = 0.5
    max_range_km: Annotated[float, Meta(gt=0, le=5000, description="Nothing farther is shown")]
    min_elevation_deg: Annotated[Elevation, Meta(description="Lowest elevation covered")] = -1.0
    max_elevation_deg: Annotated[Elevation, Meta(description="Highest elevation covered")] = 40.0
    elevation_pattern: Annotated[
        Literal["even", "cosecant-squared", "gaussian"],
        Meta(description="Gain over elevation: even, fan by cosecant squared, one beam"),
    ] = "even"
    beam_elevation_deg: Annotated[
        Elevation, Meta(description="Where a pattern that is not even has its peak")
    ] = 1.0
    beam_height_deg: Annotated[
        Degrees, Meta(description="Half-power width in elevation of a pattern that is not even")
    ] = 4.0
    beamwidth_deg: Annotated[
        Degrees, Meta(description="Half-power width of the beam in azimuth; jamming gets in here")
    ] = 1.5
    side_lobes_db: Annotated[
        float, Meta(ge=10, le=80, description="Mean side lobes below the main lobe, one way")
    ] = 30.0
    rain_rejection_db: Annotated[
        float,
        Meta(ge=0, le=40, description="What circular polarisation takes off the echo of rain"),
    ] = 15.0
    range_sigma_m: Annotated[Metres, Meta(description="Standard error of a range")]
    azimuth_sigma_deg: Annotated[Degrees, Meta(description="Standard error of an azimuth")]
    elevation_sigma_deg: Annotated[
        Degrees | None, Meta(description="Standard error of an elevation; none: a 2-D radar")
    ] = None
    doppler_sigma_mps: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="Standard error of a range rate; none: it tells none"),
    ] = None
    errors_at_snr_db: Annotated[
        float | None, Meta(description="Signal-to-noise ratio of the standard errors; none: all")
    ] = None
    error_floor: Annotated[
        float, Meta(ge=0, le=1, description="Part of a standard error that no strong echo removes")
    ] = 0.3
    range_resolution_m: Annotated[
        Metres, Meta(description="Echoes nearer than this in range, and in angle, are one plot")
    ] = 200.0
    azimuth_resolution_deg: Annotated[
        Degrees, Meta(description="Echoes nearer than this in azimuth, and in range, are one plot")
    ] = 1.5
    elevation_resolution_deg: Annotated[
        Degrees, Meta(description="The same in elevation, for a radar that measures it")
    ] = 3.0
    moving_targets: Annotated[
        MovingTargets | None, Meta(description="Canceller of standing echoes; none: it has none")
    ] = None
    false_plots_per_turn: Annotated[
        Annotated[float, Meta(ge=0, le=10_000)] | None,
        Meta(
            description="Mean number of noise plots, even in range and angle; none: chance of a "
            "false alarm times number of resolution cells",
        ),
    ] = None
    clutter: Annotated[Clutter | None, Meta(description="False plots that cluster")] = None

    @property
    def band(self) -> Band:
        """Return the letter of its band (IEEE Std 521-2019)."""
        return band_of(self.frequency_mhz)


class SearchRadar(Radar, frozen=True, kw_only=True, tag_field="kind", tag="search-radar"):
    """A rotating radar, 2-D or 3-D, perhaps with a secondary radar on the same antenna."""

    rotation_period_s: Annotated[
        float, Meta(ge=0.1, le=120, description="Time of one antenna turn")
    ]
    ssr: Annotated[
        Interrogator | None,
        Meta(description="Secondary radar on its antenna: what both see is one combined plot"),
    ] = None


class SectorRadar(Radar, frozen=True, kw_only=True, tag_field="kind", tag="sector-radar"):
    """A radar whose antenna looks into one sector only, by sweeping or by sending nowhere else."""

    sector_deg: Annotated[Degrees, Meta(description="Width of the sector in azimuth")]
    sweep: Annotated[
        Literal["back-and-forth", "rotating"],
        Meta(description="Swings to and fro over the sector, or rotates and is silent outside"),
    ] = "back-and-forth"
    sweep_period_s: Annotated[
        float, Meta(ge=0.1, le=120, description="Time of one swing, or of one whole turn")
    ]


class FixedRadar(Radar, frozen=True, kw_only=True, tag_field="kind", tag="fixed-radar"):
    """A radar that does not move: electronic beams look over its field once in a frame."""

    frame_s: Annotated[float, Meta(ge=0.05, le=120, description="Time of one frame")]
    field_deg: Annotated[Degrees, Meta(description="Width of its field in azimuth, all faces")] = (
        90.0
    )
    faces: Annotated[int, Meta(ge=1, le=8, description="Faces that share the field evenly")] = 1
    look: Annotated[
        Literal["raster", "stare"],
        Meta(description="Beams pass over each face in a frame, or all look all the time"),
    ] = "raster"
    scan_loss_exponent: Annotated[
        float,
        Meta(
            ge=0, le=6, description="Off a face's normal the echo falls by this power of the cosine"
        ),
    ] = 3.0


class SecondaryRadar(Declared, frozen=True, kw_only=True, tag_field="kind", tag="secondary-radar"):
    """A secondary radar with an antenna of its own: it hears answering transponders only."""

    rotation_period_s: Annotated[
        float, Meta(ge=0.1, le=120, description="Time of one antenna turn")
    ]
    min_range_km: Annotated[float, Meta(ge=0, description="Nothing nearer is heard")] = 0.5
    max_elevation_deg: Annotated[Elevation, Meta(description="Highest elevation covered")] = 45.0
    ssr: Annotated[Interrogator, Meta(description="What it asks and how well it hears")] = (
        Interrogator()
    )


PrimaryRadar = SearchRadar | SectorRadar | FixedRadar
AnyRadar = SearchRadar | SectorRadar | FixedRadar | SecondaryRadar


def period_s(radar: AnyRadar) -> float:
    """Return the time between the beginnings of two turns, swings or frames, in seconds."""
    if isinstance(radar, SectorRadar):
        return radar.sweep_period_s
    return radar.frame_s if isinstance(radar, FixedRadar) else radar.rotation_period_s


def azimuth_extent_rad(radar: AnyRadar) -> float:
    """Return how wide the radar's field is in azimuth, radians."""
    if isinstance(radar, SectorRadar):
        return math.radians(radar.sector_deg)
    return math.radians(radar.field_deg) if isinstance(radar, FixedRadar) else 2.0 * math.pi


def false_plots_per_turn(radar: PrimaryRadar) -> float:
    """Return the mean number of noise plots in a turn: declared, or by cells and false alarms."""
    if radar.false_plots_per_turn is not None:
        return radar.false_plots_per_turn
    cells = (radar.max_range_km - radar.min_range_km) * 1000.0 / radar.range_resolution_m
    cells *= azimuth_extent_rad(radar) / math.radians(radar.azimuth_resolution_deg)
    if radar.elevation_sigma_deg is not None:
        extent_deg = radar.max_elevation_deg - radar.min_elevation_deg
        cells *= max(extent_deg / radar.elevation_resolution_deg, 1.0)
    return radar.false_alarm_probability * cells


def check(radar: AnyRadar, faults: Faults) -> None:
    """Add to ``faults`` what no bound of a single field can tell of a radar."""
    if isinstance(radar, SecondaryRadar):
        if radar.min_range_km >= radar.ssr.max_range_km:
            faults.add("min_range_km", f"{radar.min_range_km:g}", "less than ssr.max_range_km")
        return
    if (radar.half_seen_range_km is None) == (radar.equation is None):
        found = "neither" if radar.equation is None else "both"
        faults.add("half_seen_range_km", f"{found} half_seen_range_km and equation", "one of both")
    if radar.min_range_km >= radar.max_range_km:
        faults.add(
            "min_range_km",
            f"{radar.min_range_km:g}",
            f"less than max_range_km ({radar.max_range_km:g})",
        )
    if radar.min_elevation_deg >= radar.max_elevation_deg:
        faults.add(
            "min_elevation_deg",
            f"{radar.min_elevation_deg:g}",
            f"less than max_elevation_deg ({radar.max_elevation_deg:g})",
        )
    if isinstance(radar, FixedRadar) and radar.scan_loss_exponent > 0.0:
        each_deg = radar.field_deg / radar.faces
        if each_deg >= 180.0:
            faults.add(
                "field_deg",
                f"{each_deg:g}° for each face, which sees nothing at 90° off its normal",
                "less than 180° for each",
                "more faces, or scan_loss_exponent 0",
            )
    begin_deg = radar.beam_elevation_deg + radar.beam_height_deg / 2.0
    if radar.elevation_pattern == "cosecant-squared" and not (
        0.0 < begin_deg < radar.max_elevation_deg < 90.0
    ):
        faults.add(
            "beam_elevation_deg",
            f"a cosecant-squared part from {begin_deg:g}° (beam_elevation_deg plus half of "
            f"beam_height_deg) to max_elevation_deg {radar.max_elevation_deg:g}°",
            "one that begins above 0° and ends higher, below 90°",
        )
