"""Makes the ledger what the log says: records that it lacks are read again, and figures recounted from the events.

While that is done the ledger's service waits, because the positions are locked; it then goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from sinks.ledger.events import EventWriter
from sinks.ledger.following.follow import forget
from sinks.ledger.intake import Intake
from sinks.ledger.positions import Partition

_LACKING = """
SELECT topic, partition FROM partition_conservation WHERE difference > 0
UNION
SELECT s.topic, s.partition
FROM heard h
JOIN streams s ON s.id = h.stream
LEFT JOIN (SELECT stream, count(*) AS events FROM events GROUP BY 1) AS e ON e.stream = h.stream
WHERE coalesce(e.events, 0) <> h.events"""
_HELD = """
SELECT e.log_offset FROM events e JOIN streams s ON s.id = e.stream WHERE s.topic = :topic AND s.partition = :partition
UNION ALL
SELECT u.log_offset FROM uncounted u WHERE u.topic = :topic AND u.partition = :partition"""
_LOST = "SELECT coalesce(sum(difference), 0) FROM partition_conservation WHERE difference > 0"
_HEARD = """
UPDATE heard h
SET events = e.events, highest = e.highest, latest_event = e.latest_event, latest_receipt = e.latest_receipt
FROM (SELECT stream, count(*) AS events, max(seq) AS highest, max(instant) AS latest_event,
             max(received) AS latest_receipt
      FROM events GROUP BY 1) AS e
WHERE h.stream = e.stream AND h.events <> e.events"""
_REGISTERS = """
INSERT INTO registers AS r (root_stream, root_seq, stream, seq, root_part)
SELECT DISTINCT ON (w.root_stream, w.root_seq) w.root_stream, w.root_seq, w.stream, w.seq, root.part
FROM events w
JOIN streams s ON s.id = w.stream
LEFT JOIN events root ON root.stream = w.root_stream AND root.seq = w.root_seq
WHERE w.root_seq IS NOT NULL
ORDER BY w.root_stream, w.root_seq, w.revision DESC, w.instant DESC, s.source COLLATE "C" DESC, w.seq DESC
ON CONFLICT (root_stream, root_seq) DO UPDATE
SET stream = excluded.stream, seq = excluded.seq, root_part = excluded.root_part
WHERE (r.stream, r.seq, r.root_part) IS DISTINCT FROM (excluded.stream, excluded.seq, excluded.root_part)"""
_WRONG = "CREATE TEMPORARY TABLE wrong ON COMMIT DROP AS SELECT * FROM inconsistencies"
_PER_DAY = """
INSERT INTO per_day (unit, day, measure, kind, value)
SELECT unit, day, measure, kind, recounted FROM wrong WHERE kept_in = 'per_day'
ON CONFLICT (unit, day, measure, kind) DO UPDATE SET value = excluded.value"""
_PRESENCE = """
INSERT INTO presence (unit, measure, kind, subject, day, standing)
SELECT unit, measure, kind, subject, day, recounted FROM wrong WHERE kept_in = 'presence'
ON CONFLICT (unit, measure, kind, subject, day) DO UPDATE SET standing = excluded.standing"""
Fetch = Callable[[Iterable[Partition]], Iterable[Mapping[Partition, list[Any]]]]
"""Reads partitions from their beginning up to the ledger's positions, some thousands of records at a time."""


class Mended(NamedTuple):
    """How many records were read again, and how many kept figures were set right, by unit and measure."""

    records: int
    figures: dict[tuple[str, str], int]


def wrong_figures(connection: Connection) -> dict[tuple[str, str], int]:
    """How many figures that are kept along the way differ from a recount of the events, by unit and measure."""
    rows = connection.execute(text("SELECT unit, measure, count(*) AS rows FROM inconsistencies GROUP BY 1, 2"))
    return {(row.unit, row.measure): row.rows for row in rows}


def lacking_records(connection: Connection) -> int:
    """How many records below its positions the ledger does not hold: it lost them, or never took them."""
    return int(connection.execute(text(_LOST)).scalar_one())


def mend(connection: Connection, intake: Intake, fetch: Fetch) -> Mended:
    """Set the ledger right, in the transaction that the connection has open."""
    connection.execute(text("SELECT FROM positions ORDER BY topic, partition FOR UPDATE"))
    lacking = connection.execute(text(_LACKING)).all()
    records = _read_again(connection, intake, fetch, {Partition(row.topic, row.partition) for row in lacking})
    connection.execute(text(_HEARD))
    connection.execute(text(_REGISTERS))
    connection.execute(text(_WRONG))
    counted = connection.execute(text("SELECT unit, measure, count(*) AS rows FROM wrong GROUP BY 1, 2")).all()
    connection.execute(text(_PER_DAY))
    connection.execute(text(_PRESENCE))
    forget(connection)
    return Mended(records, {(row.unit, row.measure): row.rows for row in counted})


def _read_again(connection: Connection, intake: Intake, fetch: Fetch, partitions: set[Partition]) -> int:
    if not partitions:
        return 0
    cursor: Any = connection.connection.cursor()
    writer, taken = EventWriter(cursor), 0
    held = {
        part: set(connection.execute(text(_HELD), {"topic": part.topic, "partition": part.number}).scalars())
        for part in partitions
    }
    for batch in fetch(sorted(partitions)):
        lost = {part: [each for each in some if each.offset not in held[part]] for part, some in batch.items()}
        lines = [intake.lines(part.topic, part.number, some) for part, some in lost.items() if some]
        taken += sum(len(some) for some in lost.values())
        writer.write(cursor, lines)
        cursor.execute("TRUNCATE staged, fresh, touched, moved")  # as a commit would
    cursor.execute("RESET enable_hashjoin; RESET enable_mergejoin")  # a recount joins whole tables
    return taken
