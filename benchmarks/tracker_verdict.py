"""What is asked of the tracker and what was measured, from the figures that the benchmarks kept.

    python benchmarks/tracker_verdict.py                one table of demands
    python benchmarks/tracker_verdict.py --write-docs   and the tables and pictures of the docs

Run the other tracker_*.py before: each keeps its section of out/bench/bench.json.
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
from typing import Any

from tracker_parts import docs_tables, tables
from tracker_parts.demands import demands
from tracker_parts.scenes import KEPT, ROOT
from tracker_parts.tables import verdict

PAGE, IMAGES = ROOT / "docs" / "tracker-bench.md", ROOT / "docs" / "images"
PICTURES = ("tracker-racetracks.png", "tracker-traffic.png", "tracker-speed.png")


def write_docs(kept: dict[str, Any], page: pathlib.Path, images: pathlib.Path) -> list[str]:
    """Write every generated table into the page and copy the pictures; return what was missing."""
    text = page.read_text(encoding="utf-8")
    text, missing = docs_tables.filled(text, kept)
    page.write_text(text, encoding="utf-8")
    for name in PICTURES:
        if (KEPT / name).exists():
            shutil.copyfile(KEPT / name, images / name)
        else:
            missing.append(name)
    return missing


def main() -> None:
    """Print the table of demands; write the docs if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0, help="of the scenes that are judged")
    parser.add_argument("--write-docs", action="store_true")
    given = parser.parse_args()
    kept = tables.kept()
    found = demands(kept, given.seed)
    rows = [
        [demand.what, demand.asked, demand.measured, verdict(demand.is_met)] for demand in found
    ]
    print(tables.table(("demand", "asked", "measured", ""), rows))
    met = sum(demand.is_met is True for demand in found)
    failed = sum(demand.is_met is False for demand in found)
    print(f"\n{met} met, {failed} not met, {len(found) - met - failed} not measured here")
    if given.write_docs:
        for name in write_docs(kept, PAGE, IMAGES):
            print(f"not measured here, so left as it was: {name}")
        print(f"Written: {PAGE}")


if __name__ == "__main__":
    main()
