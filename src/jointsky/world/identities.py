"""Made-up identities of civil traffic: addresses, codes and call signs that nobody has."""

from __future__ import annotations

import numpy as np

# Annex 10 volume III keeps addresses that begin with 1111 for temporary use, no state has them;
# traffic has the first half of them.
ADDRESSES, BLOCKS, A_BLOCK = 0xF00000, 8, 65_521  # the prime below 2^16
STRIDE = 40_503  # near the golden section of a block: neighbours in time are far apart
VISUAL, BY_ADDRESS = 0o7000, 0o1000  # conspicuity codes of flights by sight, and of Mode S
DISCRETE_FROM, DISCRETE_CODES, CODE_STRIDE = 0o2001, 2500, 1607
OPERATORS = ("QAL", "QBR", "QCO", "QDN", "QEV", "QFJ", "QGT", "QHW", "QKM", "QLS", "QNA", "QRV")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def address(block: int, number: int, start: int) -> int:
    """Return a Mode S address, another for each number below 65,521 of each of 8 blocks."""
    place = (start + number * STRIDE) % A_BLOCK
    return ADDRESSES + (block % BLOCKS) * (A_BLOCK + 15) + place


def discrete_code(number: int, start: int) -> int:
    """Return a Mode A code of its own among any 2,500 numbers in a row; never a special one."""
    return DISCRETE_FROM + (start + number * CODE_STRIDE) % DISCRETE_CODES


def operator_call_sign(draws: np.random.Generator) -> str:
    """Return the call sign of an airline's flight: Q begins the letters of none."""
    letters = OPERATORS[int(draws.integers(len(OPERATORS)))]
    return f"{letters}{int(draws.integers(10, 10_000))}"


def registration(draws: np.random.Generator) -> str:
    """Return the registration of a light aircraft: no state's begins with Q."""
    return "Q" + "".join(LETTERS[int(k)] for k in draws.integers(len(LETTERS), size=4))
