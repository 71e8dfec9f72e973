"""Kernels behind fields.py: the 24-bit parity of Mode S (ICAO Annex 10 vol. IV, 3.1.2.3.3)."""
# mypy: ignore-errors

from jointsky._jit import kernel

GENERATOR = 0xFFF409  # x^24 + x^23 + ... + x^10 + x^3 + 1 without its first term


@kernel
def fill_table(table):
    """Fill table[octet], shape (256,), with the remainder of octet * x^24."""
    for octet in range(256):
        rest = octet << 16
        for _ in range(8):
            rest = ((rest << 1) ^ GENERATOR) & 0xFFFFFF if rest & 0x800000 else rest << 1
        table[octet] = rest


@kernel
def syndromes(octets, lengths, table, out):
    """Fill out[n] with remainder xor last 24 bits of each frame: octets (N, 14), lengths (N,).

    Nought for a sound DF17 or DF18; the interrogator code for DF11; the address of the sender
    for DF0, 4, 5, 16, 20 and 21.  Frames shorter than 7 octets give -1.
    """
    for n in range(octets.shape[0]):
        size = lengths[n]
        if size < 7:
            out[n] = -1
            continue
        rest = 0
        for k in range(size - 3):
            rest = ((rest << 8) & 0xFFFFFF) ^ table[(rest >> 16) ^ octets[n, k]]
        sent = (octets[n, size - 3] << 16) | (octets[n, size - 2] << 8) | octets[n, size - 1]
        out[n] = rest ^ sent
