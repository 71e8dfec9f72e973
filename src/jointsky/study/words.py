"""What a study found, in sentences made of its figures."""

from __future__ import annotations

import math

from jointsky.pictures.dots import number, words
from jointsky.study.best import best_of
from jointsky.study.drawing import dot
from jointsky.study.effects import crossings_of, splits_of
from jointsky.study.intervals import Interval
from jointsky.study.summary import Estimate, Summary
from jointsky.study.surfaces import surfaces_of

MOST_NAMED = 5  # points in one sentence


def lines(told: Summary) -> list[str]:
    """Return what was found at each point, response by response."""
    made = []
    names = [point.name for point in told.points]
    for response in told.study.responses:
        found = told.of(response.name)
        first = found[0]
        if first.interval is None:
            made.append(f"{response.name}: no run had it to tell at {names[0]}.")
            continue
        made.append(f"{response.name}: {_words(first.interval)} at {names[0]}.")
        made += [_line(one, names[one.point]) for one in found[1:] if one.difference is not None]
    return made


def rows(told: Summary, response: str) -> list[tuple[str, str, str, str]]:
    """Return for each point its name, value, difference from the first, and what pairing is worth.

    That is how many times the runs it takes to see the difference under skies of their own.
    """
    made = []
    for one in told.of(response):
        name = told.points[one.point].name
        value = "-" if one.interval is None else _words(one.interval)
        made.append((name, value, _difference_words(one), _worth(one)))
    return made


def _line(one: Estimate, name: str) -> str:
    assert one.interval is not None
    worth = _worth(one)
    said = f"; to see that under skies of their own takes {worth} times the runs" if worth else ""
    return f"    {name}: {_words(one.interval)}, {_difference_words(one)}{said}."


def _difference_words(one: Estimate) -> str:
    """Return how far an estimate is off the first point; nothing at that point itself."""
    if one.difference is None:
        return ""
    difference = one.difference.difference
    half = difference.half_width
    if half == 0.0:
        return "the same in every run" if difference.value == 0.0 else "so much off in every run"
    if difference.low <= 0.0 <= difference.high:
        most = max(abs(difference.low), abs(difference.high))
        return f"no difference seen, none above {number(most, half)}"
    return f"{_apart(difference)} (± {number(half, half)})"


def _worth(one: Estimate) -> str:
    if one.difference is None or one.difference.difference.half_width == 0.0:
        return ""
    gain = one.difference.gain
    return f"{gain:,.1f}" if math.isfinite(gain) else ""


def headline(told: Summary) -> list[str]:
    """Return what a reader must know first: the ends of each response, parts, turns, precision.

    Responses of which a precision was wanted come first, those with the largest effects before.
    """
    wanted = {one.name: bool(one.half_width or one.relative) for one in told.study.responses}
    names = sorted(wanted, key=lambda one: (not wanted[one], -_size(told, one)))
    made = [_ends(told, name) for name in names]
    made += [_split(told), _crossing(told), _best(told), *_surfaces(told)]
    made += [*map(_rare_line, rare_rows(told)), _precision(told)]
    return [one for one in made if one]


def rare_rows(told: Summary) -> list[tuple[str, str, str, str, str, str]]:
    """Return for each rare thing what, where, how likely, once in how many runs, in how many runs.

    The last: how many plain runs tell it as surely.
    """
    made = []
    for one in told.rare:
        p, brute = one.found.probability, one.brute_runs
        side = "at least" if one.rare.sign > 0.0 else "at most"
        what = f"{one.rare.name} ({one.rare.figure} {side} {one.rare.bound:g})"
        likely = f"{_small(p.value)} ({_small(p.low)} to {_small(p.high)})"
        if p.sides == "upper":
            likely = f"never seen, at most {_small(p.high)}"
        once = f"{1.0 / p.value:,.0f} runs" if p.value else "-"
        plain = f"{brute:,.0f}" if math.isfinite(brute) else "-"
        point = told.points[one.point].name
        made.append((what, point, likely, once, f"{one.found.runs:,}", plain))
    return made


def _rare_line(row: tuple[str, str, str, str, str, str]) -> str:
    what, point, likely, once, runs, plain = row
    said = f"{what} at {point}: {likely}"
    said += f", once in {once}" if once != "-" else ""
    said += f"; told by {runs} runs"
    return f"{said}, where {plain} plain ones would tell as much." if plain != "-" else f"{said}."


def _small(p: float) -> str:
    """Return a probability with two digits."""
    return f"{p:.2g}"


def _size(told: Summary, response: str) -> float:
    """Return the largest sure difference as a share of the larger of both values; 0: none is."""
    first = told.of(response)[0].interval
    sizes = [0.0]
    for one in told.of(response)[1:]:
        if first is not None and one.interval is not None and one.difference is not None:
            whole = max(abs(first.value), abs(one.interval.value))
            is_sure = _is_sure(one) and whole > 0.0
            sizes.append(abs(_difference(one).value) / whole if is_sure else 0.0)
    return max(sizes)


def _ends(told: Summary, response: str) -> str:
    """Return where a response is least and most, and what cannot be told from the first point."""
    known = [one for one in told.of(response) if one.interval is not None]
    names = [point.name for point in told.points]
    if not known or known[0].point != 0 or len(known) < 2:
        return ""
    first = known[0]
    assert first.interval is not None
    is_same = all(one.interval is not None and one.interval.half_width == 0.0 for one in known)
    if is_same and len({one.interval.value for one in known if one.interval}) == 1:
        return f"{response}: {first.interval.value:,.4g} in every run at every point."
    others = [one for one in known[1:] if one.difference is not None]
    sure = [one for one in others if _is_sure(one)]
    alike = [names[one.point] for one in others if not _is_sure(one)]
    made = f"{response}: {_words(first.interval)} at {names[0]}"
    for is_less, word in ((True, "least"), (False, "most")):
        side = [one for one in sure if (_difference(one).value < 0.0) == is_less]
        if side:
            far = max(side, key=lambda one: abs(_difference(one).value))
            assert far.interval is not None
            made += (
                f"; {word}, {_words(far.interval)}, at {names[far.point]} "
                f"({_apart(_difference(far))})"
            )
    if alike:
        made += f"; not told from {names[0]}: {_listed(alike)}"
    return made + "."


def _split(told: Summary) -> str:
    """Return the parts of the first response's effect, the largest first."""
    first = told.study.responses[0].name
    made = []
    for one in splits_of(told):
        if one.response != first:
            continue
        parts = sorted(
            zip(one.split.parts, one.parts, strict=True),
            key=lambda pair: -abs(pair[1].difference.value),
        )
        sure = [
            f"{name} {_apart(part.difference)}" for name, part in parts if _has(part.difference)
        ]
        rest = [name for name, part in parts if not _has(part.difference)]
        said = f"{one.split.name}, {first}: {_apart(one.whole.difference)} in all"
        said += f"; of that {_listed(sure)}" if sure else ""
        said += f"; nothing seen of {_listed(rest)}" if rest else ""
        made.append(said + ".")
    return " ".join(made)


def _crossing(told: Summary) -> str:
    first = told.study.responses[0].name
    made = []
    for one in crossings_of(told):
        if one.response != first:
            continue
        against = f"against {one.crossing.against} in {first}"
        if math.isfinite(one.where.value):
            bounds = f"{_bound(one.where.low)} to {_bound(one.where.high)}"
            made.append(
                f"{one.crossing.name} {against}: changes its side at {one.crossing.words} "
                f"{one.where.value:.2f} ({told.study.level:.0%} interval {bounds})."
            )
        else:
            ends = f"{one.at[0]:g} to {one.at[-1]:g}"
            made.append(f"{one.crossing.name} {against}: the same side from {ends}.")
    return " ".join(made)


def _best(told: Summary) -> str:
    """Return which point is best, and how surely."""
    found = best_of(told)
    if found is None:
        return ""
    names = _listed([told.points[k].name for k in found.left])
    best = found.best
    side = "greatest" if best.is_larger_better else "least"
    said = f"{side} {best.response}, where it is so by {best.indifference:g} or more"
    if len(found.left) == 1:
        sure = f"with probability {best.probability:.0%} or more"
        return f"Best: {names}, {sure} ({said}), after {found.skies:,} skies."
    why = "alike in all that was seen" if found.is_done else "not yet told apart"
    return f"May be best: {names}, {why} ({said}, probability {best.probability:.0%})."


def _surfaces(told: Summary) -> list[str]:
    """Return which factors matter, and how far the stand-in can be trusted."""
    made = []
    for one in surfaces_of(told):
        if one.matters:
            order = sorted(one.matters, key=lambda name: -one.matters[name].total.value)
            parts = [f"{name} {_words(one.matters[name].total)}" for name in order]
            made.append(f"{one.response}: of its variance it is in all {_listed(parts)}.")
        made.append(
            f"A surface ({one.model.kind}) foretells {max(one.model.q2, 0.0):.0%} of the variance "
            f"of {one.response} at points that it has not seen, with an error of "
            f"{one.model.rmse:.3g}."
        )
    return made


def _bound(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "beyond all levels"


def _precision(told: Summary) -> str:
    wanted = [one for one in told.study.responses if one.half_width or one.relative]
    if not wanted:
        return ""
    short = [
        one.name
        for one in wanted
        if not all(found.look is None or found.look.is_enough for found in told.of(one.name))
    ]
    if not short:
        return f"All intervals are as narrow as was wanted, after {told.runs:,} runs."
    return f"Not as narrow as was wanted when the runs ended: {_listed(short)}."


def _difference(one: Estimate) -> Interval:
    assert one.difference is not None
    return one.difference.difference


def _is_sure(one: Estimate) -> bool:
    return _has(_difference(one))


def _has(difference: Interval) -> bool:
    return not difference.low <= 0.0 <= difference.high


def _apart(difference: Interval) -> str:
    side = "more" if difference.value > 0.0 else "less"
    return f"{number(abs(difference.value), difference.half_width)} {side}"


def _listed(names: list[str]) -> str:
    if len(names) > MOST_NAMED + 1:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} others"]
    return names[0] if len(names) == 1 else f"{'; '.join(names[:-1])} and {names[-1]}"


def _words(interval: Interval) -> str:
    return words(dot(interval))
