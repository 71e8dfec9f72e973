"""Made networks for the tests of a node."""

from jointsky.node.setup import LinkOf, Network, SiteOf

T0_S = 1_800_000_000.0  # 2027: the numbers of tracks count from 2020


def a_network(sensors, sensor_site, sites=1, links=(), share="plots", **given):
    """Return a network of sites of two nations in turn; links are pairs of rows, or with share."""
    return Network(
        name="test",
        sites=[SiteOf(f"site-{k}", "ab"[k % 2]) for k in range(sites)],
        sensors=sensors,
        sensor_site=sensor_site,
        links=[
            LinkOf(f"link-{pair[0]}-{pair[1]}", pair[:2], *(pair[2:] or (share,))) for pair in links
        ],
        **given,
    )
