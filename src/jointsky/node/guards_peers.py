"""Guards on what other sites send: plots that cannot be theirs, or from times that cannot be.

Other sites guard their own sensors; this is for a site whose clock is wrong or whose program is.
What is refused here stays out of this site's tracks only: the messages go on as they are.
"""

from __future__ import annotations

import numpy as np

from jointsky.errors import InputError
from jointsky.exchange.wire import unpack_plots
from jointsky.node.effects import Log
from jointsky.node.guards_bouts import Bouts
from jointsky.node.setup import Network
from jointsky.records.exchange import Message
from jointsky.records.plots import Plots
from jointsky.records.status import PeerStatus

FUTURE_S = 0.5  # clocks of sites that keep time agree far better
QUIET_S = 10.0
GARBAGE, NOT_THEIRS, FUTURE = "garbage", "not-theirs", "future"


class Peers:
    """Watches other sites by what they send."""

    def __init__(self, network: Network, site: int) -> None:
        self._own = site
        self._rows = {site.name: row for row, site in enumerate(network.sites)}
        self._site_of = np.asarray(network.sensor_site, np.int64)
        self._bouts = Bouts("site")
        self._links = Bouts("link")
        self.refused = np.zeros(len(network.sites), np.int64)  # plots, and messages that are none

    def plots(self, message: Message, now_s: float) -> Plots:
        """Return those plots of a message that can be believed."""
        origin = self._rows[message.origin]
        try:
            plots = unpack_plots(message.body)
        except InputError as error:
            self.garbage(message.origin, str(error), now_s)
            return Plots.make(0)
        known = (plots.sensor >= 0) & (plots.sensor < len(self._site_of))
        theirs = known.copy()
        theirs[known] = self._site_of[plots.sensor[known]] == origin
        in_time = plots.time_s <= now_s + FUTURE_S
        for mask, fault in ((theirs, NOT_THEIRS), (in_time | ~theirs, FUTURE)):
            count = int((~mask).sum())
            if count:
                self.refused[origin] += count
                facts = {}
                if fault == FUTURE:
                    facts = {"ahead_s": round(float(plots.time_s.max() - now_s), 3)}
                self._bouts.seen(message.origin, fault, now_s, count, quiet_s=QUIET_S, **facts)
        believed = theirs & in_time
        return plots if believed.all() else plots.rows(believed)

    def garbage(self, site: str, why: str, now_s: float) -> None:
        """Note a message of a site that does not hold what it says."""
        self.refused[self._rows[site]] += 1
        self._bouts.seen(site, GARBAGE, now_s, quiet_s=QUIET_S, why=why)

    def bad_packet(self, link: str, why: str, now_s: float) -> None:
        """Note something that came over a link and cannot be believed."""
        self._links.seen(link, GARBAGE, now_s, quiet_s=QUIET_S, why=why)

    def logs(self, now_s: float) -> list[Log]:
        """Return the faults that began and ended since the last time."""
        return self._bouts.advance(now_s) + self._links.advance(now_s)

    def next_s(self) -> float:
        """Return when the next fault ends, if it is not seen again."""
        return min(self._bouts.next_s(), self._links.next_s())

    def status(self) -> tuple[PeerStatus, ...]:
        """Return what is wrong with each of the other sites."""
        return tuple(
            PeerStatus(name=name, refused=int(self.refused[row]), faults=self._bouts.of(name))
            for name, row in self._rows.items()
            if row != self._own
        )
