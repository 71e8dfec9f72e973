"""What no single field of a declared duty can tell: names of nothing, sites of another nation."""

from __future__ import annotations

from collections.abc import Mapping

from jointsky.decide.declared import Duty, find_faults
from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.errors import did_you_mean
from jointsky.scenario.battery_sites import names_of
from jointsky.scenario.checks import is_sound, whole
from jointsky.scenario.loaded import Loaded


def check_duty(loaded: Loaded, faults: Faults) -> None:
    """Tell what a scenario's duty names and nothing declares."""
    duty = loaded.scenario.duty
    if duty is None or duty is BROKEN or not is_sound(faults, "duty"):
        return
    below = faults.under("duty")
    find_faults(duty, below)
    nation_of = {site.name: site.nation for _, site in whole(loaded.scenario.sites, "sites")}
    nations = loaded.names("nations")
    for number, post in enumerate(duty.posts):
        at = below.under(f"posts[{number}]")
        if post.nation not in nations:
            at.add("nation", f"{post.nation!r} is no nation", "one of " + ", ".join(nations))
        elif nation_of.get(post.site) != post.nation:
            own = [name for name, nation in nation_of.items() if nation == post.nation]
            found = f"{post.site!r} is no site of {post.nation}"
            at.add("site", found, "one of " + ", ".join(own), did_you_mean(post.site, own))
    if not duty.posts:
        below.add("posts", "none", "a command post of each nation that decides")
    _check_reserves(loaded, duty, nation_of, below)
    zones = loaded.names("zones")
    for number, rule in enumerate(duty.doctrine.rules):
        for place, zone in enumerate(rule.zones):
            if zone not in zones:
                at = below.under(f"doctrine.rules[{number}]")
                wanted = "one of " + ", ".join(zones) if zones else "a zone of the scenario"
                at.add(f"zones[{place}]", f"{zone!r} is no zone", wanted, did_you_mean(zone, zones))


def _check_reserves(
    loaded: Loaded, duty: Duty, nation_of: Mapping[str, str], faults: Faults
) -> None:
    """Tell batteries that are none, and places that are not of the other nation."""
    of: dict[str, str] = {}
    for path, site in whole(loaded.scenario.sites, "sites"):
        for _, battery in whole(site.batteries, f"{path}.batteries"):
            of.update((name, site.nation) for name in names_of(battery))
    for number, reserve in enumerate(duty.reserves):
        at = faults.under(f"reserves[{number}]")
        if reserve.battery not in of:
            wanted = "one of " + ", ".join(of) if of else "a battery of a site"
            found = f"{reserve.battery!r} is no battery"
            at.add("battery", found, wanted, did_you_mean(reserve.battery, list(of)))
            continue
        nation = of[reserve.battery]
        others = [name for name, one in nation_of.items() if one != nation]
        if reserve.place not in others:
            found = f"{reserve.place!r} is no site of another nation than {nation}"
            near = did_you_mean(reserve.place, others)
            at.add("place", found, "one of " + ", ".join(others), near)
