"""Declared links become links of two sites each, with the spans in which they carry nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from jointsky.declare_time import Window
from jointsky.scenario.built import BuiltLink
from jointsky.scenario.links import Failing, Link, Partition
from jointsky.scenario.times import Span
from jointsky.streams import stream

Spans = tuple[tuple[float, float], ...]


def connect(
    links: Sequence[Link],
    partitions: Sequence[Partition],
    nation_of: Mapping[str, str],
    span: Span,
    seed: int,
) -> list[BuiltLink]:
    """Return every link between two sites; ``nation_of`` gives each site's nation, in order.

    What fails at random hangs on ``seed`` and the link's name alone.
    """
    rows = {site: row for row, site in enumerate(nation_of)}
    parted = [
        (_group_of(partition, nation_of), span_of(partition, span)) for partition in partitions
    ]
    made = []
    for link in links:
        own = [span_of(window, span) for window in link.outages]
        for name, one, other in pairs(link, nation_of):
            cut = [when for group, when in parted if group[one] != group[other]]
            made.append(
                BuiltLink(
                    name=name,
                    ends=(rows[one], rows[other]),
                    share=link.share,
                    delay_s=link.delay_s,
                    jitter_s=link.jitter_s,
                    loss=link.loss,
                    bandwidth_kbps=link.bandwidth_kbps,
                    queue_s=link.queue_s,
                    outages_s=merged([*own, *cut, *failures(link.fails, name, span, seed)]),
                )
            )
    return made


def failures(
    failing: Failing | None, name: str, span: Span, seed: int
) -> list[tuple[float, float]]:
    """Return when a link of a name fails at random: an alternating renewal process.

    Spans with and without it are exponential, so that it is stationary where the first is drawn
    by the share of each (Ross 2014, 7.5).
    """
    if failing is None or failing.share == 0.0:
        return []
    if failing.share == 1.0:
        return [(span.begin_s, span.end_s)]
    rng = stream(seed, "link", name, "fails")
    up_s = failing.mean_s * (1.0 - failing.share) / failing.share
    is_out, time_s, made = bool(rng.random() < failing.share), span.begin_s, []
    while time_s < span.end_s:
        until_s = time_s + float(rng.exponential(failing.mean_s if is_out else up_s))
        if is_out:
            made.append((time_s, min(until_s, span.end_s)))
        is_out, time_s = not is_out, until_s
    return made


def pairs(link: Link, nation_of: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the name and the two sites of each link that a declared one stands for."""
    first, second = (sites_of(end, nation_of) for end in link.ends)
    is_one = all(end in nation_of for end in link.ends)
    for one, other in itertools.product(first, second):
        if one != other:
            yield link.name if is_one else f"{link.name}.{one}.{other}", one, other


def sites_of(name: str, nation_of: Mapping[str, str]) -> list[str]:
    """Return the site of a name, or the sites of the nation of that name."""
    if name in nation_of:
        return [name]
    return [site for site, nation in nation_of.items() if nation == name]


def merged(spans: Iterable[tuple[float, float]]) -> Spans:
    """Return spans of time in order, those that touch as one."""
    made: list[tuple[float, float]] = []
    for begin_s, end_s in sorted(spans):
        if made and begin_s <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end_s))
        else:
            made.append((begin_s, end_s))
    return tuple(made)


def groups_of(links: Iterable[tuple[int, int]], count: int) -> list[int]:
    """Return for each of ``count`` sites the least site that links connect it with, itself too."""
    least = list(range(count))
    ends = list(links)
    while True:
        before = list(least)
        for one, other in ends:
            least[one] = least[other] = min(least[one], least[other])
        if least == before:
            return least


def span_of(window: Window, span: Span) -> tuple[float, float]:
    """Return begin and end of a window, POSIX seconds; without an end, it lasts to the end."""
    end_s = span.end_s if window.end is None else span.moment(window.end)
    return span.moment(window.begin), end_s


def _group_of(partition: Partition, nation_of: Mapping[str, str]) -> dict[str, int]:
    """Return the number of each site's group; -1: in none of those that are named."""
    made = dict.fromkeys(nation_of, -1)
    for number, group in enumerate(partition.groups):
        for name in group:
            made |= dict.fromkeys(sites_of(name, nation_of), number)
    return made
