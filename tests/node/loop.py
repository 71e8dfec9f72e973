"""A tiny world of nodes and links for the tests of a node: one agenda, no chance in it."""

import heapq
import itertools

import numpy as np

from jointsky.node.effects import Keep, Log, Send, Told, Wake
from jointsky.node.picture import PictureNode
from jointsky.records.columns import join
from jointsky.records.tracks import Tracks
from node.made import T0_S


class Loop:
    """Nodes in simulated time; ``delay_s(link, k, now_s)`` of the k-th packet, None: it is lost.

    ``again()`` below a quarter: the packet comes once more, a second later.  ``skew_s`` is by how
    much the clocks of sites, and those of their sensors, are ahead; ``watch`` sees what is sent.

    Everything that the nodes wanted written is in ``kept``, ``logged`` and ``told``, by site.
    """

    def __init__(
        self, network, begun_s=T0_S, delay_s=lambda link, k, now_s: 0.05, again=lambda: 1.0
    ):
        self.network = network
        self.now_s = begun_s
        self.nodes = [PictureNode(network, k, begun_s) for k in range(len(network.sites))]
        self.kept = [[] for _ in network.sites]
        self.logged = [[] for _ in network.sites]
        self.told = [[] for _ in network.sites]
        self.octets = {link.name: 0 for link in network.links}
        self._ends = {link.name: link.ends for link in network.links}
        self._delay_s = delay_s
        self._sent = itertools.count()
        self._order = itertools.count()
        self._agenda = []
        self._again = again
        self.skew_s = [0.0 for _ in network.sites]
        self.watch = lambda site, effect: None
        self._alive = [0 for _ in network.sites]
        for site, node in enumerate(self.nodes):
            self._do(site, node.on_time(begun_s))

    def at(self, time_s, what):
        """Have something done at a time."""
        heapq.heappush(self._agenda, (time_s, next(self._order), what))

    def feed(self, plots, every_s=0.5, late_s=0.05):
        """Give plots to the sites of their sensors in batches, so long after each batch's end."""
        site_of = np.array(self.network.sensor_site)[plots.sensor]
        batch = np.floor(plots.time_s / every_s).astype(np.int64)
        for site in range(len(self.nodes)):
            for b in np.unique(batch[site_of == site]).tolist():
                part = plots.rows((batch == b) & (site_of == site))
                self.give(site, part, (b + 1) * every_s + late_s)

    def give(self, site, plots, time_s):
        """Give plots to a site at a time."""

        def take():
            if self.nodes[site] is not None:
                ahead = plots.replace(time_s=plots.time_s + self.skew_s[site])
                self._do(site, self.nodes[site].on_plots(ahead, self.clock_s(site)))

        self.at(time_s, take)

    def clock_s(self, site):
        """Return what the clock of a site says now."""
        return self.now_s + self.skew_s[site]

    def kill(self, site, time_s, for_s):
        """Kill a node; a new one begins after so long, from what was kept."""
        self.at(time_s, lambda: self._die(site))
        self.at(time_s + for_s, lambda: self._rise(site))

    def run(self, until_s):
        """Do all that is on the agenda up to a time."""
        while self._agenda and self._agenda[0][0] <= until_s:
            time_s, _, what = heapq.heappop(self._agenda)
            self.now_s = max(self.now_s, time_s)
            what()
        self.now_s = until_s

    def picture(self, site, at_s=None):
        """Return the picture of a site now, or of another time, in the order of its numbers."""
        tracks = self.nodes[site].picture(self.now_s if at_s is None else at_s)
        return tracks.rows(np.argsort(tracks.track_number, kind="stable"))

    def all_told(self, site):
        """Return all rows that a site told."""
        return join([Tracks.make(0), *self.told[site]])

    def kinds(self, site):
        """Return the kinds of the log entries of a site."""
        return [log.kind for log in self.logged[site]]

    def _die(self, site):
        self._alive[site] += 1
        self.nodes[site] = None

    def _rise(self, site):
        node = self.nodes[site] = PictureNode(self.network, site, self.now_s)
        self._do(site, node.restore(self.kept[site], self.now_s))

    def _do(self, site, effects):
        for effect in effects:
            if isinstance(effect, Send):
                self._send(site, effect)
            elif isinstance(effect, Keep):
                self.kept[site].append(effect.message)
            elif isinstance(effect, Log):
                self.logged[site].append(effect)
            elif isinstance(effect, Told):
                self.told[site].append(effect.tracks)
            elif isinstance(effect, Wake):
                self._call(
                    site,
                    effect.at_s - self.skew_s[site],
                    lambda node: node.on_time(self.clock_s(site)),
                )

    def _call(self, site, time_s, what):
        """Do something with a node later, unless it is killed before."""
        life = self._alive[site]

        def then():
            if self.nodes[site] is not None and self._alive[site] == life:
                self._do(site, what(self.nodes[site]))

        self.at(time_s, then)

    def _send(self, site, effect):
        self.octets[effect.link] += len(effect.packet)
        self.watch(site, effect)
        ends = self._ends[effect.link]
        other = ends[1] if ends[0] == site else ends[0]
        delay_s = self._delay_s(effect.link, next(self._sent), self.now_s)
        if delay_s is not None:
            link, packet = effect.link, effect.packet

            def arrive():
                node = self.nodes[other]
                if node is not None:
                    self._do(other, node.on_record(link, packet, self.clock_s(other)))

            self.at(self.now_s + delay_s, arrive)
            if self._again() < 0.25:
                self.at(self.now_s + delay_s + 1.0, arrive)
