"""Sources: what readsb calls the kind of message behind a position becomes a sensor's name."""

from __future__ import annotations

_BY_PREFIX = {"adsb": "ADS-B", "adsr": "ADS-R", "tisb": "TIS-B", "mlat": "MLAT", "adsc": "ADS-C"}


def source_of(kind: str | None, is_mlat: bool = False, is_tisb: bool = False) -> str:
    """Return the name of the sensor behind a readsb ``type`` such as ``adsb_icao``."""
    if is_mlat:
        return "MLAT"
    if is_tisb:
        return "TIS-B"
    if not kind:
        return "ADS-B"
    return _BY_PREFIX.get(kind.split("_")[0], "other")
