"""Octets of feeds, by real sockets and files, become the same plots as a recording of them."""

import asyncio
import json
import pathlib
import socket
import time

import numpy as np
import pytest

from jointsky.errors import InputError
from jointsky.formats.options import ReadOptions
from jointsky.live.clock import Clock
from jointsky.live.declared import Clock as ClockSettings
from jointsky.live.declared import LiveSensor, LiveSite
from jointsky.live.decoding import Decoder
from jointsky.live.feeds import ReplayFeed, TailFeed, TcpFeed, UdpFeed
from jointsky.live.inbox import Chunk, Inbox
from jointsky.live.replay import Replay
from jointsky.live.sources import Reader, read_tail, read_tcp, read_udp
from jointsky.recording.read import read
from live.made import block, free_port

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples/two-nations"
NORTH = EXAMPLES / "north.ast"
SENSORS = (
    LiveSensor(name="a", sac=1, sic=1, latitude_deg=55.0, longitude_deg=27.0),
    LiveSensor(name="b", sac=1, sic=2, latitude_deg=55.0, longitude_deg=28.0),
)
AVR = (
    b"*8D40621D58C382D690C8AC2863A7;\n",
    b"*8D40621D58C386435CC412692AD6;\n",
)
SBS = (
    b"MSG,1,1,1,40621D,1,2026/05/01,10:00:00.000,2026/05/01,10:00:00.000,KLM1023,,,,,,,,,,,\n",
    b"MSG,4,1,1,40621D,1,2026/05/01,10:00:01.000,2026/05/01,10:00:01.000,,,420,90,,,0,,,,,\n",
    b"MSG,3,1,1,40621D,1,2026/05/01,10:00:02.000,2026/05/01,10:00:02.000,,38000,,,52.2,3.9,,,0,0,0,0\n",
)


def site(*feeds, sensors=SENSORS):
    return LiveSite(name="hill", nation="north", sensors=sensors, feeds=feeds)


def readers(feeds):
    inbox = Inbox([feed.queue_octets for feed in feeds], {})
    told = []
    clock = Clock(ClockSettings())
    say = lambda kind, feed, facts: told.append(kind)  # noqa: E731
    return inbox, [Reader(k, inbox, clock, say) for k in range(len(feeds))], told


async def gathered(inbox, octets, seconds=10.0):
    """Return what came, once so many octets did."""
    chunks, end_s = [], time.monotonic() + seconds
    while sum(len(chunk.data) for chunk in chunks) < octets:
        assert time.monotonic() < end_s
        await asyncio.sleep(0.02)
        chunks += inbox.take_chunks()
    return chunks


def test_the_octets_of_a_recording_in_datagrams_are_the_plots_of_that_recording():
    data = NORTH.read_bytes()
    expected = read(NORTH).plots
    decoder = Decoder(site(UdpFeed(name="lan", port=1)), 5)
    day_s, parts, at, payload = 1_777_593_600.0, [], 0, b""
    while at < len(data):
        size = data[at + 1] << 8 | data[at + 2]
        payload, at = payload + data[at : at + size], at + size
        if len(payload) > 2000 or at == len(data):
            newest = int(np.searchsorted(expected.offset, at)) - 1
            parts.append(Chunk(0, day_s + expected.time_s[newest] + 0.3, payload))
            payload = b""
    found = [decoder.plots([one])[0] for one in parts]
    rows = np.concatenate([one.sensor for one in found])
    assert len(rows) == len(expected) == decoder.feeds[0].plots
    assert set(rows.tolist()) == {5, 6}
    time_s = np.sort(np.concatenate([one.time_s for one in found]))
    assert np.allclose(time_s, np.sort(expected.time_s) + day_s, atol=1e-6)
    range_m = np.sort(np.concatenate([one.range_m for one in found]))
    assert np.array_equal(range_m, np.sort(expected.range_m))
    assert not decoder.feeds[0].faults


def test_datagrams_to_a_port_and_to_a_group_come_in():
    feeds = (
        UdpFeed(name="lan", port=free_port(socket.SOCK_DGRAM), interface="127.0.0.1"),
        UdpFeed(
            name="group",
            port=free_port(socket.SOCK_DGRAM),
            group="239.5.6.7",
            interface="127.0.0.1",
        ),
    )
    sent = block("hill", 1e9)

    async def receive():
        inbox, made, _ = readers(feeds)
        tasks = [
            asyncio.create_task(read_udp(one, feed)) for one, feed in zip(made, feeds, strict=True)
        ]
        await asyncio.sleep(0.1)
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        out.sendto(sent, ("127.0.0.1", feeds[0].port))
        out.sendto(sent, ("239.5.6.7", feeds[1].port))
        chunks = await gathered(inbox, 2 * len(sent))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        out.close()
        return chunks, made

    chunks, made = asyncio.run(receive())
    assert sorted((chunk.feed, chunk.data) for chunk in chunks) == [(0, sent), (1, sent)]
    assert all(one.line.state == "listening" for one in made)
    plots = Decoder(site(*feeds), 0).plots(chunks)[0]
    assert len(plots) == 16


def test_a_port_that_is_taken_is_told():
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", 0))
    feed = UdpFeed(name="lan", port=taken.getsockname()[1], interface="127.0.0.1")
    _, (reader,), _ = readers([feed])
    with pytest.raises(InputError, match=r"feed lan: UDP port .* in use"):
        asyncio.run(read_udp(reader, feed))
    taken.close()


def test_a_server_that_goes_away_is_connected_to_again_and_pieces_are_put_together():
    sent = b"".join(block("hill", 1e9 + k) for k in range(6))

    async def receive():
        async def serve(_reader, writer):
            for at in range(0, len(sent), 37):
                writer.write(sent[at : at + 37])
                await writer.drain()
                await asyncio.sleep(0.001)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        feed = TcpFeed(name="wire", host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        inbox, (reader,), told = readers([feed])
        task = asyncio.create_task(read_tcp(reader, feed))
        chunks = await gathered(inbox, 2 * len(sent))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        server.close()
        return chunks, told, reader

    chunks, told, reader = asyncio.run(receive())
    assert b"".join(chunk.data for chunk in chunks)[: 2 * len(sent)] == sent + sent
    assert told[:3] == ["feed-connected", "feed-lost", "feed-connected"]
    assert reader.line.begun >= 2
    plots = Decoder(site(UdpFeed(name="lan", port=1)), 0).plots(chunks)[0]
    assert len(plots) >= 2 * 6 * 8


def test_a_file_is_followed_as_it_grows_and_when_another_takes_its_place(tmp_path):
    path = tmp_path / "radar.ast"
    first, second = block("hill", 1e9), block("hill", 1e9 + 1)

    async def receive():
        feed = TailFeed(name="file", path="radar.ast", begin="first")
        inbox, (reader,), _ = readers([feed])
        task = asyncio.create_task(read_tail(reader, feed, path))
        await asyncio.sleep(0.15)
        path.write_bytes(first[:50])
        await asyncio.sleep(0.25)
        with path.open("ab") as file:
            file.write(first[50:])
        chunks = await gathered(inbox, len(first))
        other = tmp_path / "other.ast"
        other.write_bytes(second)
        other.replace(path)
        chunks += await gathered(inbox, len(second))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return chunks

    chunks = asyncio.run(receive())
    assert [chunk.data for chunk in chunks] == [first, second]


def test_what_is_written_just_before_another_file_takes_its_place_is_read(tmp_path):
    path, other = tmp_path / "radar.ast", tmp_path / "other.ast"
    blocks = [block("hill", 1e9 + k) for k in range(3)]

    async def receive():
        feed = TailFeed(name="file", path="radar.ast", begin="now")
        inbox, (reader,), _ = readers([feed])
        task = asyncio.create_task(read_tail(reader, feed, path))
        await asyncio.sleep(0.15)  # it is not there yet: all that comes is new
        path.write_bytes(blocks[0])
        chunks = await gathered(inbox, len(blocks[0]))
        with path.open("ab") as file:
            file.write(blocks[1])
        other.write_bytes(blocks[2])
        other.replace(path)
        chunks += await gathered(inbox, len(blocks[1] + blocks[2]))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return chunks, reader

    chunks, reader = asyncio.run(receive())
    assert b"".join(chunk.data for chunk in chunks) == b"".join(blocks)
    assert reader.line.begun == 2


def test_of_a_file_that_is_there_only_what_comes_is_read_and_one_cut_short_is_read_again(tmp_path):
    path = tmp_path / "radar.ast"
    old, new, again = (block("hill", 1e9 + k) for k in range(3))
    path.write_bytes(old * 3)

    async def receive():
        feed = TailFeed(name="file", path="radar.ast", begin="now")
        inbox, (reader,), _ = readers([feed])
        task = asyncio.create_task(read_tail(reader, feed, path))
        await asyncio.sleep(0.15)
        with path.open("ab") as file:
            file.write(new)
        chunks = await gathered(inbox, len(new))
        path.write_bytes(again)
        chunks += await gathered(inbox, len(again))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return chunks

    assert b"".join(chunk.data for chunk in asyncio.run(receive())) == new + again


def test_damage_is_counted_and_what_is_good_around_it_is_kept():
    decoder = Decoder(site(UdpFeed(name="lan", port=1), UdpFeed(name="other", port=2)), 0)
    good = block("hill", 1e9)
    noise = np.random.default_rng(1).integers(0, 256, 400, np.uint8).tobytes()
    chunks = [
        Chunk(0, 1e9, good),
        Chunk(1, 1e9, noise),
        Chunk(0, 1e9, good[:60]),
        Chunk(0, 1e9, good),
    ]
    plots = decoder.plots(chunks)[0]
    assert len(plots) >= 16
    assert sum(decoder.feeds[0].faults.values()) >= 1
    assert sum(decoder.feeds[1].faults.values()) >= 1
    assert decoder.feeds[1].plots == 0


def test_a_source_that_nobody_declared_is_counted_by_its_name():
    decoder = Decoder(site(UdpFeed(name="lan", port=1)), 0)
    assert len(decoder.plots([Chunk(0, 1e9, block("shore", 1e9))])[0]) == 0
    assert decoder.feeds[0].unknown == {"2/1": 8}


def test_plots_take_the_time_of_their_receipt_where_that_is_declared():
    decoder = Decoder(site(UdpFeed(name="lan", port=1, time="received")), 0)
    plots, came_s = decoder.plots([Chunk(0, 1e9 + 7.0, block("hill", 1e9))])
    assert set(plots.time_s.tolist()) == {1e9 + 7.0}
    assert set(came_s.tolist()) == {1e9 + 7.0}


STATION = (LiveSensor(name="station", kind="adsb"),)


@pytest.mark.parametrize("together", [True, False])
def test_both_halves_of_a_mode_s_position_make_one_wherever_octets_are_parted(together):
    feed = TcpFeed(name="receiver", host="h", port=1, format="avr")
    decoder = Decoder(site(feed, sensors=STATION), 3)
    if together:
        plots = [decoder.plots([Chunk(0, 1e9, AVR[0]), Chunk(0, 1e9 + 0.5, AVR[1])])[0]]
    else:
        plots = [decoder.plots([Chunk(0, 1e9 + 0.5 * k, AVR[k])])[0] for k in range(2)]
    latitude = np.degrees(np.concatenate([one.latitude_rad for one in plots]))
    assert latitude[-1] == pytest.approx(52.26578, abs=1e-4)  # pyModeS' own example
    assert plots[-1].time_s[-1] == pytest.approx(1e9 + 0.5)
    assert set(np.concatenate([one.sensor for one in plots]).tolist()) == {3}
    assert sum(map(len, plots)) == (2 if together else 1)


def test_a_line_of_sbs_has_the_call_sign_and_speed_of_the_lines_before_it():
    feed = TcpFeed(name="receiver", host="h", port=1, format="sbs")
    decoder = Decoder(site(feed, sensors=STATION), 0)
    parts = [decoder.plots([Chunk(0, 1e9 + k, line)])[0] for k, line in enumerate(SBS)]
    assert [len(one) for one in parts] == [0, 0, 1]
    assert parts[2].call_sign[0] == "KLM1023"
    assert parts[2].ve_mps[0] == pytest.approx(420 * 1852 / 3600)


def replayed(**given):
    made = Replay(ReplayFeed(name="r", path="x", at="10:00:00", **given), NORTH)
    made.start(2e9)
    return made


def test_a_replay_hands_over_each_plot_when_its_time_has_come_and_all_of_them():
    expected = read(NORTH, ReadOptions()).plots
    replay = replayed()
    parts = [replay.due(2e9 + k) for k in range(-1, 740)]
    assert sum(map(len, parts)) == len(expected)
    for k, part in enumerate(parts):
        assert (part.time_s <= 2e9 + k - 1).all()
        assert (part.time_s > 2e9 + k - 2).all()
    assert replay.is_over
    time_s = np.concatenate([part.time_s for part in parts])
    assert np.allclose(time_s - 2e9, np.sort(expected.time_s) - 36000.0, atol=1e-6)


def test_a_replay_that_repeats_goes_on_for_ever_and_one_that_begins_late_skips():
    replay = replayed(repeats=True)
    counts = [len(replay.due(2e9 + 10.0 * k)) for k in range(160)]
    assert min(counts[2:]) > 0
    late = replayed()
    assert len(late.due(2e9 + 600.0)) <= 40
    assert (late.due(2e9 + 610.0).time_s > 2e9 + 600.0).all()


def test_a_recording_without_plots_is_no_replay(tmp_path):
    (tmp_path / "none.json").write_text(json.dumps({"now": 1, "messages": 0, "aircraft": []}))
    with pytest.raises(InputError, match="no plots"):
        Replay(ReplayFeed(name="r", path="x"), tmp_path / "none.json")
