"""Which sites share all their plots, so that each runs the same tracker on the union."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jointsky.node.setup import Network

_WORD = 64


def domain_of(network: Network, site: int) -> list[int]:
    """Return the rows of the sites that get the same plots as ``site``, itself among them.

    They hang together by links that share plots, however many lie between.
    """
    found, waiting = {site}, [site]
    while waiting:
        here = waiting.pop()
        for link in network.links:
            if link.share == "plots" and here in link.ends:
                there = link.ends[1] if link.ends[0] == here else link.ends[0]
                if there not in found:
                    found.add(there)
                    waiting.append(there)
    return sorted(found)


def sensors_of(network: Network, sites: Sequence[int]) -> npt.NDArray[np.int32]:
    """Return the rows of the sensors that these sites own, in order."""
    return np.flatnonzero(np.isin(network.sensor_site, sites)).astype(np.int32)


def spread(
    bits: npt.NDArray[np.uint64], rows: npt.NDArray[np.int32], count: int
) -> npt.NDArray[np.uint64]:
    """Return bits (n, words) that count the sensors of ``rows`` as such that count all of them."""
    words = max(-(-count // _WORD), 1)
    if len(rows) == count and bits.shape[1] == words:
        return bits
    out = np.zeros((len(bits), words), np.uint64)
    one = np.uint64(1)
    for local, row in enumerate(rows.tolist()):
        bit = (bits[:, local // _WORD] >> np.uint64(local % _WORD)) & one
        out[:, row // _WORD] |= bit << np.uint64(row % _WORD)
    return out
