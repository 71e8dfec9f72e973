"""All sensors that are no radars: one union, one way to observe, one to describe."""

from __future__ import annotations

from jointsky.declare import Faults
from jointsky.records.sensors import Sensor
from jointsky.sensors import broadcasts, calls, emissions, optics, sounds
from jointsky.sensors.cooperative import AdsbReceiver, RemoteIdReceiver
from jointsky.sensors.observers import Observer
from jointsky.sensors.passive import AcousticArray, Camera, DirectionFinder
from jointsky.sensors.placed import Placed
from jointsky.sensors.surroundings import Observed, Place, Surroundings

OtherSensor = AdsbReceiver | RemoteIdReceiver | DirectionFinder | AcousticArray | Camera | Observer
_ABOARD = (AdsbReceiver, RemoteIdReceiver, Camera)


def observe(
    sensor: OtherSensor,
    placed: Placed,
    place: Place,
    row: int,
    surroundings: Surroundings,
    begin_s: float,
    end_s: float,
    key: tuple[int, int],
) -> Observed:
    """Return the plots of all frames or intervals that begin in a window."""
    window = placed, place, row, surroundings, begin_s, end_s, key
    if isinstance(sensor, AdsbReceiver | RemoteIdReceiver):
        return broadcasts.observe(sensor, *window)
    if isinstance(sensor, DirectionFinder):
        return emissions.observe(sensor, *window)
    if isinstance(sensor, AcousticArray):
        return sounds.observe(sensor, *window)
    if isinstance(sensor, Camera):
        return optics.observe(sensor, *window)
    return calls.observe(sensor, *window)


def describe(sensor: OtherSensor, name: str, place: Place) -> Sensor:
    """Return what a tracker is told of a sensor."""
    if isinstance(sensor, AdsbReceiver | RemoteIdReceiver):
        return broadcasts.describe(sensor, name, place)
    if isinstance(sensor, DirectionFinder):
        return emissions.describe(sensor, name, place)
    if isinstance(sensor, AcousticArray):
        return sounds.describe(sensor, name, place)
    if isinstance(sensor, Camera):
        return optics.describe(sensor, name, place)
    return calls.describe(sensor, name, place)


def check(sensor: OtherSensor, is_aboard: bool, faults: Faults) -> None:
    """Keep what is wrong with a declaration as a whole, on the ground or aboard a vehicle."""
    if is_aboard and not isinstance(sensor, _ABOARD):
        tag = sensor.__struct_config__.tag
        wanted = "ads-b-receiver, remote-id-receiver, camera or a radar"
        faults.add("", f"{tag} aboard a vehicle", wanted)
    if isinstance(sensor, Camera):
        if sensor.elevation_min_deg >= sensor.elevation_max_deg:
            found = f"{sensor.elevation_min_deg:g}, above elevation_max_deg"
            faults.add("elevation_min_deg", found, f"less than {sensor.elevation_max_deg:g}")
        if is_aboard and sensor.range_sigma_m is None:
            wanted = "a number: aboard, a bearing without range leads nowhere"
            faults.add("range_sigma_m", "none", wanted)
        if sensor.contrast <= sensor.contrast_needed:
            found = f"{sensor.contrast:g}, not above contrast_needed"
            faults.add("contrast", found, f"more than {sensor.contrast_needed:g}")
    if isinstance(sensor, AdsbReceiver | RemoteIdReceiver) and (
        sensor.range_max_km < sensor.range_km
    ):
        found = f"{sensor.range_max_km:g}, less than range_km"
        faults.add("range_max_km", found, f"at least {sensor.range_km:g}")
    if isinstance(sensor, Observer):
        _check_confusions(sensor, faults)


def _check_confusions(sensor: Observer, faults: Faults) -> None:
    """Keep a domain whose confusions are more than all."""
    shares: dict[str, float] = {}
    for confusion in sensor.confusions:
        shares[confusion.true_domain] = shares.get(confusion.true_domain, 0.0) + confusion.share
    for domain, share in shares.items():
        if share > 1.0:
            faults.add("confusions", f"shares of {domain!r} sum to {share:g}", "at most 1")
