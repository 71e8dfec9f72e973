"""Words and numbers of ``inspect``: counts, durations, places, wrapped lines."""

from __future__ import annotations

WIDTH = 78


def wrapped(text: str, width: int) -> list[str]:
    """Return a text as lines of at most ``width`` letters."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += (" " if lines[-1] else "") + word
    return lines


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(span_s: float) -> str:
    """Return a time span in the units that suit it."""
    if span_s < 120.0:
        return f"{span_s:.1f} s"
    minutes, seconds = divmod(round(span_s), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"


def number(value: float) -> str:
    """Return a rate with three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def place(latitude_deg: float, longitude_deg: float) -> str:
    """Return a position on the earth."""
    north, east = "N" if latitude_deg >= 0 else "S", "E" if longitude_deg >= 0 else "W"
    return f"{abs(latitude_deg):.4f} {north} {abs(longitude_deg):.4f} {east}"
