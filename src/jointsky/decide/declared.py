"""Duty, as declared: which sites command, with which crews, by which doctrine."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointsky.decide import doctrine
from jointsky.decide.doctrine import Doctrine
from jointsky.declare import Faults

Share = Annotated[float, Meta(ge=0, le=1)]
STEPS_TO_LOSE = 4  # of a duty; a sign of life, its echo, and one of either that is lost
Delay = Annotated[float, Meta(ge=0, le=3600)]


class Crew(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A simulated crew: so many people, each busy with one thing at a time, slow and fallible."""

    seats: Annotated[int, Meta(ge=1, le=100, description="People who look and decide")] = 2
    identify_s: Annotated[
        Delay, Meta(description="Median time in which one confirms what a track is")
    ] = 10.0
    propose_s: Annotated[
        Delay, Meta(description="Median time in which one makes up a proposal for a battery")
    ] = 5.0
    answer_s: Annotated[
        Delay, Meta(description="Median time in which one answers the other nation's proposal")
    ] = 7.0
    reinforce_s: Annotated[
        Delay,
        Meta(description="Median time in which one asks the other for a battery, or pledges one"),
    ] = 30.0
    spread: Annotated[
        float, Meta(ge=0, le=2, description="Spread of all of these: log-normal, of the logarithm")
    ] = 0.4
    confirms_at: Annotated[
        Share,
        Meta(description="Probability of being hostile from which one takes a track for hostile"),
    ] = 0.8
    overlooks: Annotated[
        Share, Meta(description="Chance that one takes a hostile for something to be watched on")
    ] = 0.03
    wrongs: Annotated[
        Share, Meta(description="Chance that one takes for hostile what is less likely so")
    ] = 0.005
    refuses: Annotated[
        Share, Meta(description="Chance that one refuses a proposal for no good reason")
    ] = 0.02
    shift_h: Annotated[
        float, Meta(gt=0, le=48, description="Length of a shift: then others come, fresh")
    ] = 8.0
    tires_per_h: Annotated[
        float,
        Meta(ge=0, le=1, description="By which share times and errors grow in an hour of a shift"),
    ] = 0.0
    again_s: Annotated[
        float,
        Meta(gt=0, le=3600, description="What was left open is looked at again after so long"),
    ] = 30.0


class Post(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A command post: the nation that it decides for, the site whose picture it has."""

    nation: Annotated[str, Meta(description="Name of the nation")]
    site: Annotated[str, Meta(description="Name of one of its sites")]
    crew: Annotated[Crew, Meta(description="Who is on duty there")] = Crew()


class Reserve(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A battery that the other nation may ask for, and where it would then stand."""

    battery: Annotated[str, Meta(description="Name of a battery of the scenario")]
    place: Annotated[
        str, Meta(description="Name of a site of the other nation that it would move to")
    ]


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who decides on interception, and how.  All of it exists only in simulation and exercises."""

    doctrine: Annotated[Doctrine, Meta(description="Who must agree to what")] = Doctrine()
    posts: Annotated[
        tuple[Post, ...], Meta(max_length=2, description="Command posts, one of each nation")
    ] = ()
    reserves: Annotated[
        tuple[Reserve, ...],
        Meta(description="Batteries that may be asked for, as doctrine's `reinforcement` says"),
    ] = ()
    road_factor: Annotated[
        float, Meta(ge=1, le=3, description="Length of a road to that of the straight line")
    ] = 1.3
    is_joint: Annotated[
        bool,
        Meta(
            description="Whether the two decide together; false: each for itself, over its own "
            "land but for rules whose `alone` is `anywhere`"
        ),
    ] = True
    step_s: Annotated[
        float, Meta(ge=0.25, le=10, description="How often a command post does what is due")
    ] = 1.0
    look_s: Annotated[
        float,
        Meta(ge=0, le=60, description="How often it looks at its picture; 0: at every step"),
    ] = 0.0
    ahead_s: Annotated[
        float, Meta(gt=0, le=3600, description="How far ahead it looks for an interception")
    ] = 180.0
    yield_s: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description="What the other's battery is best for is left to it for so long",
        ),
    ] = 15.0
    shared_track_m: Annotated[
        float,
        Meta(
            gt=0,
            le=100_000,
            description="Error of a track at which a battery that does not see the target itself "
            "has 61 % of its chance left (one sigma of a Gaussian)",
        ),
    ] = 1500.0


def find_faults(duty: Duty, faults: Faults) -> None:
    """Add to ``faults`` what is wrong with a duty though each field is in its bounds."""
    doctrine.find_faults(duty.doctrine, faults.under("doctrine"))
    if duty.reserves and duty.doctrine.reinforcement is None:
        wanted = "`reinforcement` in the doctrine, or no reserves"
        faults.add("reserves", "batteries that nobody may ask for", wanted)
    least_s = STEPS_TO_LOSE * duty.step_s
    if duty.is_joint and len(duty.posts) == 2 and duty.doctrine.lost_after_s < least_s:
        lost_s, step_s = duty.doctrine.lost_after_s, duty.step_s
        found = f"{lost_s:g} s, less than {STEPS_TO_LOSE} steps of {step_s:g} s"
        hint = "a sign of life and its echo take two steps: posts would lose each other"
        faults.add("doctrine.lost_after_s", found, f"{least_s:g} s and more", hint)
    for number, post in enumerate(duty.posts):
        if post.nation in {one.nation for one in duty.posts[:number]}:
            found = f"{post.nation!r} has a command post already"
            faults.add(f"posts[{number}].nation", found, "one of each nation")
