"""The folder of a run: written under another name, and there under its own only when whole.

``out/sky.part`` is being written, ``out/sky.interrupted`` was stopped and holds what was recorded
by then, ``out/sky`` is whole.  ``state.json`` in the first two says of which scenario and seed.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import pathlib
import shutil
from typing import Any

from jointsky._jit import kernel_digest
from jointsky.errors import InputError
from jointsky.scenario.built import Built
from jointsky.sim.windows import WINDOW_S, window_path

STATE, WINDOWS, ARMS = "state.json", "windows", "arms"
TABLES = ("truth.parquet", "plots.parquet", "tracks.parquet", "reports.parquet")
PICTURES = ("picture.png", "sites.png", "network.png", "duty.png", "report.html")
PAGES = ("pages", "incidents", "duty-apart.png")
COMPARED = ("compare.png", "compare-time.png")
LEFT = {*TABLES, *PICTURES, *PAGES, *COMPARED, "log.jsonl", "summary.json", STATE, WINDOWS, ARMS}


class RunFolder:
    """Where a run is written; ``work`` is the folder under its working name."""

    def __init__(self, final: pathlib.Path) -> None:
        if final.name in ("", ".."):
            final = final.resolve()
        if not final.name:
            raise InputError(str(final), "the root of all folders", "a folder of its own")
        self.final = final
        self.work = final.with_name(final.name + ".part")
        self.stopped = final.with_name(final.name + ".interrupted")

    @property
    def windows(self) -> pathlib.Path:
        """Return the folder of the recorded windows."""
        return self.work / WINDOWS

    @property
    def arms(self) -> pathlib.Path:
        """Return the folder of the figures of arms that are done, while ways are compared."""
        return self.work / ARMS

    def begin(self, built: Built, resume: bool = False, fresh: bool = False) -> int:
        """Make the folder ready; return how many windows are recorded already.

        ``resume`` takes up a run that was interrupted (or killed): it must be of the same
        scenario, seed and jointsky.  ``fresh`` throws away what such a run recorded; without
        either that is refused.  InputError where that cannot be, or where the final name is taken
        by something that is not a run.
        """
        self.check()
        left = [folder for folder in (self.work, self.stopped) if folder.is_dir()]
        if left and not (resume or fresh):
            raise undecided(left[0], "what a run that did not end has recorded")
        if left and not fresh:
            done = self._take_up(left[0], built)
            for other in left[1:]:
                shutil.rmtree(other)
            return done
        for folder in left:
            shutil.rmtree(folder)
        if resume and not left and not self.final.is_dir():
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
        put_in_place(self.work, self.final)
        shutil.rmtree(self.final / WINDOWS)
        shutil.rmtree(self.final / ARMS, ignore_errors=True)
        (self.final / STATE).unlink()

    def interrupt(self) -> None:
        """Mark what was recorded as interrupted."""
        os.rename(self.work, self.stopped)

    def check(self) -> None:
        """Refuse a final name that is taken by something that is no run."""
        if _holds(self.final) and not _is_run(self.final):
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


def undecided(folder: pathlib.Path, found: str) -> InputError:
    """Return the error that nobody said what becomes of work that did not end."""
    hint = "--resume goes on from there, --fresh throws it away"
    return InputError(str(folder), found, "a word on what becomes of it", hint)


def put_in_place(work: pathlib.Path, final: pathlib.Path) -> None:
    """Give a folder its final name; a former one of that name is replaced."""
    old = final.with_name(final.name + ".old")
    if final.is_dir():
        shutil.rmtree(old, ignore_errors=True)
        os.rename(final, old)
    os.rename(work, final)
    shutil.rmtree(old, ignore_errors=True)


def _state(built: Built) -> dict[str, Any]:
    return {
        "jointsky": f"{importlib.metadata.version('jointsky')}, {kernel_digest()}",
        "scenario": built.name,
        "digest": built.digest,
        "seed": built.seed,
        "begin_s": built.begin_s,
        "end_s": built.end_s,
        "window_s": WINDOW_S,
    }


def _holds(path: pathlib.Path) -> bool:
    """Return whether there is anything in a path; an empty folder may be written to."""
    return path.exists() and (not path.is_dir() or any(path.iterdir()))


def _is_run(path: pathlib.Path) -> bool:
    """Return whether a folder holds what a run leaves, and nothing beside it."""
    if not path.is_dir() or {entry.name for entry in path.iterdir()} - LEFT:
        return False
    try:
        figures = json.loads((path / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(figures, dict) and "log_seal" in figures and (path / "log.jsonl").is_file()
