"""The same messages through dump1090-mutability (Debian) and through our reader."""

import shutil
import socket
import subprocess
import time

import numpy as np
import pytest

from formats.modes import modes_encoder as encoder
from jointsky.formats.modes.read import read_modes
from jointsky.formats.options import ReadOptions
from jointsky.formats.sbs.read import read_sbs

PROGRAM = shutil.which("dump1090-mutability")


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def connect(port: int) -> socket.socket:
    for _ in range(50):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise TimeoutError(f"dump1090-mutability does not listen on port {port}")


def through_dump1090(frames: list[bytes], lines_wanted: int) -> bytes:
    raw_in, raw_out, sbs_out, beast_in, beast_out = free_ports(5)
    command = [PROGRAM, "--net-only", "--quiet", "--net-bind-address", "127.0.0.1"]
    command += ["--net-ri-port", str(raw_in), "--net-ro-port", str(raw_out)]
    command += ["--net-sbs-port", str(sbs_out), "--net-bi-port", str(beast_in)]
    command += ["--net-bo-port", str(beast_out), "--net-http-port", "0", "--net-ro-interval", "0"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            with connect(sbs_out) as out, connect(raw_in) as into:
                for frame in frames:
                    into.sendall(b"*" + frame.hex().encode() + b";\n")
                    time.sleep(0.002)
                received = b""
                while received.count(b"\n") < lines_wanted:
                    part = out.recv(65536)
                    if not part:
                        break
                    received += part
                return received
        finally:
            process.terminate()


@pytest.mark.skipif(PROGRAM is None, reason="dump1090-mutability is not installed")
def test_positions_and_speeds_agree_with_dump1090():
    frames = []
    for k in range(60):
        place = (48.0 + 0.0005 * k, -0.02 + 0.0005 * k)  # over the meridian
        frames.append(encoder.squitter(encoder.airborne(*place, k % 2, 12_025)))
        frames.append(encoder.squitter(encoder.velocity(130, -240, 1280)))
        frames.append(encoder.squitter(encoder.identity("JSK7")))
    try:
        answer = through_dump1090(frames, 180)
    except TimeoutError as error:
        pytest.skip(str(error))
    theirs = read_sbs(answer, ReadOptions()).plots
    lines = "\n".join(f"*{frame.hex()};" for frame in frames)
    ours = read_modes(lines.encode(), ReadOptions(frame_spacing_s=0.1)).plots
    assert len(theirs) >= 50 and len(ours) == 60
    found = np.degrees([ours.latitude_rad, ours.longitude_rad]).T
    for place in np.degrees([theirs.latitude_rad, theirs.longitude_rad]).T:
        assert np.abs(found - place).max(axis=1).min() < 1e-5  # five decimals in its lines
    assert set(theirs.call_sign[2:].tolist()) == {"JSK7"} == set(ours.call_sign[2:].tolist())
    assert np.allclose(theirs.pressure_altitude_m, ours.pressure_altitude_m[0])
    speeds = [np.hypot(plots.ve_mps, plots.vn_mps)[5] for plots in (ours, theirs)]
    assert abs(speeds[0] - speeds[1]) < 0.6  # whole knots
    assert np.allclose(theirs.vu_mps[5], ours.vu_mps[5])
