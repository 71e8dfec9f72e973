"""Common: how far several sites' pictures are one, from their tracks, with truth or without.

from jointsky.recording.common import SitePicture, common
result = common([SitePicture("north", "A", points_a), SitePicture("south", "B", points_b)])
result.everyone["common"], result.between_sites[0]["number"]
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from jointsky.errors import InputError
from jointsky.metrics.commonality import commonality
from jointsky.metrics.holdings import HoldOptions, held_of_truth, held_together
from jointsky.recording.score import ScoreOptions
from jointsky.recording.score_points import Points
from jointsky.records.commonality import Commonality


@dataclasses.dataclass(frozen=True)
class SitePicture:
    """What one site showed; ``nation`` is empty where nobody knows whose it is."""

    name: str
    nation: str
    points: Points


def common(
    pictures: Sequence[SitePicture],
    reference: Points | None = None,
    options: ScoreOptions | None = None,
    bin_s: float | None = None,
) -> Commonality:
    """Return how common the pictures of two or more sites are.

    With ``reference`` (truth in anyone's view) targets are its paths, without it they are told
    from the pictures alone.  Of ``options``, cutoff, order, dims, step, gaps, sampling and the
    window of time are used; ``bin_s`` is the length of bins over time.
    """
    options = options or ScoreOptions()
    if len(pictures) < 2:
        raise InputError("pictures", f"{len(pictures)} of them", "two sites or more")
    told = [one.points for one in pictures] + ([] if reference is None else [reference])
    flat = told[-1].is_flat
    for points in told:
        if points.is_flat != flat:
            raise InputError(points.where, "another frame than the others", "one frame for all")
    dims = options.dims or (3 if flat else 2)
    low = -math.inf if options.from_s is None else options.from_s
    high = math.inf if options.to_s is None else options.to_s
    cut = [p.rows((p.columns["time_s"] >= low) & (p.columns["time_s"] <= high)) for p in told]
    if not any(len(points) for points in cut[: len(pictures)]):
        raise InputError(told[0].where, "no track of any site", "tracks in the time asked for")
    paths = [points.paths(dims) for points in cut]
    how = HoldOptions(
        cutoff_m=options.cutoff_m,
        order=options.order,
        step_s=options.step_s,
        max_gap_s=options.max_gap_s,
        sampling=options.sampling,
    )
    if reference is None:
        held = held_together(paths, how)
    else:
        if not len(cut[-1]):
            raise InputError(reference.where, "no point", "truth in the time asked for")
        held = held_of_truth(paths[-1], paths[:-1], how)
    return commonality(
        held,
        [one.name for one in pictures],
        [one.nation for one in pictures],
        bin_s,
        {
            "cutoff_m": options.cutoff_m,
            "order": options.order,
            "dims": dims,
            "targets_are": "told from the pictures" if reference is None else reference.what,
        },
    )
