"""Every error that jointsky raises on purpose, in one tree.

``JointskyError`` is what a caller catches who wants them all; each error is also the built-in
(``ValueError`` or ``RuntimeError``) that a caller would expect.  An error says where, what was
found, what was wanted and, if we know, what to do; it carries those parts as attributes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class JointskyError(Exception):
    """The root of the tree."""


class InputError(JointskyError, ValueError):
    """Something that a person or a file gave us cannot be used.

    ``where`` is the file and place (``two_sites.yaml: sites[0].name``, ``radar.ast: byte 1042``),
    ``found`` what stands there, ``wanted`` what would do, ``hint`` what to try.
    """

    def __init__(self, where: str, found: str, wanted: str = "", hint: str = "") -> None:
        self.where, self.found, self.wanted, self.hint = where, found, wanted, hint
        text = f"{where}: {found}"
        if wanted:
            text += f"; wanted {wanted}"
        if hint:
            text += f" ({hint})"
        super().__init__(text)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process with all parts: an exception would only take its text along."""
        return type(self), (self.where, self.found, self.wanted, self.hint)


class DeclaredError(InputError):
    """A fault of a declared thing: ``file``, ``line`` (from 1; 0: none) and ``path`` in it."""

    def __init__(
        self, file: str, line: int, path: str, found: str, wanted: str = "", hint: str = ""
    ) -> None:
        self.file, self.line, self.path = file, line, path
        super().__init__(self.place(file, line, path), found, wanted, hint)

    @staticmethod
    def place(file: str, line: int, path: str) -> str:
        """Return where a fault is, as editors and terminals find it: ``sky.yaml:12: seed``."""
        at = f"{file}:{line}" if line else file
        return ": ".join(part for part in (at, path) if part)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.file, self.line, self.path, self.found, self.wanted, self.hint)


class ManyInputErrors(JointskyError, ValueError):
    """Several faults of one input, reported together; ``errors`` holds them in order."""

    def __init__(self, errors: Iterable[InputError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in self.errors))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.errors,)


class MissingSiteError(InputError):
    """A source of polar or local plots has no known position; ``source`` names it."""

    def __init__(self, where: str, source: str) -> None:
        self.source = source
        super().__init__(
            where,
            f"source {source} sends plots relative to itself, but nothing says where it stands",
            "its position",
            f"give it as --site {source}=LATITUDE,LONGITUDE,HEIGHT_M, or in a file with --sites",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.where, self.source)


class NotInstalledError(JointskyError, ImportError):
    """A part of jointsky needs a package that is not there; ``extra`` brings it along."""

    def __init__(self, part: str, package: str, extra: str) -> None:
        self.part, self.package, self.extra = part, package, extra
        super().__init__(
            f"{part} needs the package {package!r}, which is not installed "
            f"(pip install 'jointsky[{extra}]')"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.part, self.package, self.extra)


class RefusedError(JointskyError, RuntimeError):
    """A crew wanted what the joint workflow does not let happen; ``reason`` says why not."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` for the closest of ``known``, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""
