"""The ledger's part of a rebuild: what of it differs from its own events, and setting it right from the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.pool import NullPool

from infra.bus import Bus, Place
from schemas.places import Places
from schemas.settings import Settings
from sinks.ledger.intake import Intake
from sinks.ledger.mending import Mended, lacking_records, mend, wrong_figures
from sinks.ledger.positions import Partition
from sinks.ledger.tables import positions


def look(settings: Settings) -> Mended:
    """What `set_right` would do."""
    with create_engine(settings.database_url, poolclass=NullPool).connect() as connection:
        return Mended(lacking_records(connection), wrong_figures(connection))


def set_right(settings: Settings, bus: Bus, places: Places) -> Mended:
    """Read lacking records again and recount the figures, all in one transaction."""
    with create_engine(settings.database_url, poolclass=NullPool).begin() as connection:
        return mend(connection, Intake(places.known, settings.partitions),
                    lambda wanted: _records(connection, bus, wanted))  # fmt: skip


def _records(
    connection: Connection, bus: Bus, wanted: Iterable[Partition]
) -> Iterator[dict[Partition, list[ConsumerRecord]]]:
    """The partitions from their beginning up to the ledger's positions."""
    at = {Partition(row.topic, row.partition): row.next_offset for row in connection.execute(select(positions))}
    ends = {Place(part.topic, part.number): at[part] for part in wanted}
    for batch in bus.batches({}, ends):
        yield {Partition(*place): records for place, records in batch.items()}
