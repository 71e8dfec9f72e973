"""Names that people give to things: words of any script that may name a file on any system."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from msgspec import Meta

RULE = "letters of any script, digits, spaces and - _ . ' between them"
_BESIDES = " -_.'\u2019"
_KINDS = ("L", "M", "N")  # letters, marks on them, numbers: Unicode's general categories


def check_name(name: str) -> None:
    """Raise ValueError with what is wrong with a name that may become the name of a file."""
    for sign in name:
        if sign not in _BESIDES and unicodedata.category(sign)[0] not in _KINDS:
            raise ValueError(f"holds {_spoken(sign)}, and names become names of files")
    if name[0] in " .":
        raise ValueError(f"begins with {_spoken(name[0])}, and names become names of files")
    if name[-1] in " .":
        raise ValueError(f"ends with {_spoken(name[-1])}, and names become names of files")


def _spoken(sign: str) -> str:
    words = {" ": "a space", ".": "a dot", "/": "a slash", "\\": "a backslash", "\n": "a new line"}
    if sign in words or sign.isprintable():
        return words.get(sign, f"the sign {sign}")
    return f"the control character U+{ord(sign):04X}"


def alike(name: str) -> str:
    """Return what two names have in common that some file systems take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


PlainName = Annotated[
    str,
    Meta(
        extra={"check": check_name, "rule": RULE},
        # what an editor can tell: regular expressions of JSON Schema know no scripts
        extra_json_schema={"pattern": r"^[^\s./\\]([^/\\\x00-\x1f\x7f]*[^\s./\\\x00-\x1f\x7f])?$"},
    ),
]
"""A name in a file; add a Meta with its lengths and its description."""
