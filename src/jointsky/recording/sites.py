"""Where sources stand, told by a person: on the command line or in a file."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky import declare
from jointsky.errors import InputError, ManyInputErrors, MissingSiteError, did_you_mean
from jointsky.records.plots import Geometry, Plots
from jointsky.records.sensors import Sensor

FORM = """\
sites:
  0/7: {latitude_deg: 41.2956, longitude_deg: 2.0951, height_m: 30}
  25/13: {latitude_deg: 45.8, longitude_deg: 16.0, rotation_period_s: 5}"""
PHANTOM_PLOTS, PHANTOM_SHARE = 20, 0.001


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one source stands and, if known, how well and how often it measures."""

    latitude_deg: Annotated[float, Meta(ge=-90, le=90, description="Geodetic latitude, WGS-84")]
    longitude_deg: Annotated[float, Meta(ge=-180, le=180, description="Longitude, WGS-84")]
    height_m: Annotated[
        float, Meta(ge=-500, le=20000, description="Height of the antenna above the ellipsoid")
    ] = 0.0
    rotation_period_s: (
        Annotated[float, Meta(gt=0, le=120, description="Time of one turn")] | None
    ) = None
    range_sigma_m: Annotated[float, Meta(gt=0, le=10000, description="Error of a range")] | None = (
        None
    )
    azimuth_sigma_deg: (
        Annotated[float, Meta(gt=0, le=30, description="Error of an azimuth")] | None
    ) = None
    range_resolution_m: (
        Annotated[
            float,
            Meta(gt=0, le=10000, description="Range within which two targets make one plot"),
        ]
        | None
    ) = None
    azimuth_resolution_deg: (
        Annotated[
            float,
            Meta(gt=0, le=30, description="Azimuth within which, in that range, they do"),
        ]
        | None
    ) = None


class SitesFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of sites: ``sites`` by source, SAC/SIC as ``0/7`` or the source's name."""

    sites: dict[str, Site]


def parse_site(text: str) -> tuple[str, Site]:
    """Return source and site of ``0/7=41.29562,2.095114[,30]`` (degrees, metres)."""
    source, equals, numbers = text.partition("=")
    try:
        values = [float(part) for part in numbers.split(",")]
    except ValueError:
        values = []
    if not equals or not source or len(values) not in (2, 3) or not all(map(math.isfinite, values)):
        raise InputError(
            "--site", repr(text), "SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M, as 0/7=41.2956,2.0951,30"
        )
    names = ("latitude_deg", "longitude_deg", "height_m")
    given = dict(zip(names, values, strict=False))
    return source.strip(), declare.convert(given, Site, f"--site {source}")


def read_sites(path: str | pathlib.Path) -> dict[str, Site]:
    """Return the sites in a YAML file by source."""
    return declare.read(path, SitesFile, form=FORM).sites


def placed(sensors: Sequence[Sensor], sites: dict[str, Site]) -> list[Sensor]:
    """Return the sensors with what ``sites`` knows of them; what a person says comes first.

    Raises InputError where a site is of a source that the recording does not hold.
    """
    known = {name for sensor in sensors for name in names_of(sensor)}
    for source in sites:
        if source not in known:
            raise InputError(
                f"site {source}",
                "no such source in the recording",
                "one of " + (", ".join(sorted({s.name for s in sensors})) or "none"),
                did_you_mean(source, known),
            )
    return [_with_site(sensor, sites) for sensor in sensors]


def names_of(sensor: Sensor) -> list[str]:
    """Return what a person may call a sensor: its name, SAC/SIC."""
    names = [sensor.name]
    if sensor.sac >= 0:
        names.append(f"{sensor.sac}/{sensor.sic}")
    return names


def require_sites(plots: Plots, sensors: Sequence[Sensor], where: str) -> None:
    """Raise an error that names every source whose plots cannot be placed for want of a site.

    A source of next to no plots among many is most likely a wrong bit in another's name: nobody
    is asked for its site, and the tracker sets its plots aside and counts them.
    """
    relative = plots.geometry != Geometry.GEODETIC
    least = min(PHANTOM_PLOTS, PHANTOM_SHARE * len(plots))
    errors: list[InputError] = []
    for row, sensor in enumerate(sensors):
        if sensor.has_position or (relative & (plots.sensor == row)).sum() <= least:
            continue
        source = names_of(sensor)[-1]
        if source not in [error.source for error in errors if isinstance(error, MissingSiteError)]:
            errors.append(MissingSiteError(where, source))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ManyInputErrors(errors)


def _with_site(sensor: Sensor, sites: dict[str, Site]) -> Sensor:
    for name in names_of(sensor):
        site = sites.get(name)
        if site is None:
            continue
        sigma_deg, cell_deg = site.azimuth_sigma_deg, site.azimuth_resolution_deg
        return msgspec.structs.replace(
            sensor,
            latitude_rad=math.radians(site.latitude_deg),
            longitude_rad=math.radians(site.longitude_deg),
            height_m=site.height_m,
            rotation_period_s=site.rotation_period_s or sensor.rotation_period_s,
            range_sigma_m=site.range_sigma_m or sensor.range_sigma_m,
            azimuth_sigma_rad=math.radians(sigma_deg) if sigma_deg else sensor.azimuth_sigma_rad,
            range_resolution_m=site.range_resolution_m or sensor.range_resolution_m,
            azimuth_resolution_rad=(
                math.radians(cell_deg) if cell_deg else sensor.azimuth_resolution_rad
            ),
        )
    return sensor
