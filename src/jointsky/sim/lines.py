"""What carries the words of two command posts: the scenario's links, hop by hop."""

from __future__ import annotations

import dataclasses
import heapq

from jointsky.scenario.built import Built, BuiltLink
from jointsky.sim.channels import Channel


class Line:
    """The way from one site to another and back; packets are lost, late and overtake each other."""

    def __init__(self, built: Built, ends: tuple[int, int], seed: int) -> None:
        links = shortest([*built.links, *built.words], *ends)
        own = [dataclasses.replace(link, name=f"{link.name}: duty") for link in links]
        self.is_there = bool(links) or ends[0] == ends[1]
        self._hops: dict[int, list[Channel]] = {}
        for begin, way in ((ends[0], own), (ends[1], own[::-1])):
            at, hops = begin, []
            for link in way:
                side = link.ends.index(at)
                hops.append(Channel(link, side, built.begin_s, seed))
                at = link.ends[1 - side]
            self._hops[begin] = hops

    def send(self, site: int, octets: int, now_s: float) -> float | None:
        """Return when a packet that a site gives to the line arrives; None: never."""
        if not self.is_there:
            return None
        time_s: float | None = now_s
        for channel in self._hops[site]:
            if time_s is not None:
                time_s = channel.send(time_s, octets)
        return time_s


def shortest(links: list[BuiltLink], begin: int, end: int) -> list[BuiltLink]:
    """Return the links from one site to another of the least delay in all (Dijkstra 1959)."""
    queue: list[tuple[float, int, int, tuple[int, ...]]] = [(0.0, 0, begin, ())]
    seen: set[int] = set()
    while queue:
        delay_s, count, at, way = heapq.heappop(queue)
        if at == end:
            return [links[row] for row in way]
        if at in seen:
            continue
        seen.add(at)
        for row, link in enumerate(links):
            if at in link.ends:
                other = link.ends[1 - link.ends.index(at)]
                heapq.heappush(queue, (delay_s + link.delay_s, count + 1, other, (*way, row)))
    return []
