"""The demonstration as a user starts it: two processes, one of them killed, one picture."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

SECONDS, SPEED = 60, 4
PROC = pathlib.Path("/proc")


def node_of(config, site):
    """Return the number of the process that is the node of a site."""
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:  # it has ended
                continue
            if str(config) in words and site in words:
                return int(folder.name)
    return None


def has_lines(path):
    return path.is_file() and path.read_bytes().count(b"\n") > 20


@pytest.mark.skipif(not PROC.is_dir(), reason="processes are found in /proc, which is not here")
def test_a_killed_node_of_the_demonstration_comes_back_to_the_common_picture(tmp_path):
    command = [sys.executable, "-m", "jointsky", "live", "--demo", "--json", "--out", str(tmp_path)]
    command += ["--seconds", str(SECONDS), "--speed", str(SPEED)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as demo:
        try:
            config, pictures = tmp_path / "two-nations.yaml", []
            end_s = time.monotonic() + 240.0  # kernels may have to be compiled
            while len(pictures) < 2 or not all(map(has_lines, pictures)):
                assert demo.poll() is None, demo.stderr.read().decode()
                assert time.monotonic() < end_s, "no pictures"
                pictures = sorted(tmp_path.glob("*.jsonl"))
                time.sleep(0.2)
            os.kill(node_of(config, pictures[0].stem), signal.SIGKILL)
            out, _ = demo.communicate(timeout=240.0)
        finally:
            demo.kill()
    told = json.loads(out)
    assert told["restarts"] == 1
    assert set(told["tracks"]) == {picture.stem for picture in pictures}
    least = min(told["tracks"].values())
    assert least >= 4
    assert told["common_numbers"] >= 0.8 * least
    assert (tmp_path / "pictures.png").stat().st_size > 10_000
