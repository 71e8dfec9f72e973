"""What an assignment is about, and what came of it; and its numbers as the kernels take them."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_SCALE = 1000.0  # the most valuable threat, for the solver, whose tolerances are absolute


@dataclasses.dataclass(frozen=True)
class Problem:
    """Threats, weapons and limits at one moment; W weapons, T threats; None: no such limit.

    ``promised`` salvos are kept, use up ``shots`` and ``targets``, and count for what is left; a
    promise that ``most`` or ``allowed`` would not permit today stands too.
    """

    value: npt.ArrayLike  # (T,) worth of each threat
    chance: npt.ArrayLike  # (W, T) that one salvo stops it; 0: it cannot
    shots: npt.ArrayLike  # (W,) salvos that each weapon can still give now
    targets: npt.ArrayLike | None = None  # (W,) different threats that it may engage at once
    most: npt.ArrayLike | None = None  # (T,) salvos on a threat, of all weapons together
    allowed: npt.ArrayLike | None = None  # (W, T) envelope, collateral and doctrine permit it
    promised: npt.ArrayLike | None = None  # (W, T) salvos that are ordered already
    cost: npt.ArrayLike | None = None  # (W,) price of a salvo, in the unit of ``value``


@dataclasses.dataclass(frozen=True)
class Plan:
    """Who gives how many salvos to which threat, promises included, and what is proven of it."""

    salvos: Integers  # (W, T)
    left: float  # expected value of what is left
    spent: float  # price of all salvos
    bound: float  # no plan has a lower objective
    method: str

    @property
    def objective(self) -> float:
        """Return what is to be least: what is left and what is spent."""
        return self.left + self.spent

    @property
    def gap(self) -> float:
        """Return by what share of the objective it may at most be too high."""
        return max(self.objective - self.bound, 0.0) / self.objective if self.objective else 0.0


class Table(NamedTuple):
    """A problem as the kernels take it: what is promised is taken off, values are scaled."""

    value: Array  # (T,) what promises leave of it
    miss: Array  # (T, W) probability that a salvo does not stop it
    depth: Array  # (T, W) minus the logarithm of that; inf: it always stops it
    full: Array  # (T, W) probability that all salvos which may be given miss
    cap: Array  # (T, W) salvos that may be given; 0: none
    held: Array  # (T, W) whether the weapon is on it by promise
    room: Array  # (T,) salvos that it may get
    cost: Array  # (W,) price of a salvo
    shots: Array  # (W,) salvos that are free
    targets: Array  # (W,) further threats that the weapon may engage


class Work(NamedTuple):
    """Room for one search; each is (W + 2,) but the first."""

    order: Array  # (T, W) weapons of each threat in the order of the search, as it was last
    ratio: Array  # of each weapon: price per logarithm of what it leaves
    row: Array  # weapons that may be chosen, in order
    left: Array  # by depth: what the set chosen so far leaves
    spent: Array  # and its price
    used: Array  # and its salvos
    at: Array  # the place in ``row`` that is tried
    times: Array  # with so many salvos
    rest: Array  # what the weapons from there on gain, each alone
    bound: Array  # no set that goes on from here costs less
    chosen: Array  # the weapon that this depth added
    amount: Array  # and its salvos


@dataclasses.dataclass(frozen=True)
class Numbers:
    """A checked problem: all limits given, and its table."""

    value: Floats  # (T,)
    miss: Floats  # (W, T)
    promised: Integers  # (W, T)
    cost: Floats  # (W,)
    scale: float  # the table's values are in units of it
    table: Table

    def plan(self, added: Integers, bound: float, method: str) -> Plan:
        """Return the plan of what is added, (T, W), and of a bound in units of the table."""
        salvos = self.promised + added.T
        left = float(self.value @ np.prod(self.miss**salvos, axis=0))
        spent = float(self.cost @ salvos.sum(axis=1))
        settled = float(self.cost @ self.promised.sum(axis=1))
        low = min(settled + bound * self.scale, left + spent)
        return Plan(salvos, left, spent, low, method)

    def costs(self, added: Integers) -> Floats:
        """Return what is left of each threat and spent on it, (T,), in units of the table."""
        table = self.table
        left = table.value * np.prod(table.miss**added, axis=1)
        return np.asarray(left + added @ table.cost)

    def objective(self, added: Integers) -> float:
        """Return what is to be least, in units of the table."""
        return float(self.costs(added).sum())


def numbers_of(problem: Problem) -> Numbers:
    """Return a problem checked, with the limits that it does not give; ValueError: a wrong one."""
    value = _real("value", problem.value, (-1,))
    chance = _real("chance", problem.chance, (-1, len(value)))
    weapons, threats = pairs = chance.shape
    if (chance > 1.0).any():
        raise ValueError(f"chance holds {chance.max()}; it must be from 0 to 1")
    shots = _whole("shots", problem.shots, (weapons,))
    targets = _whole("targets", problem.targets, (weapons,), np.full(weapons, threats))
    most = _whole("most", problem.most, (threats,), np.full(threats, int(shots.sum())))
    promised = _whole("promised", problem.promised, pairs, np.zeros(pairs, np.int64))
    cost = np.zeros(weapons) if problem.cost is None else _real("cost", problem.cost, (weapons,))
    allowed = np.ones(pairs, np.bool_) if problem.allowed is None else np.asarray(problem.allowed)
    if allowed.shape != pairs or allowed.dtype != np.bool_:
        found = f"shape {allowed.shape} and type {allowed.dtype}"
        raise ValueError(f"allowed has {found}; it must be {pairs} and bool")
    free = _rest("shots", shots, promised.sum(axis=1))
    others = _rest("targets", targets, (promised > 0).sum(axis=1))
    miss = 1.0 - chance
    worth = value * np.prod(miss**promised, axis=0)
    scale = float(worth.max(initial=0.0)) / _SCALE or 1.0
    room = np.minimum(np.maximum(most - promised.sum(axis=0), 0), free.sum())
    is_useful = allowed & (chance > 0.0) & ((promised > 0) | (others > 0)[:, None]) & (worth > 0.0)
    cap = np.where(is_useful, np.minimum(free[:, None], room), 0)
    with np.errstate(divide="ignore"):
        depth = -np.log(miss)
    table = Table(
        value=worth / scale,
        miss=np.ascontiguousarray(miss.T),
        depth=np.ascontiguousarray(depth.T),
        full=np.ascontiguousarray((miss**cap).T),
        cap=np.ascontiguousarray(cap.T),
        held=np.ascontiguousarray(promised.T > 0),
        room=room,
        cost=cost / scale,
        shots=free,
        targets=np.minimum(others, free),
    )
    return Numbers(value, miss, promised, cost, scale, table)


def work_of(table: Table) -> Work:
    """Return room for a search through a table."""
    threats, weapons = table.miss.shape

    def real() -> Floats:
        return np.zeros(weapons + 2)

    def whole() -> Integers:
        return np.zeros(weapons + 2, np.int64)

    return Work(
        order=np.tile(np.arange(weapons), (threats, 1)),
        ratio=real(),
        row=whole(),
        left=real(),
        spent=real(),
        used=whole(),
        at=whole(),
        times=whole(),
        rest=real(),
        bound=real(),
        chosen=whole(),
        amount=whole(),
    )


def _real(name: str, given: npt.ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Return a number that is not negative for each place of a shape; -1: as long as may be."""
    found = np.array(given, np.float64)
    _check_shape(name, found, shape)
    if not (np.isfinite(found) & (found >= 0.0)).all():
        raise ValueError(f"{name} holds a negative number, infinity or NaN")
    return found


def _whole(
    name: str,
    given: npt.ArrayLike | None,
    shape: tuple[int, ...],
    default: Integers | None = None,
) -> Integers:
    """Return a whole number that is not negative for each place of a shape."""
    found = np.asarray(default if given is None else given)
    _check_shape(name, found, shape)
    if found.size and not np.issubdtype(found.dtype, np.integer):
        raise ValueError(f"{name} has type {found.dtype}; it must hold whole numbers")
    if (found < 0).any():
        raise ValueError(f"{name} holds {found.min()}; it must not be negative")
    return found.astype(np.int64)


def _check_shape(name: str, found: Array, shape: tuple[int, ...]) -> None:
    is_fine = found.ndim == len(shape) and all(
        wanted in (-1, size) for wanted, size in zip(shape, found.shape, strict=True)
    )
    if not is_fine:
        wanted = str(shape).replace("-1", "n")
        raise ValueError(f"{name} has shape {found.shape}; it must be {wanted}")


def _rest(name: str, limit: Integers, promised: Integers) -> Integers:
    """Return what promises leave of a limit."""
    over = np.flatnonzero(promised > limit)
    if len(over):
        w = int(over[0])
        raise ValueError(f"promised takes {promised[w]} of weapon {w}, {name} gives it {limit[w]}")
    return np.asarray(limit - promised)
