"""What came of a long duty, span by span: who came, how it ended, what was shot, what is left."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

SHORT_S = 7200.0  # a duty of less is told target by target alone
MANY = 40  # targets that are still told one by one
SPANS = 24
WIDTHS_S = (600.0, 1200.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0)
SPAN_HEADS = ("from", "came", "stopped", "leaked", "shots", "shots left")


def spans(
    targets: Sequence[Mapping[str, Any]],
    magazines: Sequence[tuple[float, Mapping[str, int]]],
    lasts_s: float,
) -> list[dict[str, Any]]:
    """Return figures of equal spans of a duty; none where it is short.

    All times are seconds from its begin.  ``magazines``: shots left by nation and weapon, now and
    then.  A target counts as come, stopped and leaked in the span in which it was; its shots in
    that of the first.
    """
    if lasts_s < SHORT_S:
        return []
    width_s = next((one for one in WIDTHS_S if one * SPANS >= lasts_s), WIDTHS_S[-1])
    made = []
    for k in range(math.ceil(lasts_s / width_s)):
        begin_s, end_s = k * width_s, min((k + 1) * width_s, lasts_s)
        made.append(
            {
                "begin_s": begin_s,
                "end_s": end_s,
                "came": _count(targets, "came", begin_s, end_s),
                "stopped": sum(
                    one["leaked"] is None
                    for one in targets
                    if _is_in(one["stopped"], begin_s, end_s)
                ),
                "leaked": _count(targets, "leaked", begin_s, end_s),
                "shots": sum(
                    one["shots"] for one in targets if _is_in(one["fired"], begin_s, end_s)
                ),
                "left": dict(_at(magazines, end_s)),
            }
        )
    return made


def span_rows(made: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return a row of words for each span."""
    return [
        [
            f"{int(one['begin_s']) // 3600}:{int(one['begin_s']) % 3600 // 60:02d} h",
            *(str(one[name]) for name in ("came", "stopped", "leaked", "shots")),
            ", ".join(f"{kind} {shots}" for kind, shots in one["left"].items()),
        ]
        for one in made
    ]


def _at(magazines: Sequence[tuple[float, Mapping[str, int]]], time_s: float) -> Mapping[str, int]:
    known = [shots for counted_s, shots in magazines if counted_s <= time_s]
    return known[-1] if known else {}


def _count(targets: Sequence[Mapping[str, Any]], name: str, begin_s: float, end_s: float) -> int:
    return sum(_is_in(one[name], begin_s, end_s) for one in targets)


def _is_in(time_s: float | None, begin_s: float, end_s: float) -> bool:
    return time_s is not None and begin_s <= time_s < end_s
