"""Bar charts as SVG that stands by itself: no script, no style sheet, no font to load, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _LABEL, _BAR, _STEP = 720, 330, 220, 20


class Bar(NamedTuple):
    """A bar: `length` in units of the chart's full length (above 1 it is cut, and its text says how far it went)."""

    label: str
    text: str
    length: float


def bars(title: str, drawn: Sequence[Bar], mark: float | None = None) -> str:
    """A horizontal bar chart; `mark` draws a line across it, such as the target."""
    height = _STEP * len(drawn) + 8
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" font-size="9.5" role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
    ]
    for number, bar in enumerate(drawn):
        top, length = 4 + number * _STEP, max(0.0, min(1.0, bar.length)) * _BAR
        middle = top + _STEP // 2 + 2
        parts += [
            f'<text text-anchor="end" x="{_LABEL - 8}" y="{middle}">{escape(_cut(bar.label))}</text>',
            f'<rect fill="#2f6690" x="{_LABEL}" y="{top + 2}" width="{length:.1f}" height="{_STEP - 8}"/>',
            f'<text x="{_LABEL + length + 6:.1f}" y="{middle}">{escape(bar.text)}</text>',
        ]
    if mark is not None:
        at = _LABEL + mark * _BAR
        ends = f'x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{height}"'
        parts.append(f'<line stroke="#b00020" stroke-dasharray="4 3" {ends}/>')
    return "".join([*parts, "</svg>"])


def _cut(label: str) -> str:
    return label if len(label) <= 52 else label[:51] + "…"
