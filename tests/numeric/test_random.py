import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jointsky._jit import kernel
from jointsky.numeric import random_kernels
from jointsky.streams import key, stream

WORD = st.integers(0, 2**64 - 1)


@kernel
def normals(low, high, n, out):
    for i in range(n):
        a, b, c, d = random_kernels.philox(
            low, high, np.uint64(i), np.uint64(0), np.uint64(0), np.uint64(0)
        )
        out[i, 0], out[i, 1] = random_kernels.two_normals(a, b)
        out[i, 2], out[i, 3] = random_kernels.two_normals(c, d)


@given(WORD, WORD, st.tuples(WORD, WORD, WORD, WORD))
def test_philox_gives_the_numbers_of_numpys(low, high, counter):
    ours = random_kernels.philox(np.uint64(low), np.uint64(high), *map(np.uint64, counter))
    number = sum(word << 64 * k for k, word in enumerate(counter))
    theirs = np.random.Philox(key=low | high << 64, counter=(number - 1) % 2**256)
    assert [int(word) for word in ours] == theirs.random_raw(4).tolist()


@given(WORD)
def test_unit_is_numpys_random(bits):
    assert random_kernels.unit(np.uint64(bits)) == (bits >> 11) / 2**53


def test_a_stream_draws_under_its_key():
    low, high = key(7, "radar", "alpha")
    theirs = np.random.Generator(np.random.Philox(key=low | high << 64))
    assert stream(7, "radar", "alpha").random(3).tolist() == theirs.random(3).tolist()


def test_normals_are_standard_and_independent():
    low, high = key(1, "normals")
    out = np.empty((50_000, 4))
    normals(np.uint64(low), np.uint64(high), len(out), out)
    covariance = np.cov(out.T)
    # 5 standard errors of 50,000 draws
    assert np.all(np.abs(out.mean(axis=0)) < 5 / np.sqrt(len(out)))
    assert np.all(np.abs(covariance - np.eye(4)) < 5 * np.sqrt(2 / len(out)))
    assert 0.9972 < np.mean(np.abs(out) < 3.0) < 0.9974 + 0.0003
