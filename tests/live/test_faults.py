"""What goes wrong in the field, made: two nodes as processes, real sockets, and they go on.

The nodes are started once; each test makes one fault, sees it told, and sees it mended.
"""

import contextlib
import json
import resource
import time

import pytest
import zenoh
from network_parts.wire import Proxy

from jointsky.live.load import load
from jointsky.live.network import mark
from live.made import PLACES, TARGETS, Made, Node, Radars, block, numbers

pytestmark = pytest.mark.xdist_group("live faults")
LIMIT = resource.RLIMIT_FSIZE
FREE = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Network:
    """Two sites with a radar each, and the wire between them."""

    def __init__(self, folder):
        self.folder = folder
        made = Made(folder, outputs=[{"path": "{site}.jsonl", "interval_s": 0.5}])
        self.proxy = Proxy(made.listen_port)
        self.made, self.path = made, made.write(self.proxy.port)
        self.radars = Radars(made)
        self.nodes = {site: Node(self.path, site) for site in PLACES}

    def settle(self, seconds=60.0):
        """Wait until both nodes show all targets, the link up."""
        for node in self.nodes.values():
            node.until(is_well, seconds)

    def close(self):
        self.radars.end()
        ends = [node.end() for node in self.nodes.values()]
        self.proxy.close()
        return ends


def is_well(status):
    links = status["transport"]
    return status["tracks"] == TARGETS and all(link["is_matched"] for link in links)


def now_s():
    return time.time()  # noqa: TID251


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    made = Network(tmp_path_factory.mktemp("live"))
    try:
        made.settle(240.0)  # kernels may have to be compiled
        yield made
    finally:
        made.close()


@pytest.fixture
def hill(network):
    return network.nodes["hill"]


@pytest.fixture
def shore(network):
    return network.nodes["shore"]


def same_numbers(network, since_s):
    """Return the numbers of all targets where both sites show each under one and the same."""
    hill, shore = (numbers(network.folder, site, since_s) for site in PLACES)
    is_same = len(hill) == TARGETS and hill == shore
    return hill if is_same and all(len(one) == 1 for one in hill.values()) else None


def wait_for(true, seconds=40.0):
    end_s = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end_s, "it never came to pass"
        time.sleep(0.2)
    return found


def test_both_nations_show_the_same_targets_under_the_same_numbers(network):
    wait_for(lambda: same_numbers(network, now_s() - 2.0))


def test_garbage_of_a_peer_is_refused_and_told_and_changes_nothing(network, hill):
    before = hill.last["transport"][0]["refused"]
    config = zenoh.Config()
    config.insert_json5("mode", '"client"')
    point = f"tcp/127.0.0.1:{network.made.listen_port}"
    config.insert_json5("connect/endpoints", json.dumps([point]))
    own_mark = mark(load(network.path).config)
    with zenoh.open(config) as session:
        for k in range(40):
            garbage = bytes((k * j * 37 + j) % 256 for j in range(3 * k * k))
            for attachment in (own_mark, b"another", None):
                session.put(
                    "jointsky/test/cable/shore",
                    garbage,
                    attachment=attachment,
                    congestion_control=zenoh.CongestionControl.BLOCK,  # a put drops when busy
                )
        time.sleep(1.0)
    told = hill.until(lambda status: status["transport"][0]["refused"] >= before + 80)
    assert any("another configuration" in fault for fault in told["faults"])
    assert any("cannot be read or believed" in fault for fault in told["faults"])
    hill.until(is_well)
    wait_for(lambda: "link-fault-begins" in hill.journal()[0])


def test_a_node_that_was_killed_comes_back_with_its_numbers_and_what_it_missed(
    network, hill, shore
):
    before = wait_for(lambda: same_numbers(network, now_s() - 2.0))
    shore.kill()
    hill.until(lambda status: not status["transport"][0]["is_matched"])
    time.sleep(3.0)
    missed = hill.journal()[1]
    shore.begin()
    network.settle(240.0)
    wait_for(lambda: same_numbers(network, now_s() - 2.0) == before)
    assert shore.journal()[0].count("node-begins") == 2
    wait_for(lambda: missed <= shore.journal()[1])
    wait_for(lambda: len({life for who, life, _ in shore.journal()[1] if who == "shore"}) == 2)


def test_a_link_that_was_cut_is_told_and_after_it_both_have_what_the_other_recorded(
    network, hill, shore
):
    before = wait_for(lambda: same_numbers(network, now_s() - 2.0))
    network.proxy.cut()
    for node in (hill, shore):
        told = node.until(lambda status: not status["transport"][0]["is_matched"])
        assert any(fault.startswith("link cable") for fault in told["faults"])
        node.until(lambda status: status["tracks"] == TARGETS)  # each goes on alone
    time.sleep(4.0)
    apart = hill.journal()[1] | shore.journal()[1]
    network.proxy.heal()
    network.settle()
    for node in (hill, shore):
        wait_for(lambda node=node: apart <= node.journal()[1])
    wait_for(lambda: same_numbers(network, now_s() - 2.0) == before)


def test_a_full_disk_is_told_holds_nothing_up_and_is_caught_up_with(network, hill):
    resource.prlimit(hill.process.pid, LIMIT, (1, FREE[1]))
    told = hill.until(lambda status: not status["store"]["is_well"])
    assert any(fault.startswith("store: ") for fault in told["faults"])
    time.sleep(2.0)
    hill.until(is_well)
    resource.prlimit(hill.process.pid, LIMIT, FREE)
    hill.until(lambda status: status["store"]["is_well"] and status["store"]["waiting"] < 20)
    assert hill.last["store"]["lost"] == 0
    kinds, held = hill.journal()
    assert "store-fails" in kinds
    wait_for(lambda: "store-writes-again" in hill.journal()[0])
    own = sorted(one for one in held if one[0] == "hill")
    assert [number for _, _, number in own] == list(range(own[0][2], own[-1][2] + 1))


@contextlib.contextmanager
def behaving(network, way):
    """Let the radar of the hill behave in a way for a while."""
    network.radars.ways["hill"] = way
    try:
        yield
    finally:
        network.radars.right()


def sensor_faults(status):
    return [fault for one in status["sensors"] for fault in one["faults"]]


@pytest.mark.parametrize("way", ["repeats", "clock", "flood"])
def test_a_radar_gone_wrong_is_told_and_makes_no_wrong_picture(network, hill, shore, way):
    old = [block("hill", now_s() - 4.0), block("hill", now_s() - 3.0)]
    ways = {
        "repeats": lambda now_s: old,
        "clock": lambda now_s: [block("hill", now_s, clock_off_s=3.0)],
        "flood": lambda now_s: [block("hill", now_s - 0.1 * k) for k in range(40)],
    }
    assert not sensor_faults(hill.last)
    with behaving(network, ways[way]):
        hill.until(sensor_faults)
        for _ in range(4):
            for node in (hill, shore):
                node.until(lambda status: True)
                assert node.last["tracks"] == TARGETS
    hill.until(lambda status: not sensor_faults(status) and is_well(status), 90.0)


def test_a_node_that_is_asked_to_end_says_its_last_and_ends_well(network, shore, hill):
    for node in (shore, hill):
        code, messages = node.end()
        assert code == 0, messages
        assert "Traceback" not in messages
        kinds, _ = node.journal()
        assert kinds[-1] == "node-ends"
