"""Records for the tests: made from the tables, taken apart by libasterix and by a naive walker."""

import numpy as np
from asterix import base, generated

from jointsky.formats.asterix import walker_kernels as kernels
from jointsky.formats.asterix.batch import Batch
from jointsky.formats.asterix.specification import editions
from jointsky.formats.asterix.walker import plan, walk
from jointsky.formats.frames import whole_file


def edition(category, name=None):
    """Return an edition by name, the newest if none is given."""
    held = editions(category)
    return held[-1] if name is None else next(e for e in held if e.name == name)


def oracle_class(category, name=None):
    """Return libasterix's class of an edition."""
    held = generated.manifest["CATS"][category]
    newest = max(held, key=lambda c: c.cv_edition)
    return next((c for c in held if "{}.{}".format(*c.cv_edition) == name), newest)


def encoded(category, items, name=None, uap=None):
    """Return the octets of one record that libasterix makes of ``items``."""
    uap_class = oracle_class(category, name).cv_uap
    record = uap_class.cv_record if uap is None else uap_class.cv_uaps[uap]
    return record.create(items).unparse().to_bytes()


def block(category, *records):
    """Return a data block of records."""
    content = b"".join(records)
    return bytes([category]) + (len(content) + 3).to_bytes(2, "big") + content


def frames(*blocks):
    """Return frames of a raw file of blocks."""
    return whole_file(b"".join(blocks))


# --- records with random content, by the tables -------------------------------------------------


def random_item(rng, item):
    """Return octets that are a legal item."""
    if item.kind == "fixed":
        return rng.bytes(item.sizes[0])
    if item.kind == "extended":
        parts = int(rng.integers(1, len(item.sizes) + 1))
        out = b""
        for k, size in enumerate(item.sizes[:parts]):
            part = bytearray(rng.bytes(size))
            if k < len(item.sizes) - 1 or item.ends_with_fx:
                part[-1] = part[-1] & 0xFE | (k < parts - 1)
            out += bytes(part)
        return out
    if item.kind == "repetitive":
        times = int(rng.integers(0, 4))
        return times.to_bytes(item.sizes[0], "big") + rng.bytes(times * item.sizes[1])
    if item.kind == "repetitive-fx":
        out = b""
        times = int(rng.integers(1, 4))
        for k in range(times):
            element = bytearray(rng.bytes(item.sizes[0]))
            element[-1] = element[-1] & 0xFE | (k < times - 1)
            out += bytes(element)
        return out
    if item.kind == "explicit":
        content = rng.bytes(int(rng.integers(0, 6)))
        return bytes([len(content) + 1]) + content
    chosen = [k for k, child in enumerate(item.children) if child and rng.random() < 0.4]
    chosen = chosen or [next(k for k, child in enumerate(item.children) if child)]
    return fspec(chosen) + b"".join(random_item(rng, item.children[k]) for k in chosen)


def fspec(bits):
    """Return the field specification with the given bits (from 0) set."""
    octets = bytearray(max(bits) // 7 + 1)
    for bit in bits:
        octets[bit // 7] |= 0x80 >> bit % 7
    for k in range(len(octets) - 1):
        octets[k] |= 1
    return bytes(octets)


def random_record(rng, uap, density=0.35):
    """Return a legal record with random items; CAT001 says which order of items it has."""
    usable = [k for k, item in enumerate(uap.items) if item and item.kind != "rfs"]
    chosen = [k for k in usable if rng.random() < density] or [usable[0]]
    if uap.name:
        chosen = sorted({1, *chosen})
    parts = []
    for k in chosen:
        octets = bytearray(random_item(rng, uap.items[k]))
        if uap.name and k == 1:
            octets[0] = octets[0] & 0x7F | (0x80 if uap.name == "track" else 0)
        parts.append(bytes(octets))
    return fspec(chosen) + b"".join(parts)


# --- libasterix takes a record apart -------------------------------------------------------------


def oracle_fields(category, name, octets, uap=None):
    """Return {(slot, field): unsigned integer} of a record, by libasterix; None if it refuses."""
    uap_class = oracle_class(category, name).cv_uap
    record_class = uap_class.cv_record if not uap else uap_class.cv_uaps[uap]
    found = record_class.parse(base.ParsingMode.StrictParsing, base.Bits.from_bytes(octets))
    if isinstance(found, ValueError) or len(found[1]) != 0:
        return None
    out = {}
    for name_of_item, item in found[0].items_regular.items():
        _take(item.arg.arg, name_of_item, "", out)
    return out


def _take(variation, slot, path, out):
    if isinstance(variation, base.Element):
        out[(slot, path)] = variation.as_uint()
    elif isinstance(variation, base.Group):
        for entry in variation.arg:
            _take_entry(entry, slot, path, out)
    elif isinstance(variation, base.Extended):
        for part in variation.arg:
            for entry in part:
                if entry is not None:
                    _take_entry(entry, slot, path, out)
    elif isinstance(variation, base.Repetitive):
        if variation.arg:
            _take(variation.arg[0], slot, path, out)
    elif isinstance(variation, base.Compound):
        for name, child in variation.arg.items():
            _take(child.arg.arg, f"{slot}/{name}", "", out)


def _take_entry(entry, slot, path, out):
    if isinstance(entry, base.Item):
        name = entry.arg.cv_name
        _take(entry.arg.arg.arg, slot, f"{path}/{name}" if path else name, out)


def our_fields(batch):
    """Return {(slot, field): unsigned integer} of every record of a batch, as far as 63 bits."""
    out = [{} for _ in range(batch.records)]
    for (slot, name), field in batch.plan.fields.items():
        if field.size > 63:
            continue
        values = batch.integer(slot, name)
        sent = values != kernels_missing()
        for row in np.flatnonzero(sent):
            out[row][(slot, name)] = int(values[row]) % (1 << field.size)
    return out


def kernels_missing():
    return -(1 << 63)


def batches(octets_of_blocks, edition_given, at_once=1000):
    """Walk blocks given as their records' octets; return batches."""
    data = np.frombuffer(b"".join(octets_of_blocks), np.uint8)
    ends = np.cumsum([len(b) for b in octets_of_blocks])
    extent = np.stack([ends - [len(b) for b in octets_of_blocks], ends], axis=1).astype(np.int64)
    ready = plan(edition_given)
    return [Batch(ready, data, walked) for walked in walk(data, extent, ready, at_once)]


# --- the naive twin of the walker ----------------------------------------------------------------


class Refused(Exception):
    """A record that is not legal; holds the code of the fault."""


def naive_block(octets, edition_given):
    """Return [(first octet, {slot: (octet in record, length)})] and (octet, code) of a fault."""
    at, out = 0, []
    while at < len(octets):
        try:
            end, found = naive_record(octets, at, edition_given)
        except Refused as refused:
            return out, (at, refused.args[0])
        out.append((at, found))
        at = end
    return out, None


def naive_record(octets, begin, edition_given):
    bits, at = naive_fspec(octets, begin)
    uap = edition_given.uaps[0]
    if len(edition_given.uaps) > 1 and 1 in bits:
        first = at + 2 if 0 in bits else at
        if first < len(octets) and octets[first] & 0x80:
            uap = edition_given.uaps[1]
    if at - begin > uap.fspec_octets_max:
        raise Refused(kernels.FSPEC_TOO_LONG)
    found = {}
    for bit in bits:
        item = uap.items[bit] if bit < len(uap.items) else None
        if item is None:
            raise Refused(kernels.UNKNOWN_ITEM)
        if item.kind != "rfs":
            at = naive_item(octets, at, begin, item, item.name, found)
            continue
        times, at = naive_octet(octets, at)
        for _ in range(times):
            number, at = naive_octet(octets, at)
            inner = uap.items[number - 1] if 0 < number <= len(uap.items) else None
            if inner is None or inner.kind == "rfs":
                raise Refused(kernels.UNKNOWN_RFS)
            at = naive_item(octets, at, begin, inner, inner.name, found)
    if not bits:
        raise Refused(kernels.EMPTY_RECORD)
    return at, found


def naive_octet(octets, at):
    if at >= len(octets):
        raise Refused(kernels.OVERRUN)
    return octets[at], at + 1


def naive_fspec(octets, at):
    bits, n = [], 0
    while True:
        value, at = naive_octet(octets, at)
        bits += [n + k for k in range(7) if value & 0x80 >> k]
        n += 7
        if not value & 1:
            return bits, at


def naive_item(octets, at, begin, item, name, found):
    start = at
    inner = {}
    if item.kind == "compound":
        bits, at = naive_fspec(octets, at)
        if at - start > item.sizes[0]:
            raise Refused(kernels.FSPEC_TOO_LONG)
        for bit in bits:
            child = item.children[bit] if bit < len(item.children) else None
            if child is None:
                raise Refused(kernels.UNKNOWN_SUBITEM)
            at = naive_item(octets, at, begin, child, f"{name}/{child.name}", inner)
    elif item.kind == "fixed":
        at += item.sizes[0]
    elif item.kind == "repetitive":
        times = 0
        for _ in range(item.sizes[0]):
            value, at = naive_octet(octets, at)
            times = times * 256 + value
        at += times * item.sizes[1]
    elif item.kind == "explicit":
        value, _ = naive_octet(octets, at)
        if value == 0:
            raise Refused(kernels.EMPTY_EXPLICIT)
        at += value
    else:
        sizes = item.sizes if item.kind == "extended" else [item.sizes[0]] * len(octets)
        for k, size in enumerate(sizes):
            at += size
            if at > len(octets):
                raise Refused(kernels.OVERRUN)
            is_last = item.kind == "extended" and k == len(sizes) - 1
            if (is_last and not item.ends_with_fx) or not octets[at - 1] & 1:
                break
            if is_last:
                raise Refused(kernels.ENDLESS_EXTENSION)
    if at > len(octets):
        raise Refused(kernels.OVERRUN)
    found.update(inner)
    found[name] = (start - begin, at - start)
    return at
