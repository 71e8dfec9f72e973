"""jointsky score: how good tracks are, against truth, another system's tracks or ADS-B.

TRACKS is a folder that ``jointsky track`` wrote, a Parquet table of tracks, a recording with
system tracks (CAT062), or the lines of JSON that a live site wrote.  REFERENCE is the same, a
table of truth, or a recording with ADS-B.  Where TRACKS hold the pictures of several sites, as the
folder of a run does, each is scored, and how far they are common; REFERENCE is then the run's own
truth by default.  With ``--common`` each of several TRACKS is the picture of a site, and targets
are told from the pictures alone.
"""

from __future__ import annotations

import argparse
import datetime
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.cli import console
from jointsky.cli.reading import add_reading_arguments, read_options
from jointsky.cli.score_sites import print_sites, write_sites
from jointsky.cli.score_tables import print_tables
from jointsky.errors import InputError
from jointsky.pictures.score import draw
from jointsky.recording.score import ScoreOptions, columns_of, score
from jointsky.recording.score_sites import is_of_several, score_sites, truth_of
from jointsky.records.score import ScoreResult

SCORING = "scoring (first run compiles)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    add = parser.add_argument
    add("tracks", metavar="TRACKS", type=pathlib.Path)
    add("others", metavar="REFERENCE", nargs="*", type=pathlib.Path)
    add(
        "--common",
        action="store_true",
        help="TRACKS [TRACKS ...]: each is a site's picture; how common are they",
    )
    add("--reference-source", metavar="SOURCE", help="SAC/SIC, a name, or adsb: which to take")
    add(
        "--tracks-source",
        metavar="SOURCE",
        help="the same for TRACKS: a recording, or a run of several sites",
    )
    add("--cutoff", type=float, default=1000.0, metavar="M", help="metres (default 1000)")
    add("--order", type=float, default=2.0, metavar="P", help="of OSPA and GOSPA (default 2)")
    add("--switch-penalty", type=float, metavar="M", help="of T-GOSPA (default: the cutoff)")
    add("--dims", type=int, choices=(2, 3), help="default 3 for flat scenes, else 2")
    add("--step", type=float, default=1.0, metavar="S", help="between moments (default 1)")
    add("--max-gap", type=float, default=20.0, metavar="S", help="in the reference (default 20)")
    add("--sampling", choices=("auto", "shared", "grid"), default="auto", help="default auto")
    add(
        "--coverage",
        choices=("auto", "whole", "updates"),
        default="auto",
        help="expect updates for a target's whole life or while tracked (default: whole for truth)",
    )
    add("--known-only", action="store_true", help="only tracks with an address of the reference")
    add("--from", dest="start", metavar="T", help="POSIX seconds or 2026-04-29T17:00:00 (UTC)")
    add("--to", dest="end", metavar="T", help="the same, the last moment")
    add_reading_arguments(parser)
    console.add_common(parser)


def run(arguments: argparse.Namespace) -> int:
    """Score, print, write; return the exit code."""
    options = ScoreOptions(
        tracks_source=arguments.tracks_source,
        reference_source=arguments.reference_source,
        cutoff_m=arguments.cutoff,
        order=arguments.order,
        switch_penalty_m=arguments.switch_penalty,
        dims=arguments.dims,
        step_s=arguments.step,
        max_gap_s=arguments.max_gap,
        sampling=arguments.sampling,
        coverage=arguments.coverage,
        known_only=arguments.known_only,
        from_s=_seconds("--from", arguments.start),
        to_s=_seconds("--to", arguments.end),
        reading=read_options(arguments),
    )
    tracks, reference = _asked(arguments)
    if reference is None or _is_of_sites(arguments):
        return _of_sites(arguments, tracks, reference, options)
    with console.progress(arguments.quiet) as step:
        step(SCORING, 0.0)
        result = score(tracks[0], reference, options)
        step(SCORING, 0.7)
        written = write(result, arguments.out) if arguments.out else []
        step(SCORING, 1.0)
    if arguments.json:
        console.print_json(result.summary())
    else:
        print_tables(result)
        for path in written:
            console.messages.print(f"wrote {path}", soft_wrap=True)
    return console.OK


def _asked(
    arguments: argparse.Namespace,
) -> tuple[list[pathlib.Path], pathlib.Path | None]:
    """Return what is to be scored, and against what: None is against one another."""
    inputs: list[pathlib.Path] = [arguments.tracks, *arguments.others]
    for path in inputs:
        if not path.exists():
            raise InputError(str(path), "there is no such file or folder")
    if arguments.common:
        return inputs, None
    if len(inputs) > 2:
        raise InputError(
            str(inputs[2]),
            f"{len(inputs)} inputs",
            "TRACKS and REFERENCE",
            "--common takes each as the picture of a site",
        )
    if len(inputs) == 2:
        return inputs[:1], inputs[1]
    if not is_of_several(inputs[0]):
        raise InputError(
            str(inputs[0]), "tracks of one system and no reference", "a reference to score against"
        )
    return inputs, truth_of(inputs[0])


def _is_of_sites(arguments: argparse.Namespace) -> bool:
    return arguments.tracks_source is None and is_of_several(arguments.tracks)


def _of_sites(
    arguments: argparse.Namespace,
    tracks: list[pathlib.Path],
    reference: pathlib.Path | None,
    options: ScoreOptions,
) -> int:
    """Score the pictures of several sites, print, write; return the exit code."""
    with console.progress(arguments.quiet) as step:
        step(SCORING, 0.0)
        result = score_sites(tracks, reference, options, lambda share: step(SCORING, 0.9 * share))
        written = write_sites(result, arguments.out) if arguments.out else []
        step(SCORING, 1.0)
    if arguments.json:
        console.print_json(result.summary())
    else:
        print_sites(result)
        for path in written:
            console.messages.print(f"wrote {path}", soft_wrap=True)
    return console.OK


def write(result: ScoreResult, folder: pathlib.Path) -> list[pathlib.Path]:
    """Write score.png, score.json, score.parquet and score_errors.parquet; return their paths."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        picture, text = folder / "score.png", folder / "score.json"
        draw(result, picture)
        content = json.dumps(console.plain(result.summary()), indent=1, allow_nan=False)
        text.write_text(content + "\n", encoding="utf-8")
        tables = []
        for name, columns in columns_of(result).items():
            pq.write_table(pa.table(dict(columns)), folder / name, compression="zstd")
            tables.append(folder / name)
    except OSError as error:
        raise InputError(
            str(folder), error.strerror or str(error), "a folder to write to"
        ) from None
    return [picture, text, *tables]


def _seconds(where: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise InputError(where, repr(text), "POSIX seconds or 2026-04-29T17:00:00") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment.timestamp()
