"""The same scenario and seed give the same files to the byte, with every kind of sensor."""

import hashlib
import os
import subprocess
import sys

import pytest

from sim import short_sky


@pytest.fixture(scope="module")
def sky(tmp_path_factory):
    """Return the sky of two nations in half a minute, with an outage."""
    return short_sky.write(tmp_path_factory.mktemp("sky"), 30)


def run(path, out, hash_seed, *options):
    """Run in a process of its own; return a hash of every file."""
    subprocess.run(
        [sys.executable, "-m", "jointsky", "run", str(path), "--out", str(out), *options],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        file.relative_to(out).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(out.rglob("*"))
        if file.is_file()
    }


def test_neither_workers_nor_the_hash_seed_change_a_byte(sky, tmp_path):
    one = run(sky, tmp_path / "one", "0", "--workers", "1")
    other = run(sky, tmp_path / "other", "1", "--workers", "3")
    assert one == other
    assert len(one) > 20
