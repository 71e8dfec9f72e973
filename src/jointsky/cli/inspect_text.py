"""What ``inspect`` prints: figures in columns, faults with their octets, a map and a strip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from jointsky.cli import console
from jointsky.cli.inspect_pictures import pictures
from jointsky.cli.inspect_words import WIDTH, counted, duration, number, place, wrapped
from jointsky.records.reading import Reading

SOURCES_SHOWN = 16
_LABEL = 12
_SAID = ("first_time_s", "last_time_s", "now_s", "positions", "biases", "wrong_editions")
"""Values that are said elsewhere, or long."""
_LABELS = {"time": "clock"}
_QUIET = "dim"


def show(figures: dict[str, Any], reading: Reading) -> None:
    """Print what is in one recording."""
    name = figures["file"]
    console.results.print(Text(name, style="bold"), soft_wrap=True)
    for line in _lines(figures):
        console.results.print(line, soft_wrap=True)
    for line in pictures(reading):
        console.results.print(line, soft_wrap=True)


def _lines(figures: dict[str, Any]) -> Iterator[Text]:
    yield from _labelled("format", f"{figures['format']}, {figures['octets']:,} octets")
    yield from _labelled("content", _content(figures))
    is_flat = bool(figures["values"].get("flat"))
    yield from _labelled("time", _time(figures["time"], is_flat))
    if figures["records_per_s"]:
        yield from _labelled("rate", f"{number(figures['records_per_s'])} records a second")
    identities = _identities(figures["identities"])
    if identities:
        yield from _labelled("identities", identities)
    for name, said in (("pressure_altitude_m", "altitude"), ("height_m", "height")):
        if name in figures["heights"] and not (said == "height" and _is_pressure(figures)):
            yield from _labelled(said, _span(figures["heights"][name], said))
    yield from _categories(figures["categories"])
    yield from _sources(figures["sources"])
    yield from _values(figures["values"])
    yield from _faults(figures)


def _labelled(label: str, text: str) -> Iterator[Text]:
    """Yield a text behind its label, wrapped at the width."""
    for k, line in enumerate(wrapped(text, WIDTH - _LABEL)):
        yield Text.assemble((f"{label if k == 0 else '':<{_LABEL}}", _QUIET), line)


def _content(figures: dict[str, Any]) -> str:
    parts = [counted(figures["records"], "record")]
    if figures["plots"]:
        parts.append(counted(figures["plots"], "plot"))
    if figures["track_reports"]:
        parts.append(counted(figures["track_reports"], "track report"))
    if not figures["plots"] and not figures["track_reports"]:
        parts.append("no position that could be used")
    return ", ".join(parts)


def _time(time: dict[str, Any], is_flat: bool) -> str:
    if time["span_s"] is None:
        return "not known: nothing here has a time that could be used"
    if is_flat:
        return f"{time['first_s']:.1f} to {time['last_s']:.1f} s of the scene"
    said = f"{time['first']} to {time['last']}, {duration(time['span_s'])}"
    if time["span_s"] == 0.0:
        said = time["first"]
    return said if time["date_known"] else said + "; the date is not known (--date YYYY-MM-DD)"


def _identities(found: dict[str, int]) -> str:
    said = {
        "mode_s_addresses": ("Mode S address", "Mode S addresses"),
        "mode_a_codes": ("Mode A code", ""),
        "call_signs": ("call sign", ""),
        "track_numbers": ("track number", ""),
    }
    return ", ".join(
        counted(found[name], one, many) for name, (one, many) in said.items() if found[name]
    )


def _is_pressure(figures: dict[str, Any]) -> bool:
    """Return whether the heights are the pressure altitudes over again."""
    heights = figures["heights"]
    return bool(heights.get("pressure_altitude_m") == heights.get("height_m"))


def _span(height: dict[str, Any], what: str) -> str:
    kind = "pressure" if what == "altitude" else "above the ellipsoid"
    metres = f"{height['lowest']:,.0f} to {height['highest']:,.0f} m"
    feet = f"{height['lowest_ft']:,.0f} to {height['highest_ft']:,.0f} ft"
    if height["lowest"] == height["highest"]:
        metres, feet = f"{height['lowest']:,.0f} m", f"{height['lowest_ft']:,.0f} ft"
    return f"{metres} ({feet}), {kind}"


def _categories(categories: list[dict[str, Any]]) -> Iterator[Text]:
    for category in categories:
        count = category["records"]
        edition = f", edition {category['edition']}" if category["edition"] else ""
        items = ", ".join(f"{item} {n:,}" for item, n in category["items"].items())
        head = f"{counted(count, 'record')}{edition}" if count is not None else items
        yield from _labelled(category["name"], head)
        shares = category["item_shares"]
        if shares:
            always = [item for item, share in shares.items() if share == 1.0]
            partly = [f"{item} {_percent(s)}" for item, s in shares.items() if s != 1.0]
            if always:
                yield from _labelled("", "in all: " + " ".join(always))
            if partly:
                yield from _labelled("", "in part: " + ", ".join(partly))


def _percent(share: float) -> str:
    if share > 1.0:
        return f"{share:.2g} each"
    percent = 100.0 * share
    if percent >= 99.5:
        return "99+%"
    return f"{percent:.0f}%" if percent >= 0.5 else "<1%"


def _sources(sources: list[dict[str, Any]]) -> Iterator[Text]:
    if not sources:
        return
    busiest = sorted(sources, key=lambda s: -(s["plots"] + s["track_reports"]))
    head = f"{'source':<{_LABEL}}{'kind':<16}{'position':<21}"
    yield Text(f"{head}{'turn':>7}{'reports':>12}{'a second':>10}", style=_QUIET)
    for source in busiest[:SOURCES_SHOWN]:
        turn = source["rotation_period_s"]
        reports = source["plots"] + source["track_reports"]
        rate = source["per_s"]
        name = source["name"]
        yield Text(
            f"{name[: _LABEL - 1]:<{_LABEL}}{source['kind']:<16}{_position(source):<21}"
            f"{f'{turn:.2f} s' if turn else '-':>7}{reports:>12,}"
            f"{number(rate) if rate else '-':>10}"
        )
    left = len(busiest) - SOURCES_SHOWN
    if left > 0:
        yield Text(f"{'':<{_LABEL}}and {left} more (--json tells all)", style=_QUIET)


def _position(source: dict[str, Any]) -> str:
    if source["flat_enu_m"] is not None:
        east, north, _ = source["flat_enu_m"]
        return f"{east / 1000:.1f} E {north / 1000:.1f} N km"
    site = source["position"]
    if site is None:
        return "-" if source["kind"] in ("adsb", "tracker") else "not sent"
    return place(site["latitude_deg"], site["longitude_deg"])


def _values(values: dict[str, Any]) -> Iterator[Text]:
    """Yield what else the reader told; times are said already."""
    for name, value in values.items():
        if name in _SAID or value in (0, {}, [], ""):
            continue
        label = _LABELS.get(name, name.replace("_", " "))
        if len(label) < _LABEL:
            yield from _labelled(label, _said(value))
        else:
            yield from _labelled("", f"{label}: {_said(value)}")


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(
            f"{key}: {_said(v)}" if isinstance(v, dict) else f"{key} {_said(v)}"
            for key, v in value.items()
        )
    if isinstance(value, (list, tuple)):
        return ", ".join(_said(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _faults(figures: dict[str, Any]) -> Iterator[Text]:
    total = figures["fault_count"]
    if not total:
        yield from _labelled("faults", "none")
        return
    yield Text.assemble((f"{'faults':<{_LABEL}}", _QUIET), (f"{total:,}", "bold red"))
    for doubt in figures["values"].get("wrong_editions", []):
        for k, line in enumerate(wrapped(doubt, WIDTH - 4)):
            yield Text(("  " if k == 0 else "    ") + line, style="bold red")
    for kind, fault in figures["faults"].items():
        yield Text.assemble("  ", (kind, "red"), f" {fault['count']:,}")
        for one in fault["first"]:
            skipped = f" [{one['octets']:,} octets passed over]" if one["octets"] else ""
            lines = wrapped(f"octet {one['offset']:,}: {one['text']}{skipped}", WIDTH - 4)
            for k, line in enumerate(lines):
                yield Text(("    " if k == 0 else "      ") + line, style=_QUIET)
