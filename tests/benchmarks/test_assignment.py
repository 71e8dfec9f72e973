"""The assignment benchmark reads the public form, and a tiny instance is solved by hand."""

import itertools

import numpy as np
import pytest
from assignment_parts.problems import BEST_KNOWN, greedy, load, random_problem, replanned

from jointsky.decide.assignment import assign_exact, assign_fast
from shared_data import shared

TINY = """2 3 1
10
6
3
0 0 0.9
0 1 0.8
0 2 0.5
1 0 0.8
1 1 0.1
1 2 0.9
"""


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.txt"
    path.write_text(TINY)
    return load(path)


def test_the_public_form_is_read(tiny):
    assert tiny.value.tolist() == [10.0, 6.0, 3.0]
    assert tiny.chance.tolist() == [[0.9, 0.8, 0.5], [0.8, 0.1, 0.9]]
    assert tiny.shots.tolist() == [1, 1]


def test_a_tiny_instance_is_solved_as_by_trying_all(tiny):
    left = []
    for first, second in itertools.product(range(3), repeat=2):
        value = tiny.value.copy()
        value[first] *= 1.0 - tiny.chance[0, first]
        value[second] *= 1.0 - tiny.chance[1, second]
        left.append(value.sum())
    plan = assign_exact(tiny, gap=0.0)
    assert plan.objective == pytest.approx(min(left))
    assert plan.objective == pytest.approx(2.0 + 1.2 + 3.0)  # weapon 0 on 1, weapon 1 on 0
    assert greedy(tiny) == pytest.approx(1.0 + 6.0 + 0.3)


@pytest.mark.parametrize("number", BEST_KNOWN)
def test_the_public_instances_are_solved_to_their_best_known_values(number):
    problem = load(shared(f"data/assignment/wta_50x100x{number}.txt"))
    low, high = BEST_KNOWN[number]
    plan, fast = assign_exact(problem, gap=1e-6), assign_fast(problem)
    assert plan.gap <= 1e-6
    assert low - 5e-4 <= plan.objective <= high + 5e-4  # they are told to three places
    assert plan.objective - 1e-9 <= fast.objective < 1.005 * plan.objective
    assert fast.bound <= plan.objective + 1e-9


def test_keeping_changes_less():
    problem = random_problem(8, 20, 1)
    afresh, nothing = replanned(problem, 5, 0.02, None, 1)
    kept, dearest = replanned(problem, 5, 0.02, 0.05, 1)
    assert nothing == 0.0
    assert kept <= afresh
    assert dearest <= 0.05 + 1e-9
    assert np.isfinite(dearest)
