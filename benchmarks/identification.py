"""How well tracks are identified: recorded runs of a scenario, against what was true.

    jointsky run scenarios/union-sky.yaml --out /tmp/sky-11 --seed 11
    python benchmarks/identification.py /tmp/sky-11 [MORE ...] [--site 0] [--plans none]

Each folder is what ``jointsky run`` left.  The pictures of one site are assessed in order of time;
each row of a picture counts for the time of one picture.  A row is of the true vehicle nearest to
it, if one is near.  ``--real``: recordings of real traffic, as it answers and with every answer
taken away.
"""

import argparse
import json
import pathlib

from identification_parts.figures import Rows, figures, follow, safety, table
from identification_parts.real import opensky, system_tracks
from identification_parts.run import read_run

from jointsky.assess.model_declared import load_model

ROOT = pathlib.Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    parser.add_argument("--real", nargs="*", type=pathlib.Path, default=[], help="recordings")
    parser.add_argument("--scenario", type=pathlib.Path, default=ROOT / "scenarios/union-sky.yaml")
    parser.add_argument("--site", type=int, default=0)
    parser.add_argument("--plans", choices=["all", "civil", "none"], default="all")
    parser.add_argument("--model", type=pathlib.Path, default=None)
    parser.add_argument("--rows", type=pathlib.Path, help="write every row as Parquet")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    model = load_model(asked.model) if asked.model else load_model()
    for path in asked.real:
        real = opensky(path) if path.name.endswith(".json.gz") else system_tracks(path)
        for name, one in (("as it answers", real), ("every answer taken away", real.silent())):
            print(f"{path.name}, {name}: {json.dumps(safety(one, model))}")
    if not asked.folders:
        return
    parts = []
    for folder in asked.folders:
        run = read_run(asked.scenario, folder, asked.site)
        plans = [one for one in run.plans if asked.plans in ("all", one.allegiance)]
        parts.append(follow(run, model, plans))
    rows = Rows.together(parts)
    if asked.rows:
        rows.write(asked.rows)
    found = figures(rows)
    if asked.json:
        found.pop("step_ms")  # it is another one each time
        print(json.dumps(found, indent=1))
    else:
        print(table(found))


if __name__ == "__main__":
    main()
