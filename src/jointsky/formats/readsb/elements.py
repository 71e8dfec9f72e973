"""Elements of JSON arrays, each with its offset: fast where the text is sound, else one by one."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from jointsky.formats.faults import FaultList
from jointsky.formats.readsb import elements_kernels

_T = TypeVar("_T")
_BROKEN = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError)
_BROKEN_TEXT = "a record that is not sound JSON, or a field of another type than it should have"
_STEP = 500
_DECODER = json.JSONDecoder()


def decode(data: bytes, kind: Any) -> Any:
    """Return JSON as ``kind``, or None where it is not sound JSON of that kind."""
    try:
        return msgspec.json.decode(data, type=kind, strict=True)
    except _BROKEN:
        return None


def array_start(data: bytes, name: str) -> int:
    """Return where the array of member ``name`` begins (its [), of the text for ""; or -1."""
    if name:
        found = re.search(rb'"' + name.encode() + rb'"\s*:\s*\[', data)
        return found.end() - 1 if found else -1
    found = re.match(rb"(?:\xef\xbb\xbf)?\s*\[", data)
    return found.end() - 1 if found else -1


def offsets(data: bytes, start: int, count: int) -> npt.NDArray[np.int64]:
    """Return the offsets of ``count`` elements of the sound array at ``start``; -1 if unsure."""
    octets = np.frombuffer(data, np.uint8)
    out = np.full(count, -1, np.int64)
    if start < 0 or elements_kernels.element_starts(octets, start, out) != count:
        return np.full(count, -1, np.int64)
    return out


def recover(
    data: bytes, start: int, opener: str, kind: type[_T], needs: str, faults: FaultList
) -> tuple[list[_T], npt.NDArray[np.int64]]:
    """Return the elements of a broken array that are sound by themselves, and their offsets.

    Every element begins with ``opener`` ({ or [) and has something in its field ``needs``.
    What is between sound elements is a fault.
    """
    text = data.decode("latin-1")  # one character an octet
    found: list[_T] = []
    places: list[int] = []
    at, lost = max(start, 0) + 1, -1
    while (at := text.find(opener, at)) >= 0:
        element, end = _element(text, at, kind)
        if element is None or getattr(element, needs) is None:
            lost = at if lost < 0 else lost
            at = end
            continue
        if lost >= 0:
            faults.add(lost, "broken-record", _BROKEN_TEXT, at - lost)
            lost = -1
        found.append(element)
        places.append(at)
        at = end
    if lost >= 0:
        faults.add(lost, "broken-record", _BROKEN_TEXT, len(data) - lost)
    elif not text[(places[-1] if places else 0) :].rstrip().endswith(("]", "}")):
        faults.add(len(data), "truncated", "the text ends inside its array")
    return found, np.array(places, np.int64)


def _element(text: str, at: int, kind: type[_T]) -> tuple[_T | None, int]:
    """Return the element at ``at``, or None, and where to go on."""
    try:
        element, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return None, max(error.pos, at + 1)
    except (ValueError, RecursionError):  # a number of thousands of digits; nested too deeply
        return None, at + _STEP
    try:
        return msgspec.convert(element, kind, strict=True), end
    except _BROKEN:
        return None, end


def member(data: bytes, name: str) -> float | None:
    """Return the first number that is called ``name`` in a text that need not be sound."""
    found = re.search(rb'"' + name.encode() + rb'"\s*:\s*(-?\d{1,18}(?:\.\d{1,18})?)', data)
    return float(found.group(1)) if found else None
