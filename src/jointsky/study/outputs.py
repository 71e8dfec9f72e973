"""What a study leaves: figures, the runs as tables, pictures, a report."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from jointsky.scenario.loaded import Loaded
from jointsky.study import leak_map
from jointsky.study.answers import Answer, Leaker
from jointsky.study.drawing import KINDS, Drawn, draw_all
from jointsky.study.effects import plain_effects
from jointsky.study.engine import seed_of
from jointsky.study.rare import plain_rarely
from jointsky.study.report import write_report
from jointsky.study.summary import Summary, plain
from jointsky.study.tables import effects_table, rare_table
from jointsky.study.words import headline


def write(
    told: Summary,
    loaded: Loaded,
    folder: pathlib.Path,
    command: str,
    lines: Iterable[Sequence[Answer]],
) -> None:
    """Write study.json, the tables of runs, pictures and report.html into a folder.

    ``loaded`` is the scenario as it is declared; ``lines`` is what was answered under each sky, in
    any order.
    """
    facts = plain(told) | plain_effects(told) | plain_rarely(told.rare)
    facts |= {"in_short": headline(told)}
    text = json.dumps(facts, indent=1, allow_nan=False) + "\n"
    (folder / "study.json").write_text(text, encoding="utf-8")
    leakers = leakers_table(lines)
    tables = {"runs": runs_table(told), "effects": effects_table(told), "leakers": leakers}
    if told.rare:
        tables["rare"] = rare_table(told)
    for name, table in tables.items():
        parquet.write_table(table, folder / f"{name}.parquet")
        csv.write_csv(table, folder / f"{name}.csv")
    drawn = draw_all(told, folder)
    drawn += _leak_map(told, loaded, leakers, folder)
    write_report(told, folder, command, drawn)


def _leak_map(
    told: Summary, loaded: Loaded, leakers: pa.Table, folder: pathlib.Path
) -> list[Drawn]:
    """Draw where who came through came in; where nobody did, nothing."""
    leak_map.draw(told, loaded, leakers, [folder / f"leakers.{kind}" for kind in KINDS])
    words = "Who came through: where they came into a protected zone, when, and what radars see"
    return [Drawn("leakers", words)] if (folder / "leakers.png").is_file() else []


def runs_table(told: Summary) -> pa.Table:
    """Return a row for each run: sky, seed, point, its factors, its figures; gaps: it failed."""
    answered, points = told.answered, len(told.points)
    skies = range(told.skies)
    columns: dict[str, Any] = {
        "sky": np.repeat(np.array(skies, np.int64), points),
        "seed": np.repeat(np.array([seed_of(told.study, sky) for sky in skies], np.int64), points),
        "point": np.tile(np.arange(points), told.skies),
    }
    for factor in told.study.factors:
        levels = [point.levels[factor.name] for point in told.points]
        is_number = all(isinstance(level, int | float) for level in levels)
        columns[factor.name] = (levels if is_number else list(map(str, levels))) * told.skies
    for column, name in enumerate(answered.figures):
        values = answered.values[:, :, column].ravel()
        columns[name] = pa.array(values, mask=np.isnan(values))
    faults = {(one.sky, one.point): _last_line(one.fault) for one in told.faults}
    columns["fault"] = [faults.get((sky, k), "") for sky in skies for k in range(points)]
    return pa.table(columns).filter(pa.array(answered.asked.ravel()))


def leakers_table(lines: Iterable[Sequence[Answer]]) -> pa.Table:
    """Return a row for each hostile that came through in any run, in order of sky, point and time.

    Takes 56 octets a row while it is made: many runs have many.
    """
    runs, places, words = (array("q"), array("q")), [array("d") for _ in range(3)], array("q")
    known: dict[str, int] = {}
    for answers in lines:
        for one in answers:
            for leaker in one.leakers:
                runs[0].append(one.sky)
                runs[1].append(one.point)
                places[0].append(leaker.time_s)
                places[1].append(leaker.latitude_deg)
                places[2].append(leaker.longitude_deg)
                for word in (leaker.vehicle, leaker.zone):
                    words.append(known.setdefault(word, len(known)))
    order = np.lexsort((places[0], runs[1], runs[0]))
    columns = [pa.array(np.asarray(column)[order]) for column in (*runs, *places)]
    codes, spelt = np.asarray(words).reshape(-1, 2)[order], pa.array(known, pa.string())
    columns += [spelt.take(pa.array(codes[:, k])) for k in range(2)]
    return pa.table(
        columns, ("sky", "point", *(field.name for field in dataclasses.fields(Leaker)))
    )


def _last_line(fault: str) -> str:
    return fault.strip().rsplit("\n", 1)[-1]
