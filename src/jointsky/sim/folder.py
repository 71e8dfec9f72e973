"""The folder of a run: written under another name, and there under its own only when whole.

``out/sky.part`` is being written, ``out/sky.interrupted`` was stopped and holds what was recorded
by then, ``out/sky`` is whole.  ``state.json`` in the first two says of which scenario and seed.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
from typing import Any

from jointsky.errors import InputError
from jointsky.scenario.built import Built
from jointsky.sim.windows import WINDOW_S, window_path

STATE, WINDOWS, MARK = "state.json", "windows", "summary.json"


class RunFolder:
    """Where a run is written; ``work`` is the folder under its working name."""

    def __init__(self, final: pathlib.Path) -> None:
        self.final = final
        self.work = final.with_name(final.name + ".part")
        self.stopped = final.with_name(final.name + ".interrupted")

    @property
    def windows(self) -> pathlib.Path:
        """Return the folder of the recorded windows."""
        return self.work / WINDOWS

    def begin(self, built: Built, resume: bool) -> int:
        """Make the folder ready; return how many windows are recorded already.

        ``resume`` takes up a run that was interrupted (or killed); it must be of the same
        scenario, seed and windows.  InputError where that cannot be, or where the final name is
        taken by something that is not a run.
        """
        self._check_final()
        left = [folder for folder in (self.work, self.stopped) if folder.is_dir()]
        if not resume:
            for folder in left:
                shutil.rmtree(folder)
        elif left:
            done = self._take_up(left[0], built)
            for other in left[1:]:
                shutil.rmtree(other)
            return done
        elif not self.final.is_dir():
            raise InputError(
                str(self.final), "nothing to resume", f"{self.work.name} or {self.stopped.name}"
            )
        try:
            self.windows.mkdir(parents=True)
        except OSError as error:
            found = error.strerror or str(error)
            raise InputError(str(self.work), found, "a folder to write to") from None
        self._write_state(built)
        return 0

    def finish(self) -> None:
        """Give the folder its final name; a former run of that name is replaced."""
        shutil.rmtree(self.windows)
        (self.work / STATE).unlink()
        if self.final.is_dir():
            old = self.final.with_name(self.final.name + ".old")
            shutil.rmtree(old, ignore_errors=True)
            os.rename(self.final, old)
            os.rename(self.work, self.final)
            shutil.rmtree(old)
        else:
            os.rename(self.work, self.final)

    def interrupt(self) -> None:
        """Mark what was recorded as interrupted."""
        os.rename(self.work, self.stopped)

    def _check_final(self) -> None:
        if self.final.exists() and not (self.final / MARK).is_file() and _holds(self.final):
            raise InputError(
                str(self.final), "something that is no run", "a new folder, or one of a former run"
            )

    def _take_up(self, folder: pathlib.Path, built: Built) -> int:
        try:
            state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(str(folder / STATE), str(error), "the state of a run") from None
        for name, now in _state(built).items():
            if state.get(name) != now:
                raise InputError(
                    f"{folder / STATE}: {name}",
                    repr(state.get(name)),
                    repr(now),
                    "the scenario, the seed or jointsky changed: run without --resume",
                )
        if folder != self.work:
            os.rename(folder, self.work)
        self.windows.mkdir(exist_ok=True)
        done = 0
        while window_path(self.windows, done).is_file():
            done += 1
        return done

    def _write_state(self, built: Built) -> None:
        text = json.dumps(_state(built), indent=1) + "\n"
        (self.work / STATE).write_text(text, encoding="utf-8")


def _state(built: Built) -> dict[str, Any]:
    return {
        "scenario": built.name,
        "digest": built.digest,
        "seed": built.seed,
        "begin_s": built.begin_s,
        "end_s": built.end_s,
        "window_s": WINDOW_S,
    }


def _holds(path: pathlib.Path) -> bool:
    """Return whether there is anything in a path; an empty folder may be written to."""
    return not path.is_dir() or any(path.iterdir())
