"""Tables of the docs, made from the kept figures and put between their marks in the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from tracker_parts.demands import demands, scenes_of
from tracker_parts.tables import number, verdict

MARK = re.compile(r"(<!-- table: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str, kept: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the page with every table made anew, and the names of those without figures."""
    missing = []

    def make(found: re.Match[str]) -> str:
        rows = MAKERS[found["name"]](kept)
        if rows is None:
            missing.append(found["name"])
            return found[0]
        return f"{found[1]}{rows}{found[3]}"

    return MARK.sub(make, text), missing


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown: the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def machine(kept: dict[str, Any]) -> str | None:
    """Return the sentence that says on what the figures were measured."""
    section = kept.get("speed") or next(iter(kept.values()), None)
    if section is None:
        return None
    found = section["machine"]
    return (
        f"Measured on {found['cpu']}, {found['cores']} cores, Python {found['python']}, "
        f"NumPy {found['numpy']}, numba {found['numba']}.\n"
    )


def scenes(kept: dict[str, Any]) -> str | None:
    """Return the table of every tracker on every scene."""
    found = scenes_of(kept, 0)
    if not found:
        return None
    rows = []
    for name, scene in found.items():
        for k, row in enumerate(scene["rows"]):
            rows.append(
                [
                    f"**{name}**" if k == 0 else "",
                    row["tracker"] + (" (published)" if row["source"] == "published" else ""),
                    number(row["gospa_m"], 0),
                    number(row["rms_m"], 0),
                    number(row["missed"], 2),
                    number(row["false"], 2),
                    number(row["completeness"], 3),
                    number(row["ambiguity"], 3),
                    number(row["spuriousness"], 3),
                    number(row["track_number_change_rate_hz"], 5),
                    number(row["longest_segment"], 3),
                ]
            )
    head = ("scene", "tracker", "GOSPA m", "RMS m", "missed", "false", "complete", "ambiguity",
            "spurious", "changes/s", "longest")  # fmt: skip
    return markdown(head, rows)


def speed(kept: dict[str, Any]) -> str | None:
    """Return the table of speeds beside the peers."""
    found = kept.get("speed", {}).get("peers")
    if not found:
        return None
    rows = [
        [name, peer, number(scene["plots_hz"], 0), number(scene["with_pictures_hz"], 0),
         number(scene[peer]["plots_hz"], 0), f"{scene[peer]['ratio']:,.0f}"]
        for name, scene in found.items()
        for peer in scene["met"]
    ]  # fmt: skip
    head = ("scene", "peer", "ours, plots/CPU-s", "with pictures", "the peer's", "times")
    return markdown(head, rows)


def racetracks(kept: dict[str, Any]) -> str | None:
    """Return the table of errors on flights that turn over and over."""
    found = kept.get("racetracks")
    if not found:
        return None
    rows = []
    for name in ("five radars", "one radar"):
        for part in ("all", "straight", "turning"):
            row = found[name][part]
            rows.append(
                [
                    name if part == "all" else part,
                    number(row["position_mean_nm"], 3),
                    number(row["position_sd_nm"], 3),
                    number(row["speed_sd_kt"], 1),
                    number(row["heading_sd_deg"], 1),
                ]
            )
        limits = found[name]["limits"]
        keys = ("position_mean_nm", "position_sd_nm", "speed_sd_kt", "heading_sd_deg")
        cells = [f"*{limits[key]:g}*" if key in limits else "" for key in keys]
        rows.append(["*published*", *cells])
    head = ("", "position mean NM", "s.d. NM", "ground speed s.d. kt", "heading s.d. °")
    return markdown(head, rows)


def verdicts(kept: dict[str, Any]) -> str | None:
    """Return the table of all demands."""
    found = demands(kept)
    if not found:
        return None
    rows = [[line.what, line.asked, line.measured, verdict(line.is_met)] for line in found]
    return markdown(("demand", "asked", "measured", ""), rows)


def profile(kept: dict[str, Any]) -> str | None:
    """Return the table of where the time goes."""
    found = kept.get("speed", {}).get("profile", {}).get("groups")
    if not found:
        return None
    ordered = sorted(found.items(), key=lambda pair: -pair[1])
    rows = [[name, f"{share:.0%}"] for name, share in ordered if share >= 0.01]
    return markdown(("work", "share of the time"), rows)


MAKERS: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "machine": machine,
    "scenes": scenes,
    "speed": speed,
    "racetracks": racetracks,
    "profile": profile,
    "verdicts": verdicts,
}
