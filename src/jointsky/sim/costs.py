"""What a raid cost both sides, in US dollars: shots of the defence, and what came and was stopped.

Public round figures, mostly estimates.  What is not known is counted, never taken for nothing; what
did damage or was lost on the ground, and what sensors, crews and fuel cost, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from jointsky.scenario.built import Built


class Sum(NamedTuple):
    """A sum of what is known, and how many there are of which the cost is not."""

    usd: float
    unknown: int


def cost_figures(
    built: Built,
    spent: Mapping[str, Mapping[str, int]],
    came: Iterable[str],
    stopped: Iterable[str],
) -> dict[str, Any]:
    """Return what each side spent and lost.

    ``spent`` are the shots fired by unit and weapon; ``came`` and ``stopped`` the names of the
    hostile vehicles that came and of those of them that were stopped, wherever.  Of the last two
    figures each is None where a cost that it needs is not known, or where it divides by nothing.
    """
    by_nation = _spent(built, spent)
    fired = _total(by_nation.values())
    worth = unit_costs_usd(built)
    gone = [worth[name] for name in stopped]
    lost, whole = _sum(gone), _sum(worth[name] for name in came)
    known = not fired.unknown
    return {
        "spent_usd": fired.usd,
        "spent_usd_by_nation": {nation: one.usd for nation, one in by_nation.items()},
        "shots_of_unknown_cost": fired.unknown,
        "lost_usd": lost.usd,
        "lost_of_unknown_cost": lost.unknown,
        "came_usd": whole.usd,
        "came_of_unknown_cost": whole.unknown,
        "cost_per_stopped_usd": fired.usd / len(gone) if known and gone else None,
        "spent_to_lost": fired.usd / lost.usd if known and not lost.unknown and lost.usd else None,
    }


def unit_costs_usd(built: Built) -> dict[str, float | None]:
    """Return what each vehicle costs by its name; a flock or swarm is worth all of its members."""
    vehicles = built.surroundings.vehicles
    costs = built.unit_costs_usd or (None,) * len(vehicles)
    return {
        str(name): None if cost is None else cost * int(count)
        for name, count, cost in zip(vehicles.name, vehicles.count, costs, strict=True)
    }


def cost_line(cost: Mapping[str, Any]) -> str:
    """Return what both sides spent and lost, in a sentence."""
    by = cost["spent_usd_by_nation"]
    spent = sum_words(cost["spent_usd"], cost["shots_of_unknown_cost"], "shot")
    lost = sum_words(cost["lost_usd"], cost["lost_of_unknown_cost"], "vehicle")
    came = sum_words(cost["came_usd"], cost["came_of_unknown_cost"], "vehicle")
    nations = ", ".join(f"{nation} {money_words(usd)}" for nation, usd in by.items())
    line = f"Cost: the defence spent {spent}" + (f" ({nations})" if len(by) > 1 else "")
    line += f", the attackers lost {lost} of the {came} that came"
    if cost["cost_per_stopped_usd"] is not None:
        line += f"; {money_words(cost['cost_per_stopped_usd'])} for each one stopped"
    if cost["spent_to_lost"] is not None:
        line += f", ${cost['spent_to_lost']:,.2f} for each $1 that the attackers lost"
    return line + ". Public round figures, mostly estimates."


def money_words(usd: float | None) -> str:
    """Return an amount as people write it: $35,000 or $1.2 million; a dash for None."""
    if usd is None:
        return "-"
    for unit, words in ((1e9, "billion"), (1e6, "million")):
        if usd >= 0.9995 * unit:
            amount = usd / unit
            return f"${amount:,.0f} {words}" if amount >= 100.0 else f"${amount:.3g} {words}"
    return f"${usd:,.0f}"


def sum_words(usd: float, unknown: int, kind: str = "") -> str:
    """Return a sum in words, with how many there are besides of which the cost is not known."""
    if not unknown:
        return money_words(usd)
    things = f"{unknown:,} {kind}{'s' if unknown > 1 and kind else ''}".strip()
    return f"{money_words(usd)} and {things} of unknown cost"


def _spent(built: Built, spent: Mapping[str, Mapping[str, int]]) -> dict[str, Sum]:
    """Return what each nation that has batteries has fired."""
    made: dict[str, Sum] = {}
    for battery in built.batteries:
        nation = built.sites[battery.site].nation
        shots = spent.get(battery.name, {})
        each = {weapon.name: weapon.shot_cost_usd for weapon in battery.type.weapons}
        fired = _total(_times(each[name], count) for name, count in shots.items())
        made[nation] = _total((made.get(nation, Sum(0.0, 0)), fired))
    return dict(sorted(made.items()))


def _times(usd: float | None, count: int) -> Sum:
    return Sum(0.0, count) if usd is None else Sum(usd * count, 0)


def _sum(costs: Iterable[float | None]) -> Sum:
    return _total(_times(cost, 1) for cost in costs)


def _total(parts: Iterable[Sum]) -> Sum:
    every = list(parts)
    return Sum(sum((one.usd for one in every), 0.0), sum(one.unknown for one in every))
