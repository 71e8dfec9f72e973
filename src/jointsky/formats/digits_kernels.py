"""Kernels for text that several formats share: digits of octets become numbers."""
# mypy: ignore-errors

import math

from jointsky._jit import kernel


@kernel
def hex_digit(c):
    """Return the value of a hexadecimal character, or -1."""
    if 48 <= c <= 57:
        return c - 48
    c |= 32
    return c - 87 if 97 <= c <= 102 else -1


@kernel
def number(data, start, stop):
    """Return the decimal number in data[start:stop], or NaN; no exponent, at most 19 digits."""
    sign = 1.0
    k = start
    if k < stop and data[k] in (43, 45):
        sign = -1.0 if data[k] == 45 else 1.0
        k += 1
    whole, digits, scale, dots = 0, 0, 1.0, 0
    while k < stop:
        c = data[k]
        if c == 46 and dots == 0:
            dots = 1
        elif 48 <= c <= 57:
            if digits < 19:
                whole = whole * 10 + (c - 48)
                digits += 1
                if dots:
                    scale *= 10.0
            elif not dots:
                return math.nan
        else:
            return math.nan
        k += 1
    return sign * whole / scale if digits else math.nan
