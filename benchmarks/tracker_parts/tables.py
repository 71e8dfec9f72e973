"""Tables as text, and what a benchmark keeps: a section of out/bench/bench.json."""

from __future__ import annotations

import json
import math
import os
import pathlib
import platform
from collections.abc import Sequence
from typing import Any

import numba
import numpy as np

from tracker_parts.scenes import KEPT

PASS, FAIL, UNKNOWN = "pass", "FAIL", "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return lines in columns: the first to the left, the others to the right."""
    widths = [max(len(str(row[k])) for row in (head, *rows)) for k in range(len(head))]
    lines = []
    for row in (head, *rows):
        cells = [str(row[0]).ljust(widths[0])]
        cells += [str(cell).rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def number(value: float, digits: int) -> str:
    """Return a number with so many decimals, or a dash where there is none."""
    return UNKNOWN if value is None or math.isnan(value) else f"{value:,.{digits}f}"


def verdict(is_met: bool | None) -> str:
    """Return the word for a demand: met, not met, not judged."""
    return UNKNOWN if is_met is None else PASS if is_met else FAIL


def keep(section: str, found: dict[str, Any], file: pathlib.Path = KEPT / "bench.json") -> None:
    """Put a benchmark's figures into bench.json; those of the others stay."""
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = json.loads(file.read_text()) if file.exists() else {}
    whole[section] = {"machine": machine(), **_plain(found)}
    file.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")


def kept(file: pathlib.Path = KEPT / "bench.json") -> dict[str, Any]:
    """Return all sections that were kept so far."""
    return dict(json.loads(file.read_text())) if file.exists() else {}


def machine() -> dict[str, Any]:
    """Return what speeds depend on."""
    info = pathlib.Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
    }


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold; what is not a number becomes null."""
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(part) for part in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value
