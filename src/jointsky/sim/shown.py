"""What each site showed, moment by moment, as it was then: kept slim, given back as Tracks.

Half an hour of thirteen sites is half a million rows: covariances are kept as float32, which is
far finer than they are known.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jointsky.records.tracks import Tracks

_UPPER = np.triu_indices(6)
_AS = {"height_m": "f4", "pressure_altitude_m": "f4", "call_sign": "S8"}
_AS |= dict.fromkeys(("ve_mps", "vn_mps", "vu_mps", "manoeuvre", "existence"), "f4")
_LEFT = ("covariance", "source", "offset")

Slim = dict[str, npt.NDArray[np.generic]]


class Shown:
    """The pictures of one site; ``source`` is the row that its tracks name as theirs."""

    def __init__(self, source: int, with_covariance: bool = True) -> None:
        self.moments_s: list[float] = []
        self._source = source
        self._with_covariance = with_covariance
        self._kept: list[Slim] = []

    def keep(self, time_s: float, tracks: Tracks) -> None:
        """Keep the picture of a moment."""
        self.moments_s.append(time_s)
        slim = {
            name: column.astype(_AS.get(name, column.dtype))
            for name, column in vars(tracks).items()
            if name not in _LEFT
        }
        if self._with_covariance:
            slim["upper"] = tracks.covariance[:, *_UPPER].astype(np.float32)
        self._kept.append(slim)

    def tracks(self) -> Tracks:
        """Return all pictures kept, in order of time."""
        if not self._kept:
            return Tracks.make(0)
        slim = {name: np.concatenate([slim[name] for slim in self._kept]) for name in self._kept[0]}
        count = len(slim["time_s"])
        columns = {name: column for name, column in slim.items() if name != "upper"}
        columns["call_sign"] = columns["call_sign"].astype("U8")
        if self._with_covariance:
            full = np.empty((count, 6, 6))
            full[:, *_UPPER] = slim["upper"]
            full[:, _UPPER[1], _UPPER[0]] = slim["upper"]
            columns["covariance"] = full
        return Tracks.make(count, source=self._source, **columns)
