"""Where the machine code of each kernel lies, so that a sampling profiler can name it.

numba loads cached kernels as ELF objects and forgets their symbols; ``watch`` keeps them.  Call it
before the first kernel is loaded.
"""

from __future__ import annotations

import bisect
import re
import struct

from numba.core import codegen

_LOADED: list[tuple[codegen.CodeLibrary, bytes]] = []
_FUNCTION, _SYMBOLS, _SECTION_BYTES, _SYMBOL_BYTES = 2, 2, 64, 24


def watch() -> None:
    """Keep every object that is loaded from the cache of kernels from now on."""
    original = codegen.CodeLibrary._set_compiled_object

    def keep(self: codegen.CodeLibrary, value: bytes) -> None:
        _LOADED.append((self, bytes(value)))
        original(self, value)

    codegen.CodeLibrary._set_compiled_object = keep


def ranges() -> list[tuple[int, int, str]]:
    """Return first address, size and name ("module.function") of every function, by address."""
    found = []
    for library, content in _LOADED:
        engine = library._codegen._engine._ee
        for name, size in functions(content):
            address = engine.get_function_address(name)
            if address:
                found.append((address, size, plain(name)))
    return sorted(set(found))


def name_at(address: int, known: list[tuple[int, int, str]]) -> str:
    """Return the function that an address lies in; empty where it is none of these."""
    place = bisect.bisect_right(known, (address, 1 << 62, "")) - 1
    if place < 0 or address >= known[place][0] + known[place][1]:
        return ""
    return known[place][2]


def functions(content: bytes) -> list[tuple[str, int]]:
    """Return name and size of every function of an ELF64 object (System V ABI, chapter 4)."""
    table, n = struct.unpack_from("<Q", content, 40)[0], struct.unpack_from("<H", content, 60)[0]
    sections = [
        struct.unpack_from("<IIQQQQIIQQ", content, table + k * _SECTION_BYTES) for k in range(n)
    ]
    found = []
    for _, kind, _, _, offset, size, link, _, _, _ in sections:
        if kind != _SYMBOLS:
            continue
        names = sections[link][4]
        for place in range(offset, offset + size, _SYMBOL_BYTES):
            name, info, _, _, _, length = struct.unpack_from("<IBBHQQ", content, place)
            if info & 15 == _FUNCTION and length:
                end = content.index(b"\0", names + name)
                found.append((content[names + name : end].decode(), length))
    return found


def plain(mangled: str) -> str:
    """Return "module.function" of a mangled name (Itanium C++ ABI, 5.1.3)."""
    parts, place = [], mangled.find("_ZN") + 3
    while found := re.compile(r"\d+").match(mangled, place):
        end = found.end() + int(found[0])
        parts.append(mangled[found.end() : end])
        place = end
    return ".".join(parts[-2:]) or mangled
