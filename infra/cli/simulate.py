"""`fieldtally simulate`: a seeded season of both programmes, to Kafka or into a file."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.cli.progress import bar, publisher
from infra.errors import InfraError

if TYPE_CHECKING:
    from producers.simulator import Record

EVENTS = 50_000


def simulate(
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same records.")] = 1,
    events: Annotated[
        int | None, typer.Option(min=1, show_default=f"{EVENTS:,}",
                                 help="How many records; from 40,000 on, all of the programmes' figures are in.")
    ] = None,
    rate: Annotated[float | None, typer.Option(min=0.1, help="At most so many records per second.")] = None,
    to_file: Annotated[
        Path | None, typer.Option(help="Write the valid events into this file, one per line, instead of publishing.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--programmes", help="Both programmes from beginning to end and nothing else; no --events.")
    ] = False,
    registers: Annotated[
        Path | None, typer.Option(help="Also write the programmes' registers, for `fieldtally registers import`.")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for a broker that is away; -1: for ever.")] = 30.0,
) -> None:
    """Publish a season with all its faults, or write its valid events into a file for `fieldtally import`."""
    from producers.importer import write_file
    from producers.publisher import publish
    from producers.simulator import Shape, programmes, season

    if whole and events is not None:
        raise typer.BadParameter("--programmes plays both programmes as they are; take it or --events, not both.")
    chosen = settings(bus=to_file is None)
    fates: Counter[str] = Counter()
    if registers is not None:
        _write_registers(registers, seed)
    if whole:
        played = list(programmes(seed, partitions=chosen.partitions))
        total, made = len(played), iter(played)
    else:
        total = EVENTS if events is None else events
        made = season(seed, total, shape=Shape(partitions=chosen.partitions))
    records = _counted(made, fates)
    if to_file is not None:
        try:
            with bar(f"season {seed}", total) as progress:
                written, left_out = write_file(records, to_file, progress)
        except OSError as error:
            raise InfraError(f"{to_file} cannot be written: {error.strerror}.") from error
        typer.echo(f"{written:,} events written to {to_file}; {left_out:,} records left out that no line can hold.")
        return
    with publisher(chosen, wait, total) as to_kafka, bar(f"season {seed}", total) as progress:
        started = time.monotonic()
        confirmed = publish(to_kafka, records, rate=rate, progress=progress)
        took = time.monotonic() - started
    typer.echo(f"{confirmed:,} records confirmed in {took:.1f} s ({confirmed / took:,.0f}/s): {_said(fates)}.")


def _write_registers(file: Path, seed: int) -> None:
    from producers.simulator.registered import as_csv
    from sinks.exports.files import put

    try:
        put(file, as_csv(seed))
    except OSError as error:
        raise InfraError(f"{file} cannot be written: {error.strerror}.") from error


def _counted(records: Iterator[Record], fates: Counter[str]) -> Iterator[Record]:
    for record in records:
        fates[record.fate.partition(":")[0]] += 1
        yield record


def _said(fates: Counter[str]) -> str:
    return ", ".join(f"{number:,} {fate}" for fate, number in fates.most_common())
