"""Whether a study that is killed again and again leaves the very files of one that never was.

    python benchmarks/study_kills.py [--kills 20] [--skies 30] [--workers 2] [--ray local]

A study of two points is made once undisturbed.  Then it is begun, killed (SIGKILL) at a random
moment of the time that took, and resumed, over and over; one that comes to its end in between is
compared octet by octet and begun again.  Every second kill takes the whole process group, the
others the main process only, whose workers must then end by themselves.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from jointsky.streams import stream

ROOT = pathlib.Path(__file__).parents[1]
STUDY = """\
name: kills
scenario: {scenario}
factors:
  - name: deciding
    alternatives:
      together:
        duration_s: 210
        duty.step_s: 2
        duty.look_s: 6
        duty.doctrine.lost_after_s: 8
        "links[joint].outages": []
        "vehicles[drone].flight.flight.waypoints[0].latitude_deg": 54.08
      alone:
        "links[joint]": null
        duty.is_joint: false
        duration_s: 210
        duty.step_s: 2
        duty.look_s: 6
        "vehicles[drone].flight.flight.waypoints[0].latitude_deg": 54.08
responses:
  - {{name: shots, figure: shots}}
  - {{name: share that came through, figure: leaked, of: hostile}}
  - {{name: delay, figure: track_to_order_s.median}}
runs: {{least: {skies}, most: {skies}}}
"""
LONGEST_S = 600.0
PATIENCE_S = 30.0  # for workers to end whose main process is gone


def begun(given: argparse.Namespace, folder: pathlib.Path, *more: str) -> subprocess.Popen[bytes]:
    """Return the process of a study, in a group of its own."""
    words = ["study", folder / "kills.study.yaml", "--out", folder / "out", "--quiet"]
    words += ["--workers", str(given.workers), *(["--ray", given.ray] if given.ray else []), *more]
    return subprocess.Popen([sys.executable, "-m", "jointsky", *words], start_new_session=True)


def octets(folder: pathlib.Path) -> dict[str, bytes]:
    """Return what is in a folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def skies_in(folder: pathlib.Path) -> int:
    """Return how many skies are answered so far."""
    path = folder / "out.part" / "answers.jsonl"
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def has_ended(group: int) -> bool:
    """Return whether no process of a group is left, after some patience."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.2)
    return False


def killed(process: subprocess.Popen[bytes], moment_s: float, whole: bool) -> bool:
    """Kill a study after so long; return False where it came to its end before."""
    try:
        code = process.wait(moment_s)
    except subprocess.TimeoutExpired:
        (os.killpg if whole else os.kill)(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_S)
        if not has_ended(process.pid):
            raise SystemExit("workers outlive the study that was killed") from None
        return True
    if code:
        raise SystemExit(f"the study ended with exit code {code}")
    return False


def compared(folder: pathlib.Path, wanted: dict[str, bytes]) -> None:
    """Tell where files differ, and end."""
    found = octets(folder / "out")
    differ = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
    if differ:
        raise SystemExit(f"differ: {', '.join(differ)}")


def main() -> None:
    """Kill, resume, compare; print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--skies", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ray", default="")
    given = parser.parse_args()
    rng, moments = stream(1, "kills"), []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        text = STUDY.format(scenario=ROOT / "scenarios" / "two-towns.yaml", skies=given.skies)
        (folder / "kills.study.yaml").write_text(text, encoding="utf-8")
        since_s = time.monotonic()
        if begun(given, folder).wait(LONGEST_S):
            raise SystemExit("the undisturbed study failed")
        length_s = time.monotonic() - since_s
        wanted, ends = octets(folder / "out"), 0
        while len(moments) < given.kills:
            more = "--resume" if (folder / "out.part" / "state.json").is_file() else "--fresh"
            process = begun(given, folder, more)
            if killed(process, rng.uniform(0.0, length_s), len(moments) % 2 == 0):
                moments.append(skies_in(folder))
            else:
                ends += 1
            if not (folder / "out.part").exists():  # it may have been killed after its end
                compared(folder, wanted)
        if (folder / "out.part" / "state.json").is_file():
            if begun(given, folder, "--resume").wait(LONGEST_S):
                raise SystemExit("the last study failed")
            compared(folder, wanted)
            ends += 1
    print(f"{given.skies} skies of two points take {length_s:.0f} s undisturbed")
    print(f"killed {len(moments)} times, with so many skies answered: {moments}")
    print(f"ended {ends} times: all {len(wanted)} files the same to the octet each time")


if __name__ == "__main__":
    main()
