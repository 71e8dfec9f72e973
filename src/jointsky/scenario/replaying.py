"""Recorded flights become vehicles: who is in a recording, where and when it was reported."""

from __future__ import annotations

import pathlib

from jointsky.scenario.checks import whole
from jointsky.scenario.loaded import Loaded
from jointsky.world.flights import Replay


def recordings(loaded: Loaded) -> list[pathlib.Path]:
    """Return the recordings that flights are replayed from, each once."""
    files = [
        loaded.file(f"{path}.flight.recording", vehicle.flight.recording)
        for path, vehicle in whole(loaded.scenario.vehicles, "vehicles")
        if isinstance(vehicle.flight, Replay)
    ]
    return list(dict.fromkeys(files))
