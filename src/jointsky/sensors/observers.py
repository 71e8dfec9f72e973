"""People who look at the sky and call, as declared."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class Confusion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people take one thing for, and how often."""

    true_domain: Annotated[str, Meta(description="Domain of what flies: drone, bird, missile, ...")]
    claimed: Annotated[str, Meta(max_length=32, description="What the caller says it was")]
    share: Annotated[float, Meta(ge=0, le=1, description="How often; the rest is said rightly")]


USUAL_CONFUSIONS = (
    Confusion(true_domain="drone", claimed="fixed-wing", share=0.15),
    Confusion(true_domain="drone", claimed="bird", share=0.15),
    Confusion(true_domain="missile", claimed="fixed-wing", share=0.3),
    Confusion(true_domain="missile", claimed="drone", share=0.2),
    Confusion(true_domain="bomb", claimed="missile", share=0.5),
    Confusion(true_domain="fixed-wing", claimed="drone", share=0.1),
    Confusion(true_domain="rotary-wing", claimed="drone", share=0.1),
    Confusion(true_domain="bird", claimed="drone", share=0.2),
)


class Observer(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="observer",
):
    """A person who sees or hears what flies low and reports it: late, coarse, sometimes wrong."""

    tells: Annotated[
        Literal["place", "bearing"],
        Meta(description="A place, by direction and guessed distance, or the direction only"),
    ] = "place"
    interval_s: Annotated[
        float, Meta(ge=5, le=3_600, description="In this time the person reports at most once")
    ] = 60.0
    attention: Annotated[
        float, Meta(gt=0, le=1, description="Share of intervals in which the person pays attention")
    ] = 0.5
    acuity_arcmin: Annotated[
        float, Meta(ge=0.3, le=20, description="Smallest detail that the eye resolves")
    ] = 1.0
    contrast: Annotated[
        float, Meta(gt=0, le=1, description="Contrast of a target against the sky, close by")
    ] = 0.5
    contrast_needed: Annotated[
        float, Meta(gt=0, lt=1, description="Contrast that is noticed by who does not search")
    ] = 0.05
    cycles_to_notice: Annotated[
        float, Meta(gt=0, le=40, description="Cycles on the target to notice it half the time")
    ] = 2.0
    ambient_db: Annotated[
        float, Meta(ge=-10, le=120, description="Noise of the place, dB re 20 µPa")
    ] = 45.0
    hears: Annotated[bool, Meta(description="Reports also what is heard and not seen")] = True
    height_max_m: Annotated[
        float, Meta(gt=0, le=20_000, description="Higher above the person nothing is remarkable")
    ] = 3_000.0
    range_max_km: Annotated[
        float, Meta(gt=0, le=50, description="Farther away nothing is noticed")
    ] = 10.0
    compass_points: Annotated[
        Literal[4, 8, 16, 36], Meta(description="Directions are rounded to so many")
    ] = 8
    bearing_sigma_deg: Annotated[
        float, Meta(gt=0, le=90, description="Standard error of a direction before it is rounded")
    ] = 10.0
    distance_factor: Annotated[
        float, Meta(gt=1, le=10, description="Guessed distances are wrong by this factor (1 sigma)")
    ] = 1.5
    delay_median_s: Annotated[
        float, Meta(gt=0, le=86_400, description="Half of the reports are in after this time")
    ] = 60.0
    delay_factor: Annotated[
        float, Meta(gt=1, le=10, description="Spread of the delay about its median (1 sigma)")
    ] = 2.0
    wrong_course_share: Annotated[
        float, Meta(ge=0, le=1, description="How often the direction of flight is told wrongly")
    ] = 0.1
    reads_remote_id: Annotated[
        bool, Meta(description="Has an application that shows Remote ID within 500 m")
    ] = False
    confusions: Annotated[
        tuple[Confusion, ...], Meta(description="What is taken for what, and how often")
    ] = USUAL_CONFUSIONS
    false_reports_per_day: Annotated[
        float, Meta(ge=0, le=1_000, description="Reports of what was not there")
    ] = 1.0
