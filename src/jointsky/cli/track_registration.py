"""How track shows the errors of radars: a table with standard errors, and what was noticed."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from jointsky.recording.register import SHOWN, Registered
from jointsky.recording.summary import time_text
from jointsky.records.registration import COMPONENTS, BiasEstimate


def registration_table(made: Registered) -> Group:
    """Return the errors of all radars as a table, and a line for each step that was noticed."""
    table = Table(title="errors of radars: too much, ± standard error", title_justify="left")
    table.add_column("radar", style="bold")
    for component in COMPONENTS:
        table.add_column(f"{component}, {SHOWN[component][0]}", justify="right")
    table.add_column("plots", justify="right")
    found = {(one.row, one.component): one for one in made.estimates}
    for row in sorted({one.row for one in made.estimates}):
        mine = [found.get((row, component)) for component in COMPONENTS]
        known = next(one for one in mine if one is not None)
        cells = [_cell(one) for one in mine]
        table.add_row(known.sensor, *cells, f"{known.evidence:,}")
    date_known = made.reading.date_known
    lines = [
        Text(f"{time_text(event.time_s, date_known)} {event.sensor}: its errors changed at once")
        for event in made.events
        if event.kind == "bias-step"
    ]
    return Group(table, *lines)


def _cell(one: BiasEstimate | None) -> str:
    """Return an estimate; what cannot be determined, with what it is known to beside others."""
    if one is None:
        return "not measured"
    scale = SHOWN[one.component][1]
    digits = 1 if one.component == "range" else 3
    if one.observable:
        return f"{one.estimate * scale:.{digits}f} ± {one.sigma * scale:.{digits}f}"
    if one.relative_sigma < 0.5 * one.sigma:
        relative = f"{one.relative_sigma * scale:.{digits}f}"
        return f"not observable; beside others {one.estimate * scale:.{digits}f} ± {relative}"
    return "not observable"
