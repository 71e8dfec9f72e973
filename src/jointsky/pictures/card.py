"""A card: what a notebook shows of a thing in place of its bare name, as a piece of HTML."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

from jointsky.pictures.report import cells

STYLE = """.jointsky{font:14px/1.45 system-ui,"DejaVu Sans",sans-serif;max-width:1100px}
.jointsky h3{margin:.2em 0}.jointsky p{margin:.35em 0;max-width:80ch}
.jointsky table{border-collapse:collapse;margin:.5em 0;font:inherit}
.jointsky th,.jointsky td{padding:.2em .7em;text-align:right;border-bottom:1px solid #8886}
.jointsky .word{text-align:left}
.jointsky img{max-width:100%;height:auto;background:#fff}"""


class Card:
    """Parts of a card in the order in which they are given; all words are escaped."""

    def __init__(self, title: str) -> None:
        self._parts = [f"<h3>{html.escape(title)}</h3>"]

    def words(self, text: str) -> None:
        """Add a paragraph; an empty one adds nothing."""
        if text:
            self._parts.append(f"<p>{html.escape(text)}</p>")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> None:
        """Add a table; its first ``words`` columns are words, the others numbers."""
        lines = ["<tr>", *cells("th", heads, words), "</tr>"]
        for row in rows:
            lines += ["<tr>", *cells("td", row, words), "</tr>"]
        self._parts.append(f"<table>{''.join(lines)}</table>")

    def picture(self, png: bytes, says: str) -> None:
        """Add a picture, and what it shows for those who do not see it."""
        data = base64.b64encode(png).decode()
        alt = html.escape(says)
        self._parts.append(f'<img alt="{alt}" src="data:image/png;base64,{data}">')

    def html(self) -> str:
        """Return the card; equal parts give equal text."""
        return f'<style>{STYLE}</style><div class="jointsky">{"".join(self._parts)}</div>'
