"""Makes captures and other containers for the tests, with the standard library only."""

import struct

LINK_ETHERNET, LINK_RAW, LINK_SLL, LINK_SLL2, LINK_NULL, LINK_LOOP = 1, 101, 113, 276, 0, 108


def block(category=48, records=b"\xff\x01\x02\x03\x04"):
    """An ASTERIX block."""
    return struct.pack(">BH", category, len(records) + 3) + records


def udp(payload, port=4001, length=None):
    return (
        struct.pack(">HHHH", 5000, port, 8 + len(payload) if length is None else length, 0)
        + payload
    )


def ipv4(content, protocol=17, options=b"", ident=1, flags=0, source=b"\x0a\0\0\1"):
    head = 20 + len(options)
    start = struct.pack(
        ">BBHHHBBH", 0x40 | head // 4, 0, head + len(content), ident, flags, 64, protocol, 0
    )
    start += source + b"\xe0\0\0\1" + options
    total = sum(struct.unpack(f">{head // 2}H", start))
    total = (total & 0xFFFF) + (total >> 16)
    total = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    return start[:10] + struct.pack(">H", total) + start[12:] + content


def ipv4_fragments(content, size, ident=7, protocol=17):
    """IPv4 packets that carry ``content`` in pieces of ``size`` octets (a multiple of 8)."""
    made = []
    for at in range(0, len(content), size):
        more = 0x2000 if at + size < len(content) else 0
        made.append(ipv4(content[at : at + size], protocol, ident=ident, flags=more | at // 8))
    return made


def ipv6(content, following=17, extensions=b""):
    start = struct.pack(">IHBB", 6 << 28, len(extensions) + len(content), following, 64)
    return start + bytes(15) + b"\1" + b"\xff\2" + bytes(13) + b"\1" + extensions + content


def ipv6_fragments(content, size, ident=9):
    made = []
    for at in range(0, len(content), size):
        more = int(at + size < len(content))
        head = struct.pack(">BBHI", 17, 0, at | more, ident)
        made.append(ipv6(content[at : at + size], following=44, extensions=head))
    return made


def ethernet(content, kind=0x0800, tags=()):
    """An Ethernet frame; ``tags`` are (type, VLAN) from the outside in."""
    vlan = b"".join(struct.pack(">HH", tag, number) for tag, number in tags)
    return b"\1\0^\0\0\1" + b"\2\0\0\0\0\1" + vlan + struct.pack(">H", kind) + content


def pcap(packets, order="<", nano=False, link=LINK_ETHERNET, snap=262144, cut=None):
    """A pcap file of (seconds, fraction ticks, packet)."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap, link)]
    for seconds, ticks, packet in packets:
        kept = packet[:cut]
        out.append(struct.pack(order + "IIII", seconds, ticks, len(kept), len(packet)) + kept)
    return b"".join(out)


def _png_block(order, kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order="<"):
    return _png_block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order="<", link=LINK_ETHERNET, snap=262144, options=()):
    body = struct.pack(order + "HHI", link, 0, snap)
    for code, value in options:
        body += struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
    if options:
        body += struct.pack(order + "HH", 0, 0)
    return _png_block(order, 1, body)


def enhanced(packet, ticks, which=0, order="<", original=None):
    body = struct.pack(
        order + "IIIII",
        which,
        ticks >> 32,
        ticks & 0xFFFFFFFF,
        len(packet),
        original or len(packet),
    )
    return _png_block(order, 6, body + packet + bytes(-len(packet) % 4))


def simple(packet, order="<", original=None):
    return _png_block(order, 3, struct.pack(order + "I", original or len(packet)) + packet)


def obsolete(packet, ticks, which=0, order="<"):
    head = struct.pack(order + "HH", which, 0xFFFF)
    head += struct.pack(order + "IIII", ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet))
    return _png_block(order, 2, head + packet)


def final(payload, day=1, ticks=12345):
    head = struct.pack(">HBBBBH", len(payload) + 12, 0, 0, day, ticks >> 16, ticks & 0xFFFF)
    return head + payload + b"\xa5" * 4


def oradis(payload, ticks=1):
    return struct.pack(">HI", len(payload) + 6, ticks) + payload


def rply(payload, milliseconds=0):
    return struct.pack("<II", len(payload), milliseconds) + payload


def gps(blocks):
    return b"\xcd" * 2200 + b"".join(one + bytes(10) for one in blocks)
