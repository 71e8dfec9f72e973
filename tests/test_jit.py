import fcntl
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from numba.core.errors import NumbaError

from jointsky import _jit

CODE = """
import sys, time
from jointsky import _jit
from jointsky.earth import geodesy
print(geodesy.geodetic_to_ecef(0.0, 0.0, 0.0)[0, 0], _jit.compile_seconds(), sep=",")
time.sleep(float(sys.argv[1]))
"""


def run(cache, sleep_s=0.0, **more):
    environment = {**os.environ, "JOINTSKY_CACHE": str(cache), **more}
    command = [sys.executable, "-c", CODE, str(sleep_s)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def answer(process):
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    position_m, compile_s = out.strip().split(",")
    assert float(position_m) == 6378137.0
    return float(compile_s)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def test_the_second_process_finds_what_the_first_compiled(cache):
    first = answer(run(cache))
    second = answer(run(cache))
    assert first > 0.05  # compiling takes at least that long anywhere
    assert second < 0.2 * first
    (folder,) = cache.glob("kernels-*")
    assert list(folder.rglob("*.nbi"))


def test_two_processes_at_once_both_answer(tmp_path):
    both = [run(tmp_path), run(tmp_path)]
    seconds = [answer(process) for process in both]
    assert max(seconds) > 0 and min(seconds) >= 0  # the later one may find the other's work done


@pytest.mark.skipif(os.getuid() == 0 and not os.path.isdir("/proc"), reason="needs /proc")
def test_where_no_cache_can_be_written_it_still_works():
    assert answer(run("/proc/nowhere")) > 0


def test_without_jit_kernels_are_plain_python(tmp_path):
    assert answer(run(tmp_path, NUMBA_DISABLE_JIT="1")) == 0.0


def made(root, name, age_s):
    folder = root / f"kernels-{name}"
    folder.mkdir()
    (folder / _jit._MARK).touch()
    then = time.monotonic() - age_s + 1e6
    os.utime(folder, (then, then))
    return folder


def test_old_folders_go_but_never_one_that_is_in_use(tmp_path):
    oldest, old, *_ = [
        made(tmp_path, name, age) for name, age in zip("abcdef", range(60, 0, -10), strict=True)
    ]
    keep = made(tmp_path, "keep", 0)
    with (oldest / _jit._MARK).open("ab") as mark:
        fcntl.flock(mark, fcntl.LOCK_SH)
        _jit._prune(keep)
    left = {folder.name.removeprefix("kernels-") for folder in tmp_path.iterdir()}
    assert left == {"a", "d", "e", "f", "keep"}
    assert not old.exists()


def test_a_folder_that_was_pruned_in_between_is_made_again(tmp_path):
    mark = _jit._take(tmp_path / "kernels-x")
    assert mark is not None
    assert (tmp_path / "kernels-x" / _jit._MARK).exists()
    os.close(mark)


def test_the_folder_is_named_after_every_kernel_file():
    name = _jit._FOLDER.name
    assert name == f"kernels-{_jit.kernel_digest()}"
    assert len(name) == len("kernels-") + 16


def test_compiling_is_counted_in_seconds():
    before, begun = _jit.compile_seconds(), time.perf_counter()

    @_jit.numba.njit
    def fresh(x):
        return x * 2.5 + 1.0

    assert fresh(2.0) == 6.0
    took = time.perf_counter() - begun
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        assert 0.0 < _jit.compile_seconds() - before <= took


@_jit.bare
def last_of(values):
    values = values[1:]
    return values[values.shape[0] - 1]


@_jit.bare
def copied(values):
    return values.copy()[0]


@_jit.bare_kernel
def last_of_both(values, pair):
    return last_of(values) + last_of(pair[1])


@_jit.bare_kernel
def fresh_sum(count):
    return np.ones(count).sum()


@_jit.bare_kernel
def fresh_by_another(values):
    return copied(values)


@_jit.bare_kernel
def listed(count):
    return len([0.0] * count)


def test_bare_kernels_take_views_and_tuples_apart():
    values = np.arange(5.0)
    references = sys.getrefcount(values)
    assert last_of_both(values, (values, values[:3])) == 6.0
    assert sys.getrefcount(values) == references


@pytest.mark.skipif(_jit.numba.config.DISABLE_JIT, reason="plain Python allocates as it likes")
@pytest.mark.parametrize(
    ("allocating", "given"),
    [(fresh_sum, 3), (fresh_by_another, np.ones(3)), (listed, 3)],
    ids=["itself", "by a bare kernel that it calls", "a list"],
)
def test_a_bare_kernel_that_allocates_does_not_compile(allocating, given):
    with pytest.raises(NumbaError):
        allocating(given)
