"""Recorded flights become vehicles: the recordings that a scenario names, read and flown again."""

from __future__ import annotations

import pathlib

from jointsky.declare import Faults
from jointsky.errors import InputError
from jointsky.recording.read import read
from jointsky.scenario.checks import whole
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.vehicles import Vehicle
from jointsky.world.fleet import Fleet
from jointsky.world.flights import Replay
from jointsky.world.recorded import add_recording
from jointsky.world.types import VehicleType


def recordings(loaded: Loaded) -> list[pathlib.Path]:
    """Return the recordings that flights are replayed from, each once."""
    files = [
        loaded.file(f"{path}.flight.recording", vehicle.flight.recording)
        for path, vehicle in whole(loaded.scenario.vehicles, "vehicles")
        if isinstance(vehicle.flight, Replay)
    ]
    return list(dict.fromkeys(files))


def replay(
    loaded: Loaded,
    path: str,
    fleet: Fleet,
    vehicle: Vehicle,
    kind: VehicleType,
    begin_s: float,
    faults: Faults,
) -> list[str]:
    """Add the aircraft of a recording to a fleet; return their names.

    ``path`` and ``faults`` stand at the vehicle.  Who they are is as recorded.
    """
    flight = vehicle.flight
    if not isinstance(flight, Replay):
        raise ValueError(f"{path} is no replay")
    for name in ("mode_s", "mode_a"):
        if getattr(vehicle, name) is not None:
            faults.add(name, "an identity for a replay", "nothing: it is in the recording")
    at = faults.under("flight")
    try:
        reading = read(loaded.file(f"{path}.flight.recording", flight.recording))
    except InputError as error:
        found = f"{error.where}: {error.found}"
        at.add("recording", found, error.wanted, error.hint)
        return []
    if not (flight.begin_at_first or reading.date_known):
        hint = "begin_at_first: true moves it to the start"
        at.add("begin_at_first", "a recording without a date", "times that are known", hint)
        return []
    return add_recording(
        fleet,
        vehicle.name,
        kind,
        flight,
        reading.plots,
        at,
        begin_s=begin_s,
        nation=vehicle.nation,
        allegiance=vehicle.allegiance,
        transponder=vehicle.transponder,
    )
