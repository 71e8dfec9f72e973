"""The front door: what a script or a notebook needs, under twenty names.

``read`` opens recordings, ``track`` turns their plots into tracks, ``score`` says how good they
are; ``Tracker`` is the same tracker fed by hand, ``LagSmoother`` one that tells later and better;
``run`` simulates a scenario, ``study`` makes many runs of one, ``load`` opens what they left, or a
scenario: all of these show themselves in a notebook, and give Arrow tables, which pandas and Polars
take as they are.  ``Plots`` and ``Tracks`` are the columns, which ``to_plots``, ``to_tracks`` and
``to_arrow`` exchange with NumPy, pandas, Polars and Arrow.
"""

from __future__ import annotations

import importlib
import json
import pathlib
from collections.abc import Sequence

import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError
from jointsky.formats.options import ReadOptions
from jointsky.pictures.run_card import run_card as _run_card
from jointsky.recording import read as _read
from jointsky.recording import track as _track
from jointsky.recording.score import ScoreOptions, score
from jointsky.recording.sites import Site
from jointsky.recording.track import Tracked as _Tracked
from jointsky.records.plots import Plots
from jointsky.records.reading import Reading
from jointsky.records.run import Run as _Run
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks
from jointsky.scenario.described import Described as _Described
from jointsky.store import dataframes as _dataframes
from jointsky.store import tables as _tables
from jointsky.study.studied import Studied as _Studied
from jointsky.study.studied import load_studied as _load_studied
from jointsky.tracking import tracker as _tracker
from jointsky.tracking.lag_smoother import LagSmoother
from jointsky.tracking.settings import TrackerSettings

__all__ = [
    "LagSmoother",
    "Plots",
    "ReadOptions",
    "Reading",
    "Run",
    "ScoreOptions",
    "Sensor",
    "Site",
    "Tracker",
    "TrackerSettings",
    "Tracks",
    "load",
    "read",
    "run",
    "score",
    "study",
    "to_arrow",
    "to_plots",
    "to_tracks",
    "track",
]


class Tracker(_tracker.Tracker):
    """Turns plots into tracks: feed it with ``update``, close with ``flush``.

    ``sensors`` are those whose rows or names the plots carry; a sensor stands at its WGS-84
    position or, where ``flat_enu_m`` is given, in a flat scene, whose geodetic ``origin`` is
    (latitude, longitude in radians, height).  Plots may come late by up to ``settings.late_s``.
    ``picture`` tells all tracks as expected at a time, without changing any.
    """

    def update(self, plots: Plots | _dataframes.Table) -> Tracks:
        """Take plots in; return a row for each update of a confirmed track that they brought.

        ``plots`` are what ``to_plots`` takes: Plots, columns of NumPy, a table of pandas, Polars
        or Arrow.  Those of a sector that may still grow are held back until a later call.
        """
        return super().update(to_plots(plots, self.sensors))

    def pictures(
        self, plots: Plots | _dataframes.Table, times_s: npt.ArrayLike, behind_s: float = 0.0
    ) -> Tracks:
        """Take plots in; return the confirmed tracks at each time, of plots up to then only.

        ``behind_s``: of plots up to so long before, as where plots come so late.
        """
        return super().pictures(to_plots(plots, self.sensors), times_s, behind_s)


class Run(_Run, frozen=True, kw_only=True):
    """A simulated run: its ``folder``, whether it ``is_whole``, its ``figures``.

    The figures are those of summary.json; all else lies in the folder.
    """

    def table(self, name: str) -> pa.Table:
        """Return ``truth``, ``plots``, ``tracks`` or ``reports`` as an Arrow table."""
        path = pathlib.Path(self.folder) / f"{name}.parquet"
        if not path.is_file():
            known = sorted(one.stem for one in path.parent.glob("*.parquet"))
            raise InputError(str(path.parent), f"no table {name!r}", f"one of {', '.join(known)}")
        return pq.read_table(path)

    def _repr_html_(self) -> str:
        """Return the figures of the run in a few lines, and its pictures."""
        return _run_card(self.figures, self.folder)


def read(*paths: str | pathlib.Path, options: ReadOptions | None = None) -> Reading:
    """Return what one or several recordings hold: plots, other systems' tracks, sensors, faults."""
    return _read.read_all(paths, options)


def track(
    reading: Reading,
    sites: dict[str, Site] | None = None,
    only: Sequence[str] = (),
    settings: TrackerSettings | None = None,
    smooth: bool = False,
) -> _Tracked:
    """Return the tracks of a reading's plots.

    ``sites`` says where sources stand that do not say it themselves, by SAC/SIC or name; ``only``
    keeps sources by SAC/SIC, name or kind.  ``smooth`` reconstructs: each state from all plots of
    its track, later ones included; ``filtered`` are then the tracks as a live site tells them.
    """
    prepared = _track.prepare(reading, "reading", sites, only)
    return _track.track(prepared, settings, smooth=smooth)


def run(
    scenario: str | pathlib.Path,
    out: str | pathlib.Path | None = None,
    seed: int | None = None,
    workers: int = 1,
    compare: bool = False,
) -> Run:
    """Simulate a scenario file; return its figures and the folder that holds all else.

    The folder is ``out/NAME-SEED`` unless ``out`` is given: truth, plots and tracks of every site
    as Parquet, the sealed log, summary.json, report.html.  Equal scenario and seed give equal
    bytes, whatever the workers.  ``compare``: the same plots are also shared in every way, over
    the links as they are and over ideal ones, and not at all; a script that asks for that is
    guarded by ``if __name__ == "__main__"``, as for any work in several processes.
    """
    # what only a simulation needs takes a second to import, and who tracks need not wait for it
    sim = importlib.import_module("jointsky.sim.whole")
    made: _Run = sim.run(scenario, out, seed, sim.RunSettings(workers=workers), ways=compare)
    return Run(folder=made.folder, is_whole=made.is_whole, figures=made.figures)


def study(
    path: str | pathlib.Path,
    out: str | pathlib.Path | None = None,
    workers: int = 1,
    resume: bool = False,
    fresh: bool = False,
) -> _Studied:
    """Make the runs of a study's file; return its tables ``runs``, ``effects`` and ``leakers``.

    The folder is ``out/NAME`` unless ``out`` is given: report.html, pictures, the tables as Parquet
    and CSV.  What was answered before a Ctrl-C or a kill is kept: ``resume`` goes on from there,
    ``fresh`` throws it away.  A script that asks for several workers is guarded by
    ``if __name__ == "__main__"``.
    """
    running = importlib.import_module("jointsky.study.running")  # as slow to import as a simulation
    return _load_studied(running.run_study(path, out, workers, resume, fresh).folder)


def load(path: str | pathlib.Path) -> Run | _Studied | _Described:
    """Return the run or the study in a folder, or the scenario in a file, to look at.

    In a notebook each shows what is in it.  A scenario gives ``sites``, ``sensors`` and
    ``vehicles`` as tables; ManyInputErrors tell all that is wrong with it.
    """
    folder = pathlib.Path(path)
    if not folder.is_dir():
        # as slow to import as a simulation
        made: _Described = importlib.import_module("jointsky.scenario.describe").describe(path)
        return made
    if (folder / "study.json").is_file():
        return _load_studied(folder)
    summary = folder / "summary.json"
    try:
        figures = json.loads(summary.read_text(encoding="utf-8"))
        return Run(folder=str(folder), is_whole=figures["is_whole"], figures=figures)
    except (OSError, ValueError, KeyError):
        found, wanted = "neither a run nor a study", "a folder that one of them left"
        raise InputError(str(folder), found, wanted) from None


def to_plots(table: Plots | _dataframes.Table, sensors: Sequence[Sensor] = ()) -> Plots:
    """Return the plots of a mapping of columns, or of a table of pandas, Polars or Arrow.

    Columns are named as in Plots; angles may be in degrees (``azimuth_deg``), ``time`` holds time
    stamps with a zone, ``sensor`` rows or names of ``sensors``.  What is left out is not known.
    """
    return _dataframes.plots_of(table, sensors)


def to_tracks(table: Tracks | _dataframes.Table, sensors: Sequence[Sensor] = ()) -> Tracks:
    """Return the tracks of a table, in the same way as ``to_plots``."""
    return _dataframes.tracks_of(table, sensors)


def to_arrow(record: Plots | Tracks, sensors: Sequence[Sensor] = ()) -> pa.Table:
    """Return plots or tracks as an Arrow table, which pandas, Polars and DuckDB take as it is.

    Its columns are those of the files: angles in degrees, gaps where nothing is known.  Numbers
    in metres, seconds and counts are shared with the record, not copied.
    """
    return _tables.arrow_table(record, sensors)
