"""Who may have which messages over which link, by the declared network alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Protocol

from jointsky.exchange.declared import NodeSettings, Release, Share
from jointsky.records.exchange import NAMES, PLOTS, STATUS, TRACKS
from jointsky.records.sensors import Sensor

KINDS = (PLOTS, TRACKS, NAMES, STATUS)


class SiteFacts(Protocol):
    """What the exchange reads of a site."""

    @property
    def name(self) -> str:
        """Return its name, unique among its kind."""
        ...

    @property
    def nation(self) -> str:
        """Return the nation that it serves."""
        ...


class LinkFacts(Protocol):
    """What the exchange reads of a link."""

    @property
    def name(self) -> str:
        """Return its name, unique among its kind."""
        ...

    @property
    def ends(self) -> tuple[int, int]:
        """Return the rows of the sites that it joins."""
        ...

    @property
    def share(self) -> Share:
        """Return what passes."""
        ...

    @property
    def bandwidth_kbps(self) -> float | None:
        """Return what it carries, where that is known."""
        ...


class NetworkFacts(Protocol):
    """What the exchange reads of a network."""

    @property
    def name(self) -> str:
        """Return its name, unique among its kind."""
        ...

    @property
    def sites(self) -> Sequence[SiteFacts]:
        """Return all sites."""
        ...

    @property
    def sensors(self) -> Sequence[Sensor]:
        """Return all sensors; plots count their rows."""
        ...

    @property
    def links(self) -> Sequence[LinkFacts]:
        """Return all links."""
        ...

    @property
    def releases(self) -> Mapping[str, Release]:
        """Return what nations give, by nation; others give all."""
        ...

    @property
    def settings(self) -> NodeSettings:
        """Return how nodes wait, tell and keep."""
        ...


def neighbour(link: LinkFacts, site: int) -> int:
    """Return the site at the other end of a link."""
    return link.ends[1] if link.ends[0] == site else link.ends[0]


def may_pass(network: NetworkFacts, link: LinkFacts, sender: int, origin: int, kind: str) -> bool:
    """Return whether messages of a kind and an origin may go over a link from one of its ends.

    Plots pass links that share plots.  A site never hands on what another nation gave to a site
    of that nation: they are told by their own, and what they are told is not filtered.
    """
    to = network.sites[neighbour(link, sender)].nation
    home = network.sites[origin].nation
    if kind == PLOTS and link.share != "plots":
        return False
    return not (home == to and network.sites[sender].nation != home)


def domain(network: NetworkFacts, site: int) -> tuple[int, ...]:
    """Return the sites whose plots come to a site, itself among them, in order."""
    return tuple(row for row in range(len(network.sites)) if site in _reached(network, row))


def _reached(network: NetworkFacts, origin: int) -> set[int]:
    """Return the sites to which an origin's plots come."""
    found, waiting = {origin}, [origin]
    while waiting:
        at = waiting.pop()
        for link in network.links:
            if at in link.ends and may_pass(network, link, at, origin, PLOTS):
                to = neighbour(link, at)
                if to not in found:
                    found.add(to)
                    waiting.append(to)
    return found


def is_released(network: NetworkFacts, link: LinkFacts, sender: int, origin: int) -> bool:
    """Return whether a message leaves its nation over this link, and so is filtered."""
    home = network.sites[origin].nation
    here = network.sites[sender].nation
    return home == here and network.sites[neighbour(link, sender)].nation != home


def digest(network: NetworkFacts) -> bytes:
    """Return 4 octets that two sites have in common if they mean the same network."""
    parts = [network.name]
    parts += [f"{site.name}/{site.nation}" for site in network.sites]
    parts += [sensor.name for sensor in network.sensors]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=4).digest()
