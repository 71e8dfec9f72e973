"""How often what is said of tracks is so, and what is taken for what.

The figures are those of ``benchmarks/identification.py --json`` on two runs, kept beside this file.
"""

import json
import pathlib

import numpy as np
from matplotlib.figure import Figure

SIZE_PX = (1000, 440)
FIGURES = pathlib.Path(__file__).with_suffix(".json")
IDENTITIES = ("friend", "assumed-friend", "neutral", "unknown", "suspect", "hostile")
TRUTHS = ("civil", "friend", "nature", "hostile")


def draw(figure: Figure) -> None:
    """Draw both panels."""
    found = json.loads(FIGURES.read_text(encoding="utf-8"))
    left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.25])
    left.plot([0, 1], [0, 1], color="#8aa2b2", linewidth=1.0)
    for name, words, colour, mark in (
        ("hostile_bins", "that it is hostile", "#D55E00", "o"),
        ("class_bins", "of its likeliest class", "#0072B2", "s"),
    ):
        bins = found[name]
        sizes = [14.0 + 16.0 * np.log10(b["rows"]) for b in bins]
        left.plot([b["said"] for b in bins], [b["was"] for b in bins], color=colour, linewidth=0.8)
        left.scatter(
            [b["said"] for b in bins], [b["was"] for b in bins], sizes, colour, mark, label=words
        )
    left.set_xlabel("probability that was told", fontsize=9)
    left.set_ylabel("share that was so", fontsize=9)
    left.legend(fontsize=8, loc="upper left", frameon=False)
    left.set_aspect("equal")
    shares = np.array([[found["confusion"][t][i] for i in IDENTITIES] for t in TRUTHS])
    right.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto", zorder=2)
    for row in range(len(TRUTHS)):
        for column in range(len(IDENTITIES)):
            share = shares[row, column]
            text = "0" if share == 0 else f"{share:.1%}"
            colour = "white" if share > 0.5 else "#1c2b36"
            right.text(
                column, row, text, ha="center", va="center", fontsize=9, color=colour, zorder=3
            )
    hours = [found["confusion"][t]["hours"] for t in TRUTHS]
    right.set_yticks(
        range(len(TRUTHS)), [f"{t}\n{h:.0f} h" for t, h in zip(TRUTHS, hours, strict=True)]
    )
    right.set_xticks(range(len(IDENTITIES)), IDENTITIES)
    right.set_xlabel("identity, by share of the time of tracks", fontsize=9)
    right.set_ylabel("truth", fontsize=9)
