"""Studies that were never run: figures by sky and point, as if they had been answered."""

import msgspec
import numpy as np

from jointsky.study.answers import Answered
from jointsky.study.declared import Study
from jointsky.study.points import points_of
from jointsky.study.summary import summary

FIGURES = ("leaked", "hostile", "shots")


def study(**given):
    """Return a study of two responses, a share and a mean, with more fields as given."""
    plain = {
        "name": "synthetic",
        "scenario": "none.yaml",
        "factors": [{"name": "arm", "paths": ["x"], "levels": ["a", "b", "c"]}],
        "responses": [
            {"name": "through", "figure": "leaked", "of": "hostile"},
            {"name": "shots", "figure": "shots"},
        ],
    }
    return msgspec.convert(plain | given, Study)


def told(declared, leaked, shots=None, failed=None):
    """Return the summary of leakers of 10, and shots, (skies, points)."""
    leaked = np.asarray(leaked, np.float64)
    shots = leaked if shots is None else np.asarray(shots, np.float64)
    values = np.stack([leaked, np.full(leaked.shape, 10.0), shots], axis=2)
    failed = np.zeros(leaked.shape, bool) if failed is None else failed
    answered = Answered(FIGURES, values, failed, np.ones_like(failed), [])
    return summary(declared, points_of(declared), answered, "0" * 16)
