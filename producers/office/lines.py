"""The lines of a CSV that an office loads, each as text by column, or what is wrong with which one. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

from producers.office.faults import Fault


class Line(NamedTuple):
    """A line below the head, from 1 as an editor counts; its cells in NFC, without space around them."""

    number: int
    cells: dict[str, str]


def read_lines(data: bytes, wrong_with: Callable[[Sequence[str]], list[str]]) -> Iterator[Line | Fault]:
    """Every line of a file below its head; of a head that something is wrong with, only that."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Fault(1 + data[: error.start].count(b"\n"), "the file is no UTF-8: save it as CSV UTF-8")
        return
    lines = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    read = 0
    try:
        if wrong := wrong_with(lines.fieldnames or ()):
            yield from (Fault(1, clause) for clause in wrong)
            return
        read = lines.line_num
        for cells in lines:
            read = lines.line_num
            if None in cells or None in cells.values():
                yield Fault(read, f"the line has not the {len(lines.fieldnames or ())} cells of the head")
            else:
                yield Line(read, {name: normalize("NFC", value.strip()) for name, value in cells.items()})
    except csv.Error as error:
        yield Fault(read + 1, f"the line is no CSV ({error})")
