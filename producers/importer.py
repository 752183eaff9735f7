"""A file of events, one CloudEvents JSON per line, into Kafka; what is refused goes into a file beside it.

The same file twice is harmless: a number that was seen counts once.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from producers.errors import ProducersError
from producers.lines import line_of, record_of
from producers.simulator.record import Record
from schemas.rejected import Refusal

Deliver = Callable[[Iterable[Record]], int]
Progress = Callable[[int], None]


class Report(NamedTuple):
    """What became of a file's lines: published and confirmed, and refused by reason; where those are written."""

    accepted: int
    refused: dict[str, int]
    refused_file: Path | None


def import_file(
    path: Path, deliver: Deliver, received: datetime, known: Callable[[str], bool], progress: Progress | None = None
) -> Report:
    """Check every line and deliver the valid ones; `progress` is told how many bytes are read.

    Refused lines are written to `<file>.rejected.jsonl` with their number, reason, JSON path and rule; one from an
    earlier run is replaced, or removed where nothing is refused now. Empty lines are passed over.

    Raises:
        ProducersError: a file cannot be opened; besides, what `deliver` raises.
    """
    refused_file = path.with_name(path.name + ".rejected.jsonl")
    unfinished = refused_file.with_name(refused_file.name + ".part")
    refused: Counter[str] = Counter()
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(path.open("rb"))
            out = stack.enter_context(unfinished.open("wb"))
        except OSError as error:
            raise ProducersError(f"{error.filename} cannot be opened: {error.strerror}.") from error
        stack.callback(unfinished.unlink, missing_ok=True)
        accepted = deliver(_records(lines, out, received, known, refused, progress))
        out.close()
        if not refused:
            refused_file.unlink(missing_ok=True)
            return Report(accepted, {}, None)
        unfinished.replace(refused_file)
    return Report(accepted, dict(refused), refused_file)


def _records(
    lines: BinaryIO,
    out: BinaryIO,
    received: datetime,
    known: Callable[[str], bool],
    refused: Counter[str],
    progress: Progress | None,
) -> Iterator[Record]:
    read = 0
    for number, line in enumerate(lines, start=1):
        read += len(line)
        if progress is not None and number % 500 == 0:
            progress(read)
        if number == 1:
            line = line.removeprefix(BOM_UTF8)
        if not line.strip():
            continue
        record = record_of(line, received, known)
        if isinstance(record, Refusal):
            refused[record.reason] += 1
            out.write(_refused(number, record, line) + b"\n")
        else:
            yield record
    if progress is not None:
        progress(read)


def _refused(number: int, refusal: Refusal, line: bytes) -> bytes:
    """What is written of a refused line: never a validator's text, but the line itself, which is the user's own."""
    return msgspec.json.encode(
        {
            "line": number,
            "reason": refusal.reason,
            "path": refusal.path,
            "rule": refusal.rule,
            "text": line.rstrip(b"\r\n").decode("utf-8", "replace"),
        }
    )


def write_file(records: Iterable[Record], path: Path, progress: Progress | None = None) -> tuple[int, int]:
    """Write records as such a file; how many were written, and how many left out because no line can hold them."""
    written = left_out = 0
    with path.open("wb") as out:
        for record in records:
            line = line_of(record)
            if line is None:
                left_out += 1
            else:
                out.write(line + b"\n")
                written += 1
            if progress is not None and (written + left_out) % 500 == 0:
                progress(written + left_out)
    return written, left_out
