"""How sure is a track?  Told existence against the share of tracks that follow a target.

python benchmarks/tracker_existence.py [--seeds 6] [--picture docs/images/existence.png]
"""

from __future__ import annotations

import argparse
import pathlib

from tracker_parts import existence, tables
from tracker_parts.pictures_existence import draw
from tracker_parts.scenes import KEPT
from tracker_parts.tables import number


def main() -> None:
    """Judge every kind of sky, print the table, draw the diagram, keep the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--picture", type=pathlib.Path, default=KEPT / "tracker-existence.png")
    given = parser.parse_args()
    rows, kept, drawn = [], {}, {}
    for kind in existence.KINDS:
        judged = existence.of_seeds(kind, range(given.seeds))
        drawn[kind.name] = existence.bins(judged)
        told, real = float(judged.told.mean()), float(judged.is_real.mean())
        rows.append(
            [
                kind.name,
                f"{len(judged.told):,}",
                number(told, 4),
                number(real, 4),
                number(judged.brier, 4),
            ]
        )
        kept[kind.name] = {"told": told, "real": real, "brier": judged.brier}
    print(f"{given.seeds} skies of {existence.END_S:.0f} s each; two radars; every track of every "
          f"picture from an existence of {existence.SHOWN_FROM} on")  # fmt: skip
    print(tables.table(["sky", "rows", "told", "real", "Brier"], rows))
    for name, found in drawn.items():
        print(f"\n{name}: told, real (standard error), rows")
        cells = [[number(t, 3), f"{r:.3f} ({e:.3f})", f"{n:,}"] for t, r, e, n in found]
        print(tables.table(["told", "real", "rows"], cells))
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    draw(drawn, given.picture)
    print(f"\nPicture: {given.picture}")
    tables.keep("existence", kept)


if __name__ == "__main__":
    main()
