"""Why an alert was raised, in words that people read."""

from __future__ import annotations

import math

from jointsky.assess.areas import Area


def name_of(identity: str, is_drone: bool) -> str:
    """Return what a track is called: an unknown drone, a neutral track."""
    article = "an" if identity[0] in "aeiou" else "a"
    return f"{article} {identity.replace('-', ' ')} {'drone' if is_drone else 'track'}"


def distance(metres: float) -> str:
    """Return a distance as people say it."""
    if metres < 1000.0:
        return f"{max(round(metres, -1), 0.0):.0f} m"
    return f"{metres / 1000.0:.1f} km"


def entry(name: str, area: Area, depth_m: float, height_m: float) -> str:
    """Say who has come into which area."""
    over = "is over the border of" if area.use == "border" else f"is in {area.use} zone"
    high = f", at {height_m:.0f} m" if math.isfinite(height_m) else ""
    return f"{name} {over} {area.name}, {distance(max(depth_m, 0.0))} inside its rim{high}"


def prediction(name: str, area: Area, go_s: float, probability: float) -> str:
    """Say who is expected in which area, and when."""
    return (
        f"{name} is expected in {area.use} zone {area.name} in {go_s:.0f} s "
        f"if it flies on straight ({probability:.0%})"
    )


def drone(name: str, area: Area, away_m: float, gap_m: float) -> str:
    """Say how near a drone is to which area."""
    if away_m <= 0.0:
        above = f", {distance(gap_m)} above or below it" if gap_m > 0.0 else ""
        return f"{name} is over {area.use} zone {area.name}{above}"
    return f"{name} is {distance(away_m)} from {area.use} zone {area.name}"


def leaving(name: str, area: Area, away_m: float) -> str:
    """Say who has left which corridor."""
    return f"{name} has left corridor {area.name} and is {distance(away_m)} beside it"


def silence(name: str, since_s: float) -> str:
    """Say who does not answer any more."""
    return f"{name} has not answered for {since_s:.0f} s, and radar still sees it"


def distress(name: str, code: int, meaning: str) -> str:
    """Say what a track in distress tells."""
    return f"{name} squawks {code:04o}: {meaning}" if meaning else f"{name} says it is in distress"
