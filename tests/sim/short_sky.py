"""The sky of two nations made short: what begins after minutes begins after as many seconds.

python tests/sim/short_sky.py FOLDER SECONDS [picture]

writes it to FOLDER, with every kind of sensor and every link; the outage comes at half time, for a
tenth of it.  "picture": without the duty, for in so short a time nothing comes near.
"""

import pathlib
import re
import sys

OUTAGE = re.compile(r'(outages:\s+- \{begin: ")\+\d+s(", end: ")\+\d+s')
SCENARIOS = pathlib.Path(__file__).parents[2] / "scenarios"


def write(folder, seconds, with_duty=True):
    """Write the scenario into a folder; return its file."""
    (folder / "union-sky").mkdir(parents=True, exist_ok=True)
    for path in [SCENARIOS / "union-sky.yaml", *(SCENARIOS / "union-sky").glob("*.yaml")]:
        text = re.sub(r"(\+\d+)min", r"\1s", path.read_text(encoding="utf-8"))
        text = text.replace("duration_s: 1800", f"duration_s: {seconds}")
        begin, end = seconds // 2, seconds // 2 + seconds // 10
        if not with_duty:
            text = text.replace("  - union-sky/duty.yaml\n", "")
        text = OUTAGE.sub(rf"\g<1>+{begin}s\g<2>+{end}s", text)
        (folder / path.relative_to(SCENARIOS)).write_text(text, encoding="utf-8")
    return folder / "union-sky.yaml"


if __name__ == "__main__":
    print(write(pathlib.Path(sys.argv[1]), int(sys.argv[2]), "picture" not in sys.argv[3:]))
