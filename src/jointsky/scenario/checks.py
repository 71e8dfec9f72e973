"""What no single field of a scenario can tell: names given twice, names of nothing, wrong times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jointsky.assess.zone_checks import check_zone
from jointsky.declare import Faults
from jointsky.declare_check import BROKEN
from jointsky.declare_names import alike
from jointsky.errors import did_you_mean
from jointsky.scenario.loaded import Loaded, listed
from jointsky.scenario.sites import SensorAboard, SensorAt
from jointsky.scenario.times import Span

_NAMED = (
    ("nation", ("nations",)),
    ("site", ("sites",)),
    ("sensor", ("sites", "sensors")),
    ("sensor", ("vehicles", "sensors")),
    ("battery", ("sites", "batteries")),
    ("link", ("links",)),
    ("vehicle", ("vehicles",)),
    ("zone", ("zones",)),
    ("traffic", ("traffic",)),
)


def whole(items: Iterable[Any], section: str) -> Iterator[tuple[str, Any]]:
    """Yield (path, item) of those items of a list that could be read."""
    for number, item in enumerate(() if items is BROKEN else items):
        if item is not BROKEN:
            yield f"{section}[{number}]", item


def is_sound(faults: Faults, path: str) -> bool:
    """Return whether nothing was told of ``path`` or of what is below it."""
    return not any(
        fault.where == path or fault.where.startswith((f"{path}.", f"{path}["))
        for fault in faults.kept
    )


def check_names(loaded: Loaded, faults: Faults) -> None:
    """Tell each name that two things of one sort have; ends of links may be sites or nations."""
    content = loaded.tree.content
    taken: dict[str, dict[str, str]] = {}
    for sort, sections in _NAMED:
        _check_once(loaded, sort, listed(content, *sections), taken.setdefault(sort, {}), faults)
    _check_alike(loaded, taken["site"], faults)
    weather = content.get("weather") if isinstance(content, dict) else None
    _check_once(loaded, "cell of rain", listed(weather, "rain", path="weather"), {}, faults)
    for at, block in listed(content, "traffic"):
        places = [*listed(block, "airports", path=at), *listed(block, "gates", path=at)]
        _check_once(loaded, "airport or gate", places, {}, faults)
    for name, at in taken["site"].items():
        if name in taken["nation"]:
            first = loaded.tree.where(taken["nation"][name])
            hint = "a link's end names a site or a nation"
            faults.add(f"{at}.name", f"{name!r} is a nation: {first}", "a name of its own", hint)
    addresses: dict[str, str] = {}
    for at, item in listed(content, "vehicles"):
        address = item.get("mode_s")
        if isinstance(address, str):
            first = addresses.setdefault(address.upper(), at)
            if first != at:
                found = f"{address!r} is already the address of {loaded.tree.where(first)}"
                faults.add(f"{at}.mode_s", found, "an address of its own, or none: one is given")


def _check_once(
    loaded: Loaded,
    sort: str,
    items: list[tuple[str, dict[str, Any]]],
    taken: dict[str, str],
    faults: Faults,
) -> None:
    """Tell the names of ``items`` that are in ``taken``, and put the others there."""
    for at, item in items:
        name = item.get("name")
        if not isinstance(name, str):
            continue
        first = taken.setdefault(name, at)
        if first != at:
            found = f"{name!r} is already used by {loaded.tree.where(first)}"
            faults.add(f"{at}.name", found, f"another name: each {sort} has its own")


def _check_alike(loaded: Loaded, sites: Mapping[str, str], faults: Faults) -> None:
    """Tell sites whose pages would be one file where small and capital letters are the same."""
    by_form: dict[str, str] = {}
    for name, at in sites.items():
        other = by_form.setdefault(alike(name), name)
        if other != name:
            found = (
                f"{name!r} differs only by case from {loaded.tree.where(sites[other])}, {other!r}"
            )
            wanted = "another name: on some computers files of both are one"
            faults.add(f"{at}.name", found, wanted)


def check_references(loaded: Loaded, faults: Faults) -> None:
    """Tell each nation and site that something names and nothing declares."""
    scenario = loaded.scenario
    nations, sites = loaded.names("nations"), loaded.names("sites")
    for path, site in whole(scenario.sites, "sites"):
        _check_known(site.nation, "nation", nations, faults.under(f"{path}.nation"))
    for section, items in (
        ("vehicles", scenario.vehicles),
        ("zones", scenario.zones),
        ("traffic", scenario.traffic),
    ):
        for path, item in whole(items, section):
            if item.nation:
                _check_known(item.nation, "nation", nations, faults.under(f"{path}.nation"))
    for path, vehicle in whole(scenario.vehicles, "vehicles"):
        for at, sensor in whole(vehicle.sensors, f"{path}.sensors"):
            _check_known(sensor.reports_to, "site", sites, faults.under(f"{at}.reports_to"))


def _check_known(name: str, sort: str, known: Mapping[str, Any], faults: Faults) -> None:
    if name is BROKEN or not known:  # that it or they are missing was told
        return
    if name not in known:
        wanted = "one of " + ", ".join(known)
        faults.add("", f"{name!r} is no {sort}", wanted, did_you_mean(name, known))


def _sensors(loaded: Loaded) -> Iterator[tuple[str, SensorAt | SensorAboard]]:
    for word, bearers in (("sites", loaded.scenario.sites), ("vehicles", loaded.scenario.vehicles)):
        for path, one in whole(bearers, word):
            yield from whole(one.sensors, f"{path}.sensors")


def check_times(loaded: Loaded, span: Span, faults: Faults) -> None:
    """Tell what begins or ends outside the scenario, and what ends before it begins."""
    scenario = loaded.scenario
    for path, vehicle in whole(scenario.vehicles, "vehicles"):
        span.check(vehicle.start, faults.under(f"{path}.start"))
    for path, one in (*whole(scenario.links, "links"), *_sensors(loaded)):
        windows = tuple(item for item in one.outages if item is not BROKEN)
        span.check_windows(windows, faults.under(f"{path}.outages"))
    for path, partition in whole(scenario.partitions, "partitions"):
        span.check_window(partition.begin, partition.end, faults.under(path))
    for path, zone in whole(scenario.zones, "zones"):
        windows = tuple(item for item in zone.active if item is not BROKEN)
        span.check_windows(windows, faults.under(f"{path}.active"))
    for path, rain in whole(scenario.weather.rain, "weather.rain"):
        span.check_window(rain.begin, rain.end, faults.under(path))
    for name in ("truth_interval_s", "picture_interval_s"):
        interval_s = getattr(scenario, name)
        if interval_s is not BROKEN and interval_s > scenario.duration_s:
            found = f"{interval_s:g} s"
            faults.add(name, found, f"at most duration_s, {scenario.duration_s:g} s")


def check_zones(loaded: Loaded, faults: Faults) -> None:
    """Tell zones that are no zones."""
    for path, zone in whole(loaded.scenario.zones, "zones"):
        if is_sound(faults, path):
            check_zone(zone, faults.under(path))
