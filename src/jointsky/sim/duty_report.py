"""The duty's part of what a run shows: a picture, tables, sentences that a newcomer understands."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from jointsky.pictures.duty import Story, draw_duty
from jointsky.pictures.duty_days import draw_days
from jointsky.pictures.duty_spans import draw_spans
from jointsky.pictures.report import Report
from jointsky.sim.apart import beside_rows
from jointsky.sim.costs import cost_line, money_words
from jointsky.sim.duty_spans import MANY, SPAN_HEADS, span_rows

DAYS_S = 2 * 86_400.0  # a watch of so long is drawn day by day
TARGET_HEADS = (
    *("who came", "type", "seen by", "tracked", "alert", "sure", "proposed", "agreed", "ordered"),
    *("fired", "shots", "end", "worth"),
)
OTHERS = {
    "civil": "civil flights",
    "friend": "friends",
    "neutral": "neutrals",
    "nature": "birds",
    "nothing": "nothing",
    "a report": "reports alone",
}
CIVIL_HEADS = ("", "flew", "tracked", "suspected", "proposed", "ordered", "fired at")


def summary_lines(duty: Mapping[str, Any]) -> list[str]:
    """Return what came of a duty in sentences."""
    how = "deciding together" if duty["is_joint"] else "each nation by itself"
    lines = [
        f"{duty['hostile']} hostile came ({how}): {duty['stopped']} stopped, "
        f"{duty['leaked']} came into a protected zone"
        + (f" ({duty['stopped_late']} of them stopped there)" if duty["stopped_late"] else "")
        + (f", {duty['neither']} neither" if duty["neither"] else "")
        + ".",
        f"{duty['orders']} orders from {duty['proposals']} proposals "
        f"({duty['agreed']} agreed, {duty['declined']} declined); {duty['shots']} shots, "
        f"{duty['shots_wasted']} at what was stopped already, {duty['shots_at_others']} at others; "
        f"{duty['engaged_twice']} fired at by both nations.",
    ]
    lines += watch_lines(duty)
    first, then = duty["track_to_order_s"], duty["proposal_to_order_s"]
    if first["median"] is not None:
        lines.append(
            f"From track to order: {first['median']:.0f} s (nine of ten within "
            f"{first['p90']:.0f} s), of which {_seconds(then['median'])} waiting for agreement."
        )
    more = duty["reinforcement"]
    if more["requested"]:
        lines.append(
            f"Reinforcement: asked for {more['requested']} times, pledged {more['pledged']}, "
            f"moved in {more['moved_in']}."
        )
    civil = duty["civil"]
    near = civil["nearest"]
    lines.append(
        f"Civil: {civil['civil']['suspected']} of {civil['civil']['tracked']} tracked were ever "
        f"suspected, {civil['civil']['proposed']} proposed, {civil['civil']['ordered']} ordered "
        f"against; the nearest to it was {near['vehicle'] or 'nobody'} at "
        f"{near['hostile']:.1%} hostile."
    )
    lines.append(cost_line(duty["cost"]))
    return lines


def watch_lines(duty: Mapping[str, Any]) -> list[str]:
    """Return what was noticed, and for whom incidents were opened, in sentences."""
    came, opened = duty["targets"], duty["incidents_of"]
    known = {name: sum(one[name] is not None for one in came) for name in ("alerted", "incident")}
    line = f"Alerts for {known['alerted']} of {len(came)} that came"
    if not opened:
        return [line + "; no incident."]
    others = [one["of"] for one in opened if one["of"] != "hostile"]
    words = ", ".join(f"{others.count(of)} of {OTHERS[of]}" for of in OTHERS if of in others)
    line += f", incidents for {known['incident']}; "
    if not others:
        return [line + "none of others."]
    many = "1 incident was" if len(others) == 1 else f"{len(others)} incidents were"
    return [line + f"{many} of others: {words}."]


def target_rows(duty: Mapping[str, Any]) -> list[list[str]]:
    """Return a row of words for each that came."""
    return [
        [
            one["name"],
            one["type"],
            " + ".join(one["seen_by"]) or "nobody",
            *(
                _clock(one[name])
                for name in (
                    *("tracked", "alerted", "confirmed", "proposed", "agreed", "ordered", "fired"),
                )
            ),
            str(one["shots"]),
            end_words(one),
            money_words(one["unit_cost_usd"]),
        ]
        for one in duty["targets"]
    ]


def end_words(one: Mapping[str, Any]) -> str:
    """Return how it ended with one that came."""
    if one["leaked"] is not None:
        late = " (stopped there)" if one["stopped"] is not None else ""
        return f"into {one['zone']} {_clock(one['leaked'])}{late}"
    if one["stopped"] is not None:
        return f"stopped {_clock(one['stopped'])} by {one['stopped_by']}"
    return "flies on" if one["left"] is None else f"left {_clock(one['left'])}"


def is_many(duty: Mapping[str, Any]) -> bool:
    """Return whether more came, and for longer, than is told one by one."""
    return bool(duty["spans"]) and len(duty["targets"]) > MANY


def write_duty(page: Report, duty: Mapping[str, Any], folder: pathlib.Path) -> None:
    """Add to a report what its figures say of the duty."""
    page.heading("Who came, who decided, what leaked")
    for line in summary_lines(duty):
        page.words(line)
    page.picture(folder / "duty.png", "Each that came, from its coming to its end")
    page.words(
        "Times are from the begin: minutes and seconds, where it is long hours or days; sure: a "
        "person of a crew has decided that it is hostile. All of this is simulated, with public "
        "and approximate figures."
    )
    if is_many(duty):
        page.table(SPAN_HEADS, span_rows(duty["spans"]))
    page.table(TARGET_HEADS, target_rows(duty)[:MANY], words=3)
    if len(duty["targets"]) > MANY:
        more = len(duty["targets"]) - MANY
        page.words(f"The first {MANY}; {more} more are in summary.json.")
    if "apart" in duty:
        page.words(
            "The same sky, the same plots, without links across the border and without a common "
            "decision:"
        )
        page.table(("", "together", "each for itself"), beside_rows(duty))
        page.picture(folder / "duty-apart.png", "The same raid, each nation for itself")
    page.words(
        "How safe those were who had nothing to do with it. Suspected: the model or a crew of "
        "either nation ever took a track of theirs for suspect or hostile."
    )
    page.table(CIVIL_HEADS, civil_rows(duty))
    page.words(
        "; ".join(
            f"{nation}: {sum(raised.values())} alerts ("
            + (", ".join(f"{count} {kind}" for kind, count in raised.items()) or "none")
            + f"), {duty['incidents'][nation]} incidents"
            for nation, raised in duty["alerts"].items()
        )
        + "."
    )
    if duty["incident_pages"]:
        page.words("The incidents, each as a page, a PDF and GeoJSON:")
        page.links([(name, f"incidents/{name}/incident.html") for name in duty["incident_pages"]])
        more = sum(duty["incidents"].values()) - len(duty["incident_pages"])
        if more > 0:
            page.words(f"{more} more incidents are in log.jsonl.")


def civil_rows(duty: Mapping[str, Any]) -> list[list[str]]:
    """Return a row of figures for civil vehicles, and one for all that are not hostile."""
    names = ("flew", "tracked", "suspected", "proposed", "ordered", "fired_at")
    return [
        [words, *(f"{duty['civil'][kind][name]:,}" for name in names)]
        for kind, words in (("civil", "civil"), ("all_but_hostile", "all but hostile"))
    ]


def write_duty_picture(
    duty: Mapping[str, Any],
    silent: Sequence[tuple[float, float]],
    until_s: float,
    path_png: pathlib.Path,
    title: str,
    begin_s: float = 0.0,
    failed: Sequence[tuple[float, float, str]] = (),
) -> None:
    """Write the picture of a duty; ``silent``, ``until_s`` and ``failed`` are from the begin.

    ``failed``: when what was out of order; ``begin_s`` is POSIX seconds.
    """
    if is_many(duty):
        summary = "  ".join(summary_lines(duty)[:1])
        draw_spans(duty["spans"], duty["magazines"], silent, path_png, title, summary)
        return
    if until_s >= DAYS_S and not duty["shots"]:
        draw_days(
            [(one["name"], one["came"], _noticed(one)) for one in duty["targets"]],
            [(one["opened"], one["of"]) for one in duty["incidents_of"]],
            failed,
            (begin_s, begin_s + until_s),
            path_png,
            title,
            "  ".join(watch_lines(duty)),
        )
        return
    stories = [
        Story(
            name=one["name"],
            times_s={name: one[name] for name in _TIMES},
            end=end_words(one),
            end_s=_end_s(one, until_s),
            outcome=_outcome(one),
        )
        for one in duty["targets"]
    ]
    draw_duty(stories, silent, until_s, path_png, title, "  ".join(summary_lines(duty)[:1]))


def _noticed(one: Mapping[str, Any]) -> str:
    """Return how far one that came was noticed."""
    stages = ("incident", "alerted", "tracked")
    return next((name for name in stages if one[name] is not None), "missed")


_TIMES = ("came", "plotted", "tracked", "confirmed", "proposed", "ordered")


def _outcome(one: Mapping[str, Any]) -> str:
    if one["leaked"] is not None:
        return "leaked"
    return "flying" if one["stopped"] is None else "stopped"


def _end_s(one: Mapping[str, Any], until_s: float) -> float:
    ends = [one[name] for name in ("stopped", "leaked", "left") if one[name] is not None]
    return float(min(ends, default=until_s))


def _clock(time_s: float | None) -> str:
    if time_s is None:
        return "-"
    minutes, seconds = divmod(int(time_s), 60)
    if minutes < 100:
        return f"{minutes}:{seconds:02d}"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}:{minutes:02d}:{seconds:02d}"
    return f"{hours // 24} d {hours % 24:02d}:{minutes:02d}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f} s"
