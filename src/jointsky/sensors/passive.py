"""Sensors that send nothing, as declared: direction finders, microphones, cameras."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class DirectionFinder(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="direction-finder",
):
    """A circular array of antennas that finds the bearing of radio links and of noise jammers."""

    frequency_mhz: Annotated[
        float, Meta(ge=10, le=40_000, description="Where it listens, centre of its band")
    ] = 2_400.0
    bandwidth_mhz: Annotated[float, Meta(gt=0, le=2_000, description="Width of one channel")] = 10.0
    gain_dbi: Annotated[float, Meta(ge=-10, le=40, description="Gain of one antenna")] = 3.0
    noise_figure_db: Annotated[float, Meta(ge=0, le=30, description="Noise of the receiver")] = 8.0
    elements: Annotated[int, Meta(ge=3, le=64, description="Antennas on the circle")] = 5
    array_radius_m: Annotated[float, Meta(gt=0, le=50, description="Radius of the circle")] = 0.12
    snapshots: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Samples that one bearing is made of")
    ] = 100
    snr_needed_db: Annotated[
        float, Meta(ge=-40, le=60, description="Signal over noise from which a link is noticed")
    ] = 10.0
    bearing_floor_deg: Annotated[
        float, Meta(gt=0, le=30, description="Standard error of a strong signal's bearing")
    ] = 1.5
    shadowing_db: Annotated[
        float, Meta(ge=0, le=20, description="Standard deviation of the power about its mean")
    ] = 6.0
    shadowing_memory_s: Annotated[
        float, Meta(gt=0, le=600, description="Time in which the shadowing becomes another")
    ] = 20.0
    propagation: Annotated[
        Literal["free-space", "two-ray"],
        Meta(description="Loss in free space, or beside the echo of a plane ground"),
    ] = "two-ray"
    antenna_above_ground_m: Annotated[
        float, Meta(gt=0, le=1_000, description="Height of the antenna, for the two rays")
    ] = 10.0
    interval_s: Annotated[float, Meta(ge=0.1, le=60, description="Time between two bearings")] = 1.0
    intercept_probability: Annotated[
        float, Meta(gt=0, le=1, description="Chance that the link sends while it is listened for")
    ] = 0.9
    false_bearings_per_hour: Annotated[
        float, Meta(ge=0, le=3_600, description="Bearings of nothing: reflections, other senders")
    ] = 6.0
    range_max_km: Annotated[
        float, Meta(gt=0, le=500, description="It reports nothing from farther away")
    ] = 40.0
    hears_jammers: Annotated[
        bool, Meta(description="Finds noise jammers whose band holds its frequency")
    ] = True


class AcousticArray(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="acoustic-array",
):
    """A circle of microphones that finds the bearing of engines, rotors and propellers.

    The bearing points to where the source was when the sound left it; its time is when the sound
    arrived.
    """

    frequency_hz: Annotated[
        float, Meta(ge=20, le=10_000, description="Middle of the band that is listened to")
    ] = 300.0
    elements: Annotated[int, Meta(ge=3, le=256, description="Microphones on the circle")] = 8
    array_radius_m: Annotated[float, Meta(gt=0, le=50, description="Radius of the circle")] = 0.5
    snapshots: Annotated[
        int, Meta(ge=1, le=1_000_000, description="Bandwidth times time of one bearing")
    ] = 50
    ambient_db: Annotated[
        float, Meta(ge=-10, le=120, description="Noise of the place in the band, dB re 20 µPa")
    ] = 40.0
    bearing_floor_deg: Annotated[
        float, Meta(gt=0, le=30, description="Standard error of a loud source's bearing")
    ] = 2.0
    elevation_floor_deg: Annotated[
        Annotated[float, Meta(gt=0, le=30)] | None,
        Meta(description="Standard error of a loud source's elevation; none: no such"),
    ] = None
    interval_s: Annotated[float, Meta(ge=0.1, le=60, description="Time between two bearings")] = 1.0
    false_bearings_per_hour: Annotated[
        float, Meta(gt=0, le=3_600, description="Bearings of nothing; sets the threshold")
    ] = 10.0
    range_max_km: Annotated[
        float, Meta(gt=0, le=50, description="It reports nothing from farther away")
    ] = 5.0


class Camera(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="camera",
):
    """A daylight or thermal camera that looks over its field of regard once a frame time.

    On the ground it reports bearing and elevation, with a range finder polar plots.  Aboard a
    vehicle it faces from the vehicle's course, needs a range finder and reports geodetic plots.
    """

    spectrum: Annotated[
        Literal["visible", "infrared"],
        Meta(description="Visible: sees by day only, from dawn to dusk"),
    ] = "visible"
    pixel_mrad: Annotated[
        float, Meta(gt=0, le=20, description="Angle of one pixel as the field is looked over")
    ] = 0.1
    azimuth_width_deg: Annotated[
        float, Meta(gt=0, le=360, description="Width of the field of regard about where it faces")
    ] = 360.0
    elevation_min_deg: Annotated[
        float, Meta(ge=-90, lt=90, description="Lower edge of the field of regard")
    ] = -5.0
    elevation_max_deg: Annotated[
        float, Meta(gt=-90, le=90, description="Upper edge of the field of regard")
    ] = 60.0
    frame_time_s: Annotated[
        float, Meta(ge=0.02, le=120, description="Time to look over the field of regard once")
    ] = 2.0
    bearing_sigma_deg: Annotated[
        float, Meta(gt=0, le=10, description="Standard error of azimuth and elevation")
    ] = 0.05
    contrast: Annotated[
        float, Meta(gt=0, le=1, description="Contrast of a target against the sky, close by")
    ] = 0.5
    contrast_needed: Annotated[
        float, Meta(gt=0, lt=1, description="Contrast of a broad target that is just seen")
    ] = 0.02
    extinction_per_km: Annotated[
        Annotated[float, Meta(ge=0, le=100)] | None,
        Meta(description="Loss of contrast in air; none: from the visibility"),
    ] = None
    cycles_to_detect: Annotated[
        float, Meta(gt=0, le=20, description="Cycles on the target to detect it half the time")
    ] = 1.0
    cycles_to_recognise: Annotated[
        float, Meta(gt=0, le=40, description="Cycles to tell drone from bird half the time")
    ] = 4.0
    cycles_to_identify: Annotated[
        float, Meta(gt=0, le=80, description="Cycles to tell the type half the time")
    ] = 8.0
    memory_s: Annotated[
        float,
        Meta(gt=0, le=600, description="Time after which seeing or not seeing is a new chance"),
    ] = 10.0
    range_sigma_m: Annotated[
        Annotated[float, Meta(gt=0, le=1_000)] | None,
        Meta(description="Error of its range finder; none: has none"),
    ] = None
    false_detections_per_hour: Annotated[
        float, Meta(ge=0, le=36_000, description="Detections of nothing, over the whole field")
    ] = 4.0
    range_max_km: Annotated[
        float, Meta(gt=0, le=100, description="It reports nothing from farther away")
    ] = 15.0
