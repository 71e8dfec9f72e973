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
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from jointsky._jit import kernel_digest
from jointsky.errors import InputError
from jointsky.sim.folder import put_in_place, undecided
from jointsky.study.answers import Answer, Answers
from jointsky.study.declared import LoadedStudy
from jointsky.study.points import Point
from jointsky.study.rare import LEDGER

STATE, ANSWERS = "state.json", "answers.jsonl"


class Journal:
    """The folder of a study while it runs."""

    def __init__(self, final: pathlib.Path, answers: Answers) -> None:
        if not final.name:
            raise InputError(str(final), "the root of all folders", "a folder of its own")
        self.final, self.work = final, final.with_name(final.name + ".part")
        self.answers = answers

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
        self._tidy()  # a kill may have come between its name and that
        if resume:
            found = "a study that has ended" if self.final.is_dir() else "nothing to resume"
            hint = "without --resume it is made again" if self.final.is_dir() else ""
            raise InputError(str(self.final), found, self.work.name, hint)
        try:
            self.work.mkdir(parents=True, exist_ok=True)
            part = self.work / (STATE + ".part")
            part.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
            os.replace(part, self.work / STATE)
        except OSError as error:
            found = error.strerror or str(error)
            raise InputError(str(self.work), found, "a folder to write to") from None

    def put(self, answers: Sequence[Answer]) -> None:
        """Keep what all points answered under a sky; it outlives this process from here on."""
        self.answers.put(answers)
        with (self.work / ANSWERS).open("ab") as file:
            file.write(msgspec.json.encode(answers) + b"\n")

    def secure(self) -> None:
        """Have what was kept outlive a loss of power too."""
        path = self.work / ANSWERS
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())

    def lines(self, skies: int) -> Iterator[list[Answer]]:
        """Yield what was answered under the first skies, as it came."""
        path = self.work / ANSWERS
        if path.is_file():
            with path.open("rb") as file:
                for line in file:
                    answers = msgspec.json.decode(line, type=list[Answer])
                    if answers[0].sky < skies:
                        yield answers

    def finish(self) -> None:
        """Give the folder its final name; a former study of that name is replaced."""
        put_in_place(self.work, self.final)
        self._tidy()

    def _tidy(self) -> None:
        for name in (ANSWERS, LEDGER, STATE):
            (self.final / name).unlink(missing_ok=True)

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
        whole = 0
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.answers.put(msgspec.json.decode(line, type=list[Answer]))
                whole += len(line)
        os.truncate(path, whole)


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
