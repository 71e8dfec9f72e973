"""Frames of ASTERIX become a Reading: plots, tracks, sensors, what is in the file, its faults."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from jointsky.formats.asterix.blocks import find_blocks
from jointsky.formats.asterix.clock import Stamps, Times, jump_text, unwrap
from jointsky.formats.asterix.coverage import far_positions
from jointsky.formats.asterix.editions import Choice, Wanted
from jointsky.formats.asterix.faults import FaultLog
from jointsky.formats.asterix.gather import Gathered, Piece
from jointsky.formats.asterix.sources import SourceBook
from jointsky.formats.asterix.specification import CATEGORIES
from jointsky.formats.asterix.walker import Integers
from jointsky.formats.frames import Frames
from jointsky.formats.options import ReadOptions
from jointsky.records.columns import Columns, join
from jointsky.records.plots import PlotFlag, Plots
from jointsky.records.reading import Contents, Reading
from jointsky.records.tracks import Tracks

MISFIT_SHARE = 0.25  # of the records of one source and category: then none of them is believed
MISFIT_RECORDS = 8
FEW_RECORDS = 4  # fewer say nothing of the edition
STRAY_RECORDS = 4  # a source with so few, beside others with 500 times as many: a wrong bit
STRAY_RATIO = 500

Timer = Callable[[Stamps, datetime.date | None], Times]
_Bools = npt.NDArray[np.bool_]
_C = TypeVar("_C", bound=Columns)


def read_asterix(frames: Frames, options: ReadOptions) -> Reading:
    """Return everything in the ASTERIX payloads of a recording.

    Categories 001, 002, 010, 019, 020, 021, 034, 048, 062, 063 and 065 are read, in the edition
    that ``options.editions`` says or that fits; others are counted and passed over.  Whatever
    cannot be used is a fault with its octet in the file; what is good around it is kept.
    """
    gathered = gather(frames, options)
    made = reading_of(gathered, options)
    _note_wrong_editions(gathered)
    return made


def gather(frames: Frames, options: ReadOptions) -> Gathered:
    """Return the records of the ASTERIX payloads of a recording, not yet in time."""
    wanted = Wanted(options.editions)
    data = np.frombuffer(frames.data, np.uint8)
    faults = FaultLog(frames)
    blocks = find_blocks(frames, data, faults)
    held = Gathered(frames, data, blocks, faults)
    present, counts = np.unique(blocks.category, return_counts=True)
    unread = {}
    for category, number in zip(present.tolist(), counts.tolist(), strict=True):
        if category in CATEGORIES:
            held.add_category(category, wanted)
            continue
        unread[f"CAT{category:03d}"] = number
        mine = blocks.category == category
        offsets = faults.offsets(blocks.frame[mine], blocks.start[mine])
        text = f"category {category:03d} is not read"
        faults.add_all("unsupported-category", offsets, text, blocks.length[mine])
    if unread:
        held.values["blocks not read"] = unread
    return held


def reading_of(gathered: Gathered, options: ReadOptions, timed: Timer = unwrap) -> Reading:
    """Return gathered records as a Reading: in time, believed or not, what is in them.

    ``timed`` gives the times of records that tell a time of day.
    """
    times = timed(_stamps(gathered.pieces), options.date)
    believed = _believed(gathered)
    bounds = np.cumsum([0] + [len(piece.order) for piece in gathered.pieces])
    plots, tracks = [Plots.make(0)], [Tracks.make(0, sensors=np.zeros((0, 1), np.uint64))]
    for k, piece in enumerate(gathered.pieces):
        rows = slice(int(bounds[k]), int(bounds[k + 1]))
        mine = times.rows(rows)
        made = _timed(piece, mine, believed[rows], gathered.faults)
        if isinstance(made, Plots):
            plots.append(made.replace(file=options.file))
        elif isinstance(made, Tracks):
            tracks.append(made)
    all_plots = _without_far_ones(_in_file_order(plots), gathered.faults)
    all_tracks = _in_file_order(tracks)
    _note_kinds(gathered.book, all_plots)
    _note_rotation(gathered, times.time_s)
    heard, number = _heard(gathered, believed)
    frames, faults, book = gathered.frames, gathered.faults, gathered.book
    has_receipt = bool(np.isfinite(frames.receipt_time_s).any())
    return Reading(
        format=f"asterix/{frames.container}",
        plots=all_plots.replace(sensor=number[all_plots.sensor]),
        tracks=all_tracks.replace(source=number[all_tracks.source]),
        sensors=gathered.book.sensors(heard),
        contents=Contents(
            records={f"CAT{c:03d}": n for c, n in sorted(gathered.records.items())},
            editions={
                f"CAT{c:03d}": _edition_text(choices, {book.sources[row].code for row in heard})
                for c, choices in sorted(gathered.choices.items())
            },
            items={f"CAT{c:03d}": _sorted(n) for c, n in sorted(gathered.items.items())},
            values=gathered.values,
        ),
        faults=faults.kept(),
        fault_counts=faults.counts(),
        date_known=has_receipt or options.date is not None,
    )


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _stamps(pieces: list[Piece]) -> Stamps:
    def joined(values: list[npt.NDArray[Any]], dtype: str) -> npt.NDArray[Any]:
        return np.concatenate([np.empty(0, dtype), *values]).astype(dtype, copy=False)

    def marks(category: int) -> _Bools:
        return joined([np.full(len(p.order), p.category == category) for p in pieces], "bool")

    return Stamps(
        order=joined([piece.order for piece in pieces], "int64"),
        source=joined([piece.source for piece in pieces], "int32"),
        time_of_day_s=joined([_usable_times(piece) for piece in pieces], "float64"),
        receipt_time_s=joined([piece.receipt_time_s for piece in pieces], "float64"),
        is_truncated=marks(1),
        tells_full=marks(2),
    )


def _usable_times(piece: Piece) -> npt.NDArray[np.float64]:
    """Return times of day without those that cannot be, which would seem a midnight."""
    return np.where(piece.doubt | (piece.time_of_day_s >= 86_400.0), np.nan, piece.time_of_day_s)


def _believed(gathered: Gathered) -> _Bools:
    """Return which records are believed: not where most of a source's do not fit its edition,
    and not a handful from a source that nobody else heard (a wrong bit in SAC or SIC).
    """
    pieces = gathered.pieces
    believed = [np.ones(len(piece.order), np.bool_) for piece in pieces]
    heard: Counter[int] = Counter()
    for piece in pieces:
        heard.update(dict(enumerate(np.bincount(piece.source[piece.source >= 0]).tolist())))
    most = max(heard.values(), default=0)
    stray = [row for row, n in heard.items() if 0 < n <= STRAY_RECORDS and n * STRAY_RATIO < most]
    for category in gathered.records:
        mine = [k for k, piece in enumerate(pieces) if piece.category == category]
        for row in {int(r) for k in mine for r in np.unique(pieces[k].source)}:
            why = _misfit(gathered, category, row)
            kind = "edition-misfit"
            if row in stray:
                kind, why = "stray-source", "a source heard a few times only: a damaged record"
            if why:
                for k in mine:
                    rows = pieces[k].source == row
                    believed[k] &= ~rows
                    targets = np.intersect1d(np.flatnonzero(rows), pieces[k].rows)
                    gathered.faults.add_all(kind, pieces[k].offset[targets], why)
    return np.concatenate([np.empty(0, np.bool_), *believed])


def _misfit(gathered: Gathered, category: int, row: int) -> str:
    """Return why the records of a source are not believed, or an empty text."""
    if row < 0:
        return ""
    source = gathered.book.sources[row]
    mine = [piece for piece in gathered.pieces if piece.category == category]
    records = sum(int(np.count_nonzero(piece.source == row)) for piece in mine)
    bad = sum(int(np.count_nonzero(piece.doubt & (piece.source == row))) for piece in mine)
    faults = gathered.walk_faults[(category, source.code)]
    share = (bad + faults) / max(records + faults, 1)
    if records + faults < MISFIT_RECORDS or share < MISFIT_SHARE:
        return ""
    choice = gathered.choices[category].get(source.code)
    edition = choice.edition.name if choice else "taken"
    return (
        f"source {source.name}: edition {edition} of CAT{category:03d} does not fit, "
        f"{100 * share:.0f} % of its records fail"
    )


def _timed(piece: Piece, times: Times, believed: _Bools, faults: FaultLog) -> Columns | None:
    """Return the targets of a piece that are believed and have a time, with that time."""
    jump = np.flatnonzero(~np.isnan(times.jumped_from_s) & believed)
    steps = zip(times.jumped_from_s[jump].tolist(), times.time_s[jump].tolist(), strict=True)
    faults.add_all("time-jump", piece.offset[jump], [jump_text(a, b) for a, b in steps])
    text = "a time far from those of the records before and after"
    faults.add_all("implausible-time", piece.offset[believed & times.is_outlier], text)
    if piece.targets is None:
        return None
    rows = piece.rows
    ok = believed[rows] & ~np.isnan(times.time_s[rows]) & ~times.is_outlier[rows]
    lost = believed[rows] & np.isnan(times.time_s[rows])
    faults.add_all("no-time", piece.offset[rows[lost]], "nothing says when this record holds")
    timed: Columns = piece.targets.replace(time_s=times.time_s[rows]).rows(ok)
    return timed


def _without_far_ones(plots: Plots, faults: FaultLog) -> Plots:
    far = far_positions(plots)
    text = "a position beyond the horizon of its ground station"
    faults.add_all("implausible-position", plots.offset[far], text)
    return plots.rows(~far) if far.any() else plots


def _in_file_order(parts: list[_C]) -> _C:
    joined = join(parts)
    offset: Integers = joined.offset  # type: ignore[attr-defined]
    if np.all(np.diff(offset) >= 0):
        return joined
    return joined.rows(np.argsort(offset, kind="stable"))


def _note_kinds(book: SourceBook, plots: Plots) -> None:
    """Tell radars without primary plots (ssr) and unheard ones (unknown) from the others."""
    primary = (plots.flags & np.uint32(PlotFlag.PRIMARY)) > 0
    for row, source in enumerate(book.sources):
        mine = plots.sensor == row
        if source.group == "radar" and not primary[mine].any():
            source.kind = "ssr" if mine.any() else "unknown"
        elif source.group == "surface-radar" and mine.any() and not primary[mine].any():
            source.kind = "multilateration"


def _note_wrong_editions(gathered: Gathered) -> None:
    """Say which editions that a person told most records of a source do not fit."""
    said = []
    for category, choices in sorted(gathered.choices.items()):
        told = {code: choice.edition.name for code, choice in choices.items() if choice.is_told}
        for code, name in sorted(told.items()):
            records, bad = _fitting(gathered, category, code)
            if 2 * bad <= records or records < FEW_RECORDS:
                continue
            source = f"{code >> 8}/{code & 255}" if code >= 0 else "an unknown source"
            text = (
                f"wrong edition? {name} was told for CAT{category:03d}, but "
                f"{100 * bad / records:.0f} % of the records of {source} do not fit it"
            )
            guess = gathered.guess_edition(category, code)
            if guess.edition.name != name:
                text += f"; without it {guess.edition.name} would be taken"
            said.append(text)
    if said:
        gathered.values["wrong_editions"] = said


def _fitting(gathered: Gathered, category: int, code: int) -> tuple[int, int]:
    """Return how many records a source sent in a category, and how many of them fail."""
    rows = [row for row, source in enumerate(gathered.book.sources) if source.code == code]
    mine = [piece for piece in gathered.pieces if piece.category == category]
    is_of_it = [np.isin(piece.source, rows if code >= 0 else [-1]) for piece in mine]
    read = sum(int(np.count_nonzero(of_it)) for of_it in is_of_it)
    doubts = [of_it & piece.doubt for of_it, piece in zip(is_of_it, mine, strict=True)]
    lost = gathered.walk_faults[(category, code)]
    return read + lost, lost + sum(int(np.count_nonzero(doubt)) for doubt in doubts)


def _heard(gathered: Gathered, believed: _Bools) -> tuple[list[int], npt.NDArray[np.int32]]:
    """Return the sources that are believed in any record or named by a tracker, and new numbers."""
    source = np.concatenate([np.empty(0, np.int32), *(p.source for p in gathered.pieces)])
    doubted = np.setdiff1d(source, source[believed])
    heard = [row for row in range(len(gathered.book.sources)) if row not in doubted]
    number = np.full(len(gathered.book.sources) + 1, -1, np.int32)
    number[heard] = np.arange(len(heard))
    return heard, number


def _note_rotation(gathered: Gathered, time_s: npt.NDArray[np.float64]) -> None:
    """Take the rotation period from the north marks where no radar message says it."""
    pieces = gathered.pieces
    if not any(piece.category in (2, 34) for piece in pieces):
        return
    source = np.concatenate([np.empty(0, np.int32), *(piece.source for piece in pieces)])
    marks = [p.north_mark & (p.category in (2, 34)) for p in pieces]
    is_mark = np.concatenate([np.empty(0, np.bool_), *marks])
    for row, known in enumerate(gathered.book.sources):
        times = np.sort(time_s[is_mark & (source == row)])
        turns = np.diff(times[~np.isnan(times)])
        turns = turns[(turns > 0.5) & (turns < 60.0)]
        if known.rotation_period_s is None and len(turns) >= 2:
            known.rotation_period_s = float(np.median(turns))


def _edition_text(choices: dict[int, Choice], heard: set[int]) -> str:
    """Return the edition of a category, or of each of its sources where they differ."""
    chosen = {code: c for code, c in choices.items() if code in heard} or choices
    texts = {code: f"{c.edition.name} ({c.why})" for code, c in chosen.items()}
    if len(set(texts.values())) == 1:
        return next(iter(texts.values()))
    said = []
    for code, text in texts.items():
        name = "no source" if code < 0 else f"{code >> 8}/{code & 255}"
        said.append(f"{name}: {text}")
    return "; ".join(said)
