"""Kernels behind packets.py: from a captured packet down to its UDP payload.

uint8 in; one row of integers out for each packet.  Sources: RFC 791, RFC 8200, RFC 768, IEEE
802.1Q, and the list of link types at tcpdump.org/linktypes.html.
"""
# mypy: ignore-errors

from jointsky._jit import kernel
from jointsky.formats.framing.pcap_kernels import u16

# what a packet turned out to be (column 0)
UDP = 0
CUT_UDP = 1  # UDP whose payload was cut by the snap length
FRAGMENT = 2
NOT_IP = 3
TCP = 4
OTHER_PROTOCOL = 5
CUT = 6  # cut before the UDP payload begins
MALFORMED = 7
UNKNOWN_LINK = 8


@kernel
def network_start(data, at, end, link):
    """Return (first octet of the network packet, EtherType); (-1, 0) cut, (-2, 0) unknown link."""
    if link in (101, 12, 14, 228, 229):
        if end - at < 1:
            return -1, 0
        return at, 0x86DD if data[at] >> 4 == 6 else 0x0800
    if link in (0, 108):
        if end - at < 5:
            return -1, 0
        family = data[at] | data[at + 3]
        if family == 2:
            return at + 4, 0x0800
        if family in (10, 24, 28, 30):
            return at + 4, 0x86DD
        return at + 4, 0
    if link == 113:
        at += 14
    elif link == 276:
        if end - at < 20:
            return -1, 0
        return tagged(data, at + 20, end, u16(data, at, True))
    elif link == 1:
        at += 12
    else:
        return -2, 0
    if end - at < 2:
        return -1, 0
    return tagged(data, at + 2, end, u16(data, at, True))


@kernel
def tagged(data, at, end, kind):
    """Return where the network packet begins behind VLAN tags or an LLC/SNAP head, and its type."""
    while kind in (0x8100, 0x88A8, 0x9100):
        if end - at < 4:
            return -1, 0
        kind = u16(data, at + 2, True)
        at += 4
    if kind <= 1500 and end - at >= 8:
        snap = data[at] == 0xAA and data[at + 1] == 0xAA and data[at + 2] == 3
        if snap and data[at + 3] == 0 and data[at + 4] == 0 and data[at + 5] == 0:
            return at + 8, u16(data, at + 6, True)
    return at, kind


@kernel
def udp(data, at, end, whole, row):
    """Fill ``row`` from the UDP header at ``at``; the IP payload ends at ``whole`` on the wire."""
    if whole - at < 8:
        row[0] = 7
        return
    if end - at < 8:
        row[0] = 6
        return
    length = u16(data, at + 4, True)
    if length == 0:
        length = whole - at
    if length < 8 or length > whole - at:
        row[0] = 7
        return
    row[1] = at + 8
    row[2] = min(length, end - at) - 8
    row[3] = u16(data, at + 2, True)
    row[4] = length - 8
    row[0] = 0 if length <= end - at else 1


@kernel
def transport(data, protocol, at, end, whole, row):
    """Fill ``row`` from what lies in an IP packet."""
    if protocol == 17:
        udp(data, at, end, whole, row)
    elif protocol == 6:
        row[0] = 4
    else:
        row[0] = 5


@kernel
def fragment(at, end, whole, place, more, head, protocol, row):
    """Fill ``row`` with a fragment: where it lies, how long it is, its place in the packet."""
    row[0] = 2 if whole <= end else 6
    row[1] = at
    row[2] = min(whole, end) - at
    row[3] = place
    row[4] = more
    row[5] = head
    row[6] = protocol


@kernel
def ipv4(data, at, end, row):
    """Fill ``row`` from the IPv4 packet at ``at``."""
    if end - at < 20:
        row[0] = 6
        return
    head = (data[at] & 15) * 4
    total = u16(data, at + 2, True)
    if total == 0:
        total = end - at
    if data[at] >> 4 != 4 or head < 20 or total < head:
        row[0] = 7
        return
    if end - at < head:
        row[0] = 6
        return
    whole = at + total
    end = min(end, whole)
    flags = u16(data, at + 6, True)
    place = (flags & 0x1FFF) * 8
    if place > 0 or flags & 0x2000:
        more = 1 if flags & 0x2000 else 0
        fragment(at + head, end, whole, place, more, at, data[at + 9], row)
        return
    transport(data, data[at + 9], at + head, end, whole, row)


@kernel
def ipv6(data, at, end, row):
    """Fill ``row`` from the IPv6 packet at ``at``, behind its extension headers."""
    if end - at < 40:
        row[0] = 6
        return
    if data[at] >> 4 != 6:
        row[0] = 7
        return
    head = at
    length = u16(data, at + 4, True)
    whole = at + 40 + length if length > 0 else end
    end = min(end, whole)
    protocol = data[at + 6]
    at += 40
    while protocol in (0, 43, 44, 51, 60):
        if end - at < 8:
            row[0] = 6 if whole - at >= 8 else 7
            return
        if protocol == 44:
            flags = u16(data, at + 2, True)
            if flags & 0xFFF9:
                # the identification stands in the extension header: row[7] says where
                row[7] = at + 4
                fragment(at + 8, end, whole, flags & 0xFFF8, flags & 1, head, data[at], row)
                return
            size = 8
        elif protocol == 51:
            size = (data[at + 1] + 2) * 4
        else:
            size = (data[at + 1] + 1) * 8
        if size > whole - at:
            row[0] = 7
            return
        if size > end - at:
            row[0] = 6
            return
        protocol = data[at]
        at += size
    transport(data, protocol, at, end, whole, row)


@kernel
def dissect(data, start, captured, link, rows):
    """Fill ``rows`` (P, 8) for packets at ``start`` with ``captured`` octets and link type.

    Columns: what it is; first octet and octets of the payload; UDP port or place of the fragment;
    octets of the payload on the wire or whether more fragments follow; for a fragment the octet
    of its IP header, its protocol and (IPv6) the octet of its identification.
    """
    for k in range(start.shape[0]):
        row = rows[k]
        row[:] = 0
        at, kind = network_start(data, start[k], start[k] + captured[k], link[k])
        if at == -2:
            row[0] = 8
        elif at == -1:
            row[0] = 6
        elif kind == 0x0800:
            ipv4(data, at, start[k] + captured[k], row)
        elif kind == 0x86DD:
            ipv6(data, at, start[k] + captured[k], row)
        else:
            row[0] = 3


@kernel
def udp_in_buffer(data, at, end, row):
    """Fill ``row`` from a UDP packet put together from fragments."""
    row[:] = 0
    udp(data, at, end, end, row)
