"""What goes into a command post from its units, and what comes out of a step of it."""

from __future__ import annotations

import dataclasses
from typing import Any

from jointsky.records.decisions import Order, Ref


@dataclasses.dataclass(frozen=True)
class Fact:
    """Something to be written in the log."""

    kind: str
    facts: dict[str, Any]


@dataclasses.dataclass
class Out:
    """What a step of a command post brought."""

    packets: list[bytes] = dataclasses.field(default_factory=list)
    acts: list[Order] = dataclasses.field(default_factory=list)
    stops: list[Order] = dataclasses.field(default_factory=list)
    facts: list[Fact] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class UnitReport:
    """What an own unit says became of an order."""

    order: Ref
    state: str
    is_end: bool
