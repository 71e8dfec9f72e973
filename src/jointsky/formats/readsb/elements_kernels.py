"""Kernels behind elements.py: where the elements of a JSON array begin."""
# mypy: ignore-errors

from jointsky._jit import kernel

QUOTE, BACKSLASH, COMMA = 34, 92, 44
OPEN_LIST, CLOSE_LIST, OPEN_DICT, CLOSE_DICT = 91, 93, 123, 125


@kernel
def element_starts(data, at, out):
    """Fill ``out`` with the offsets of the elements of the array whose [ is data[at].

    Returns how many there are; ``out`` may be empty to count only.  The text must be sound JSON.
    """
    count, depth, in_text, fresh = 0, 0, False, True
    k = at + 1
    while k < data.shape[0]:
        c = data[k]
        if in_text:
            if c == BACKSLASH:
                k += 1
            elif c == QUOTE:
                in_text = False
        elif c > 32:
            if depth == 0 and c == CLOSE_LIST:
                break
            if depth == 0 and fresh:
                if count < out.shape[0]:
                    out[count] = k
                count += 1
                fresh = False
            if c == QUOTE:
                in_text = True
            elif c in (OPEN_LIST, OPEN_DICT):
                depth += 1
            elif c in (CLOSE_LIST, CLOSE_DICT):
                depth -= 1
            elif c == COMMA and depth == 0:
                fresh = True
        k += 1
    return count
