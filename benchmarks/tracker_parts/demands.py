"""The demands on the tracker, each with what was measured, from the kept figures."""

from __future__ import annotations

import dataclasses
from typing import Any

from tracker_parts.figures import LESS, PART
from tracker_parts.scenes import KINDS

_PARTS = {"rms_m": "localisation", "missed": "missed", "false": "false"}
_SIAP = {
    "completeness": "completeness",
    "ambiguity": "ambiguity",
    "spuriousness": "spuriousness",
    "track_number_change_rate_hz": "track-number changes",
    "longest_segment": "longest segment",
}


@dataclasses.dataclass(frozen=True)
class Demand:
    """One line: what, how much is asked, what was measured; ``is_met`` None: not measured."""

    what: str
    asked: str
    measured: str
    is_met: bool | None


def demands(kept: dict[str, Any], seed: int = 0) -> list[Demand]:
    """Return every demand that a benchmark judges."""
    found = []
    for name, scene in scenes_of(kept, seed).items():
        found += of_scene(name, scene)
    found += of_speed(kept.get("speed", {}))
    found += of_racetracks(kept.get("racetracks", {}))
    found += of_capacity(kept.get("capacity", {}))
    found += of_traffic(kept.get("traffic", {}))
    return found


def scenes_of(kept: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return the kept scenes of a seed, in the order in which they are declared."""
    found = kept.get(f"scenes, seed {seed}", {}).get("scenes", {})
    return {name: found[name] for name in KINDS if name in found}


def of_scene(name: str, scene: dict[str, Any]) -> list[Demand]:
    """Return the demands on one scene beside the best peer."""
    met = scene["met"]
    if not met:
        return [Demand(f"{name}: GOSPA", f"{LESS:g} of the best peer's", "no peer", None)]
    ratio = scene["gospa_ratio"]
    lines = [Demand(f"{name}: GOSPA", f"x {LESS:g}", f"x {ratio:.2f}", met["gospa_m"])]
    for what, asked, names in (
        ("GOSPA's three parts", f"x {PART:g} each", _PARTS),
        ("SIAP's five figures", "no worse", _SIAP),
    ):
        worse = [word for key, word in names.items() if not met[key]]
        told = "worse: " + ", ".join(worse) if worse else "all"
        lines.append(Demand(f"{name}: {what}", asked, told, not worse))
    return lines


def of_speed(found: dict[str, Any]) -> list[Demand]:
    """Return the demands on speed, growth, memory and start-up."""
    lines = []
    for name, scene in found.get("peers", {}).items():
        for peer, is_met in scene["met"].items():
            asked = 300 if peer.startswith("nrl") else 1_000
            told = f"x {scene[peer]['ratio']:,.0f}"
            lines.append(Demand(f"{name}: speed beside {peer}", f"x {asked:,}", told, is_met))
    region = found.get("region")
    if region:
        told = f"{region['plots_hz']:,.0f} plots/CPU-s"
        lines.append(Demand("region: one core", "250,000", told, region["met"]["one core"]))
        two = region["two_threads"]
        told = f"x {two:.2f}" if two else "no threads"
        lines.append(Demand("region: two threads", "x 1.7", told, region["met"].get("two cores")))
    if "growth" in found:
        told, met = f"x {found['growth']['ratio']:.2f}", found["growth"]["met"]
        lines.append(Demand("cost of a plot, 10,000 to 100", "x 1.5", told, all(met.values())))
    if "memory" in found:
        told, met = f"{found['memory']['kb_each']:.1f} kB", found["memory"]["met"]
        lines.append(Demand("memory, track and plot in flight", "4 kB", told, all(met.values())))
    if "start-up" in found:
        start = found["start-up"]
        told = f"{start['warm']['whole_s']:.2f} s"
        lines.append(Demand("warm start-up", "2 s", told, start["met"]["warm"]))
        told = f"{start['cold']['compile_s']:.1f} s"
        lines.append(Demand("cold compilation", "20 s", told, start["met"]["cold"]))
    return lines


def of_racetracks(found: dict[str, Any]) -> list[Demand]:
    """Return the demands on flights that turn over and over."""
    words = {
        "position_mean_nm": ("mean position error", "NM", 3),
        "position_sd_nm": ("position s.d.", "NM", 3),
        "speed_sd_kt": ("ground-speed s.d.", "kt", 1),
        "heading_sd_deg": ("heading s.d.", "deg", 1),
    }
    lines = []
    for name in ("five radars", "one radar"):
        part = found.get(name, {"met": {}})
        for key, is_met in part["met"].items():
            word, unit, digits = words[key]
            told = f"{part['all'][key]:.{digits}f} {unit}"
            asked = f"{part['limits'][key]:g} {unit}"
            lines.append(Demand(f"racetracks, {name}: {word}", asked, told, is_met))
    return lines


def of_capacity(found: dict[str, Any]) -> list[Demand]:
    """Return the demands on the published capacity."""
    if not found:
        return []
    told = {
        "in real time": f"x {found['times_real_time']:.0f} real time",
        "reports a second": f"{found['reports_hz']:,.0f}",
        "tracks": f"{found['tracks']:,}",
    }
    asked = {"in real time": "yes", "reports a second": "2,000", "tracks": "4,000"}
    return [
        Demand(f"capacity: {name}", asked[name], told[name], is_met)
        for name, is_met in found["met"].items()
    ]


def of_traffic(found: dict[str, Any]) -> list[Demand]:
    """Return the mandatory checks of the two standards."""
    lines = []
    for check in found.get("checks", []):
        if not check["is_mandatory"]:
            continue
        scale = 100.0 if check["unit"] == "%" else 1.0
        value = "-" if check["value"] is None else f"{scale * check['value']:.2f} {check['unit']}"
        asked = f"{check['sense']} {scale * check['limit']:g} {check['unit']}"
        is_met = {"pass": True, "fail": False}.get(check["verdict"])
        lines.append(Demand(f"{check['standard']}: {check['label']}", asked, value, is_met))
    return lines
