"""How tracks of several sites become one set: what is declared, and what is announced."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Method = Literal["covariance-intersection", "inverse-covariance-intersection", "split"]
Happening = Literal["merged", "split", "renumbered", "handover"]
Seconds = Annotated[float, Meta(gt=0, le=3600)]


class JointSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a site makes one set of tracks of its own and other sites' ones."""

    share: Annotated[
        Literal["fused", "responsible"],
        Meta(description="A target's state is fused of all sites' tracks, or that of the best"),
    ] = "fused"
    fusion: Annotated[Method, Meta(description="How tracks of unknown dependence are fused")] = (
        "split"
    )
    most_fused: Annotated[
        int, Meta(ge=1, le=64, description="Only so many of a target's tracks, the best, are fused")
    ] = 4
    report_interval_s: Annotated[
        Seconds, Meta(description="A track that got plots is told at most so often")
    ] = 1.0
    keep_alive_s: Annotated[
        Seconds, Meta(description="A track that got none is told again after this time")
    ] = 4.0
    silent_after_s: Annotated[
        Seconds, Meta(description="Another's track that was not told for so long is gone")
    ] = 12.0
    names_interval_s: Annotated[
        Seconds, Meta(description="Numbers alone, of tracks not reported, are told so often")
    ] = 30.0
    step_s: Annotated[
        Seconds, Meta(description="Which tracks are one target is decided so often, on the clock")
    ] = 1.0
    late_s: Annotated[
        float,
        Meta(ge=0, le=600, description="Reports this late are still taken in their place"),
    ] = 30.0
    by_plots_s: Annotated[
        float,
        Meta(
            ge=0,
            le=3600,
            description="Where all sites share plots: numbers younger than this are the tracker's, "
            "which the plots decide; what others show them by counts for nothing",
        ),
    ] = 0.0
    residual_sigma_m: Annotated[
        float,
        Meta(
            gt=0,
            le=10_000,
            description="What registration leaves between two sites: standard error, m",
        ),
    ] = 50.0
    residual_sigma_mps: Annotated[
        float, Meta(gt=0, le=100, description="The same of velocities, m/s")
    ] = 3.0
    named_sigma_m: Annotated[
        float,
        Meta(gt=0, le=10_000, description="Error taken for a track told without covariance, m"),
    ] = 150.0
    named_sigma_mps: Annotated[
        float, Meta(gt=0, le=1000, description="The same of its velocity, m/s")
    ] = 10.0
    drift_psd: Annotated[
        float,
        Meta(gt=0, description="Acceleration noise of a target in steady flight, m²/s³"),
    ] = 0.1
    manoeuvre_psd: Annotated[
        float, Meta(gt=0, description="The same of one that manoeuvres, m²/s³")
    ] = 100.0


@dataclasses.dataclass(frozen=True)
class JointEvent:
    """One thing that happened to the numbers or the reporting of tracks.

    ``merged``: what was shown as ``other`` is one target with ``number`` and is shown so.
    ``split``: what was shown as ``other`` is two; the one that leaves is shown as ``number``.
    ``renumbered``: a track shown as ``other`` is shown as ``number``.  ``handover``: site
    ``to_site`` now reports the track ``number``, as site ``from_site`` did before (rows; -1: none).
    """

    kind: Happening
    time_s: float
    number: int
    other: int = -1
    from_site: int = -1
    to_site: int = -1
