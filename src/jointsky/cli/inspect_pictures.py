"""The pictures of ``inspect``: small maps, heights over time, reports over time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.text import Text

from jointsky.cli.inspect_words import WIDTH, counted, duration, number, place
from jointsky.pictures.terminal import LEVELS, Picture, bars, dot_graph, dot_map, scale
from jointsky.recording.sketch import Sketch, place_deg, sketches
from jointsky.recording.summary import all_times_s
from jointsky.records.reading import Reading

MAP_ROWS = 15
MAP_ROWS_OF_OTHERS = 9
GRAPH_COLUMNS = 30
MAPS_SHOWN = 3
_LEVEL_STYLES = ["default", "blue", "cyan", "green", "bold yellow"]
_QUIET = "dim"


def pictures(reading: Reading) -> Iterator[Text]:
    """Yield maps, heights over time beside the first, and reports over time."""
    heights = _heights(reading)
    for k, sketch in enumerate(sketches(reading)[:MAPS_SHOWN]):
        graph = heights if k == 0 else None
        columns = WIDTH - 2 - (GRAPH_COLUMNS + 1 if graph else 0)
        east_m, north_m = sketch.points_m.T
        rows = MAP_ROWS if k == 0 else MAP_ROWS_OF_OTHERS
        picture = dot_map(east_m, north_m, columns, rows, sketch.marks_m, is_filled=True)
        yield from _framed(sketch, picture, graph)
    times_s = all_times_s(reading)
    if len(times_s) > 1 and times_s[-1] > times_s[0]:
        strip, peak = bars(times_s, WIDTH)
        yield Text(strip, style="cyan")
        span = duration(float(times_s[-1] - times_s[0]))
        yield Text(f"reports over time: {span} across, at most {number(peak)} a second", _QUIET)


def _heights(reading: Reading) -> tuple[Picture, str] | None:
    """Return heights over time, and what they span; None where hardly any are known."""
    plots, tracks = reading.plots, reading.tracks
    time_s = np.concatenate([plots.time_s, tracks.time_s])
    parts = [
        np.where(np.isfinite(one.pressure_altitude_m), one.pressure_altitude_m, one.height_m)
        for one in (plots, tracks)
    ]
    height_m = np.concatenate(parts)
    known = np.isfinite(height_m) & np.isfinite(time_s)
    if known.sum() < 2 or np.ptp(height_m[known]) == 0.0 or np.ptp(time_s[known]) == 0.0:
        return None
    low, high = float(height_m[known].min()), float(height_m[known].max())
    graph = dot_graph(time_s[known], height_m[known], GRAPH_COLUMNS, MAP_ROWS)
    return graph, f" {low:,.0f} to {high:,.0f} m "


def _framed(sketch: Sketch, picture: Picture, graph: tuple[Picture, str] | None) -> Iterator[Text]:
    """Yield a map, and the graph of heights to the right of it, in one frame."""
    columns = len(picture.lines[0])
    title = f" {sketch.title}, north up "
    said = " " + scale(picture.metres_per_column, columns // 3) + " "
    top, bottom = "┌" + _rule(title, columns), "└" + _rule(said, columns)
    if graph:
        top += "┬" + _rule(" height over time ", GRAPH_COLUMNS)
        bottom += "┴" + _rule(graph[1], GRAPH_COLUMNS)
    yield Text(top + "┐", style=_QUIET)
    for k in range(len(picture.lines)):
        row = Text("│", style=_QUIET)
        _append(row, picture, k)
        row.append("│", style=_QUIET)
        if graph:
            _append(row, graph[0], k)
            row.append("│", style=_QUIET)
        yield row
    yield Text(bottom + "┘", style=_QUIET)
    notes = [_centre(sketch, picture)]
    if len(sketch.marks_m) and np.isfinite(sketch.marks_m).all():
        notes.append("+ is the sensor" if len(sketch.marks_m) == 1 else "+ are the sensors")
    if picture.outside:
        notes.append(f"{counted(picture.outside, 'point')} outside")
    yield Text("; ".join(notes), style=_QUIET)


def _rule(said: str, columns: int) -> str:
    return said[:columns] + "─" * (columns - len(said))


def _append(row: Text, picture: Picture, k: int) -> None:
    for letter, level in zip(picture.lines[k], picture.levels[k], strict=True):
        style = "bold red" if letter == "+" else _LEVEL_STYLES[min(level, LEVELS)]
        row.append(letter, style=style)


def _centre(sketch: Sketch, picture: Picture) -> str:
    east_m, north_m = picture.centre_m
    centre = place_deg(sketch, east_m, north_m)
    if centre is not None:
        return f"centre {place(*centre)}"
    return f"centre {east_m / 1000:.1f} km east, {north_m / 1000:.1f} km north"
