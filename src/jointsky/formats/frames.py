"""Frames: where the messages of a recording lie, once its container has been opened.

Containers (pcap, FINAL, ...) become frames in ``formats.framing``; message formats (ASTERIX,
Beast, ...) take frames and never see a container.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from jointsky.records.reading import Fault


@dataclasses.dataclass(frozen=True)
class Frames:
    """Payloads inside ``data``, in the order of the file, one row each.

    ``data`` is the file itself or, where payloads had to be put together (IP fragments), a buffer
    of its own; ``offset`` always counts octets of the file.
    """

    container: str  # "raw", "final", "oradis", "gps-recorder", "rply", "pcap", "pcapng"; a capture
    # whose payloads are themselves wrapped is "pcap/oradis" and so on
    data: bytes
    start: npt.NDArray[np.int64]  # first octet of the payload in ``data``
    length: npt.NDArray[np.int64]
    offset: npt.NDArray[np.int64]  # octet in the file at which the payload begins
    receipt_time_s: npt.NDArray[np.float64]  # POSIX seconds; NaN where the container has none
    port: npt.NDArray[np.int32]  # UDP or TCP destination port; -1 where there is none
    faults: list[Fault] = dataclasses.field(default_factory=list)
    fault_counts: dict[str, int] = dataclasses.field(default_factory=dict)
    skipped: dict[str, int] = dataclasses.field(default_factory=dict)  # sound, but not ours
    overhead_octets: int = 0  # headers, trailers and packets of other protocols
    fault_octets: int = 0  # of all faults, also those behind the first thousand


def whole_file(data: bytes) -> Frames:
    """Return a file without a container as one frame."""
    return Frames(
        container="raw",
        data=data,
        start=np.zeros(1, np.int64),
        length=np.full(1, len(data), np.int64),
        offset=np.zeros(1, np.int64),
        receipt_time_s=np.full(1, np.nan),
        port=np.full(1, -1, np.int32),
    )
