"""Battery types: what a battery may engage in the simulation, from public round figures.

A battery is a queue in front of channels: an envelope, a reaction time, shots ready, a public
probability that one shot stops its target.  Nothing here says how a shot finds its target.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointsky.declare import Faults

Share = Annotated[float, Meta(ge=0, le=1)]
Speed = Annotated[float, Meta(gt=0, le=5000)]
Count = Annotated[int, Meta(ge=1, le=512)]
Cost = Annotated[float, Meta(ge=0, le=1_000_000_000)]


class Weapon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of shot of a battery: a missile, a burst of a gun, or a spell of jamming."""

    name: Annotated[str, Meta(min_length=1, max_length=40, description="Unique in the battery")]
    effect: Annotated[
        Literal["missile", "gun", "jamming"],
        Meta(description="A missile, a burst of rounds, or radio noise while it lasts"),
    ]
    range_min_km: Annotated[
        float, Meta(ge=0, le=1000, description="Nearest ground range of a target")
    ] = 0.0
    range_max_km: Annotated[
        float, Meta(gt=0, le=1000, description="Farthest ground range of a target")
    ]
    height_min_m: Annotated[
        float, Meta(ge=0, le=100_000, description="Lowest target above the battery's ground")
    ] = 0.0
    height_max_m: Annotated[
        float, Meta(gt=0, le=100_000, description="Highest target above the battery's ground")
    ]
    target_speed_max_mps: Annotated[float, Meta(gt=0, le=8000, description="Fastest target")]
    targets: Annotated[
        tuple[str, ...],
        Meta(description="Domains it is meant for (drone, missile, ...); none: all"),
    ] = ()
    mean_speed_mps: Annotated[
        Speed | None, Meta(description="Mean speed of a shot to its target; none: at once")
    ] = None
    hold_s: Annotated[
        float, Meta(ge=0, le=600, description="Time that a channel stays on the target besides")
    ] = 0.0
    single_shot_kill_probability: Annotated[
        Share, Meta(description="Probability that one shot stops a target in the envelope")
    ]
    kill_probability_by_domain: Annotated[
        dict[str, Share], Meta(description="The same against one domain, where it differs")
    ] = {}
    salvo: Annotated[int, Meta(ge=1, le=16, description="Shots at a target before a look")] = 1
    shots_ready: Annotated[int, Meta(ge=1, le=10_000, description="Shots ready on each launcher")]
    rounds_per_shot: Annotated[
        int, Meta(ge=1, le=10_000, description="Rounds that one shot spends: the burst of a gun")
    ] = 1
    shots_in_reserve: Annotated[
        int, Meta(ge=0, le=100_000, description="Shots with the battery that must be loaded first")
    ] = 0
    reload_s: Annotated[float, Meta(ge=0, le=86_400, description="Time to load one empty launcher")]
    shot_cost_usd: Annotated[
        Cost | None,
        Meta(description="US dollars that one shot (a whole burst) costs; none: unknown"),
    ] = None


class BatteryType(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A battery: launchers and sensors that are commanded as one."""

    chassis: Annotated[str, Meta(max_length=80, description="Vehicle that carries it")] = ""
    launchers: Annotated[int, Meta(ge=1, le=64, description="Vehicles or mounts that shoot")]
    channels: Annotated[
        int, Meta(ge=1, le=256, description="Targets that the whole battery engages at once")
    ]
    guided_at_once: Annotated[
        Count | None, Meta(description="Shots of the battery under way at once; none: no limit")
    ] = None
    reaction_s: Annotated[float, Meta(ge=0, le=600, description="From an order to the first shot")]
    march_speed_kmph: Annotated[
        float, Meta(ge=0, le=150, description="Speed on the road; 0: it does not move")
    ]
    deploy_s: Annotated[float, Meta(ge=0, le=86_400, description="From arriving to ready")]
    pack_s: Annotated[float, Meta(ge=0, le=86_400, description="From ready to leaving")]
    shoots_on_march: Annotated[
        bool, Meta(description="Whether it engages while it moves, without deploying")
    ] = False
    antenna_m: Annotated[
        float,
        Meta(
            ge=0,
            le=100,
            description="Its own antenna above the ground: it engages nothing below that horizon",
        ),
    ] = 10.0
    sensors: Annotated[
        tuple[str, ...], Meta(description="Names of its own sensors' types, one for each sensor")
    ] = ()
    weapons: Annotated[tuple[Weapon, ...], Meta(min_length=1, description="What it shoots")]


def find_faults(battery: BatteryType, faults: Faults) -> None:
    """Add to ``faults`` what is wrong with a battery though each field is in its bounds."""
    seen: dict[str, int] = {}
    for number, weapon in enumerate(battery.weapons):
        at = faults.under(f"weapons[{number}]")
        if weapon.name in seen:
            found = f"{weapon.name!r} is already used by weapons[{seen[weapon.name]}]"
            at.add("name", found, "a name of its own")
        seen.setdefault(weapon.name, number)
        if weapon.range_min_km >= weapon.range_max_km:
            found = f"{weapon.range_min_km:g} km, which is not below range_max_km"
            at.add("range_min_km", found, f"less than {weapon.range_max_km:g} km")
        if weapon.height_min_m >= weapon.height_max_m:
            found = f"{weapon.height_min_m:g} m, which is not below height_max_m"
            at.add("height_min_m", found, f"less than {weapon.height_max_m:g} m")
        if weapon.salvo > weapon.shots_ready:
            found = f"{weapon.salvo} shots, more than a launcher has ready"
            at.add("salvo", found, f"at most {weapon.shots_ready}")
        for domain in weapon.kill_probability_by_domain:
            if weapon.targets and domain not in weapon.targets:
                found = f"{domain!r} is not one of the weapon's targets"
                at.add("kill_probability_by_domain", found, "one of " + ", ".join(weapon.targets))
