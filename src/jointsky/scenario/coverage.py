"""What a scenario's sensors see of one kind of target: the coverage of its network."""

from __future__ import annotations

import math
from typing import Literal

from jointsky.declare import Faults
from jointsky.records.signatures import BANDS, CrossSection
from jointsky.records.vehicles import Transponder
from jointsky.scenario.built import Built
from jointsky.scenario.loaded import Loaded
from jointsky.scenario.systems import system_of
from jointsky.scenario.types import Types
from jointsky.sensors.coverage import Target, Watch
from jointsky.world.types import VehicleType, transponder_bits

Aspect = Literal["mean", "nose", "side", "tail"]
ANSWERS = Transponder.MODE_A | Transponder.MODE_C | Transponder.MODE_S


def watches(built: Built) -> list[Watch]:
    """Return all sensors of a scenario, each with the nation that its plots go to."""
    return [
        Watch(s.name, built.sites[s.site].nation, s.declared, s.placed, s.place, s.key)
        for s in built.sensors
    ]


def target_of_type(loaded: Loaded, name: str, aspect: Aspect = "mean") -> Target:
    """Return a vehicle type, of the catalogue or of the scenario, as a target of a coverage.

    Raises InputError where there is no vehicle type of that name.
    """
    scenario = loaded.scenario
    types = Types(scenario.systems, scenario.references, list(loaded.names("systems")), Faults())
    system = system_of(types.known, name, "vehicle", "--type")
    kind = system.type
    assert isinstance(kind, VehicleType)
    many_db = 10.0 * math.log10(kind.count)
    sections: dict[str, CrossSection] = {}
    for band in BANDS:
        fits = [s for s in kind.signature.radar if not s.bands or band in s.bands]
        if fits:
            sections[band] = fits[0]
    seen = "as seen from all sides" if aspect == "mean" else f"seen from its {aspect}"
    return Target(
        words=f"{name}, {seen}",
        rcs_dbsm={band: cross_section_dbsm(s, aspect) + many_db for band, s in sections.items()},
        swerling={band: s.swerling for band, s in sections.items()},
        answers=bool(transponder_bits(kind.transponder) & ANSWERS),
    )


def cross_section_dbsm(section: CrossSection, aspect: Aspect) -> float:
    """Return the mean cross section in dBsm at an aspect, or over all of them (in dB)."""
    nose = section.nose_dbsm
    side = nose if section.side_dbsm is None else section.side_dbsm
    tail = nose if section.tail_dbsm is None else section.tail_dbsm
    if aspect == "mean":  # cos² and sin² are each a half on average
        return 0.25 * (nose + tail) + 0.5 * side
    return {"nose": nose, "side": side, "tail": tail}[aspect]
