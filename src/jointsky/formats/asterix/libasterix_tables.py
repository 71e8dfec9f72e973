"""The classes of libasterix become the plain tables of ``specification``.

libasterix (Zoran Bošnjak, MIT) is generated from his machine-readable form of EUROCONTROL's
specifications.  Imported only where the cache holds no tables; see ``specification``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asterix import base, generated

from jointsky.formats.asterix.specification import Edition, Field, Item, Uap

_STRINGS = {base.StringICAO: "icao", base.StringAscii: "ascii", base.StringOctal: "octal"}


def make_editions(categories: Iterable[int]) -> dict[int, tuple[Edition, ...]]:
    """Return every edition that libasterix holds of the given categories, oldest first."""
    made = {}
    for category in categories:
        classes = sorted(generated.manifest["CATS"][category], key=lambda c: c.cv_edition)
        made[category] = tuple(_edition(category, given) for given in classes)
    return made


def _edition(category: int, given: Any) -> Edition:
    major, minor = given.cv_edition
    if issubclass(given.cv_uap, base.UapMultiple):
        # The walker reads the selector as the first bit of the second item.
        if given.cv_uap.cv_selector != (["020", "TYP"], {0: "plot", 1: "track"}):
            raise ValueError(f"CAT{category:03d}: unexpected choice between orders of items")
        records = [(name, given.cv_uap.cv_uaps[name]) for name in ("plot", "track")]
    else:
        records = [("", given.cv_uap.cv_record)]
    uaps = tuple(_uap(name, record) for name, record in records)
    return Edition(category, f"{major}.{minor}", uaps)


def _uap(name: str, record: Any) -> Uap:
    items: list[Item | None] = []
    for entry in record.cv_items_list:
        if issubclass(entry, base.UapItemSpare):
            items.append(None)
        elif issubclass(entry, base.UapItemRFS):
            items.append(Item("RFS", "rfs", ()))
        else:
            items.append(_item(entry.cv_non_spare))
    return Uap(name, record.cv_fspec_max_bytes, tuple(items))


def _item(given: Any) -> Item:
    name, variation = given.cv_name, _variation(given)
    if issubclass(variation, base.Extended):
        return _extended(name, variation)
    if issubclass(variation, base.Repetitive):
        fields, bits = _fields(variation.cv_variation, 0, "")
        if variation.cv_rep_bytes is None:
            return Item(name, "repetitive-fx", (_octets(bits + 1),), True, tuple(fields))
        counter_and_element = (variation.cv_rep_bytes, _octets(bits))
        return Item(name, "repetitive", counter_and_element, True, tuple(fields))
    if issubclass(variation, base.Explicit):
        return Item(name, "explicit", ())
    if issubclass(variation, base.Compound):
        children = tuple(None if c is None else _item(c) for c in variation.cv_items_list)
        if any(c is not None and c.kind == "compound" for c in children):
            raise ValueError(f"item {name}: a compound in a compound")
        fspec_octets_max = (variation.cv_fspec_max_bytes,)
        return Item(name, "compound", fspec_octets_max, True, (), children)
    fields, bits = _fields(variation, 0, "")
    return Item(name, "fixed", (_octets(bits),), True, tuple(fields))


def _extended(name: str, variation: Any) -> Item:
    fields: list[Field] = []
    sizes = []
    bit = 0
    for part in variation.cv_items_list:
        begin = bit
        for entry in part:
            if entry is None:
                bit += 1
                continue
            more, bits = _entry(entry[0], bit, "")
            fields += more
            bit += bits
        sizes.append(_octets(bit - begin))
    ends_with_fx = variation.cv_items_list[-1][-1] is None
    return Item(name, "extended", tuple(sizes), ends_with_fx, tuple(fields))


def _variation(given: Any) -> Any:
    rule = given.cv_rule
    if issubclass(rule, base.RuleVariationContextFree):
        return rule.cv_variation
    return rule.cv_default_variation


def _entry(entry: Any, bit: int, path: str) -> tuple[list[Field], int]:
    if issubclass(entry, base.Spare):
        return [Field("", bit, entry.cv_bit_size, "spare")], entry.cv_bit_size
    given = entry.cv_non_spare
    inner = f"{path}/{given.cv_name}" if path else given.cv_name
    return _fields(_variation(given), bit, inner)


def _fields(variation: Any, bit: int, path: str) -> tuple[list[Field], int]:
    """Return the fields of an element or a group that begins at ``bit``, and its bits."""
    if issubclass(variation, base.Group):
        fields: list[Field] = []
        begin = bit
        for entry, _ in variation.cv_items_list:
            more, bits = _entry(entry, bit, path)
            fields += more
            bit += bits
        return fields, bit - begin
    if not issubclass(variation, base.Element):
        raise ValueError(f"{path}: unexpected {variation}")
    size = variation.cv_bit_size
    return [_field(path, bit, size, variation.cv_rule)], size


def _field(path: str, bit: int, size: int, rule: Any) -> Field:
    if not issubclass(rule, base.RuleContentContextFree):
        return Field(path, bit, size, "raw")
    content = rule.cv_content
    if issubclass(content, base.ContentQuantity):
        signed = content.cv_signedness is base.Signed
        return Field(path, bit, size, "quantity", signed, content.cv_lsb, content.cv_unit)
    if issubclass(content, base.ContentInteger):
        return Field(path, bit, size, "integer", content.cv_signedness is base.Signed)
    if issubclass(content, base.ContentString):
        return Field(path, bit, size, _STRINGS[content.cv_string_type])
    return Field(path, bit, size, "table" if issubclass(content, base.ContentTable) else "raw")


def _octets(bits: int) -> int:
    if bits % 8:
        raise ValueError(f"{bits} bits are no whole octets")
    return bits // 8
