"""Pictures of a network: drawn from whole and from scant figures, the same octets every time."""

import numpy as np
import pytest
from matplotlib.image import imread

from jointsky.metrics.commonality import commonality
from jointsky.metrics.holdings import Holdings
from jointsky.pictures.network import (
    LinkRates,
    NetworkView,
    Outage,
    draw_network,
    seconds,
    share,
)
from jointsky.pictures.ways import PANELS, WayFigures, draw_ways

BEGIN_S = 1_777_629_600.0


def _common(nations="AB", with_view=True, moments=20):
    sites = len(nations)
    moment = np.repeat(np.arange(moments), sites)
    site = np.tile(np.arange(sites), moments)
    nothing = np.zeros_like(moment)
    held = Holdings(
        time_s=BEGIN_S + np.arange(moments) * 10.0,
        moment=moment,
        site=site,
        target=nothing,
        number=np.where(moment < 10, 7, site),
        position_m=np.zeros((len(moment), 3)),
        mode_s=nothing - 1,
        call_sign=nothing - 1,
        sites=sites,
        view=np.full(moments, 2) if with_view else None,
    )
    return commonality(held, [f"site {k}" for k in range(sites)], list(nations))


def _view(common, **columns):
    return NetworkView("a network", BEGIN_S, BEGIN_S + 200.0, common, **columns)


def _links(n):
    edges_s = BEGIN_S + np.arange(0.0, 210.0, 10.0)
    rates = np.full((n, 20), 1000.0) * np.arange(n)[:, None]
    return LinkRates(edges_s, [f"link {k}" for k in range(n)], rates, [k < 2 for k in range(n)])


@pytest.mark.parametrize(
    "view",
    [
        _view(
            _common("AABB"), outages=[Outage(BEGIN_S + 50, BEGIN_S + 90, "cut")], links=_links(9)
        ),
        _view(_common(with_view=False), late_s={"own": np.array([0.0]), "others": np.ones(9)}),
        _view(_common("AB" * 9), outages=[Outage(0.0, 1.0)], links=_links(0)),
        _view(_common("AA"), late_s={"everywhere": np.geomspace(0.01, 90.0, 5000)}),
    ],
    ids=["whole", "without truth", "many sites", "one nation"],
)
def test_a_network_is_drawn_and_twice_the_same(view, tmp_path):
    for name in ("one.png", "two.png"):
        draw_network(view, tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert imread(tmp_path / "one.png").std() > 0.02  # something is on it


def test_an_outage_is_shaded_where_it_was(tmp_path):
    common = _common()
    draw_network(_view(common), tmp_path / "without.png")
    cut = [Outage(BEGIN_S + 100.0, BEGIN_S + 200.0, "")]
    draw_network(_view(common, outages=cut), tmp_path / "with.png")
    changed = (imread(tmp_path / "with.png") != imread(tmp_path / "without.png")).any(axis=2)
    columns = np.flatnonzero(changed[150:].any(axis=0)) / changed.shape[1]
    assert columns.min() == pytest.approx(0.045 + 0.26, abs=0.003)  # the middle of the axes
    assert columns.max() == pytest.approx(0.045 + 0.52, abs=0.003)  # their end


def test_ways_are_drawn_with_what_is_known_of_them(tmp_path):
    figures = {"completeness": 0.9, "common": 0.8, "latency_p99_s": 0.2, "octets_hz": 0.0}
    rows = [
        WayFigures("alone", "ideal", {**figures, "common": float("nan")}),
        WayFigures("plots", "ideal", figures, {"completeness": (0.8, 0.95)}),
        WayFigures("plots", "degraded", {**figures, "latency_p99_s": 60.0}),
        WayFigures("our own way", "degraded", {}),
    ]
    for name in ("one.png", "two.png"):
        draw_ways(rows, tmp_path / name, "what sharing is worth", PANELS)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert imread(tmp_path / "one.png").std() > 0.02


def test_only_all_is_a_hundred_per_cent():
    assert share(1.0) == "100 %"
    assert share(0.99999) == "99.9 %"
    assert share(0.5) == "50 %"
    assert share(float("nan")) == "-"


def test_times_read_in_milliseconds_or_seconds():
    assert [seconds(value) for value in (0.0421, 0.25, 1.0, 62.5, 1200.0)] == [
        "42.1 ms",
        "250 ms",
        "1 s",
        "62.5 s",
        "1,200 s",
    ]
