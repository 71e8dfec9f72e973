"""Registration in a process of its own: what takes a second of work does not hold up the picture.

The process is begun with the node and ends with it, whatever becomes of it; it yields to the node
where both want the processor.  One that ends too soon is a failed window, which the node tells of.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any

import numpy as np

from jointsky.records.columns import Array
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.tracking.registration_errors import Known
from jointsky.tracking.registration_settings import RegistrationSettings
from jointsky.tracking.registration_window import Done, Windows

NICE = 19
_windows: list[Windows] = []  # those of this process, where it is the one beside


class Beside:
    """Begins the process with the first window; ``end`` ends it."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def begin(
        self,
        sensors: Sequence[Sensor],
        settings: RegistrationSettings,
        epoch_s: float,
        origin: tuple[float, float, float] | None,
    ) -> None:
        """Begin the process; it gets ready while the first plots come."""
        self._pool = ProcessPoolExecutor(
            1,
            multiprocessing.get_context("spawn"),
            _begin,
            (list(sensors), settings, epoch_s, origin),
        )
        self._pool.submit(os.getpid)

    def work(
        self, plots: Plots, end_s: float, span_s: float, elevated: set[int]
    ) -> Future[tuple[Done, Known]]:
        """Work a window off, as ``Windows.work`` does; return what will be known then."""
        assert self._pool is not None
        return self._pool.submit(_work, _told(plots), len(plots), end_s, span_s, elevated)

    def end(self) -> None:
        """End the process; what it was at is dropped."""
        if self._pool is None:
            return
        for process in list((self._pool._processes or {}).values()):
            process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None


def _begin(*given: Any) -> None:
    """Make this process the one beside: it ends when the node's does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _yield_always()
    node = multiprocessing.parent_process()
    if node is not None:
        threading.Thread(target=_end_with, args=(node.sentinel,), daemon=True).start()
    _windows.append(Windows(*given))


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
