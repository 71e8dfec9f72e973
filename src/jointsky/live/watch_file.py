"""What the watch of a live site has to know again after a restart, in one file of its store."""

from __future__ import annotations

import os
import pathlib

import msgspec

from jointsky.errors import InputError
from jointsky.records.watch import KeptWatch

_decoder = msgspec.msgpack.Decoder(KeptWatch)


def read_watch(path: pathlib.Path) -> KeptWatch | None:
    """Return what was written last, None where nothing was; InputError where it is damaged."""
    try:
        return _decoder.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(str(path), str(error), "the file that the watch wrote last") from None


def write_watch(path: pathlib.Path, kept: KeptWatch) -> None:
    """Write it in the place of what was there, whole or not at all; OSError where it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.msgpack.encode(kept))
    os.replace(part, path)


def set_aside(path: pathlib.Path) -> None:
    """Keep a damaged file beside where the next one is written; OSError where it cannot be."""
    os.replace(path, path.with_suffix(".damaged"))
