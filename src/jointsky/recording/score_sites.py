"""Score of several sites: each one's picture, and how common they are, in one go.

from jointsky.recording.score_sites import score_sites
result = score_sites("out/union-sky-1")
result.sites["lake"].siap["completeness"], result.common.everyone["common"]
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jointsky.errors import InputError
from jointsky.metrics.view import between_plots
from jointsky.recording.common import SitePicture, common
from jointsky.recording.read import read
from jointsky.recording.score import ScoreOptions, load, score
from jointsky.recording.score_lines import is_lines
from jointsky.recording.score_points import Points, label, of_tracks
from jointsky.recording.score_tables import has_several_systems, is_parquet, table_of_folder
from jointsky.records.commonality import NO_NATION, Commonality
from jointsky.records.plots import Geometry
from jointsky.records.score import ScoreResult
from jointsky.records.sensors import Sensor, told_apart
from jointsky.records.tracks import Tracks
from jointsky.store.tables import read_record

Source = str | pathlib.Path
Step = Callable[[float], None]
FEW = 4
IN_VIEW = "truth in anyone's view"


@dataclasses.dataclass(frozen=True)
class SitesScore:
    """The score of each site's picture by its name (none without truth), and what is common."""

    sites: dict[str, ScoreResult]
    common: Commonality
    outages_s: tuple[tuple[float, float], ...] = ()  # when links were silent, as a run tells it
    network: dict[str, Any] | None = None  # what went over links, how late updates were: of a run

    def summary(self) -> dict[str, Any]:
        """Return everything but the long columns, as ``score.json`` holds it."""
        return {
            "sites": {name: result.summary() for name, result in self.sites.items()},
            "common": self.common.summary(),
            "network": self.network,
        }


def is_of_several(source: Source) -> bool:
    """Return whether a folder or a Parquet file holds our tracks of several sites."""
    path = pathlib.Path(source)
    if path.is_dir():
        path = path / "tracks.parquet"
    return path.is_file() and is_parquet(path) and has_several_systems(path)


def truth_of(source: Source) -> pathlib.Path | None:
    """Return the truth that lies beside the tracks of a run, if there is any."""
    path = pathlib.Path(source)
    beside = (path if path.is_dir() else path.parent) / "truth.parquet"
    return beside if beside.is_file() else None


def score_sites(
    sources: Source | Sequence[Source],
    reference: Source | None = None,
    options: ScoreOptions | None = None,
    step: Step = lambda share: None,
) -> SitesScore:
    """Return how good and how common the pictures of several sites are.

    ``sources``: the folder of a run or a table with tracks of several sites, or several tables,
    folders or recordings, each a picture (or several) of its own.  Without ``reference`` targets
    are told from the pictures, and no site is scored by itself.  Where plots with ``truth_id``
    lie beside the truth, only what was in anyone's view is asked for.
    """
    options = options or ScoreOptions()
    given = [sources] if isinstance(sources, str | pathlib.Path) else list(sources)
    pictures = _apart([one for source in given for one in pictures_of(source, options)])
    if len(pictures) < 2:
        found = f"the picture of {len(pictures)} site"
        raise InputError(str(given[0]), found, "pictures of two sites or more")
    truth = None if reference is None else _truth(reference, options)
    scores: dict[str, ScoreResult] = {}
    for k, one in enumerate(pictures):
        if truth is not None and len(one.points):
            scores[one.name] = score(one.points, truth, options)
        step((k + 1) / (len(pictures) + 1))
    result = common(pictures, truth, options)
    result.about["tracks"] = ", ".join(str(source) for source in given)
    result.about["reference"] = None if truth is None else truth.where
    return SitesScore(scores, result, _outages_s(given), _network(given))


def pictures_of(source: Source, options: ScoreOptions) -> list[SitePicture]:
    """Return the picture of each site in a folder, table or recording."""
    path = pathlib.Path(source)
    if is_of_several(path):
        table = path / "tracks.parquet" if path.is_dir() else path
        tracks, sensors, _ = read_record(table, Tracks)
        return _by_source(tracks, sensors, str(table), _nations(table.parent))
    if path.is_dir():
        path = table_of_folder(path, None, "tracks")
    if path.is_file() and not is_parquet(path) and not is_lines(path):
        reading = read(path, options.reading)
        if len(np.unique(reading.tracks.source)) > 1:
            return _by_source(reading.tracks, reading.sensors, str(path), {})
    points = load(path, "tracks", options)
    in_folder = path.stem in ("tracks", "estimates")  # which all folders have alike
    return [SitePicture(path.resolve().parent.name if in_folder else path.stem, "", points)]


def _by_source(
    tracks: Tracks, sensors: Sequence[Sensor], where: str, nations: dict[str, str]
) -> list[SitePicture]:
    rows = np.unique(tracks.source).tolist()
    known = [sensors[row] if row >= 0 else Sensor(name="itself", kind="tracker") for row in rows]
    names = told_apart([label(sensor) for sensor in known], known)
    return [
        SitePicture(
            name,
            nations.get(name, ""),
            of_tracks(tracks.rows(tracks.source == row), where, f"tracks of site {name}"),
        )
        for name, row in zip(names, rows, strict=True)
    ]


def _summary(folder: pathlib.Path) -> Any:
    """Return what the summary of a run says, None where there is none."""
    try:
        return json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _nations(folder: pathlib.Path) -> dict[str, str]:
    """Return the nation of each site as the summary of a run tells it, else nothing."""
    try:
        sites = _summary(folder)["sites"]
        return {str(site["name"]): str(site["nation"]) for site in sites}
    except (KeyError, TypeError):
        return {}


def _outages_s(sources: Sequence[Source]) -> tuple[tuple[float, float], ...]:
    """Return the outages of links that the summary of a single run tells of, begin and end."""
    path = pathlib.Path(sources[0])
    try:
        told = _summary(path if path.is_dir() else path.parent)["network"]["outages"]
        spans = {(float(one["begin_s"]), float(one["end_s"])) for one in told}
    except (KeyError, TypeError, ValueError):
        return ()
    return tuple(sorted(spans)) if len(sources) == 1 else ()


def _network(sources: Sequence[Source]) -> dict[str, Any] | None:
    """Return what the summary of a single run tells of its links and of how late updates were.

    Tables of tracks alone do not tell it: None.
    """
    path = pathlib.Path(sources[0])
    try:
        told = _summary(path if path.is_dir() else path.parent)["network"]
        return {"links": told["links"], "late": told["late"]} if len(sources) == 1 else None
    except (KeyError, TypeError):
        return None


def _apart(pictures: list[SitePicture]) -> list[SitePicture]:
    """Return the pictures with names that differ, and with a nation each.

    Those of the same name get a number.  Where nations are not known, a few sites count as one
    each, so that what is between them shows; many as of one and the same.
    """
    names = [one.name for one in pictures]
    is_known = all(one.nation for one in pictures)
    out = []
    for k, one in enumerate(pictures):
        name = one.name if names.count(one.name) == 1 else f"{one.name} {k + 1}"
        alone = name if len(pictures) <= FEW else NO_NATION
        nation = one.nation if is_known else alone
        out.append(SitePicture(name, nation, one.points))
    return out


def _truth(reference: Source, options: ScoreOptions) -> Points:
    """Return the reference; of the truth of a run, what was in anyone's view is visible."""
    points = load(reference, "reference", options)
    path = pathlib.Path(reference)
    table = path / "truth.parquet" if path.is_dir() else path
    beside = table.parent / "plots.parquet"
    if not points.is_truth or "visible" in points.columns or not beside.is_file():
        return points
    visible = _in_view(table, beside)
    if visible is None:
        return points
    return dataclasses.replace(points, what=IN_VIEW, columns={**points.columns, "visible": visible})


def _in_view(truth: pathlib.Path, plots: pathlib.Path) -> np.ndarray | None:
    """Return which rows of a table of truth lie between two plots of that target, (n,)."""
    try:
        with pq.ParquetFile(plots) as file:
            if "truth_id" not in file.schema_arrow.names:
                return None
            told = file.read(columns=["time_s", "truth_id", "geometry"])
        with pq.ParquetFile(truth) as file:
            flown = file.read(columns=["time_s", "truth_id"])
    except (pa.ArrowException, OSError, KeyError) as error:
        raise InputError(str(plots), str(error), "the plots of a run") from None
    placed = told["geometry"].to_numpy() != Geometry.BEARING
    told = told.filter(pa.array(placed)).drop_null()
    names = np.array(flown["truth_id"].to_pylist(), np.str_)
    known, target = np.unique(names, return_inverse=True)
    behind = np.array(told["truth_id"].to_pylist(), np.str_)
    place = np.searchsorted(known, behind)
    is_known = known[np.minimum(place, len(known) - 1)] == behind
    order = np.argsort(target, kind="stable")
    seen = between_plots(
        place[is_known],
        told["time_s"].to_numpy()[is_known],
        target[order],
        flown["time_s"].to_numpy()[order],
    )
    out = np.empty(len(target), bool)
    out[order] = seen
    return out
