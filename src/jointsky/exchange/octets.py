"""Octets of outside are read with every length checked before anything is made of them."""

from __future__ import annotations

import struct

from jointsky.errors import InputError

_MOST_VARINT = 10  # octets of a 64-bit number, 7 bits each
_ONE = [bytes((value,)) for value in range(0x80)]
_FLOAT = struct.Struct(">d")


def varint(value: int) -> bytes:
    """Return a number from 0 below 2**64 in 7-bit groups, the low ones first (LEB128)."""
    if 0 <= value < 0x80:
        return _ONE[value]
    if not 0 <= value < 1 << 64:
        raise ValueError(f"{value} cannot be written in 64 bits")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)  # 300 is ac 02


def zigzag(value: int) -> bytes:
    """Return a number from -2**63 below 2**63 as a varint: 0, -1, 1, -2 are 0, 1, 2, 3."""
    return varint(value * 2 if value >= 0 else -value * 2 - 1)


def real(value: float) -> bytes:
    """Return a float64 in 8 octets, the high ones first."""
    return _FLOAT.pack(value)


class Octets:
    """Reads octets from the front; what does not fit is an InputError that says where."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data, self.where, self.at = data, where, 0

    def fault(self, found: str, wanted: str = "") -> InputError:
        """Return the error for something wrong at the place just read."""
        return InputError(f"{self.where}: octet {self.at}", found, wanted)

    @property
    def left(self) -> int:
        """Return how many octets have not been read."""
        return len(self.data) - self.at

    def take(self, size: int) -> bytes:
        """Return the next ``size`` octets."""
        if not 0 <= size <= self.left:
            raise self.fault(f"{self.left} octets are left", f"{size}")
        self.at += size
        return self.data[self.at - size : self.at]

    def octet(self) -> int:
        """Return the next octet."""
        if self.at >= len(self.data):
            raise self.fault("no octet is left", "one")
        self.at += 1
        return self.data[self.at - 1]

    def varint(self, most: int = (1 << 64) - 1) -> int:
        """Return a number of at most ``most``."""
        value, end = 0, min(self.at + _MOST_VARINT, len(self.data))
        for at in range(self.at, end):
            octet = self.data[at]
            value |= (octet & 0x7F) << 7 * (at - self.at)
            if octet < 0x80:
                self.at = at + 1
                if value > most:
                    raise self.fault(f"the number {value}", f"at most {most}")
                return value
        raise self.fault("a number without end", f"at most {_MOST_VARINT} octets")

    def zigzag(self) -> int:
        """Return a number from -2**63 below 2**63."""
        value = self.varint()
        return -(value + 1 >> 1) if value & 1 else value >> 1

    def real(self) -> float:
        """Return a float64, perhaps not a number."""
        return float(_FLOAT.unpack(self.take(8))[0])

    def text(self, most: int) -> str:
        """Return a text of at most ``most`` octets of UTF-8, after its length."""
        data = self.take(self.varint(most))
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise self.fault(f"the octets {data.hex()}", "UTF-8") from None

    def end(self) -> None:
        """Refuse anything that is left."""
        if self.left:
            raise self.fault(f"{self.left} octets more", "the end")
