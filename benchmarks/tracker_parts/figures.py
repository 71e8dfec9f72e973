"""Figures of one tracker on one scene, and what is asked of ours beside its peers."""

from __future__ import annotations

import dataclasses
import pathlib

from jointsky.recording.score import ScoreOptions, score

FROM_S = 1.0  # the picture of a scene begins a second after its start
LESS, PART = 0.90, 1.05  # GOSPA at least a tenth lower, each part at most a twentieth higher
HALF_DIGIT = {"rms_m": 0.5, "missed": 0.005, "false": 0.005, "track_number_change_rate_hz": 5e-5}
HALF_SHARE = 0.0005  # published shares have three decimals
PARTS = ("rms_m", "missed", "false")
HIGH, LOW = ("completeness", "longest_segment"), ("spuriousness", "track_number_change_rate_hz")


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table: who, from where, how fast, how good."""

    tracker: str
    source: str  # "run now", "run DATE" or "published"
    config: str
    plots_per_cpu_s: float
    figures: dict[str, float]
    compile_s: float = 0.0
    cpu_s: float = 0.0


def figures(
    tracks: pathlib.Path, truth: pathlib.Path, to_s: float | None = None
) -> dict[str, float]:
    """Return GOSPA with its parts and SIAP of a table of tracks: the figures of bench/score.py."""
    found = score(tracks, truth, ScoreOptions(from_s=FROM_S, to_s=to_s))
    names = ("gospa_m", *PARTS)
    siap = ("ambiguity", *HIGH, *LOW)
    return {name: float(found.picture[name]) for name in names} | {
        name: float(found.siap[name]) for name in siap
    }


def best_of(peers: list[Row]) -> Row | None:
    """Return the peer with the lowest GOSPA; None where there is none."""
    return min(peers, key=lambda row: row.figures["gospa_m"], default=None)


def verdicts(ours: dict[str, float], best: dict[str, float]) -> dict[str, bool]:
    """Return for each demand whether it is met beside the best peer.

    A figure may be worse by half the last digit in which the peers' figures are published.
    """
    made = {"gospa_m": ours["gospa_m"] <= LESS * best["gospa_m"]}
    for name in PARTS:
        made[name] = ours[name] <= PART * best[name] + HALF_DIGIT[name]
    for name in HIGH:
        made[name] = ours[name] >= best[name] - HALF_SHARE
    for name in LOW:
        made[name] = ours[name] <= best[name] + HALF_DIGIT.get(name, HALF_SHARE)
    off = abs(best["ambiguity"] - 1.0) + HALF_SHARE
    made["ambiguity"] = abs(ours["ambiguity"] - 1.0) <= off
    return made
