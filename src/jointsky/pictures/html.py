"""The page of a recording: ``picture.html``, one file that needs no network and no server.

The page's code is in ``page/``, plain JavaScript, put together here in the order of its names.
Its data are whole numbers, as differences in octet planes, deflated, as base64 (page_data.py).
"""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.resources
import json
import pathlib
from typing import Any

from jointsky.pictures import page_data, scene
from jointsky.pictures.options import PictureOptions
from jointsky.records.plots import Plots
from jointsky.records.sensors import Sensor
from jointsky.records.tracks import Tracks


def write_html(
    plots: Plots,
    tracks: Tracks,
    sensors: list[Sensor],
    path_html: str | pathlib.Path,
    title: str,
    options: PictureOptions | None = None,
) -> None:
    """Write one self-contained page with a map, a time slider and a story for every track.

    Recordings too large for a page are thinned; the page says by how much.
    """
    options = options or PictureOptions()
    seen = scene.build(plots, tracks, sensors, options)
    facts, packed = page_data.collect(seen, title, options)
    pathlib.Path(path_html).write_text(_page(title, facts, packed), encoding="utf-8", newline="\n")


def _page(title: str, facts: dict[str, Any], packed: bytes) -> str:
    folder = importlib.resources.files("jointsky.pictures") / "page"
    names = sorted(entry.name for entry in folder.iterdir())
    parts = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    scripts = "\n".join(parts[name] for name in names if name.endswith(".js"))
    script = f"(function () {{\n'use strict';\n{scripts}}})();\n"
    style = "\n".join(parts[name] for name in names if name.endswith(".css"))
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    filled = {
        "@@POLICY@@": policy,
        "@@TITLE@@": html.escape(title),
        "@@STYLE@@": style,
        "@@FACTS@@": _json(facts),
        "@@DATA@@": base64.b64encode(packed).decode(),
        "@@SCRIPT@@": script,
    }
    text = parts["page.html"]
    pieces: list[str] = []
    for mark, value in filled.items():  # each mark stands once, in this order
        before, _, text = text.partition(mark)
        pieces += [before, value]
    return "".join([*pieces, text])


def _digest(text: str) -> str:
    """Return the hash by which a content security policy allows one inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(facts: dict[str, Any]) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
