"""Made for tests of live nodes: targets, the CAT048 of a radar, files, links that can be cut."""

import contextlib
import json
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial

import numpy as np
import yaml

from jointsky.earth.geodesy import enu_rotation, geodetic_to_ecef
from jointsky.store.journal import Journal

NM_M = 1852.0
TARGETS = 8
TURN_S = 1.0
PLACES = {"hill": (55.0, 27.0, 150.0), "shore": (54.7, 27.3, 50.0)}
SAC = {"hill": 1, "shore": 2}


def positions(time_s):
    """Return the places (TARGETS, 3) of targets that circle at 200 m/s, radians and metres."""
    number = np.arange(TARGETS)
    radius_m = 12_000.0 + 3_000.0 * number
    turned = 2 * math.pi * number / TARGETS + 200.0 * time_s / radius_m
    north = 54.85 + radius_m * np.cos(turned) / 111_200.0
    east = 27.15 + radius_m * np.sin(turned) / 111_200.0 / math.cos(math.radians(54.85))
    return np.column_stack([np.radians(north), np.radians(east), 8_000.0 + 300.0 * number])


def block(site, time_s, clock_off_s=0.0):
    """Return one CAT048 block: what the radar of a site sees of all targets at a time."""
    latitude, longitude, height = PLACES[site]
    place = math.radians(latitude), math.radians(longitude), height
    at = positions(time_s)
    enu = (geodetic_to_ecef(*at.T) - geodetic_to_ecef(*place)[0]) @ enu_rotation(*place[:2]).T
    octets = b""
    ticks = round(((time_s + clock_off_s) % 86400.0) * 128.0) % (86400 * 128)
    for number, (east, north, up) in enumerate(enu.tolist()):
        rho = round(math.sqrt(east**2 + north**2 + up**2) / NM_M * 256.0)
        theta = round(math.atan2(east, north) % (2 * math.pi) / (2 * math.pi) * 65536.0) % 65536
        level = round(at[number, 2] / 0.3048 / 25.0)
        octets += bytes((0xFD, 0x80, SAC[site], 1)) + ticks.to_bytes(3) + b"\xa0"
        octets += rho.to_bytes(2) + theta.to_bytes(2) + (0o1000 + number).to_bytes(2)
        octets += level.to_bytes(2) + (0x4CA000 + number).to_bytes(3)
    return b"\x30" + (3 + len(octets)).to_bytes(2) + octets


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


class Made:
    """The file of two sites, hill and shore, with a radar each that sends by UDP.

    The link goes through ``link_port``: give a proxy's there, to cut it.
    """

    def __init__(self, folder, **sections):
        self.folder = folder
        self.udp = {name: free_port(socket.SOCK_DGRAM) for name in PLACES}
        self.listen_port = free_port()
        self.sections = sections
        self._out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def write(self, link_port=None, **changed):
        """Write the file and return its path."""
        sites = [
            {
                "name": name,
                "nation": f"nation of {name}",
                "sensors": [
                    {
                        "name": f"radar of {name}",
                        "kind": "ssr",
                        "sac": SAC[name],
                        "sic": 1,
                        "latitude_deg": PLACES[name][0],
                        "longitude_deg": PLACES[name][1],
                        "height_m": PLACES[name][2],
                        "rotation_period_s": TURN_S,
                        "range_max_m": 200_000.0,
                        "range_sigma_m": 20.0,
                        "azimuth_sigma_deg": 0.05,
                    }
                ],
                "feeds": [
                    {
                        "name": "lan",
                        "kind": "udp",
                        "port": self.udp[name],
                        "interface": "127.0.0.1",
                    }
                ],
            }
            for name in PLACES
        ]
        sites[0]["listen"] = [f"tcp/127.0.0.1:{self.listen_port}"]
        sites[1]["connect"] = [f"tcp/127.0.0.1:{link_port or self.listen_port}"]
        whole = {
            "network": "test",
            "nations": [{"name": f"nation of {name}"} for name in PLACES],
            "sites": sites,
            "links": [{"name": "cable", "ends": list(PLACES), "share": "plots"}],
            "exchange": {
                "share_interval_s": 0.1,
                "hold_s": 0.3,
                "heartbeat_s": 0.3,
                "lost_after_s": 1.5,
                "register": False,
            },
            "store": {"folder": "{site}", "commit_s": 0.1},
            **self.sections,
            **changed,
        }
        path = self.folder / "live.yaml"
        path.write_text(yaml.safe_dump(whole))
        return path

    def close(self):
        self._out.close()

    def send(self, site, data):
        """Send octets as the radar of a site does."""
        self._out.sendto(data, ("127.0.0.1", self.udp[site]))


class Radars(threading.Thread):
    """The radars of both sites, a turn a second, until ``end``; ``ways`` says how each behaves.

    A way is a function of the time that returns the datagrams to send.
    """

    def __init__(self, made):
        super().__init__(daemon=True)
        self._made = made
        self._is_over = threading.Event()
        self.ways = {}
        self.right()
        self.start()

    def right(self):
        """Let both behave as they should."""
        self.ways = {site: partial(_right, site) for site in PLACES}

    def run(self):
        while not self._is_over.wait(TURN_S):
            now_s = time.time()  # noqa: TID251
            for site, way in list(self.ways.items()):
                for data in way(now_s):
                    self._made.send(site, data)

    def end(self):
        self._is_over.set()
        self.join()
        self._made.close()


def _right(site, now_s):
    return [block(site, now_s)]


class Node:
    """A node as a process of its own."""

    def __init__(self, path, site):
        self.path, self.site = path, site
        self.begin()

    def begin(self):
        self.last, self.count = {}, 0
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jointsky", "live", str(self.path)),
                *("--site", self.site, "--json"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.last = json.loads(line)
            self.count += 1

    def until(self, true, seconds=40.0):
        """Wait until a status that comes from now on is as wanted; return it."""
        seen, end_s = self.count, time.monotonic() + seconds
        while not (self.count > seen and true(self.last)):
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < end_s, f"it never came to pass: {self.last}"
            time.sleep(0.05)
        return self.last

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10.0)
        self._reader.join(5.0)
        self._close()

    def end(self):
        """Ask it to end, as a supervisor does; return its exit code and its messages."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        if self.process.stderr.closed:
            return self.process.returncode, ""
        code = self.process.wait(30.0)
        self._reader.join(5.0)
        messages = self.process.stderr.read()
        self._close()
        return code, messages

    def _close(self):
        self.process.stdout.close()
        self.process.stderr.close()

    def journal(self):
        """Return the kinds of the entries of its log, seals checked, and its messages."""
        journal = Journal(self.path.parent / self.site)
        try:
            kinds = [entry.kind for entry in journal.entries()]
            return kinds, {(m.origin, m.life, m.number) for m in journal.messages()}
        finally:
            journal.close()


def numbers(folder, site, after_s):
    """Return the numbers under which a site showed each Mode S address after a time."""
    found = {}
    for line in (folder / f"{site}.jsonl").read_bytes().splitlines():
        with contextlib.suppress(ValueError):  # the last line may be half written
            track = json.loads(line)
            if track["status"] != "tentative" and "mode_s" in track and track["time_s"] >= after_s:
                found.setdefault(track["mode_s"], set()).add(track["number"])
    return found
