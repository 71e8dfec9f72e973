"""A price for each weapon's salvos, from which follow a bound and the sets worth a thought.

Each threat gets one *set*: so many salvos of each weapon.  That no weapon gives more than it has is
all that binds threats together.  Put a price on a salvo instead, and each threat chooses for
itself: what all of them choose costs no more than any plan (Lagrange; Everett 1963).  A linear
programme over the sets met so far gives prices, prices turn up new sets, until none is missing
(Dantzig and Wolfe 1960).
"""

from __future__ import annotations

import dataclasses

import highspy
import numpy as np

from jointsky.decide import assignment_kernels as kernels
from jointsky.decide.assignment_tables import Floats, Integers, Numbers, Table, work_of

_SMOOTH = 0.5  # share of the best prices so far in those that are tried next (Wentges 1997)
_CLOSED = 1e-9  # a gap that is rounding
_NEAR, _NEAR_SETS = 0.002, 20  # sets taken beside the cheapest: so near, so many a threat
_NODES_A_SET, _SHRINK, _SHRINKS = 20, 0.5, 12  # how long near sets are looked for
_WORTH_IT = 1.1  # a rounded plan so much worse than the best is not improved


@dataclasses.dataclass(frozen=True)
class Offers:
    """What threats choose at prices, and the bound that follows."""

    price: Floats  # (W,) of a salvo, beside its cost
    fee: Floats  # (W,) of one more threat to engage
    sets: Integers  # (T, W)
    low: Floats  # (T,) no set costs less
    bound: float  # no plan costs less


@dataclasses.dataclass(frozen=True)
class Root:
    """The best prices and the best plan that were found; in units of the table."""

    offers: Offers
    added: Integers  # (T, W)
    objective: float
    bound: float

    def is_within(self, gap: float) -> bool:
        """Return whether the plan is proven to be within a share of its objective."""
        return self.objective - self.bound <= max(gap, _CLOSED) * self.objective


class Sets:
    """Sets of salvos, one a row: whose, which, and what each costs."""

    def __init__(self, table: Table, threats: Integers, sets: Integers) -> None:
        self.threats, self.sets = threats, sets
        left = table.value[threats] * np.prod(table.miss[threats] ** sets, axis=1)
        self.cost = left + sets @ table.cost
        self.is_new = (sets > 0) & ~table.held[threats]

    def __len__(self) -> int:
        return len(self.threats)


class Market:
    """Asks all threats what they choose at prices; ``nodes``: how far it looks for each."""

    def __init__(self, table: Table, nodes: int) -> None:
        self.table = table
        self._work = work_of(table)
        self._nodes = nodes

    def ask(self, price: Floats, fee: Floats) -> Offers:
        """Return what threats choose at prices."""
        table = self.table
        sets, low = np.zeros(table.miss.shape, np.int64), np.empty(len(table.value))
        kernels.price_all(table, self._work, table.cost + price, fee, self._nodes, sets, low)
        bound = float(low.sum() - price @ table.shots - fee @ table.targets)
        return Offers(price, fee, sets, low, bound)

    def within(self, offers: Offers, slack: float, room: int) -> Sets | None:
        """Return all sets within a slack of each threat's cheapest; None: more than ``room``.

        None too where they are so few among so many that the search would take long.
        """
        table = self.table
        threats = np.empty(room, np.int64)
        sets = np.empty((room, table.miss.shape[1]), np.int16)
        n = kernels.all_within(
            table,
            self._work,
            table.cost + offers.price,
            offers.fee,
            offers.low + slack,
            _NODES_A_SET * (room + table.miss.size),
            threats,
            sets,
        )
        return Sets(table, threats[:n], sets[:n].astype(np.int64)) if n >= 0 else None


class Master:
    """The programme over sets: one for each threat, no weapon gives more than it has."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._threats: list[Integers] = []
        self._sets: list[Integers] = []
        self._known: set[bytes] = set()
        self._limited = np.flatnonzero(table.targets < table.shots)
        self._solver = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            self._solver.setOptionValue(name, value)
        for _ in range(len(table.value)):
            self._solver.addRow(1.0, 1.0, 0, [], [])
        for most in (*table.shots.tolist(), *table.targets[self._limited].tolist()):
            self._solver.addRow(-np.inf, most, 0, [], [])

    def add(self, sets: Sets) -> int:
        """Take sets; return how many were not known."""
        new = []
        for i, row in enumerate(np.column_stack([sets.threats, sets.sets])):
            key = row.tobytes()
            if key not in self._known:
                self._known.add(key)
                new.append(i)
        if not new:
            return 0
        self._threats.append(sets.threats[new])
        self._sets.append(sets.sets[new])
        used = np.concatenate([sets.sets[new], sets.is_new[new][:, self._limited]], axis=1)
        column, at = np.nonzero(used)
        begins = np.searchsorted(column, np.arange(len(new)))
        rows = np.insert(at + len(self.table.value), begins, sets.threats[new])
        self._solver.addCols(
            len(new),
            sets.cost[new],
            np.zeros(len(new)),
            np.ones(len(new)),
            len(rows),
            (begins + np.arange(len(new))).astype(np.int32),
            rows.astype(np.int32),
            np.insert(used[column, at].astype(np.float64), begins, 1.0),
        )
        return len(new)

    def prices(self) -> tuple[float, Floats, Floats, Integers]:
        """Solve with sets divided at will; return the value, prices, fees (W,), a plan (T, W).

        The plan, of each threat's set with the highest share, may ask for more than there is.
        """
        self._run()
        solution, weapons = self._solver.getSolution(), len(self.table.shots)
        dual = np.maximum(-np.array(solution.row_dual)[len(self.table.value) :], 0.0)
        fee = np.zeros(weapons)
        fee[self._limited] = dual[weapons:]
        value = float(self._solver.getInfo().objective_function_value)
        return value, dual[:weapons], fee, self._chosen(np.array(solution.col_value))

    def choice(self, nodes: int, gap: float) -> tuple[float, Integers]:
        """Solve with sets undivided, the first of each threat known for a start.

        Returns a bound of the best choice, and a plan (T, W), after ``nodes`` of the search.
        """
        columns, threats = self._solver.getNumCol(), len(self.table.value)
        every = np.arange(columns, dtype=np.int32)
        whole = np.full(columns, int(highspy.HighsVarType.kInteger), np.uint8)
        self._solver.changeColsIntegrality(columns, every, whole)
        self._solver.setOptionValue("mip_rel_gap", gap)
        self._solver.setOptionValue("mip_max_nodes", nodes)
        self._solver.setSolution(threats, every[:threats], np.ones(threats))
        self._run()
        bound = float(self._solver.getInfo().mip_dual_bound)
        return bound, self._chosen(np.array(self._solver.getSolution().col_value))

    def _run(self) -> None:
        if self._solver.run() == highspy.HighsStatus.kError:
            status = self._solver.modelStatusToString(self._solver.getModelStatus())
            raise RuntimeError(f"HiGHS failed: {status}")

    def _chosen(self, share: Floats) -> Integers:
        """Return each threat's set with the highest share (N,), the first known of several."""
        threats, sets = np.concatenate(self._threats), np.concatenate(self._sets)
        order = np.lexsort((-share, threats))
        first = np.searchsorted(threats[order], np.arange(len(self.table.value)))
        return np.asarray(sets[order[first]])


def repaired(table: Table, added: Integers) -> Integers:
    """Return a plan (T, W) within all limits, with idle salvos given where they gain most."""
    made = np.array(added, np.int64, order="C")
    kernels.trim(table, made)
    kernels.fill(table, made, made, 0.0)
    return made


def improved(
    table: Table, added: Integers, rounds: int = 1000, in_vain: int = 30, stay: float = 0.0
) -> Integers:
    """Return a plan (T, W) after exchanges of salvos, none worse than it.

    Each salvo that is given otherwise must gain more than ``stay``.
    """
    former = np.array(added, np.int64, order="C")
    made = former.copy()
    kernels.improve(table, made, former, stay, rounds, in_vain)
    kernels.fill(table, made, former, stay)
    return made


def find_prices(numbers: Numbers, rounds: int, gap: float, market: Market) -> Root:
    """Return prices, a bound and a plan after at most so many linear programmes."""
    table, free = numbers.table, np.zeros(len(numbers.table.shots))
    everyone, nothing = np.arange(len(table.value)), np.zeros(table.miss.shape, np.int64)
    if not table.cap.any():
        all_left = float(table.value.sum())
        offers = Offers(free, free, nothing, table.value, all_left)
        return Root(offers, nothing, all_left, all_left)
    added = improved(table, repaired(table, nothing))
    upper = numbers.objective(added)
    offers = market.ask(free, free)
    unpriced = Root(offers, added, upper, offers.bound)
    if unpriced.is_within(gap):
        return unpriced  # there is enough for everyone
    master = Master(table)
    average = upper / max(int(table.shots.sum()), 1)
    best = market.ask(free + average, free)
    for sets in (nothing, added, best.sets):
        master.add(Sets(table, everyone, sets))
    smooth = _SMOOTH
    for _ in range(rounds):
        value, price, fee, rounded = master.prices()
        rounded = repaired(table, rounded)
        if numbers.objective(rounded) < _WORTH_IT * upper:
            rounded = improved(table, rounded, 100, 10)
        if numbers.objective(rounded) < upper:
            added, upper = rounded, numbers.objective(rounded)
            master.add(Sets(table, everyone, added))
        is_solved = value - best.bound <= _CLOSED * upper
        if is_solved or Root(best, added, upper, best.bound).is_within(gap):
            break
        offers = market.ask(
            smooth * best.price + (1.0 - smooth) * price, smooth * best.fee + (1.0 - smooth) * fee
        )
        new = master.add(Sets(table, everyone, offers.sets))
        slack = min((value - offers.bound) / len(everyone), _NEAR * value)
        near = market.within(offers, slack, _NEAR_SETS * len(everyone))
        new += master.add(near) if near is not None else 0
        smooth = _SMOOTH if new else 0.0
        best = offers if offers.bound > best.bound else best
    return Root(best, added, upper, best.bound)


def choose(
    numbers: Numbers, root: Root, market: Market, room: int, nodes: int, gap: float
) -> tuple[Root, bool]:
    """Return a better plan of at most ``room`` sets, and whether no other set could matter.

    A plan better than the best by more than ``gap`` has no set dearer than the threat's cheapest
    by more than lies between bound and plan (Baldacci, Christofides and Mingozzi 2008).
    """
    table = numbers.table
    wanted = root.objective * (1.0 - gap)
    slack = wanted - root.offers.bound
    for shrink in range(_SHRINKS):
        sets = market.within(root.offers, slack * _SHRINK**shrink, room)
        if sets is not None:
            break
    else:
        return root, False
    master = Master(table)
    master.add(Sets(table, np.arange(len(table.value)), root.added))
    master.add(sets)
    low, chosen = master.choice(nodes, gap)
    added = improved(table, repaired(table, chosen))
    objective, bound = numbers.objective(added), root.bound
    if objective >= root.objective:
        added, objective = root.added, root.objective
    if shrink == 0:
        bound = max(bound, min(low, wanted))
    return Root(root.offers, added, objective, bound), shrink == 0
