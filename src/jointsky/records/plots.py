"""Plots: what a sensor says that it saw, at the time its beam was there."""

from __future__ import annotations

import dataclasses
import enum
from typing import ClassVar

from jointsky.records.columns import Array, Columns, floats, integers, text


class Geometry(enum.IntEnum):
    """In which of its columns a plot says where the target is."""

    POLAR = 0  # range_m, azimuth_rad, perhaps elevation_rad and doppler_mps, from its sensor
    LOCAL = 1  # east_m, north_m from its sensor's site (CAT010, CAT020 Cartesian)
    GEODETIC = 2  # latitude_rad, longitude_rad (ADS-B, multilateration, system tracks)
    BEARING = 3  # azimuth_rad, perhaps elevation_rad, and no range (direction finders, cameras)


class PlotFlag(enum.IntFlag):
    """What else a plot says of itself, as bits of ``flags``."""

    PRIMARY = 1 << 0  # seen by primary radar
    SECONDARY = 1 << 1  # answered a secondary radar (Mode A/C)
    MODE_S = 1 << 2  # answered or sent Mode S
    COOPERATIVE = 1 << 3  # position sent by the target itself (ADS-B, Remote ID)
    ON_GROUND = 1 << 4
    TEST = 1 << 5  # test target or field monitor
    SIMULATED = 1 << 6
    IDENT = 1 << 7  # special position identification
    EMERGENCY = 1 << 8
    MODE_A_UNSURE = 1 << 9  # not validated or garbled
    MODE_C_UNSURE = 1 << 10  # not validated or garbled
    MILITARY = 1 << 11
    COASTED = 1 << 12  # the sensor predicted it, nothing was seen
    VEHICLE = 1 << 13  # surface vehicle
    DUPLICATE = 1 << 14  # the source says that it repeats itself


@dataclasses.dataclass(frozen=True)
class Plots(Columns):
    """One row for each plot.  NaN, -1 or an empty text: not measured, not known.

    A measurement stays in the frame of its sensor, with its own standard errors (1 sigma); where
    they are NaN the sensor's declared ones hold.
    """

    TAG: ClassVar[str] = "plots"
    VERSION: ClassVar[int] = 1

    time_s: Array = floats("POSIX seconds, UTC, when the beam met the target")
    sensor: Array = integers("int32", "row of the sensor in the Sensors that go with these plots")
    geometry: Array = integers(
        "int8", "which columns hold the position: 0 polar, 1 local, 2 geodetic, 3 bearing", 0
    )
    range_m: Array = floats("slant range from the sensor")
    azimuth_rad: Array = floats("azimuth at the sensor, from true north, clockwise")
    elevation_rad: Array = floats("elevation above the horizontal at the sensor")
    doppler_mps: Array = floats("range rate, positive when it moves away")
    east_m: Array = floats("position east of the sensor's site, local plane")
    north_m: Array = floats("position north of the sensor's site, local plane")
    latitude_rad: Array = floats("geodetic latitude, WGS-84")
    longitude_rad: Array = floats("longitude, WGS-84")
    height_m: Array = floats("geometric height above the WGS-84 ellipsoid")
    pressure_altitude_m: Array = floats("Mode C or barometric altitude, 1013.25 hPa")
    ve_mps: Array = floats("velocity east, as the source says it")
    vn_mps: Array = floats("velocity north, as the source says it")
    vu_mps: Array = floats("velocity up, as the source says it")
    range_sigma_m: Array = floats("standard error of range_m")
    azimuth_sigma_rad: Array = floats("standard error of azimuth_rad")
    elevation_sigma_rad: Array = floats("standard error of elevation_rad")
    doppler_sigma_mps: Array = floats("standard error of doppler_mps")
    east_sigma_m: Array = floats("standard error east, of a local or geodetic position")
    north_sigma_m: Array = floats("standard error north, of a local or geodetic position")
    east_north_correlation: Array = floats("correlation of the east and north errors, -1 to 1")
    height_sigma_m: Array = floats("standard error of height_m")
    mode_s: Array = integers("int32", "24-bit Mode S (ICAO) address")
    mode_a: Array = integers("int16", "Mode A code as a number: octal 7000 is 3584")
    call_sign: Array = text(8, "call sign or aircraft identification")
    track_number: Array = integers("int32", "track number that the sensor itself gave")
    flags: Array = integers("uint32", "bits of PlotFlag", 0)
    category: Array = integers("int16", "ASTERIX category; -1 for another format")
    file: Array = integers("int16", "which input file, counted from 0", 0)
    offset: Array = integers("int64", "octet offset of the report in that file")
