"""All tests draw the same examples in every run; ``make fuzz`` is where new ones are sought."""

import os

from hypothesis import settings

# Threads only wait for each other over matrices as small as those of the tests: six times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No example has a deadline: the first may have to compile a kernel.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
