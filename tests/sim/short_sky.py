"""The sky of two nations made short: what begins after minutes begins after as many seconds.

python tests/sim/short_sky.py FOLDER SECONDS

writes it to FOLDER, with every kind of sensor and every link, an outage too.
"""

import pathlib
import re
import sys

SCENARIOS = pathlib.Path(__file__).parents[2] / "scenarios"


def write(folder, seconds):
    """Write the scenario into a folder; return its file."""
    (folder / "union-sky").mkdir(parents=True, exist_ok=True)
    for path in [SCENARIOS / "union-sky.yaml", *(SCENARIOS / "union-sky").glob("*.yaml")]:
        text = re.sub(r"(\+\d+)min", r"\1s", path.read_text(encoding="utf-8"))
        text = text.replace("duration_s: 1800", f"duration_s: {seconds}")
        (folder / path.relative_to(SCENARIOS)).write_text(text, encoding="utf-8")
    return folder / "union-sky.yaml"


if __name__ == "__main__":
    print(write(pathlib.Path(sys.argv[1]), int(sys.argv[2])))
