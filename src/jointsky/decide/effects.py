"""What a command post wants done: its host keeps, tells, asks and orders; the desk does nothing."""

from __future__ import annotations

import dataclasses

from jointsky.records.decisions import AnyDecision, Order, Presence, Proposal


@dataclasses.dataclass(frozen=True)
class Decide:
    """Write a decision where it outlives the command post, and only then tell the other of it."""

    decision: AnyDecision


@dataclasses.dataclass(frozen=True)
class Show:
    """Give the other command post a sign of life; it may be lost."""

    presence: Presence


@dataclasses.dataclass(frozen=True)
class Ask:
    """Show the crew a proposal that waits for its word."""

    proposal: Proposal


@dataclasses.dataclass(frozen=True)
class Act:
    """Have the nation's own unit carry an order out."""

    order: Order


@dataclasses.dataclass(frozen=True)
class Stop:
    """Have the nation's own unit fire no more under an order."""

    order: Order


Effect = Decide | Show | Ask | Act | Stop
