"""The duty of a scenario made ready: areas, what each command post identifies by."""

from __future__ import annotations

import functools

from jointsky.assess.areas import Areas
from jointsky.assess.identification import Identifier, Identifying
from jointsky.assess.model_arrays import ModelArrays
from jointsky.assess.model_declared import shipped_model
from jointsky.assess.weighing import Weigher
from jointsky.scenario.built import Built
from jointsky.sim.common import Common
from jointsky.sim.duty import SimulatedDuty
from jointsky.sim.plans import plans_of


def areas_of(built: Built) -> Areas:
    """Return the areas of a scenario over its ground."""
    return Areas(built.areas, built.surroundings.terrain)


def duty_of(
    built: Built, is_watched: bool = True, common: Common | None = None
) -> SimulatedDuty | None:
    """Return the duty of a scenario, before its begin; None where it declares none.

    Not ``is_watched``: without alerts, incidents and words of evidence.  ``common``: of runs under
    this sky; who is not watched shares with them what is made of the same pictures.
    """
    duty = built.duty
    if duty is None or not duty.posts:
        return None
    common, areas = common or Common(), areas_of(built)
    sensors = [sensor.told for sensor in built.sensors]
    identifiers: dict[str, Identifying] = {}
    for post in duty.posts:
        known = "" if duty.is_joint else post.nation  # who decides together knows all friends
        if known not in common.plans:
            common.plans[known] = plans_of(built, post.nation, duty.is_joint)
        plans = common.plans[known]
        if is_watched:
            identifiers[post.nation] = Identifier(shipped_model(), areas, sensors, plans)
            continue
        begin = functools.partial(Weigher, _shipped_arrays(), areas, sensors, plans)
        shared = common.weighed.weigher(known, begin)
        identifiers[post.nation] = Identifying(_shipped_arrays(), shared)
    return SimulatedDuty(built, duty, areas, identifiers, is_watched, common.places)


@functools.cache
def _shipped_arrays() -> ModelArrays:
    return ModelArrays(shipped_model())
