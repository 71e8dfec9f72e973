"""Damaged scenario files: whatever is done to a good one, it is read or told, never a traceback."""

import copy

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jointsky.scenario.load import examine
from scenario.test_load import SKY

GOOD = yaml.safe_load(SKY)
ODD = [
    None,
    True,
    -1,
    0,
    1e999,
    10**25,
    "",
    "x",
    "9" * 50,
    [],
    {},
    [[]],
    {"a": {}},
    "\u2028",
    "5 km",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def told(folder, text):
    """Examine a file; every error names the file and says something."""
    path = folder / "sky.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    for error in examine(path).errors:
        assert error.file == str(path)
        assert error.found
        assert "Traceback" not in str(error)
        assert "_Broken" not in str(error)


def picker(seed):
    """Return what draws one of a list."""
    draws = np.random.default_rng(seed)
    return lambda items: items[int(draws.integers(len(items)))]


def spots(content):
    """Yield (container, key) of every value in plain data."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield content, key
        if isinstance(value, dict | list):
            yield from spots(value)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1))
def test_fields_of_other_shapes_left_out_or_renamed(folder, seed):
    pick, content = picker(seed), yaml.safe_load(SKY)
    for _ in range(pick([1, 2, 3, 4])):
        container, key = pick(list(spots(content)))
        how = pick(["odd", "gone", "renamed", "other"])
        if how == "odd":
            container[key] = pick(ODD)
        elif how == "gone":
            del container[key]
        elif how == "renamed" and isinstance(container, dict):
            container[str(key)[:-1] + pick(["", "x", "_km"])] = container.pop(key)
        else:
            other, where = pick(list(spots(content)))
            container[key] = copy.deepcopy(other[where])
    told(folder, yaml.dump(content, Dumper=yaml.SafeDumper))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1))
def test_octets_changed_dropped_or_put_in(folder, seed):
    pick, octets = picker(seed), bytearray(SKY.encode())
    for _ in range(pick([1, 2, 3, 4, 5])):
        at = pick(range(len(octets)))
        how = pick(["changed", "gone", "put in"])
        if how == "changed":
            octets[at] = pick(b"\0\t\n\r -:[]{},&*#?|>@`\"'%!~09ax\x80\xff")
        elif how == "gone":
            del octets[at : at + pick(range(1, 30))]
        else:
            octets[at:at] = pick([b"\n", b": ", b"- ", b"&a ", b"*way ", b"<<: ", b"\xc3"])
    told(folder, bytes(octets))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200))
def test_any_octets(folder, octets):
    told(folder, octets)
