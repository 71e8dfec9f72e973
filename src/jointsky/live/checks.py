"""What no single field of a configuration can tell: names given twice, names of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jointsky.assess.zone_checks import check_zone
from jointsky.declare import Faults
from jointsky.declare_names import alike
from jointsky.declare_time import Window, is_stamp, stamp_s
from jointsky.errors import did_you_mean
from jointsky.live.declared import LiveConfig, LiveSensor, LiveSite
from jointsky.live.feeds import AnyFeed, ReplayFeed

PLACED = ("radar", "ssr", "surface-radar")  # they measure from where they stand


def check(config: LiveConfig, faults: Faults) -> None:
    """Tell everything that is wrong with a configuration whose form is right."""
    _once("nation", [("nations", k, one.name) for k, one in enumerate(config.nations)], faults)
    _once("site", [("sites", k, one.name) for k, one in enumerate(config.sites)], faults)
    _once("link", [("links", k, one.name) for k, one in enumerate(config.links)], faults)
    sensors = [
        (f"sites[{s}].sensors", k, sensor.name)
        for s, site in enumerate(config.sites)
        for k, sensor in enumerate(site.sensors)
    ]
    _once("sensor", sensors, faults)
    nations = [nation.name for nation in config.nations]
    for number, site in enumerate(config.sites):
        path = f"sites[{number}]"
        _known(site.nation, nations, "nation", f"{path}.nation", faults)
        _check_sensors(site, faults.under(path))
        _check_feeds(site, faults.under(path))
    _check_links(config, faults)
    _check_transport(config, faults)
    _check_zones(config, faults)
    for number, output in enumerate(config.outputs):
        to_host = output.host is not None and output.port is not None
        if (output.path is not None) == to_host or (output.host is None) != (output.port is None):
            wanted = "either path, or host and port"
            faults.add(f"outputs[{number}]", "nothing says where it goes, or two places", wanted)


def sensor_of(feed: AnyFeed, sensors: Sequence[LiveSensor]) -> LiveSensor | None:
    """Return the one sensor whose plots a feed carries; None where they say it themselves.

    A feed of a format without SAC/SIC is that of the site's only ADS-B station, if it has one.
    """
    if feed.sensor is not None:
        return next((one for one in sensors if one.name == feed.sensor), None)
    if isinstance(feed, ReplayFeed) or feed.format == "asterix":
        return None
    stations = [one for one in sensors if one.kind == "adsb"]
    return stations[0] if len(stations) == 1 else None


def _once(sort: str, items: Iterable[tuple[str, int, str]], faults: Faults) -> None:
    taken: dict[str, str] = {}
    for section, number, name in items:
        at = f"{section}[{number}].name"
        first = taken.setdefault(alike(name), at)
        if first != at:
            faults.add(at, f"{name!r} is already the {sort} of {first}", "a name of its own")


def _known(name: str, names: Sequence[str], sort: str, path: str, faults: Faults) -> None:
    if name not in names:
        wanted = "one of " + ", ".join(names) if names else f"a {sort} that is declared"
        faults.add(path, f"there is no {sort} {name!r}", wanted, did_you_mean(name, names))


def _check_sensors(site: LiveSite, faults: Faults) -> None:
    taken: dict[tuple[int, int, bool], str] = {}
    for number, sensor in enumerate(site.sensors):
        path = f"sensors[{number}]"
        if (sensor.latitude_deg is None) != (sensor.longitude_deg is None):
            faults.add(path, "only one of latitude_deg and longitude_deg", "both, or none")
        elif sensor.latitude_deg is None and sensor.kind in PLACED:
            found = f"a {sensor.kind} whose place nothing says"
            faults.add(path, found, "latitude_deg, longitude_deg and height_m")
        if (sensor.sac < 0) != (sensor.sic < 0):
            faults.add(path, "only one of sac and sic", "both, or none")
        if sensor.sac >= 0:
            key = sensor.sac, sensor.sic, sensor.kind == "adsb"
            first = taken.setdefault(key, path)
            if first != path:
                found = f"{sensor.sac}/{sensor.sic} is already that of {first}"
                faults.add(path, found, "a SAC/SIC of its own")


def _check_feeds(site: LiveSite, faults: Faults) -> None:
    _once("feed", [("feeds", k, one.name) for k, one in enumerate(site.feeds)], faults)
    names = [sensor.name for sensor in site.sensors]
    for number, feed in enumerate(site.feeds):
        path = f"feeds[{number}]"
        if feed.sensor is not None:
            _known(feed.sensor, names, "sensor", f"{path}.sensor", faults)
        elif isinstance(feed, ReplayFeed) or feed.format == "asterix":
            if not any(sensor.sac >= 0 for sensor in site.sensors) and len(names) != 1:
                found = "no sensor of the site has sac and sic, by which its plots would be told"
                faults.add(path, found, "sac and sic of the sensors, or `sensor`")
        elif sensor_of(feed, site.sensors) is None:
            found = f"{feed.format} does not say which sensor it is of"
            faults.add(path, found, "`sensor`", "a site's only sensor of kind adsb needs none")


def _check_links(config: LiveConfig, faults: Faults) -> None:
    sites = [site.name for site in config.sites]
    for number, link in enumerate(config.links):
        path = f"links[{number}].ends"
        for end, name in enumerate(link.ends):
            _known(name, sites, "site", f"{path}[{end}]", faults)
        if link.ends[0] == link.ends[1]:
            faults.add(path, f"both ends are {link.ends[0]!r}", "two sites")


def _check_zones(config: LiveConfig, faults: Faults) -> None:
    _once("zone", [("zones", k, one.name) for k, one in enumerate(config.zones)], faults)
    nations = [nation.name for nation in config.nations]
    for number, zone in enumerate(config.zones):
        at = f"zones[{number}]"
        check_zone(zone, faults.under(at))
        if zone.nation:
            _known(zone.nation, nations, "nation", f"{at}.nation", faults)
        if zone.height_above == "ground":
            found = "heights above ground, and a live site knows no ground"
            faults.add(f"{at}.height_above", found, "sea")
        for place, window in enumerate(zone.active):
            _check_window(window, faults.under(f"{at}.active[{place}]"))


def _check_window(window: Window, faults: Faults) -> None:
    """Tell a span of which the times are no stamps, or that ends before it begins."""
    has_begin = window.begin != 0.0
    for name, moment in (("begin", window.begin if has_begin else None), ("end", window.end)):
        if moment is not None and not is_stamp(moment):
            faults.add(name, f"{moment!r}", "a stamp in UTC: '2026-05-01T10:00:00Z'")
            return
    if has_begin and window.end is not None and _is_upside_down(window):
        faults.add("end", f"{window.end!r}, not after `begin`", f"later than {window.begin}")


def _is_upside_down(window: Window) -> bool:
    return stamp_s(str(window.end)) <= stamp_s(str(window.begin))


def _check_transport(config: LiveConfig, faults: Faults) -> None:
    transport = config.transport
    by_name = {site.name: site for site in config.sites}
    is_open = transport.scouting or transport.zenoh is not None
    for number, link in enumerate(config.links):
        ends = [by_name[name] for name in link.ends if name in by_name]
        if not is_open and ends and not any(end.listen or end.connect for end in ends):
            faults.add(
                f"links[{number}]",
                "neither of its ends listens or connects anywhere",
                "`listen` at one of the two sites, as [tcp/192.0.2.7:7447]",
            )
    for number, site in enumerate(config.sites):
        for name in ("listen", "connect"):
            for place, endpoint in enumerate(getattr(site, name)):
                is_sealed = endpoint.startswith(("tls/", "quic/"))
                if is_sealed and transport.tls is None and transport.zenoh is None:
                    path = f"sites[{number}].{name}[{place}]"
                    faults.add(path, f"{endpoint} without keys", "`transport: {tls: ...}`")
        if transport.mode == "client" and not site.connect and transport.zenoh is None:
            found = "a client that connects to no router"
            faults.add(f"sites[{number}]", found, "`connect`: the endpoint of a router")
