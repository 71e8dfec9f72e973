"""The tables that ``jointsky score`` prints: picture, errors by phase of flight, conformity."""

from __future__ import annotations

import math

from rich import box
from rich.columns import Columns
from rich.console import Group
from rich.table import Table
from rich.text import Text

from jointsky.cli import console
from jointsky.records.score import Check, ScoreResult
from jointsky.units import DEGREE_RAD, FOOT_M

_VERDICTS = {"pass": "green", "fail": "bold red", "not measured": "dim"}


def print_tables(result: ScoreResult) -> None:
    """Print all figures of a result to standard output."""
    about = result.about
    console.results.print(
        Text.assemble(
            (f"{about['tracks']}", "bold"),
            f" ({about['tracks_are']}) against ",
            (f"{about['reference']}", "bold"),
            f" ({about['reference_is']})",
        ),
        soft_wrap=True,
    )
    console.results.print(
        f"{about['track_points']:,} track points, {about['reference_points']:,} reference points, "
        f"{about['moments']:,} moments ({about['sampling']}, every {about['moment_step_s']:g} s), "
        f"{about['dims']}-D, cutoff {about['cutoff_m']:g} m, order {about['order']:g}\n",
        soft_wrap=True,
    )
    console.results.print(
        Group(_picture(result), "", _errors(result), "", _conformity(result), _notes(result))
    )


def number(value: float, digits: int = 3) -> str:
    """Return a number with this many significant digits; a dash for what was not measured."""
    if not math.isfinite(value):
        return "-"
    if value == 0.0:
        return "0"
    places = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{min(places, 6)}f}"


def share(value: float) -> str:
    """Return a share in per cent."""
    return "-" if not math.isfinite(value) else f"{100.0 * value:.4g} %"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place == 0 else "right")
    return table


def _picture(result: ScoreResult) -> Columns:
    """Return three small tables that stand side by side where there is room."""
    picture, siap, tracks = result.picture, result.siap, result.tracks
    exact = (
        "" if picture["t_gospa_is_exact"] else f" (from {number(picture['t_gospa_lower_m'], 4)})"
    )
    interval = result.updates["interval_s"]
    groups = {
        "Picture": (
            ("OSPA", f"{number(picture['ospa_m'])} m"),
            ("GOSPA", f"{number(picture['gospa_m'])} m"),
            ("  of assigned, RMS", f"{number(picture['rms_m'])} m"),
            ("  missed at a time", number(picture["missed"])),
            ("  false at a time", number(picture["false"])),
            ("T-GOSPA", f"{number(picture['t_gospa_m'], 4)} m{exact}"),
            ("  per moment", f"{number(picture['t_gospa_per_moment_m'])} m"),
            ("  track switches", number(picture["track_switches"])),
        ),
        "SIAP": (
            ("completeness", share(siap["completeness"])),
            ("ambiguity", number(siap["ambiguity"], 4)),
            ("spuriousness", share(siap["spuriousness"])),
            ("position accuracy", f"{number(siap['position_accuracy_m'])} m"),
            ("velocity accuracy", f"{number(siap['velocity_accuracy_mps'])} m/s"),
            ("number changes", f"{number(3600.0 * siap['track_number_change_rate_hz'])} /h"),
            ("longest segment", share(siap["longest_segment"])),
            ("identity correct", share(siap["identity_correct"])),
            ("identity wrong", share(siap["identity_wrong"])),
            ("identity ambiguous", share(siap["identity_ambiguous"])),
        ),
        "Tracks": (
            ("targets", f"{tracks['targets']:.0f}"),
            ("  never tracked", f"{tracks['targets_never_tracked']:.0f}"),
            ("  shown twice", share(tracks["multiple_share"])),
            ("  one number for life", share(tracks["one_number_share"])),
            ("  found after, median", f"{number(tracks['initiation_delay_s_p50'])} s"),
            ("tracks", f"{tracks['tracks']:.0f}"),
            ("  on no target", f"{tracks['false_tracks']:.0f}"),
            ("  updated, median", f"{number(interval['p50'])} s"),
            ("  updated, 95 %", f"{number(interval['p95'])} s"),
            ("  updated, longest", f"{number(interval['max'])} s"),
        ),
    }
    return Columns([_pairs(title, lines) for title, lines in groups.items()], padding=(0, 1))


def _pairs(title: str, lines: tuple[tuple[str, str], ...]) -> Table:
    table = _table(title, "", "")
    table.show_header = False
    for line in lines:
        table.add_row(*line)
    return table


_LINES = (
    ("horizontal", "horizontal_m", "m", 1.0),
    ("along", "along_m", "m", 1.0),
    ("across", "across_m", "m", 1.0),
    ("ground speed", "speed_mps", "m/s", 1.0),
    ("heading", "heading_rad", "°", 1.0 / DEGREE_RAD),
    ("height", "height_m", "m", 1.0),
    ("pressure altitude", "pressure_altitude_m", "ft", 1.0 / FOOT_M),
    ("climb", "climb_mps", "m/s", 1.0),
)


def _errors(result: ScoreResult) -> Group:
    """Return two tables: the errors of all flight, and their RMS by phase of flight."""
    phases = [phase for phase in result.errors if phase != "all"]
    every = _table("Errors", "", "", "mean", "p50", "p95", "p99", "RMS", "points")
    split = _table("RMS by phase of flight", "", "", *phases)
    for name, key, unit, factor in _LINES:
        whole = result.errors["all"][key]
        if not whole["n"]:
            continue
        parts = (number(factor * whole[part]) for part in ("mean", "p50", "p95", "p99", "rms"))
        every.add_row(name, unit, *parts, f"{whole['n']:,}")
        split.add_row(
            name, unit, *(number(factor * result.errors[phase][key]["rms"]) for phase in phases)
        )
    counts = (f"{result.errors[phase]['horizontal_m']['n']:,}" for phase in phases)
    split.add_section()
    split.add_row("points", "", *counts, style="dim")
    return Group(every, split)


def _conformity(result: ScoreResult) -> Table:
    table = _table("Conformity", "", "wanted", "found", "")
    standard = ""
    for check in result.conformity:
        if check.standard != standard:
            if standard:
                table.add_section()
            standard = check.standard
            table.add_row(Text(standard, style="bold"))
        rank = "" if check.is_mandatory else " *"
        table.add_row(
            f"  {check.label}{rank}",
            f"{'≥' if check.sense == '>=' else '≤'} {quantity(check, check.limit)}",
            quantity(check, check.value),
            Text(check.verdict, style=_VERDICTS[check.verdict]),
        )
    for column in table.columns:
        column.no_wrap = True
    return table


def quantity(check: Check, value: float) -> str:
    """Return a value of a check with its unit."""
    if check.unit == "%":
        return share(value)
    return f"{number(value)} {check.unit}" if math.isfinite(value) else "-"


def _notes(result: ScoreResult) -> Text:
    expected = (
        "as long as the reference sees them"
        if result.about["is_whole_life"]
        else "from their first to their last update"
    )
    reasons = {f"{check.label}: {check.why}": None for check in result.conformity if check.why}
    waiting = (
        "Picture and SIAP: between its updates a track stands where its watcher sees it, its "
        "newest point moved on, so even a recording against itself is not at nought; errors "
        "are at the updates themselves.\n"
    )
    return Text(
        "".join(f"{reason}.\n" for reason in reasons)
        + (waiting if result.about["sampling"] == "grid" else "")
        + f"* recommended. Updates are expected of targets {expected}. ESASSP limits are recalled, "
        "ED-142 limits as COMPASS quotes them: compare both with the texts before you certify "
        "anything.",
        style="dim",
    )
