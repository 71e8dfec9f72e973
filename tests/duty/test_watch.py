"""A simulated crew: who is free takes what is most urgent; queues as their closed forms say."""

import math

import numpy as np
import pytest

from jointsky.decide.declared import Crew
from jointsky.duty.watch import Task, Watch


def crew(**given):
    return Crew(**({"seats": 1, "spread": 0.0, "identify_s": 10.0, "answer_s": 4.0} | given))


def test_a_task_takes_its_time_and_is_done_once():
    watch = Watch(crew(), "west", 1)
    watch.ask(Task("identify", 7), 0.0)
    watch.ask(Task("identify", 7), 1.0)  # it has it already
    assert watch.done(9.9) == []
    (done,) = watch.done(10.0)
    assert (done.task, done.time_s) == (Task("identify", 7), 10.0)
    assert 0.0 <= done.luck < 1.0
    assert watch.done(100.0) == []


def test_tasks_about_a_target_go_on_under_its_new_number_once():
    watch = Watch(crew(), "west", 1)
    for target in (1, 2, 3):
        watch.ask(Task("identify", target), 0.0)
    watch.ask(Task("answer", 2), 0.0)  # a proposal of that number, no target
    watch.rename(2, 12)
    watch.rename(3, 12)
    assert watch.has(Task("identify", 12)) and watch.has(Task("answer", 2))
    done = [one.task for one in watch.done(60.0)]
    assert sorted(done) == [Task("answer", 2), Task("identify", 1), Task("identify", 12)]


def test_one_seat_does_one_thing_after_the_other_and_answers_first():
    watch = Watch(crew(), "west", 1)
    watch.ask(Task("identify", 1), 0.0)
    assert watch.done(0.0) == []  # it has begun
    watch.ask(Task("identify", 2), 1.0)
    watch.ask(Task("answer", 9), 2.0)
    done = watch.done(60.0)
    assert [(one.task.kind, one.time_s) for one in done] == [
        ("identify", 10.0),
        ("answer", 14.0),
        ("identify", 24.0),
    ]
    assert watch.busy_s == 24.0
    assert watch.longest_wait_s == 13.0


def test_two_seats_work_side_by_side():
    watch = Watch(crew(seats=2), "west", 1)
    for target in (1, 2, 3):
        watch.ask(Task("identify", target), 0.0)
    assert [one.time_s for one in watch.done(60.0)] == [10.0, 10.0, 20.0]


def test_what_was_taken_back_is_not_done():
    watch = Watch(crew(), "west", 1)
    watch.ask(Task("propose", 1), 0.0)
    watch.drop(Task("propose", 1))
    assert watch.done(100.0) == []


def test_how_long_tasks_take_is_log_normal_about_the_median():
    watch = Watch(crew(seats=100, spread=0.5), "west", 3)
    times = []
    for target in range(4000):
        watch.ask(Task("identify", target), 1000.0 * target)
        times += [one.time_s - 1000.0 * target for one in watch.done(1000.0 * target + 900.0)]
    logs = np.log(times)
    assert logs.mean() == pytest.approx(math.log(10.0), abs=4 * 0.5 / math.sqrt(4000))
    assert logs.std() == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(8000))


def test_the_wait_for_one_seat_is_that_of_a_queue_with_constant_service():
    # M/D/1, load 0.5, service 10 s: mean wait 5 s (Pollaczek and Khinchine)
    rng = np.random.default_rng(5)
    watch = Watch(crew(), "west", 1)
    came_s = np.cumsum(rng.exponential(20.0, 20_000))
    done = []
    for number, time_s in enumerate(came_s.tolist()):
        done += watch.done(time_s)
        watch.ask(Task("identify", number), time_s)
    done += watch.done(came_s[-1] + 1000.0)
    waits = [one.time_s - 10.0 - came_s[one.task.about] for one in done]
    assert np.mean(waits) == pytest.approx(5.0, rel=0.06)


def test_what_is_drawn_hangs_on_nation_and_task_and_on_no_other():
    one, other = Watch(crew(spread=0.5), "west", 1), Watch(crew(spread=0.5), "west", 1)
    east = Watch(crew(spread=0.5), "east", 1)
    other.ask(Task("identify", 99), -1000.0)
    other.done(-1.0)
    for watch in (one, other, east):
        watch.ask(Task("identify", 5), 0.0)
    alike, elsewhere = one.done(500.0), east.done(500.0)
    assert alike == other.done(500.0)
    assert alike != elsewhere


def test_a_crew_tires_through_its_shift_and_the_next_comes_fresh():
    crew = Crew(seats=1, identify_s=10.0, spread=0.0, shift_h=8.0, tires_per_h=0.05)
    watch = Watch(crew, "west", 1, begun_s=1000.0)
    for hours, tired in ((0.0, 1.0), (4.0, 1.2), (7.99, 1.3995), (8.0, 1.0), (20.0, 1.2)):
        assert watch.tired(1000.0 + 3600.0 * hours) == pytest.approx(tired)
    now_s = 1000.0 + 4 * 3600.0
    watch.ask(Task("identify", 1), now_s)
    assert watch.done(now_s) == []
    (done,) = watch.done(now_s + 12.0)
    assert done.time_s == pytest.approx(now_s + 12.0) and done.tired == pytest.approx(1.2)
