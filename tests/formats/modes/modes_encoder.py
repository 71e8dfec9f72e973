"""A slow, obvious encoder of Mode S, from the documents: what the readers are tested with."""

import math

CHARACTERS = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"


def crc(message: int, bits: int) -> int:
    """Return the remainder of ``message`` * x^24 over the generator 1FFF409, bit by bit."""
    rest = message << 24
    for k in range(bits + 23, 23, -1):
        if rest >> k & 1:
            rest ^= 0x1FFF409 << (k - 24)
    return rest


def squitter(me: int, address: int = 0x40621D, first: int = 0x8D) -> bytes:
    """Return the 14 octets of a DF17 (8D) or DF18 (90 + control field) with its parity."""
    head = first << 80 | address << 56 | me
    return (head << 24 | crc(head, 88)).to_bytes(14, "big")


def reply(head: int, bits: int, address: int) -> bytes:
    """Return a reply of ``bits`` + 24 bits whose parity is laid over the address."""
    return (head << 24 | (crc(head, bits) ^ address)).to_bytes((bits + 24) // 8, "big")


def zones(latitude: float) -> int:
    """Return NL by counting: the least n whose transition latitude is below."""
    for n in range(2, 60):
        top = 1 - math.cos(math.pi / 30)
        edge = math.degrees(math.acos(math.sqrt(top / (1 - math.cos(2 * math.pi / n)))))
        if abs(latitude) > edge:
            return n - 1
    return 59


def cpr(latitude: float, longitude: float, odd: int, surface: bool) -> tuple[int, int]:
    """Return the 17-bit latitude and longitude of a position (DO-260B A.1.7.3)."""
    turn = 90.0 if surface else 360.0
    height = turn / (60 - odd)
    yz = math.floor(2**17 * (latitude % height) / height + 0.5)
    latitude_back = height * (yz / 2**17 + math.floor(latitude / height))
    width = turn / max(zones(latitude_back) - odd, 1)
    xz = math.floor(2**17 * (longitude % width) / width + 0.5)
    return yz % 2**17, xz % 2**17


def airborne(latitude: float, longitude: float, odd: int, feet: int = 36000, tc: int = 11) -> int:
    """Return the ME field of an airborne position with its altitude in steps of 25 ft."""
    n = (feet + 1000) // 25
    code = (n & 0x7F0) << 1 | 0x10 | n & 0xF
    lat, lon = cpr(latitude, longitude, odd, surface=False)
    return tc << 51 | code << 36 | odd << 34 | lat << 17 | lon


def surface(latitude: float, longitude: float, odd: int, movement: int = 1, track: int = 0) -> int:
    """Return the ME field of a surface position; movement and track as they are coded."""
    lat, lon = cpr(latitude, longitude, odd, surface=True)
    return 7 << 51 | movement << 44 | 1 << 43 | track << 36 | odd << 34 | lat << 17 | lon


def velocity(east: int, north: int, fpm: int = 0, above_ft: int = 0, subtype: int = 1) -> int:
    """Return the ME field of a ground velocity; knots in steps of 1 or 4."""
    step = 4 if subtype == 2 else 1
    ew = (east < 0) << 10 | (abs(east) // step + 1)
    ns = (north < 0) << 10 | (abs(north) // step + 1)
    rate = (fpm < 0) << 9 | (abs(fpm) // 64 + 1)
    diff = (above_ft < 0) << 7 | (abs(above_ft) // 25 + 1)
    return 19 << 51 | subtype << 48 | ew << 32 | ns << 21 | rate << 10 | diff


def identity(sign: str, tc: int = 4, category: int = 0) -> int:
    """Return the ME field of a call sign."""
    packed = 0
    for letter in sign.ljust(8):
        packed = packed << 6 | CHARACTERS.index(letter)
    return tc << 51 | category << 48 | packed


def identity_field(code: int) -> int:
    """Return the 13-bit field C1 A1 C2 A2 C4 A4 0 B1 D1 B2 D2 B4 D4 of a Mode A code."""
    a, b, c, d = code >> 9 & 7, code >> 6 & 7, code >> 3 & 7, code & 7
    order = (c & 1, a & 1, c >> 1, a >> 1, c >> 2, a >> 2, 0, b & 1, d & 1, b >> 1, d >> 1)
    value = 0
    for bit in (*order, b >> 2, d >> 2):
        value = value << 1 | bit & 1
    return value


def beast(frame: bytes, ticks: int, level: int = 100) -> bytes:
    """Return a Beast message with its escapes."""
    kind = {2: b"1", 7: b"2", 14: b"3"}[len(frame)]
    body = ticks.to_bytes(6, "big") + bytes([level]) + frame
    return b"\x1a" + kind + body.replace(b"\x1a", b"\x1a\x1a")
