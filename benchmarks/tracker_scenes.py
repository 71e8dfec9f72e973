"""Our tracker on scenes with known truth, beside its peers, with one set of defaults.

    python benchmarks/tracker_scenes.py                    every scene, seed 0
    python benchmarks/tracker_scenes.py small dense --seed 3
    python benchmarks/tracker_scenes.py --peer-python PYTHON --peer-minutes 120

Every tracker gets the same plots and hands over its picture at every whole second, made from what
came up to then; all are scored by jointsky score from 1 s on (GOSPA with 1 km, order 2, in three
dimensions; SIAP).  Peers are run where a Python with them is given or found (make bench-peers) and
the minutes allow; else figures of an earlier run stand here, else the published ones.
"""

from __future__ import annotations

import argparse
import pathlib
from typing import Any

from tracker_parts import ours, tables
from tracker_parts.figures import Row, best_of, figures, verdicts
from tracker_parts.peers import Peers, find_python
from tracker_parts.scenes import KEPT, KINDS, TOOLS, SceneKind, scene_folder
from tracker_parts.tables import number, verdict

COLUMNS = (  # name, heading, decimals
    ("gospa_m", "GOSPA m", 1),
    ("rms_m", "RMS m", 1),
    ("missed", "missed", 3),
    ("false", "false", 3),
    ("completeness", "complete", 4),
    ("ambiguity", "ambig.", 4),
    ("spuriousness", "spurious", 4),
    ("track_number_change_rate_hz", "changes/s", 5),
    ("longest_segment", "longest", 4),
)
HEAD = ("tracker", "figures", *(heading for _, heading, _ in COLUMNS), "plots/CPU-s")


def our_row(kind: SceneKind, folder: pathlib.Path) -> Row:
    """Track one scene and score it."""
    reading = ours.load(folder)
    made = ours.timed(reading, ours.whole_seconds(reading))
    out = KEPT / "ours" / folder.name / "tracks.parquet"
    ours.write_flat(made, out)
    return Row(
        tracker="jointsky",
        source="run now",
        config="defaults",
        plots_per_cpu_s=len(reading.plots) / made.cpu_s,
        figures=figures(out, folder / "truth.parquet"),
        compile_s=made.compile_s,
        cpu_s=made.cpu_s,
    )


def cells(row: Row) -> list[str]:
    """Return a row of the table."""
    values = [number(row.figures[name], digits) for name, _, digits in COLUMNS]
    return [row.tracker, row.source, *values, number(row.plots_per_cpu_s, 0)]


def judged(
    mine: Row, peers: list[Row], best: Row | None
) -> tuple[list[list[str]], dict[str, bool]]:
    """Return the lines that set ours beside the best peer, and the verdicts."""
    if best is None:
        return [], {}
    met = verdicts(mine.figures, best.figures)
    ratios = [
        f"x {mine.figures[name] / best.figures[name]:.2f}"
        if name in ("gospa_m", "rms_m", "missed", "false") and best.figures[name] > 0.0
        else ""
        for name, _, _ in COLUMNS
    ]
    speed = mine.plots_per_cpu_s / max(row.plots_per_cpu_s for row in peers)
    words = [verdict(met[name]) for name, _, _ in COLUMNS]
    return [
        [f"  beside the best: {best.config}", "", *ratios, f"x {speed:,.0f}"],
        ["  asked", "", *words, ""],
    ], met


def run_scene(kind: SceneKind, given: argparse.Namespace, peers: Peers) -> dict[str, Any]:
    """Run one scene and print its table; return what is to be kept."""
    folder = scene_folder(kind, given.seed, given.tools)
    mine = our_row(kind, folder)
    others = peers.rows(kind, given.seed, folder)
    best = best_of(others)
    lines, met = judged(mine, others, best)
    changes = ", ".join(f"{name} {value}" for name, value in kind.changes.items())
    hard = ", one of ours" if kind.is_hard else ""
    print(f"\n{folder.name}" + (f" ({changes})" if changes else "") + hard)
    print(tables.table(HEAD, [cells(row) for row in (mine, *others)] + lines), flush=True)
    return {
        "is_hard": kind.is_hard,
        "rows": [
            {
                "tracker": row.tracker,
                "source": row.source,
                "plots_per_cpu_s": row.plots_per_cpu_s,
                **row.figures,
            }
            for row in (mine, *others)
        ],
        "met": met,
        "gospa_ratio": mine.figures["gospa_m"] / best.figures["gospa_m"] if best else None,
    }


def options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [name for name, kind in KINDS.items() if not kind.is_speed_only]
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=", ".join(names))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peer-python", type=pathlib.Path, help="a Python with Stone Soup")
    parser.add_argument("--other-python", type=pathlib.Path, help="a Python with nrl-tracker")
    parser.add_argument("--peer-minutes", type=float, default=4.0)
    parser.add_argument("--fresh", action="store_true", help="run peers again that were run before")
    parser.add_argument(
        "--tools", type=pathlib.Path, default=TOOLS, help="the folder of generate.py"
    )
    given = parser.parse_args()
    for name in given.scenes:
        if name not in names:
            parser.error(f"{name}: no such scene; there are {', '.join(names)}")
    given.scenes = given.scenes or names
    return given


def main() -> None:
    """Run every scene, print its table, keep the figures."""
    given = options()
    if not (given.tools / "generate.py").is_file():
        print(f"skipped: {given.tools}/generate.py, which makes the scenes, is not here")
        return
    peers = Peers(
        stone_soup=find_python(given.peer_python, ".venv-peers"),
        other=find_python(given.other_python, ".venv-peers-other"),
        seconds_left=60.0 * given.peer_minutes,
        is_fresh=given.fresh,
        tools=given.tools,
    )
    for name, python in (("Stone Soup", peers.stone_soup), ("nrl-tracker", peers.other)):
        if python is None:
            print(f"{name} is not run: no Python with it is given or found (make bench-peers)")
    print(f"Seed {given.seed}. Ours: default settings, the same on every scene.")
    found = {name: run_scene(KINDS[name], given, peers) for name in given.scenes}
    failed = [
        f"{name}: {part}"
        for name, row in found.items()
        for part, ok in row["met"].items()
        if not ok
    ]
    print(f"\nNot met ({len(failed)}): " + (", ".join(failed) or "nothing"))
    kept = tables.kept().get(f"scenes, seed {given.seed}", {}).get("scenes", {})
    tables.keep(f"scenes, seed {given.seed}", {"scenes": {**kept, **found}})


if __name__ == "__main__":
    main()
