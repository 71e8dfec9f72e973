"""Links over Zenoh: packets arrive in order, by TCP, TLS, a router; others' are refused."""

import shutil
import subprocess
import time

import pytest
import zenoh

from jointsky.errors import InputError
from jointsky.live.declared import Tls, Transport
from jointsky.live.inbox import Inbox
from jointsky.live.transport import Links, settings
from live.made import free_port

MARK = b"8 octets"


def until(true, seconds=20.0):
    end_s = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end_s, "it never came to pass"
        time.sleep(0.02)


def opened(transport, listen, connect, folder, site, other, mark=MARK, queue=1 << 22):
    inbox = Inbox([], {"cable": queue})
    config = settings(
        transport, listen, connect, lambda text: folder / text.replace("{site}", site)
    )
    return inbox, Links(config, "test", site, {"cable": other}, inbox, mark, queue)


def pair(folder, transport=None, scheme="tcp", marks=(MARK, MARK)):
    transport = transport or Transport()
    point = f"{scheme}/localhost:{free_port()}"
    hill = opened(transport, [point], [], folder, "hill", "shore", marks[0])
    shore = opened(transport, [], [point], folder, "shore", "hill", marks[1])
    return hill, shore


def check_carries(hill, shore):
    (hill_in, hill_links), (shore_in, shore_links) = hill, shore
    until(lambda: all(one.carried["cable"].is_matched for one in (hill_links, shore_links)))
    packets = [bytes([k % 256]) * (1 + 37 * k) for k in range(300)]
    for packet in packets:
        hill_links.send("cable", packet)
        shore_links.send("cable", packet[::-1])
    got = {"hill": [], "shore": []}

    def have_all():
        got["shore"] += [one.data for one in shore_in.take_packets()]
        got["hill"] += [one.data for one in hill_in.take_packets()]
        return all(len(one) == len(packets) for one in got.values())

    until(have_all)
    assert got["shore"] == packets
    assert hill_links.carried["cable"].sent_octets == sum(map(len, packets))


def test_packets_go_both_ways_in_order(tmp_path):
    hill, shore = pair(tmp_path)
    check_carries(hill, shore)
    shore[1].end()
    until(lambda: not hill[1].carried["cable"].is_matched)
    hill[1].end()


def a_router(port):
    """Return what stands in for zenohd: a session that passes on what others send."""
    config = zenoh.Config()
    config.insert_json5("mode", '"router"')
    config.insert_json5("listen/endpoints", f'["tcp/127.0.0.1:{port}"]')
    config.insert_json5("scouting/multicast/enabled", "false")
    return zenoh.open(config)


def test_packets_go_through_a_router_and_again_when_it_is_back(tmp_path):
    port, client = free_port(), Transport(mode="client")
    point = f"tcp/127.0.0.1:{port}"
    router = a_router(port)
    hill = opened(client, [], [point], tmp_path, "hill", "shore")
    shore = opened(client, [], [point], tmp_path, "shore", "hill")
    check_carries(hill, shore)
    router.close()
    until(lambda: not any(one.carried["cable"].is_matched for _, one in (hill, shore)))
    router = a_router(port)
    until(lambda: all(one.carried["cable"].is_matched for _, one in (hill, shore)))
    before = shore[1].carried["cable"].heard
    hill[1].send("cable", b"again")
    until(lambda: shore[1].carried["cable"].heard > before)
    for _, links in (hill, shore):
        links.end()
    router.close()


def test_packets_of_another_configuration_are_refused_and_told(tmp_path):
    hill, shore = pair(tmp_path, marks=(MARK, b"7 octets"))
    until(lambda: hill[1].carried["cable"].is_matched)
    hill[1].send("cable", b"packet")
    until(lambda: shore[1].carried["cable"].refused == 1)
    assert shore[0].take_packets() == []
    assert shore[1].carried["cable"].other_mark == MARK.hex()
    for _, links in (hill, shore):
        links.end()


def test_an_endpoint_that_is_taken_is_told_in_words(tmp_path):
    point = f"tcp/127.0.0.1:{free_port()}"
    _, first = opened(Transport(), [point], [], tmp_path, "hill", "shore")
    with pytest.raises(InputError, match="in use"):
        opened(Transport(), [point], [], tmp_path, "hill", "shore")
    first.end()


def test_settings_that_zenoh_does_not_take_are_told_with_their_file(tmp_path):
    (tmp_path / "zenoh.json5").write_text("{mode: 'pear'}")
    with pytest.raises(InputError, match=r"zenoh\.json5"):
        settings(Transport(zenoh="zenoh.json5"), [], [], lambda text: tmp_path / text)


def made_keys(folder):
    """Make an authority and the certificates of two sites by it."""

    def run(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run(
        "req",
        "-x509",
        *new,
        "-days",
        "30",
        "-subj",
        "/CN=us",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    )
    for site in ("hill", "shore"):
        name, request = f"/CN={site}", f"{site}.csr"
        run("req", *new, "-subj", name, "-keyout", f"{site}.key", "-out", request)
        (folder / "names").write_text("subjectAltName=DNS:localhost\n")
        run(
            *("x509", "-req", "-in", request, "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-days", "30", "-extfile", "names", "-out", f"{site}.pem"),
        )


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the keys")
def test_with_keys_packets_go_by_tls_and_a_stranger_is_not_let_in(tmp_path):
    made_keys(tmp_path)
    tls = Tls(root_ca="ca.pem", certificate="{site}.pem", private_key="{site}.key")
    hill, shore = pair(tmp_path, Transport(tls=tls), "tls")
    check_carries(hill, shore)
    hill[1].end()
    shore[1].end()
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    made_keys(stranger)
    point = f"tls/localhost:{free_port()}"
    _, hill_links = opened(Transport(tls=tls), [point], [], tmp_path, "hill", "shore")
    _, other_links = opened(Transport(tls=tls), [], [point], stranger, "shore", "hill")
    time.sleep(1.5)
    assert not hill_links.carried["cable"].is_matched
    assert hill_links.peers() == 0
    other_links.end()
    hill_links.end()
