"""What the demonstration leaves: how far both nations agree, and a picture of both pictures."""

from __future__ import annotations

import math
import pathlib
from typing import Any

import msgspec
import numpy as np

from jointsky.cli import console
from jointsky.live.declared import LiveConfig
from jointsky.live.network import network_of
from jointsky.pictures.beside import Picture, draw_beside
from jointsky.records.tracks import Tracks, TrackStatus

NEWEST_S = 3.0  # tracks told within so long of the end are those of the end


def told(
    config: LiveConfig, folder: pathlib.Path, last: dict[str, dict[str, Any]], restarts: int
) -> dict[str, Any]:
    """Return the figures of the end, the picture drawn."""
    lines = {site.name: _lines(folder / f"{site.name}.jsonl") for site in config.sites}
    ends_s = [told[-1]["time_s"] for told in lines.values() if told]
    end_s = min(ends_s, default=math.nan)
    numbers = {name: _numbers_at(told, end_s) for name, told in lines.items()}
    common = set.intersection(*numbers.values()) if numbers else set()
    made: dict[str, Any] = {
        "out": str(folder),
        "tracks": {name: len(held) for name, held in numbers.items()},
        "common_numbers": len(common),
        "restarts": restarts,
        "faults": {name: status["faults"] for name, status in last.items()},
        "delay_p99_s": {name: status["delay_p99_s"] for name, status in last.items()},
        "picture": None,
    }
    if all(lines.values()):
        made["picture"] = str(folder / "pictures.png")
        _draw(config, lines, made, folder / "pictures.png")
    return made


def show(made: dict[str, Any]) -> None:
    """Print the figures of the end."""
    tracks = ", ".join(f"{name} {count}" for name, count in made["tracks"].items())
    console.results.print(
        f"tracks at the end: {tracks}; {made['common_numbers']} under one number in both",
        soft_wrap=True,
    )
    if made["restarts"]:
        console.results.print(f"{made['restarts']} restarts")
    names = "pictures.png, two-nations.yaml, NAME.jsonl, NAME/journal.sqlite"
    console.results.print(f"wrote {made['out']}: {names}", soft_wrap=True)


def _lines(path: pathlib.Path) -> list[dict[str, Any]]:
    """Return what a site wrote of its picture, a line cut off by a kill left out."""
    made = []
    try:
        octets = path.read_bytes()
    except OSError:
        return []
    for line in octets.splitlines():
        try:
            made.append(msgspec.json.decode(line))
        except msgspec.DecodeError:
            continue
    return made


def _numbers_at(lines: list[dict[str, Any]], end_s: float) -> set[str]:
    """Return the numbers of confirmed tracks told about a time."""
    return {
        line["number"]
        for line in lines
        if abs(line["time_s"] - end_s) <= NEWEST_S and line["status"] != "tentative"
    }


def _tracks(lines: list[dict[str, Any]]) -> Tracks:
    lines = [line for line in lines if line["status"] != "tentative"]

    def column(name: str, scale: float = 1.0) -> np.ndarray:
        return scale * np.array([line.get(name, math.nan) for line in lines], np.float64)

    return Tracks.make(
        len(lines),
        time_s=column("time_s"),
        track_number=np.array([int(line["number"]) for line in lines], np.int64),
        latitude_rad=column("latitude_deg", math.pi / 180.0),
        longitude_rad=column("longitude_deg", math.pi / 180.0),
        height_m=column("height_m"),
        status=np.int8(TrackStatus.CONFIRMED),
        sensors=np.zeros((len(lines), 1), np.uint64),
    )


def _draw(
    config: LiveConfig,
    lines: dict[str, list[dict[str, Any]]],
    made: dict[str, Any],
    path: pathlib.Path,
) -> None:
    network = network_of(config)
    labels = {int(line["number"]): line["label"] for one in lines.values() for line in one}
    pictures = []
    for row, site in enumerate(config.sites):
        own = [
            sensor
            for sensor, of in zip(network.sensors, network.sensor_site, strict=True)
            if of == row
        ]
        words = f"{made['tracks'][site.name]} tracks at the end, {len(own)} sensors of its own"
        name = f"{site.name}'s picture"
        pictures.append(Picture(name, _tracks(lines[site.name]), own, words))
    draw_beside(
        pictures,
        labels,
        path,
        "One sky, the pictures of two nations",
        f"blue: shown under one number by both ({made['common_numbers']} at the end)   ·   "
        "orange: by one only   ·   triangles: the nation's own radars",
    )
