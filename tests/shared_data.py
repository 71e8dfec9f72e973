"""Finds the real recordings beside the checkout, or skips the test and says why."""

import pathlib

import pytest

FOLDER = pathlib.Path(__file__).parents[2] / "shared"


def shared(name: str) -> pathlib.Path:
    """Return the path of ``../shared/NAME``; skip the test where it is absent."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not here: tests on real recordings need it")
    return path
