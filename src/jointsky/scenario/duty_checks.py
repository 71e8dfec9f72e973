"""What no single field of a declared duty can tell: names of nothing, sites of another nation."""

from __future__ import annotations

from jointsky.decide.declared import find_faults
from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.errors import did_you_mean
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
    zones = loaded.names("zones")
    for number, rule in enumerate(duty.doctrine.rules):
        for place, zone in enumerate(rule.zones):
            if zone not in zones:
                at = below.under(f"doctrine.rules[{number}]")
                wanted = "one of " + ", ".join(zones) if zones else "a zone of the scenario"
                at.add(f"zones[{place}]", f"{zone!r} is no zone", wanted, did_you_mean(zone, zones))
