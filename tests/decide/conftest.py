"""What explores the workflow also runs as a benchmark, further: it lies there."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "benchmarks"))
