"""Rows of a CSV or XLSX file, as text by column. A file that is no table is refused as a whole, with its line."""

from __future__ import annotations

import csv
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from producers.errors import ProducersError
from producers.forms.cells import Number
from producers.forms.mapping import Mapping

SUFFIXES = (".csv", ".xlsx")
DELIMITERS = ",;\t"  # ODK Central writes commas, KoboToolbox semicolons
EXACT_BELOW = 10**15  # a spreadsheet keeps 15 digits of a number
UNCOMPUTED = "\0formula"  # in place of a cell's text; no text of a file holds its first character
Progress = Callable[[int], None]
# What openpyxl meets in a part that is cut off, of another form, or not there; it has no error of its own for them.
DAMAGED = (BadZipFile, ParseError, zlib.error, EOFError, LookupError, ValueError, AttributeError)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")


class Row(NamedTuple):
    """A row; its line in the file counts from 1, in a CSV file with line ends inside cells."""

    line: int
    cells: dict[str, str]


def rows(path: Path, mapping: Mapping, progress: Progress) -> Iterator[Row]:
    """The rows below the header, without empty ones; `progress` is told the bytes (CSV) or rows (XLSX) read.

    Raises:
        ProducersError: it cannot be opened or is no table: no such sheet or column, a row of another width, no UTF-8.
    """
    is_csv = path.suffix.lower() == ".csv"
    lines = _csv(path, mapping.header, progress) if is_csv else _xlsx(path, mapping.sheet, progress)
    header: list[str] = []
    used = mapping.columns() | {*mapping.record, *mapping.skip}
    for line, cells in lines:
        if line < mapping.header or not any(cells):
            continue
        if not header:
            header = _header(path, line, cells, mapping)
            continue
        if not is_csv:  # a spreadsheet has no cells behind the last that is filled in
            cells += [""] * (len(header) - len(cells))
        if len(cells) != len(header):
            raise ProducersError(f"{path}, line {line}: {len(cells)} cells, but the header has {len(header)}.")
        found = dict(zip(header, cells, strict=True))
        if empty := sorted(name for name, cell in found.items() if cell == UNCOMPUTED and name in used):
            raise ProducersError(f"{path}, line {line}: column {', '.join(empty)} has a formula without its value: "
                                 "open the file in a spreadsheet program, save it there, and import it again.")
        yield Row(line, found)
    if not header:
        raise ProducersError(f"{path} has no header in line {mapping.header}.")


def size(path: Path) -> int:
    """What `rows` counts up to: the bytes of a CSV file, the rows of an XLSX file as it states them."""
    if path.suffix.lower() == ".csv":
        return path.stat().st_size
    with _book(path) as book:
        return max(((sheet.max_row or 0) for sheet in book.worksheets), default=0)


def _header(path: Path, line: int, cells: list[str], mapping: Mapping) -> list[str]:
    needed = mapping.columns()
    if missing := sorted(needed - set(cells)):
        raise ProducersError(f"{path}, line {line}: there is no column {', '.join(missing)}.")
    if not set(mapping.record) & set(cells):
        raise ProducersError(f"{path}, line {line}: there is no column of record ids ({', '.join(mapping.record)}).")
    if twice := sorted({name for name in needed | set(mapping.record) if cells.count(name) > 1}):
        raise ProducersError(f"{path}, line {line}: column {', '.join(twice)} stands there twice.")
    return cells


def _csv(path: Path, header: int, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    line = 1
    try:
        with path.open("rb") as file:
            text = _decoded(path, file, progress)
            top = list(islice(text, header))
            delimiter = max(DELIMITERS, key=(top or [""])[-1].count)
            reader = csv.reader(chain(top, text), delimiter=delimiter, strict=True)
            for cells in reader:
                yield line, [_tidy(cell) for cell in cells]
                line = reader.line_num + 1
    except csv.Error as error:
        raise ProducersError(f"{path}, line {line}: {error}.") from error
    except OSError as error:
        raise ProducersError(f"{path} cannot be opened: {error.strerror}.") from error


def _decoded(path: Path, file: BinaryIO, progress: Progress) -> Iterator[str]:
    done = 0
    for number, line in enumerate(file, start=1):
        done += len(line)
        if number % 500 == 0:
            progress(done)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ProducersError(f"{path}, line {number} is not UTF-8: export it as CSV UTF-8.") from error
    progress(done)


def _xlsx(path: Path, name: str | None, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    with _book(path) as book:
        sheets = {sheet.title: sheet for sheet in book.worksheets}  # without those that are charts
        if (chosen := name or next(iter(sheets), "with cells")) not in sheets:
            raise ProducersError(f"{path} has no sheet {chosen}; it has {', '.join(sheets) or 'none'}.")
        sheet = sheets[chosen]
        sheet.reset_dimensions()  # some programs state them wrongly, and rows would be cut off
        line = 0
        plain = sheet.iter_rows(values_only=True)
        for line, cells in enumerate(_with_formulas(path, sheet) if _has_formulas(path) else plain, start=1):
            texts = [_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            yield line, texts
            if line % 500 == 0:
                progress(line)
        progress(line)


def _has_formulas(path: Path) -> bool:
    """Whether any sheet has; an export of a form server has none, and then one reading of it is enough."""
    with ZipFile(path) as parts:
        return any(_FORMULA.search(parts.read(name)) for name in parts.namelist() if "worksheets/" in name)


def _with_formulas(path: Path, sheet: Any) -> Iterator[list[Any]]:
    """The values of each row, with `UNCOMPUTED` for a formula that has none; an empty text is a value."""
    with _book(path, data_only=False) as book:
        written = book[sheet.title]
        written.reset_dimensions()
        for cells, sources in zip(sheet.iter_rows(), written.iter_rows(), strict=True):
            yield [UNCOMPUTED if source.data_type == "f" and (cell.value, cell.data_type) == (None, "n") else cell.value
                   for cell, source in zip(cells, sources, strict=True)]


@contextmanager
def _book(path: Path, *, data_only: bool = True) -> Iterator[Any]:
    """A workbook for the time of the context; its parts are read, and may prove damaged, as they are needed.

    Raises:
        ProducersError: it cannot be opened or is damaged.
    """
    from openpyxl import load_workbook

    try:
        with closing(load_workbook(path, read_only=True, data_only=data_only)) as book:
            yield book
    except OSError as error:
        raise ProducersError(f"{path} cannot be opened: {error.strerror or 'it is damaged'}.") from error
    except DAMAGED as error:
        raise ProducersError(f"{path} is no XLSX file, or a damaged one: save it anew in a spreadsheet program, and "
                             "import it again.") from error


def _text(cell: Any) -> str:
    """A cell as it would stand in a CSV file; a number beyond 15 digits shows that digits are lost."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_BELOW:
            return Number(f"{cell:.15E}")
        return Number(int(cell) if cell == int(cell) else cell)
    return _tidy(str(cell))


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
