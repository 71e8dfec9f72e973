"""Registration in a process of its own: what takes a second of work does not hold up the picture.

The process is begun with the node and ends with it, whatever becomes of it; it yields to the node
where both want the processor.  One that ends too soon is a failed window, which the node tells of.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait

import numpy as np

from jointsky.records.columns import Array
from jointsky.records.plots import Plots
from jointsky.tracking.registration_errors import Known
from jointsky.tracking.registration_window import Done, Windows

NICE = 19
_windows: list[Windows] = []  # those of this process, where it is the one beside


class Beside:
    """Begins the process; ``end`` ends it."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._begun: Future[int] | None = None  # the number of the process, once it runs

    def begin(self, make: Callable[[], Windows]) -> None:
        """Begin the process; it gets ready while the first plots come."""
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, context, _begin, (make,))
        self._begun = self._pool.submit(os.getpid)

    def work(
        self, plots: Plots, end_s: float, span_s: float, elevated: set[int]
    ) -> Future[tuple[Done, Known]]:
        """Work a window off, as ``Windows.work`` does; return what will be known then."""
        assert self._pool is not None
        try:
            return self._pool.submit(_work, _told(plots), len(plots), end_s, span_s, elevated)
        except BrokenExecutor as error:  # the process has ended since the last window
            failed: Future[tuple[Done, Known]] = Future()
            failed.set_exception(error)
            return failed

    def end(self) -> None:
        """End the process; what it was at is dropped."""
        if self._pool is None:
            return
        with contextlib.suppress(BrokenExecutor, ProcessLookupError):
            os.kill(self.process_id(), signal.SIGKILL)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def process_id(self) -> int:
        """Return the number of the process, once it runs."""
        assert self._begun is not None
        return self._begun.result()


def _begin(make: Callable[[], Windows]) -> None:
    """Make this process the one beside: it ends when the node's does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _yield_always()
    node = multiprocessing.parent_process()
    if node is not None:
        threading.Thread(target=_end_with, args=(node.sentinel,), daemon=True).start()
    _windows.append(make())


def _yield_always() -> None:
    """Run only when nobody else wants the processor, as far as the system can do that."""
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(NICE)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _work(
    columns: dict[str, Array], n: int, end_s: float, span_s: float, elevated: set[int]
) -> tuple[Done, Known]:
    windows = _windows[0]
    done = windows.work(Plots.make(n, **columns), end_s, span_s, elevated)
    return done, windows.errors.now


def _told(plots: Plots) -> dict[str, Array]:
    """Return the columns that say something: others need not be carried over."""
    told = {}
    for name, column in Plots.schema().items():
        values = getattr(plots, name)
        is_default = np.isnan(values) if values.dtype.kind == "f" else values == column.default
        if not np.all(is_default):
            told[name] = values
    return told
