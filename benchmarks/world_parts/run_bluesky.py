"""Run by a Python that has BlueSky: CPU time of its traffic, without conflict detection.

    python run_bluesky.py AIRCRAFT STEPS OUT.json

Straight flight without routes, which costs it least; steps of one second (its default of 0.05 s
makes the same number of steps a second).
"""

import contextlib
import importlib.metadata
import json
import os
import pathlib
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import bluesky
import numpy as np
from bluesky.core import simtime

WARM = 5


def main() -> None:
    """Fly, and write the seconds that creating and flying took."""
    aircraft, steps = int(sys.argv[1]), int(sys.argv[2])
    with contextlib.redirect_stdout(sys.stderr):
        bluesky.init(mode="sim", detached=True)
        rng = np.random.default_rng(1)
        before = time.process_time()
        bluesky.traf.cre(
            acid=[f"A{number}" for number in range(aircraft)],
            actype="A320",
            aclat=rng.uniform(46.0, 60.0, aircraft),
            aclon=rng.uniform(10.0, 40.0, aircraft),
            achdg=rng.uniform(0.0, 360.0, aircraft),
            acalt=rng.uniform(5000.0, 9000.0, aircraft),
            acspd=rng.uniform(200.0, 230.0, aircraft),
        )
        made = time.process_time() - before
        for command in ("CDMETHOD OFF", "RESO OFF", "DT 1.0"):
            bluesky.stack.stack(command)
        bluesky.sim.op()
        for _ in range(WARM):
            bluesky.sim.step()
        before = time.process_time()
        for _ in range(steps):  # what Simulation.step does, without its logging and commands
            bluesky.sim.simt, bluesky.sim.simdt = simtime.step()
            bluesky.traf.update()
        flown = time.process_time() - before
        assert bluesky.traf.ntraf == aircraft
        assert bluesky.sim.simdt == 1.0
    told = {
        "version": importlib.metadata.version("bluesky-simulator"),
        "created_s": made,
        "flown_s": flown,
        "steps_per_s": aircraft * steps / flown,
    }
    pathlib.Path(sys.argv[3]).write_text(json.dumps(told))


if __name__ == "__main__":
    main()
