"""The duty of a scenario made ready: areas, what each command post identifies by."""

from __future__ import annotations

from jointsky.assess.areas import Areas
from jointsky.assess.identification import Identifier
from jointsky.assess.model_declared import shipped_model
from jointsky.scenario.built import Built
from jointsky.sim.duty import SimulatedDuty
from jointsky.sim.plans import plans_of


def areas_of(built: Built) -> Areas:
    """Return the areas of a scenario over its ground."""
    return Areas(built.areas, built.surroundings.terrain)


def duty_of(built: Built, is_watched: bool = True) -> SimulatedDuty | None:
    """Return the duty of a scenario, before its begin; None where it declares none.

    Not ``is_watched``: without alerts, incidents and words of evidence.
    """
    if built.duty is None or not built.duty.posts:
        return None
    areas = areas_of(built)
    model = shipped_model()
    sensors = [sensor.told for sensor in built.sensors]
    identifiers = {
        post.nation: Identifier(
            model,
            areas,
            sensors,
            plans=plans_of(built, post.nation, built.duty.is_joint),
            is_worded=is_watched,
        )
        for post in built.duty.posts
    }
    return SimulatedDuty(built, built.duty, areas, identifiers, is_watched)
