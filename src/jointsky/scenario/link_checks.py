"""What is wrong with the links of a scenario: ends that are nothing, parts that are not apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jointsky.assess.zone_checks import check_polygon
from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.errors import did_you_mean
from jointsky.scenario.checks import is_sound, whole
from jointsky.scenario.connecting import groups_of, pairs, sites_of
from jointsky.scenario.links import Link, Partition
from jointsky.scenario.loaded import Loaded


def check_links(loaded: Loaded, faults: Faults) -> None:
    """Tell what is wrong with links, with partitions and with what nations give."""
    scenario = loaded.scenario
    nations, sites = loaded.names("nations"), loaded.names("sites")
    known = {**nations, **sites}
    vehicles = loaded.names("vehicles")
    for path, link in whole(scenario.links, "links"):
        _check_link(link, known, faults.under(path))
        if link.relay is not BROKEN and link.relay and link.relay not in vehicles:
            near = did_you_mean(link.relay, vehicles)
            faults.add(f"{path}.relay", f"{link.relay!r} is no vehicle", "one of `vehicles`", near)
    for path, nation in whole(scenario.nations, "nations"):
        if is_sound(faults, path) and nation.release is not BROKEN:
            _check_areas(nation.release.withheld_areas, faults.under(f"{path}.release"))
    declared = [*whole(scenario.sites, "sites")]
    is_whole = scenario.sites is not BROKEN and len(declared) == len(scenario.sites)
    if not is_whole or not is_sound(faults, "sites") or not is_sound(faults, "nations"):
        return
    nation_of = {site.name: site.nation for _, site in declared}
    for path, partition in whole(scenario.partitions, "partitions"):
        if is_sound(faults, path):
            _check_groups(partition, known, nation_of, faults.under(f"{path}.groups"))
    if scenario.links is not BROKEN and is_sound(faults, "links"):
        _check_network(scenario.links, nation_of, faults)


def _check_link(link: Link, known: Mapping[str, str], faults: Faults) -> None:
    """Tell what is wrong with a link: an end that is nothing, two ends that are one."""
    if link.ends is BROKEN or BROKEN in link.ends:
        return
    for number, end in enumerate(link.ends):
        if end not in known:
            near = did_you_mean(end, known)
            faults.add(f"ends[{number}]", f"{end!r} is no site or nation", "two ends", near)
    if link.ends[0] == link.ends[1]:
        faults.add("ends[1]", f"{link.ends[1]!r}, which is the other end", "another site or nation")


def _check_groups(
    partition: Partition, known: Mapping[str, str], nation_of: Mapping[str, str], faults: Faults
) -> None:
    """Tell names that are none, and sites that would be in two parts at once."""
    taken: dict[str, int] = {}
    for number, group in enumerate(partition.groups):
        for place, name in enumerate(group):
            at = f"[{number}][{place}]"
            if name not in known:
                near = did_you_mean(name, known)
                faults.add(at, f"{name!r} is no site or nation", "a site or a nation", near)
            for site in sites_of(name, nation_of):
                if taken.setdefault(site, number) != number:
                    found = f"{site!r} is in groups[{taken[site]}] too"
                    faults.add(at, found, "each site in one group")


def _check_network(links: Iterable[Link], nation_of: Mapping[str, str], faults: Faults) -> None:
    """Tell links between no sites, names that come twice, and tracks told where all plots go."""
    rows = {site: row for row, site in enumerate(nation_of)}
    made = [list(pairs(link, nation_of)) for link in links]
    names: dict[str, int] = {}
    plots = [
        (rows[one], rows[other])
        for link, each in zip(links, made, strict=True)
        for _, one, other in each
        if link.share == "plots"
    ]
    domain = groups_of(plots, len(rows))
    for number, (link, each) in enumerate(zip(links, made, strict=True)):
        below = faults.under(f"links[{number}]")
        if not each:
            found = f"between {link.ends[0]!r} and {link.ends[1]!r} there are no two sites"
            below.add("ends", found, "ends with a site each")
        for name, one, other in each:
            first = names.setdefault(name, number)
            if first != number:
                below.add("name", f"{name!r} is a link of links[{first}]", "a name of its own")
            is_of_tracks = link.share in ("fused", "responsible")
            if is_of_tracks and domain[rows[one]] == domain[rows[other]]:
                found = f"{link.share!r} between {one!r} and {other!r}"
                wanted = "plots, or no way of links that share plots between the two"
                hint = "both get all plots of both already: tracks would tell them nothing"
                below.add("share", found, wanted, hint)
                break


def _check_areas(areas: Any, faults: Faults) -> None:
    """Tell areas that are no areas."""
    for number, area in enumerate(areas):
        below = faults.under(f"withheld_areas[{number}]")
        if area.top_m <= area.bottom_m:
            found = f"{area.top_m:g} m, not above its bottom"
            below.add("top_m", found, f"more than {area.bottom_m:g} m")
        check_polygon(area.rim_deg, below.under("rim_deg"))
