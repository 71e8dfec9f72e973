"""How long work is asked to stop, and on how many cores it runs: what such commands share."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

INTERRUPTED = 130


def workers(text: str) -> int:
    """Return a number of workers that was given as a word."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} workers; at least 1")
    return number


@contextmanager
def stopping() -> Iterator[Any]:
    """Yield what tells whether the run should stop: after Ctrl-C or SIGTERM; a second one ends."""
    asked: list[int] = []

    def ask(number: int, _frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
