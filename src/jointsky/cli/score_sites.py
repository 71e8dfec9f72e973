"""``jointsky score`` for several sites: what is printed and written of their common picture."""

from __future__ import annotations

import json
import math
import pathlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from jointsky.cli import console
from jointsky.cli.score_tables import number
from jointsky.errors import InputError
from jointsky.pictures.network import NetworkView, Outage, draw_network, seconds, share
from jointsky.recording.score_sites import SitesScore
from jointsky.records.commonality import Commonality

PAIRS_SHOWN = 15


def print_sites(result: SitesScore) -> None:
    """Print the figures of each site and between them to standard output."""
    common = result.common
    about = common.about
    against = f" against {about['reference']}" if about["reference"] else ""
    console.results.print(
        Text.assemble((str(about["tracks"]), "bold"), against), soft_wrap=True, overflow="ignore"
    )
    console.results.print(
        f"{len(common.sites):,} sites, {about['moments']:,} moments, cutoff "
        f"{about['cutoff_m']:g} m, {about['dims']}-D; targets are {about['targets_are']}\n",
        soft_wrap=True,
    )
    parts: list[Any] = []
    if result.sites:
        parts += [_each(result), ""]
    if 1 < len(set(common.nations)) < len(common.sites):
        parts += [_between_nations(common), ""]
    parts += [_between_sites(common), _everyone(common)]
    if result.network is None:
        unknown = "What went over the links and how late updates were: only a run's folder tells."
        parts.append(Text(unknown, style="dim"))
    else:
        parts += ["", _late(result.network["late"]), "", _links(result.network["links"])]
    console.results.print(Group(*parts))


def write_sites(result: SitesScore, folder: pathlib.Path) -> list[pathlib.Path]:
    """Write network.png, score.json, common.parquet, held.parquet; return their paths."""
    common = result.common
    try:
        folder.mkdir(parents=True, exist_ok=True)
        picture, text = folder / "network.png", folder / "score.json"
        times = np.unique(common.over_time["time_s"])
        begin_s = float(times[0]) if len(times) else 0.0
        end_s = float(times[-1]) + common.about["bin_s"] if len(times) else 1.0
        title = "How common is the picture?"
        outages = [Outage(*span) for span in result.outages_s]
        draw_network(NetworkView(title, begin_s, end_s, common, outages), picture)
        content = json.dumps(console.plain(result.summary()), indent=1, allow_nan=False)
        text.write_text(content + "\n", encoding="utf-8")
        tables = [folder / "common.parquet", folder / "held.parquet"]
        for path, columns in zip(tables, (common.over_time, common.held_over_time), strict=True):
            pq.write_table(pa.table(dict(columns)), path, compression="zstd")
    except OSError as error:
        raise InputError(
            str(folder), error.strerror or str(error), "a folder to write to"
        ) from None
    return [picture, text, *tables]


def _table(title: str, words: int, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place < words else "right")
    return table


def _each(result: SitesScore) -> Table:
    heads = ("complete", "ambiguity", "spurious", "position RMS", "one number", "GOSPA")
    table = _table("Each site's picture", 1, "site", *heads)
    for name, one in result.sites.items():
        table.add_row(
            name,
            share(one.siap["completeness"]),
            number(one.siap["ambiguity"], 4),
            share(one.siap["spuriousness"]),
            f"{number(one.errors['all']['horizontal_m']['rms'])} m",
            share(one.tracks["one_number_share"]),
            f"{number(one.picture['gospa_m'])} m",
        )
    return table


_BETWEEN = ("held by both", "one number", "one identity", "common", "apart, RMS")


def _cells(row: dict[str, Any] | dict[str, float]) -> list[str]:
    shares = (row["held"], row["number"], row["identity"], row["common"])
    apart = f"{number(row['position_difference_rms_m'])} m"
    return [*(share(value) for value in shares), apart]


def _between_nations(common: Commonality) -> Table:
    table = _table("Between nations, two sites at a time", 1, "nations", "pairs", *_BETWEEN)
    for row in common.between_nations:
        name = f"within {row['a']}" if row["a"] == row["b"] else f"{row['a']}, {row['b']}"
        table.add_row(name, f"{row['pairs']:,}", *_cells(row))
    return table


def _between_sites(common: Commonality) -> Table:
    """Return the figures of every two sites; of many pairs those that have least in common."""
    rows = common.between_sites
    title = "Between sites"
    if len(rows) > PAIRS_SHOWN:
        known = [row if math.isfinite(row["common"]) else {**row, "common": 2.0} for row in rows]
        order = sorted(range(len(rows)), key=lambda k: known[k]["common"])
        title = f"Between sites: the {PAIRS_SHOWN} pairs of {len(rows)} with least in common"
        rows = [rows[k] for k in order[:PAIRS_SHOWN]]
    table = _table(title, 1, "sites", *_BETWEEN)
    for row in rows:
        table.add_row(f"{row['a']}, {row['b']}", *_cells(row))
    return table


def _late(late: dict[str, Any]) -> Table:
    """Return how long after a plot tracks were updated with it, at each site and at all."""
    title = "From a plot's time to the updated track: half, and 99 %, of updates"
    heads = ("all", "99 %", "own plots", "99 %", "others' plots", "99 %")
    table = _table(title, 1, "site", *heads)
    for row in late["by_site"]:
        cells = [cell for kind in ("all", "own", "others") for cell in _times(row.get(kind))]
        table.add_row(row["site"], *cells)
    table.add_row("all sites", *_times(late["all"]), "", "", "", "")
    return table


def _times(told: dict[str, float | None] | None) -> list[str]:
    known = [None if not told else told[name] for name in ("p50_s", "p99_s")]
    return ["-" if value is None else seconds(value) for value in known]


def _links(links: list[dict[str, Any]]) -> Table:
    """Return what went over each link, each way."""
    heads = ("kB", "kbit/s", "most", "packets", "lost", "cut")
    table = _table("Over the links", 2, "from, to", "shares", *heads)
    for row in links:
        table.add_row(
            f"{row['from']}, {row['to']}",
            row["share"],
            f"{row['octets'] / 1000.0:,.1f}",
            f"{row['mean_kbps']:,.1f}",
            f"{row['peak_kbps']:,.1f}",
            f"{row['packets']:,}",
            f"{row['lost'] + row['dropped']:,}",
            f"{row['cut']:,}",
        )
    return table


def _everyone(common: Commonality) -> Text:
    every = common.everyone
    sites = f"{every['sites_per_target']:.3g} of {len(common.sites)} sites"
    return Text(
        f"A held target is held by {sites} on average, by all of them at "
        f"{share(every['held'])} of its moments; where two or more hold it, all have one number "
        f"at {share(every['one_number_of_two'])}.\n"
        "Held by both: of what either holds. One number: of what both hold. One identity: both "
        "tell it, and the same, of what is held by both and told by one. Common: all of these, "
        "of what either holds.",
        style="dim",
    )
