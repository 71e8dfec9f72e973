"""Kernels behind bearings.py: how many in each frame, and where."""
# mypy: ignore-errors

import numpy as np

from jointsky._jit import kernel
from jointsky.numeric.random_kernels import unit
from jointsky.sensors.drawing_kernels import NOBODY, bits, poisson, uniform

FALSE_NUMBER, FALSE_PLACE = 3, 4


@kernel
def fill(numbers, is_kept, mean, key, frames, shares):
    """Fill frames (n,) and shares (n, 3), uniform in [0, 1); return how many there are in all.

    What does not fit is counted and not filled.
    """
    count = 0
    for frame in range(numbers.shape[0]):
        if not is_kept[frame]:
            continue
        for i in range(poisson(mean, uniform(key, NOBODY, numbers[frame], FALSE_NUMBER))):
            if count < frames.shape[0]:
                four = bits(key, np.uint64(i + 1), numbers[frame], FALSE_PLACE)
                frames[count] = frame
                for k in range(3):
                    shares[count, k] = unit(four[k])
            count += 1
    return count
