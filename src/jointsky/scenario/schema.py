"""The JSON Schema of scenario files, so that editors complete and check them as they are written.

A file whose first line is ``# yaml-language-server: $schema=scenario.schema.json`` is completed by
every editor that has the YAML language server.
"""

from __future__ import annotations

from typing import Any

from jointsky import declare
from jointsky.declare_include import INCLUDE
from jointsky.scenario.scenario import Scenario
from jointsky.scenario.systems import Kind, catalogue

_TYPED: dict[str, Kind] = {
    "SensorAt": "sensor",
    "SensorAboard": "sensor",
    "BatteryAt": "battery",
    "Vehicle": "vehicle",
    "Mix": "vehicle",
}


def schema(is_part: bool = False) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file, or of a file that one includes.

    A part needs no section; a type may be any name, and those of the catalogue are offered.
    """
    made = declare.schema(Scenario)
    root = made["$defs"]["Scenario"]
    path = {"type": "string", "minLength": 1, "description": "Path from this file"}
    root["properties"][INCLUDE] = {
        "description": "Files whose sections belong to this scenario too",
        "anyOf": [path, {"type": "array", "items": path}],
    }
    known = catalogue()
    for name, kind in _TYPED.items():
        field = made["$defs"][name]["properties"]["type"]
        del field["type"]
        field["anyOf"] = [{"enum": list(known.of_kind(kind))}, {"type": "string"}]
    if is_part:
        root["required"] = []
    made["title"] = "jointsky scenario" + (", a part of one" if is_part else "")
    return made
