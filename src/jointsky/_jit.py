"""The one switch for numba: flags of every kernel, where compiled code is kept, time spent on it.

numba does not notice an edit to a kernel that is called from another file (numba issue 1833), so
the cache folder is named after a hash of all ``*_kernels.py``: an edit anywhere makes a new one.
``JOINTSKY_CACHE`` moves the folder; ``NUMBA_DISABLE_JIT=1`` runs the kernels as plain Python.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core import event, targetconfig

_F = TypeVar("_F", bound=Callable[..., Any])
_FOLDERS_KEPT = 4
_MARK = "in-use"
_TRIES = 20


def cache_root() -> pathlib.Path:
    """Return the folder in which jointsky keeps what it can make again."""
    given = os.environ.get("JOINTSKY_CACHE")
    if given:
        return pathlib.Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if base.startswith("~"):  # nobody's home
        base = os.path.join(tempfile.gettempdir(), f"cache-{os.getuid()}")
    return pathlib.Path(base) / "jointsky"


def kernel_digest() -> str:
    """Return 16 hexadecimal digits that change with every edit of a kernel."""
    digest = hashlib.blake2b(digest_size=8)
    package = pathlib.Path(__file__).parent
    for path in [pathlib.Path(__file__), *sorted(package.rglob("*_kernels.py"))]:
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def has_kernels() -> bool:
    """Return whether any kernel of this source lies compiled in the cache."""
    return next(_FOLDER.rglob("*.nbi"), None) is not None


def _take(folder: pathlib.Path) -> int | None:
    """Make ``folder`` and mark it as used until this process ends; None where that cannot be.

    The mark is a shared lock, so that no other process prunes the folder while we write to it.
    """
    for _ in range(_TRIES):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            mark = os.open(folder / _MARK, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(mark, fcntl.LOCK_SH)
            os.utime(folder)
        except FileNotFoundError:
            continue  # pruned between two of these lines
        except OSError:
            return None
        if (folder / _MARK).exists():
            return mark
        os.close(mark)
    return None


def _prune(keep: pathlib.Path) -> None:
    """Remove the folders of former kernels that were not used for longest, and are not in use."""

    def used(path: pathlib.Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0

    others = sorted((p for p in keep.parent.glob("kernels-*") if p != keep), key=used)
    for old in others[: max(len(others) + 1 - _FOLDERS_KEPT, 0)]:
        try:
            with (old / _MARK).open("ab") as mark:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(old, ignore_errors=True)
        except OSError:
            continue  # in use, or gone, or not ours


_FOLDER = cache_root() / f"kernels-{kernel_digest()}"
_IN_USE = _take(_FOLDER)
if _IN_USE is not None:
    numba.config.CACHE_DIR = str(_FOLDER)
    _prune(_FOLDER)


class _Compiling(event.TimingListener):  # type: ignore[misc]
    """Counts the time of compiling, and keeps the garbage collector out of it.

    numba makes millions of objects that live for a moment; looking through them took a tenth.
    """

    def on_start(self, event: event.Event) -> None:
        if self._depth == 0:
            self._collects = gc.isenabled()
            gc.disable()
        super().on_start(event)

    def on_end(self, event: event.Event) -> None:
        super().on_end(event)
        if self._depth == 0 and self._collects:
            gc.enable()


def _flags_as_dict(self: targetconfig.TargetConfig) -> dict[str, Any]:
    """Return all flags of a compilation, as numba's own method does, five times as fast.

    numba compares flags for each arithmetic operation that it types: a quarter of all its time.
    """
    given = self._values
    return {name: given.get(name, option.default) for name, option in self.options.items()}


targetconfig.TargetConfig.values = _flags_as_dict
_CLOCK = _Compiling()
event.register("numba:compile", _CLOCK)


def kernel(function: _F) -> _F:
    """Compile ``function`` on first use: no Python objects, division by zero gives inf, cached.

    Where no cache can be written, every process compiles for itself.
    """
    made: _F = numba.njit(cache=_IN_USE is not None, nogil=True, error_model="numpy")(function)
    return made


def inner(function: _F) -> _F:
    """Compile a kernel that only kernels call: without the way in from Python, which costs most.

    To call one from a test, wrap it in a kernel of the test's own.
    """
    made: _F = numba.njit(
        cache=_IN_USE is not None,
        nogil=True,
        error_model="numpy",
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
    )(function)
    return made


def bare_kernel(function: _F) -> _F:
    """Compile a kernel that allocates nothing, without counting references to arrays.

    numba counts them wherever a view is made or an array is taken out of a tuple, atomically:
    three quarters of the tracker's time.  ``_nrt=False`` turns that off, and allocation with it.
    """
    made: _F = numba.njit(cache=_IN_USE is not None, nogil=True, error_model="numpy", _nrt=False)(
        function
    )
    return made


_BARE: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}


def bare(function: _F) -> _F:
    """Compile a kernel that allocates nothing and that only such kernels call."""
    made: _F = numba.njit(**_BARE)(function)
    return made


def inlined(function: _F) -> _F:
    """Compile a bare kernel into each of its callers: for a few lines in the innermost loops.

    The compiler leaves them apart where they have many arguments, and to call one then costs as
    much as its arithmetic.
    """
    made: _F = numba.njit(forceinline=True, **_BARE)(function)
    return made


def compile_seconds() -> float:
    """Return the wall seconds that this process has spent on compiling kernels."""
    return float(_CLOCK.duration) if _CLOCK.done else 0.0
