"""A report: headings, words, tables and pictures become one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import pathlib
from collections.abc import Sequence

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #16202a; --quiet: #56626d;
  --rule: #d4dde3; --accent: #0b63ce; --stripe: #f6f8f9; }
@media (prefers-color-scheme: dark) { :root { --paper: #0f151b; --ink: #e9eff5; --quiet: #a3b1be;
  --rule: #2b3945; --accent: #6cb4ff; --stripe: #151d25; } }
body { margin: 0 auto; max-width: 1240px; padding: 2rem 1.2rem 4rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { margin: 0 0 .2rem; font-size: 1.9rem; } h2 { margin: 2.6rem 0 .6rem; font-size: 1.25rem; }
p { max-width: 76ch; } .quiet { color: var(--quiet); }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; background: #fff;
  border: 1px solid var(--rule); border-radius: 4px; }
figcaption { color: var(--quiet); font-size: .9rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .92rem; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid var(--rule);
  font-variant-numeric: tabular-nums; white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; vertical-align: bottom; white-space: normal; }
th.word, td.word { text-align: left; } tbody tr:nth-child(even) { background: var(--stripe); }
a { color: var(--accent); } code { background: var(--stripe); padding: .1rem .35rem; }
table.many { font-size: .86rem; } table.many th, table.many td { padding: .3rem .45rem; }
table.many td { white-space: normal; } table.many td.word { white-space: nowrap; }
ul.sites { columns: 14rem; padding-left: 1.1rem; }
table.prose td { white-space: normal; text-align: left; vertical-align: top; }
table.prose th { text-align: left; } table.prose td:first-child { white-space: nowrap; }
@page { margin: 15mm; }
@media print { :root { --paper: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --stripe: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; }
  tr, figure, .wide { break-inside: avoid; } thead { display: table-header-group; }
  .wide { overflow: visible; } table { font-size: 8.5pt; }
  th, td { padding: .15rem .5rem; } table.many td { white-space: normal; }
  table.many { font-size: 7.5pt; } table.many th, table.many td { padding: .15rem .3rem; }
  img { max-height: 225mm; border: 0; } p { orphans: 3; widows: 3; } }
"""

MOST_COLUMNS = 6  # of a table that is printed without breaks in its cells


class Report:
    """Parts of a page in the order in which they are given; all words are escaped."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._parts = [f"<h1>{html.escape(title)}</h1>"]

    def heading(self, text: str) -> None:
        """Add a heading of a section."""
        self._parts.append(f"<h2>{html.escape(text)}</h2>")

    def words(self, text: str, quiet: bool = False) -> None:
        """Add a paragraph."""
        kind = ' class="quiet"' if quiet else ""
        self._parts.append(f"<p{kind}>{html.escape(text)}</p>")

    def command(self, text: str, says: str) -> None:
        """Add a command that the reader can give, and what it does."""
        self._parts.append(f"<p><code>{html.escape(text)}</code> {html.escape(says)}</p>")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> None:
        """Add a table; its first ``words`` columns are words, the others numbers."""
        lines = ["<thead><tr>", *cells("th", heads, words), "</tr></thead><tbody>"]
        for row in rows:
            lines += ["<tr>", *cells("td", row, words), "</tr>"]
        many = ' class="many"' if len(heads) > MOST_COLUMNS else ""
        whole = f"<table{many}>{''.join(lines)}</tbody></table>"
        self._parts.append(f'<div class="wide">{whole}</div>')

    def prose(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table of words, which are wrapped."""
        lines = ["<thead><tr>", *cells("th", heads, 0), "</tr></thead><tbody>"]
        for row in rows:
            lines += ["<tr>", *cells("td", row, 0), "</tr>"]
        table = f'<table class="prose">{"".join(lines)}</tbody></table>'
        self._parts.append(f'<div class="wide">{table}</div>')

    def picture(self, path_png: pathlib.Path, caption: str) -> None:
        """Add a picture, which goes into the page, with what it shows."""
        data = base64.b64encode(path_png.read_bytes()).decode()
        words = html.escape(caption)
        self._parts.append(
            f'<figure><img alt="{words}" src="data:image/png;base64,{data}">'
            f"<figcaption>{words}</figcaption></figure>"
        )

    def links(self, links: Sequence[tuple[str, str]]) -> None:
        """Add links to files beside the page: what they are called, and their paths."""
        items = "".join(
            f'<li><a href="{html.escape(path)}">{html.escape(name)}</a></li>'
            for name, path in links
        )
        self._parts.append(f'<ul class="sites">{items}</ul>')

    def write(self, path: pathlib.Path) -> None:
        """Write the page; equal parts give equal bytes."""
        digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:"
        head = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{html.escape(self._title)}</title><style>{STYLE}</style></head><body>"
        )
        text = "\n".join([head, *self._parts, "</body></html>\n"])
        path.write_text(text, encoding="utf-8", newline="\n")


def cells(tag: str, texts: Sequence[str], words: int) -> list[str]:
    """Return the cells of a row of a table; the first ``words`` are words, the others numbers."""
    return [
        f"<{tag}{' class=word' if k < words else ''}>{html.escape(text)}</{tag}>"
        for k, text in enumerate(texts)
    ]
