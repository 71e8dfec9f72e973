"""What a study has answered so far, on disk: killed at any moment, it goes on from there.

``NAME.part`` is being worked on, ``NAME`` is whole.  Answers stand in ``answers.jsonl``, one line
for each sky; a line that a kill cut short is as if it had never been begun.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Sequence
from typing import Any

import msgspec

from jointsky._jit import kernel_digest
from jointsky.errors import InputError
from jointsky.sim.folder import put_in_place, undecided
from jointsky.study.declared import LoadedStudy
from jointsky.study.engine import Answer
from jointsky.study.points import Point

STATE, ANSWERS = "state.json", "answers.jsonl"


class Journal:
    """The folder of a study while it runs."""

    def __init__(self, final: pathlib.Path) -> None:
        if not final.name:
            raise InputError(str(final), "the root of all folders", "a folder of its own")
        self.final, self.work = final, final.with_name(final.name + ".part")
        self.answers: dict[int, list[Answer]] = {}  # by sky

    def begin(self, state: dict[str, Any], resume: bool, fresh: bool) -> None:
        """Make the folder ready, and take up what was answered before if that is wanted.

        InputError where it is not said what becomes of that, or it is of another study.
        """
        if self.final.exists() and not _is_study(self.final):
            wanted = "a new folder, or one of a former study"
            raise InputError(str(self.final), "something that is no study", wanted)
        if self.work.is_dir() and (fresh or not (self.work / STATE).is_file()):
            shutil.rmtree(self.work)  # without a state nobody knows of what study it is
        if self.work.is_dir():
            if not resume:
                raise undecided(self.work, "what a study that did not end has answered")
            self._take_up(state)
            return
        if resume and not self.final.is_dir():
            raise InputError(str(self.final), "nothing to resume", self.work.name)
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            part = self.work / (STATE + ".part")
            part.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
            os.replace(part, self.work / STATE)
        except OSError as error:
            found = error.strerror or str(error)
            raise InputError(str(self.work), found, "a folder to write to") from None

    def put(self, sky: int, answers: Sequence[Answer]) -> None:
        """Keep what all points answered under a sky."""
        self.answers[sky] = list(answers)
        line = json.dumps([msgspec.to_builtins(one) for one in answers], separators=(",", ":"))
        with (self.work / ANSWERS).open("ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        """Give the folder its final name; a former study of that name is replaced."""
        put_in_place(self.work, self.final)
        (self.final / ANSWERS).unlink()
        (self.final / STATE).unlink()

    def _take_up(self, state: dict[str, Any]) -> None:
        path = self.work / STATE
        try:
            former = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(str(path), str(error), "the state of a study") from None
        for name, now in state.items():
            if former.get(name) != now:
                hint = "the study, the scenario or jointsky changed: run without --resume"
                raise InputError(f"{path}: {name}", repr(former.get(name)), repr(now), hint)
        path = self.work / ANSWERS
        if not path.is_file():
            return
        octets = path.read_bytes()
        whole = octets[: octets.rfind(b"\n") + 1]
        for line in whole.splitlines():
            answers = msgspec.json.decode(line, type=list[Answer])
            self.answers[answers[0].sky] = answers
        if len(whole) < len(octets):
            with path.open("r+b") as file:
                file.truncate(len(whole))


def state_of(loaded: LoadedStudy, points: Sequence[Point], digest: str) -> dict[str, Any]:
    """Return what must be the same for a study to go on: itself, its scenario, jointsky."""
    study = msgspec.to_builtins(msgspec.structs.replace(loaded.study, runs=loaded.study.runs))
    octets = json.dumps([study, [dict(one.values) for one in points]], sort_keys=True).encode()
    return {
        "study": loaded.study.name,
        "digest": hashlib.blake2b(octets, digest_size=8).hexdigest(),
        "scenario": digest,
        "jointsky": kernel_digest(),
    }


def _is_study(path: pathlib.Path) -> bool:
    if path.is_dir() and not any(path.iterdir()):
        return True
    try:
        told = json.loads((path / "study.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and "study" in told and "points" in told
