"""The one declared model of identification: what flies, how often, and what it would show."""

from __future__ import annotations

import functools
import pathlib
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from jointsky.declare import Faults
from jointsky.declare_check import BROKEN, checked
from jointsky.declare_tree import read_tree
from jointsky.errors import ManyInputErrors, did_you_mean

SHIPPED = pathlib.Path(__file__).with_name("model.yaml")
Share = Annotated[float, Meta(ge=0, le=1)]
Range = tuple[float, float, float, float]
Allegiance = Literal["civil", "friend", "neutral", "hostile", "nature"]
ALLEGIANCES: tuple[Allegiance, ...] = ("civil", "friend", "neutral", "hostile", "nature")
_THRESHOLDS = (
    *("friend", "assumed_friend", "neutral", "neutral_by_looks"),
    *("suspect", "hostile"),
)
_RANGES = ("speed_mps", "climb_mps", "height_m", "straightness")


class _Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts of the model are."""


class Basis(_Declared, frozen=True, kw_only=True):
    """Where some numbers come from."""

    fields: Annotated[
        tuple[str, ...], Meta(min_length=1, description="Names of the numbers it speaks of")
    ]
    basis: Annotated[
        Literal["read", "recalled", "estimate"],
        Meta(description="Seen in the source, from memory of it, or an estimate of our own"),
    ]
    source: Annotated[str, Meta(min_length=3, description="The text, or from what it was made")]


class Answers(_Declared, frozen=True, kw_only=True):
    """By what a thing is known to have answered at most: shares that make 1."""

    none: Annotated[Share, Meta(description="Nothing answers, however long it is asked")]
    mode_a: Annotated[Share, Meta(description="Mode A/C at most")] = 0.0
    mode_s: Annotated[Share, Meta(description="Mode S or ADS-B")] = 0.0
    remote_id: Annotated[Share, Meta(description="Remote ID")] = 0.0
    military: Annotated[Share, Meta(description="A reply that says that it is military")] = 0.0


class Squawks(_Declared, frozen=True, kw_only=True):
    """Which Mode A codes are set by what has a transponder: shares that make 1."""

    own: Annotated[Share, Meta(description="A code of its own, given by control")]
    common: Annotated[Share, Meta(description="7000, 2000 or 1000")]
    emergency: Annotated[Share, Meta(description="7500, 7600 or 7700")]


class Planned(_Declared, frozen=True, kw_only=True):
    """What a thing is to the flight plans: shares that make 1.

    One that answers is known by its answer; one that does not, by its place alone.
    """

    civil: Annotated[Share, Meta(description="Has a civil plan and keeps to it")] = 0.0
    friend: Annotated[Share, Meta(description="Has a plan of a friend and keeps to it")] = 0.0
    off: Annotated[Share, Meta(description="Has a plan, and is not where it says")] = 0.0
    none: Annotated[Share, Meta(description="Has no plan")]


class Habits(_Declared, frozen=True, kw_only=True):
    """How a kind of user of the sky behaves: answers, plans, ways."""

    answers: Annotated[Answers, Meta(description="What it answers with")]
    squawks: Annotated[Squawks, Meta(description="Which codes it sets")]
    planned: Annotated[Planned, Meta(description="What it is to the flight plans")]
    listed: Annotated[Share, Meta(description="Answers as one on the list of own does")]
    in_corridor: Annotated[Share, Meta(description="Flies more than half of its time in airways")]
    in_zone: Annotated[Share, Meta(description="Is met within a prohibited or restricted zone")]
    sources: Annotated[tuple[Basis, ...], Meta(min_length=1, description="Where it is from")]


class VehicleClass(_Declared, frozen=True, kw_only=True):
    """One class of what flies: a type of one allegiance, and what its flight looks like.

    A range (a, b, c, d): from b to c all alike, falling to nothing at a and d.
    """

    type: Annotated[str, Meta(min_length=1, max_length=32, description="Name of the type")]
    words: Annotated[str, Meta(min_length=1, description="The type in a sentence: a small drone")]
    allegiance: Annotated[Allegiance, Meta(description="What it truly is")]
    domain: Annotated[str, Meta(min_length=1, description="drone, bird, missile, ...")]
    weight: Annotated[float, Meta(gt=0, description="How many of 100 things that fly are so")]
    habits: Annotated[str, Meta(description="Name of the habits that it has")]
    speed_mps: Annotated[Range, Meta(description="Range of its speed over the ground")]
    climb_mps: Annotated[Range, Meta(description="Range of its speed upwards")]
    height_m: Annotated[Range, Meta(description="Range of its height above the ground")]
    straightness: Annotated[
        Range, Meta(description="Range of the mean resultant length of its course: 1 is straight")
    ] = (-0.2, 0.0, 1.0, 1.01)
    radio: Annotated[Share, Meta(description="Its link is heard in reach of a finder")] = 0.02
    sound: Annotated[Share, Meta(description="It is heard in reach of microphones")] = 0.1
    aims: Annotated[
        Share, Meta(description="It is met flying straight at a protected zone, not far from it")
    ] = 0.12
    beside: Annotated[
        Share, Meta(description="Silent, it is met beside a track that answers, equally fast")
    ] = 0.01
    sources: Annotated[tuple[Basis, ...], Meta(min_length=1, description="Where it is from")]

    @property
    def label(self) -> str:
        """Return type and allegiance, as the assessments' classes are called."""
        return f"{self.type}/{self.allegiance}"


class Reading(_Declared, frozen=True, kw_only=True):
    """How readings are taken that are the same for all classes."""

    odd_share: Annotated[
        float, Meta(gt=0, lt=0.5, description="Share of speeds, heights, courses that fit no class")
    ] = 0.01
    odd_answer: Annotated[
        float, Meta(gt=0, lt=0.5, description="Share of answers, codes, plans that are not its own")
    ] = 0.002
    reply: Annotated[
        float, Meta(gt=0, lt=1, description="Chance that a transponder that is asked is heard")
    ] = 0.8
    hidden: Annotated[
        float, Meta(gt=0, lt=1, description="Share of those in view that are never heard")
    ] = 0.02
    sharp: Annotated[
        float, Meta(gt=0, lt=1, description="How often a camera that recognises is right")
    ] = 0.95
    look_every_s: Annotated[
        float, Meta(gt=0, description="Looks of any antennas count once in this time: masks last")
    ] = 8.0
    plan_by_chance: Annotated[
        float, Meta(gt=0, lt=0.5, description="Silent, at a plan's place by chance: this share")
    ] = 0.01
    memory_s: Annotated[
        float, Meta(gt=0, description="Speed, climb and height are means over about this time")
    ] = 60.0
    course_memory_s: Annotated[
        float, Meta(gt=0, description="Straightness is of about this time")
    ] = 180.0
    course_after_s: Annotated[
        float, Meta(ge=0, description="Straightness is told of no younger track")
    ] = 60.0
    speed_sigma_mps: Annotated[
        float, Meta(gt=0, description="Least standard error of a speed: wind is not known")
    ] = 3.0
    height_sigma_m: Annotated[
        float, Meta(gt=0, description="Least standard error of a height above the ground")
    ] = 40.0
    climb_sigma_mps: Annotated[
        float, Meta(gt=0, description="Least standard error of a speed upwards")
    ] = 1.0
    straightness_sigma: Annotated[
        float, Meta(gt=0, description="Least standard error of a straightness")
    ] = 0.05
    aim_reach_m: Annotated[
        float, Meta(gt=0, description="A course is an aim only so near to a protected zone")
    ] = 80_000.0
    beside_m: Annotated[
        float, Meta(gt=0, description="So near, beside three standard errors, is beside")
    ] = 2_000.0
    beside_mps: Annotated[
        float, Meta(gt=0, description="Velocities that differ by less are equal")
    ] = 25.0
    sources: Annotated[tuple[Basis, ...], Meta(min_length=1, description="Where it is from")]


class Threshold(_Declared, frozen=True, kw_only=True):
    """From which probability an identity is taken up, and below which it is left."""

    enter: Annotated[float, Meta(gt=0, lt=1, description="Taken up at this probability or more")]
    leave: Annotated[float, Meta(gt=0, lt=1, description="Left below this probability")]


class Rules(_Declared, frozen=True, kw_only=True):
    """How probabilities become identities, and what no probability may do."""

    friend: Annotated[Threshold, Meta(description="Of friend; also needs a positive sign")]
    assumed_friend: Annotated[Threshold, Meta(description="Of friend, for assumed friend")]
    neutral: Annotated[
        Threshold, Meta(description="Of civil, neutral and nature, where it answers or has a plan")
    ]
    neutral_by_looks: Annotated[
        Threshold, Meta(description="Of neutral and nature (a bird), where it does neither")
    ]
    suspect: Annotated[Threshold, Meta(description="Of hostile, for suspect")]
    hostile: Annotated[Threshold, Meta(description="Of hostile")]
    suspect_after_s: Annotated[
        float, Meta(ge=0, description="No track is suspect before it is so old")
    ]
    hostile_after_s: Annotated[
        float, Meta(ge=0, description="No track is hostile before it is so old")
    ]
    hostile_after_plots: Annotated[int, Meta(ge=1, description="Nor with fewer plots")]
    beside_motion: Annotated[
        float,
        Meta(ge=0, description="Nor unless evidence beside motion speaks for it by so much"),
    ]
    sources: Annotated[tuple[Basis, ...], Meta(min_length=1, description="Where it is from")]


class IdentificationModel(_Declared, frozen=True, kw_only=True):
    """The declared model: classes, habits, what people take things for, rules."""

    name: Annotated[str, Meta(min_length=1, description="What it is called")]
    classes: Annotated[tuple[VehicleClass, ...], Meta(min_length=2, description="What flies")]
    habits: Annotated[dict[str, Habits], Meta(min_length=1, description="Habits by name")]
    claims: Annotated[
        dict[str, dict[str, Share]],
        Meta(description="By true domain: what people say that it was, and how often"),
    ]
    named: Annotated[
        dict[str, str], Meta(description="Other names that claims may have, and their domains")
    ] = {}
    claims_sources: Annotated[tuple[Basis, ...], Meta(description="Where those are from")] = ()
    reading: Annotated[Reading, Meta(description="How readings are taken")]
    rules: Annotated[Rules, Meta(description="How probabilities become identities")]


def load_model(path: str | pathlib.Path = SHIPPED) -> IdentificationModel:
    """Return the model in a YAML file; raise ManyInputErrors with all that is wrong with it."""
    tree = read_tree(path)
    faults = Faults()
    model = BROKEN
    if tree.content is not None or not tree.errors:
        model = checked(tree.content, IdentificationModel, faults)
    if model is not BROKEN:
        _find_faults(model, faults)
    errors = tree.all_errors(faults.kept)
    if errors:
        raise ManyInputErrors(errors)
    return model  # type: ignore[no-any-return]


@functools.cache
def shipped_model() -> IdentificationModel:
    """Return the model that comes along."""
    return load_model()


def _find_faults(model: IdentificationModel, faults: Faults) -> None:
    """Tell what no type of a field can say: sums, orders, names, numbers without a source."""
    if isinstance(model.habits, dict):
        for name, habits in model.habits.items():
            _find_in_habits(habits, faults.under(f"habits.{name}"))
    labels: dict[str, int] = {}
    for number, one in enumerate(model.classes if model.classes is not BROKEN else ()):
        if one is BROKEN:
            continue
        at = faults.under(f"classes[{number}]")
        _find_in_class(one, model, at)
        first = labels.setdefault(one.label, number)
        if first != number:
            at.add("type", f"{one.label!r} is already classes[{first}]", "each class once")
    if isinstance(model.claims, dict):
        for domain, shares in model.claims.items():
            _sum_to_one(list(shares.values()), faults.under(f"claims.{domain}"))
    for name in _THRESHOLDS:
        _find_in_threshold(getattr(model.rules, name, BROKEN), faults.under(f"rules.{name}"))
    for name in ("reading", "rules"):
        _find_unsourced(getattr(model, name), faults.under(name))


def _find_in_class(one: VehicleClass, model: IdentificationModel, faults: Faults) -> None:
    if (
        isinstance(model.habits, dict)
        and one.habits is not BROKEN
        and one.habits not in model.habits
    ):
        known = list(model.habits)
        hint = did_you_mean(str(one.habits), known)
        faults.add(
            "habits", f"no habits are called {one.habits!r}", "one of " + ", ".join(known), hint
        )
    for name in _RANGES:
        _find_in_range(getattr(one, name), faults.under(name))
    _find_unsourced(one, faults)


def _find_in_range(numbers: Any, faults: Faults) -> None:
    if numbers is not BROKEN and (list(numbers) != sorted(numbers) or numbers[0] == numbers[3]):
        faults.add("", f"found {list(numbers)}", "four numbers that rise")


def _find_in_habits(habits: Any, faults: Faults) -> None:
    if habits is BROKEN:
        return
    for name in ("answers", "squawks", "planned"):
        table = getattr(habits, name)
        if table is not BROKEN:
            _sum_to_one([getattr(table, f) for f in table.__struct_fields__], faults.under(name))
    _find_unsourced(habits, faults)


def _sum_to_one(shares: list[Any], faults: Faults) -> None:
    if BROKEN not in shares and abs(sum(shares) - 1.0) > 1e-6:
        faults.add("", f"the shares make {sum(shares):.6g}", "shares that make 1")


def _find_in_threshold(threshold: Any, faults: Faults) -> None:
    if threshold is BROKEN or BROKEN in (threshold.enter, threshold.leave):
        return
    if threshold.leave > threshold.enter:
        found = f"found {threshold.leave}, and it is taken up at {threshold.enter}"
        faults.add("leave", found, "no more than that")


def _find_unsourced(thing: Any, faults: Faults) -> None:
    """Tell numbers that no source speaks of, and sources that speak of no number."""
    if thing is BROKEN or thing.sources is BROKEN:
        return
    numbers = [
        field.name
        for field in msgspec.structs.fields(thing)
        if _is_number(getattr(thing, field.name)) and getattr(thing, field.name) != field.default
    ]
    spoken = {name for source in thing.sources if source is not BROKEN for name in source.fields}
    for name in numbers:
        if name not in spoken:
            faults.add(name, "no source speaks of it", "its name in one of the sources")
    known = thing.__struct_fields__
    for place, source in enumerate(thing.sources):
        for name in source.fields if source is not BROKEN else ():
            if name not in known:
                at = faults.under(f"sources[{place}]")
                at.add("fields", f"{name!r} is no field of it", "", did_you_mean(name, known))


def _is_number(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(_is_number(item) for item in value)
    if isinstance(value, (Answers, Squawks, Planned, Threshold)):
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool)
