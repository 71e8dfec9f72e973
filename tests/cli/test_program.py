"""The program itself: what interrupts it or takes its output away ends in words, not traces."""

import os
import signal
import subprocess
import sys
import time

import pytest

PROGRAM = [sys.executable, "-m", "jointsky"]


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "x.avr"
    path.write_bytes(b"*8D406B909945DE10000405999BE4;\n" * 5)
    return str(path)


def test_the_module_runs_as_the_program_does(recording):
    done = subprocess.run([*PROGRAM, "inspect", recording], capture_output=True, check=False)
    assert done.returncode == 0 and b"5 records" in done.stdout and done.stderr == b""
    done = subprocess.run([*PROGRAM, "inspekt"], capture_output=True, check=False)
    assert done.returncode == 2 and b"invalid choice" in done.stderr
    done = subprocess.run([*PROGRAM, "--help"], capture_output=True, check=False)
    assert done.returncode == 0 and b"inspect" in done.stdout


# while numpy, numba and the rest are still being imported; how long that takes is the machine's
@pytest.mark.parametrize("module", ["numpy", "numba", "matplotlib", "rich"])
def test_an_interruption_during_the_imports_ends_in_one_word(recording, module, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Interrupter:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupter())\n"
    )
    done = subprocess.run(
        [*PROGRAM, "inspect", recording],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"interrupted\n")


def test_an_interruption_at_work_ends_in_one_word(tmp_path):
    fifo = tmp_path / "never.avr"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        [*PROGRAM, "inspect", str(fifo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    writer = os.open(fifo, os.O_WRONLY)  # returns when the program has begun to read
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    output, messages = running.communicate(timeout=30)
    os.close(writer)
    assert (running.returncode, output, messages) == (130, b"", b"interrupted\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_full_disk_is_told_in_words(recording, options):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, "inspect", *options, recording],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"error No space left on device\n")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_goes_away_is_no_error(recording, options):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, "inspect", *options, recording],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
