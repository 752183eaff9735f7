"""Bar charts as SVG that stands by itself: no script, no style sheet, no font to load, readable in black and white."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _LABEL, _BAR = 720, 310, 340  # what is right of the bars is for their texts
_LETTERS, _LINE, _GAP = 56, 11, 7  # letters of a line of a label; heights


class Bar(NamedTuple):
    """A bar of a length in any unit, which is that of the chart's other bars and of its mark."""

    label: str
    text: str
    length: float


class Mark(NamedTuple):
    """A line across the bars at a length, such as the target, and what it is."""

    text: str
    length: float


def bars(title: str, drawn: Sequence[Bar], mark: Mark | None = None, longest: float | None = None) -> str:
    """A horizontal bar chart.

    The longest bar has the full width. Bars that are longer than `longest`, where that is given, are cut there, with a
    break that says so.
    """
    most = max([bar.length for bar in drawn] + [mark.length if mark else 0.0])
    full = min(most, longest) if longest else most
    parts, top = list[str](), 18.0 if mark else 4.0
    for bar in drawn:
        lines = textwrap.wrap(bar.label, _LETTERS) or [""]
        height = max(_LINE * len(lines), 12)
        parts.append(_drawn(bar, lines, top + height / 2, full))
        top += height + _GAP
    head = [
        f'<svg viewBox="0 0 {_WIDTH} {top:.1f}" font-size="9.5" role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
    ]
    if mark is not None and full:
        at = _LABEL + mark.length / full * _BAR
        parts += [
            f'<line stroke="#b00020" stroke-dasharray="4 3" x1="{at:.1f}" x2="{at:.1f}" y1="14" y2="{top:.1f}"/>',
            f'<text fill="#b00020" text-anchor="middle" x="{at:.1f}" y="10">{escape(mark.text)}</text>',
        ]
    return "".join([*head, *parts, "</svg>"])


def _drawn(bar: Bar, lines: Sequence[str], middle: float, full: float) -> str:
    """A bar with its label before it and its text in the column behind all bars."""
    length = max(0.0, min(1.0, bar.length / full)) * _BAR if full else 0.0
    first = middle - _LINE * (len(lines) - 1) / 2 + 3.5
    label = "".join(f'<tspan x="{_LABEL - 8}" y="{first + _LINE * number:.1f}">{escape(line)}</tspan>'
                    for number, line in enumerate(lines))  # fmt: skip
    shape = f'<rect fill="#2f6690" x="{_LABEL}" y="{middle - 6:.1f}" width="{length:.1f}" height="12"/>'
    if bar.length > full:
        at = _LABEL + length - 14
        cuts = "".join(f"M{x:.1f} {middle + 8:.1f}l5 -16" for x in (at, at + 5))
        shape += f'<path stroke="#fff" stroke-width="2" d="{cuts}"/>'
    text = f'<text x="{_LABEL + _BAR + 10}" y="{middle + 3.5:.1f}">{escape(bar.text)}</text>'
    return f'<text text-anchor="end">{label}</text>{shape}{text}'
