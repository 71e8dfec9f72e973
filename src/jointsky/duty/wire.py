"""What two command posts say to each other becomes octets and comes back."""

from __future__ import annotations

import msgspec

from jointsky.errors import InputError
from jointsky.records.decisions import AnyDecision, Pointed, Presence, Stocks

Said = AnyDecision | Presence | Stocks | Pointed
_DECISION, _PRESENCE, _STOCKS, _POINTED = range(4)
_encoder = msgspec.msgpack.Encoder()
_decoders = (
    msgspec.msgpack.Decoder(AnyDecision),
    msgspec.msgpack.Decoder(Presence),
    msgspec.msgpack.Decoder(Stocks),
    msgspec.msgpack.Decoder(Pointed),
)


def pack(said: Said) -> bytes:
    """Return what was said as octets: one that says what it is, then MessagePack."""
    kind = _DECISION
    if isinstance(said, Presence):
        kind = _PRESENCE
    elif isinstance(said, Stocks):
        kind = _STOCKS
    elif isinstance(said, Pointed):
        kind = _POINTED
    return bytes([kind]) + _encoder.encode(said)


def unpack(octets: bytes) -> Said:
    """Return what octets say; InputError says what is wrong with them."""
    kind = octets[0] if octets else len(_decoders)
    if kind >= len(_decoders):
        found = f"octet {kind}" if octets else "nothing"
        raise InputError("a command post's packet", found, "one that begins with 0 to 3")
    try:
        said: Said = _decoders[kind].decode(octets[1:])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("a command post's packet", str(error), "a decision or a sign") from None
    return said
