"""What is shown while something takes long."""

import io

import pytest
from rich.console import Console

from jointsky.cli import console


@pytest.fixture
def shown(monkeypatch):
    """Return the clock that progress goes by, and what has been shown so far, as functions."""
    clock, file = [0.0], io.StringIO()
    made = Console(file=file, width=120, force_terminal=True, get_time=lambda: clock[0])
    monkeypatch.setattr(console, "messages", made)

    def pass_s(seconds):
        clock[0] += seconds

    return pass_s, file.getvalue


def test_progress_tells_how_many_how_fast_and_how_long_still(shown):
    pass_s, text = shown
    with console.counting(False, "runs") as tells:
        tells(1002, 3000)  # a thousand of them from before
        pass_s(40.0)
        tells(1006, 3000)
        pass_s(40.0)
        tells(1010, 2010)  # fewer are wanted now
    assert "1,010 of about 2,010 runs" in text()
    assert "360 an hour" in text() and "about 2:46:40 left" in text()


def test_what_it_waits_for_is_told_until_there_is_a_first(shown):
    _, text = shown
    with console.counting(False, "runs", "kernels compile first") as tells:
        tells(0, 600)
    assert "0 of about 600 runs" in text() and "kernels compile first" in text()


def test_what_it_takes_to_begin_has_no_part_in_the_rate(shown):
    pass_s, text = shown
    with console.counting(False, "runs", "kernels compile first") as tells:
        tells(0, 600)
        pass_s(100.0)
        tells(10, 600)
        pass_s(10.0)
        tells(20, 600)
    last = text().rsplit("20 of about 600 runs", 1)[1]
    assert "3,600 an hour" in last and "kernels" not in last


def test_what_never_began_shows_nothing(shown):
    with console.counting(False, "runs", "kernels compile first"):
        pass
    assert "runs" not in shown[1]() and "kernels" not in shown[1]()


def test_what_took_no_time_has_no_rate(shown):
    _, text = shown
    with console.counting(False, "runs") as tells:
        tells(2, 6)
        tells(4, 6)
    assert "4 of about 6 runs" in text() and "an hour" not in text() and "left" not in text()


def test_quiet_shows_nothing(shown):
    with console.counting(True, "runs") as tells:
        tells(2, 6)
    assert shown[1]() == ""
