"""The ledger's side, asked in SQL: how far it is, its recounts at given positions, its checks of itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, create_engine, text
from sqlalchemy.pool import NullPool

from infra.bus import Place
from infra.reconcile.report import Figure
from schemas.topics import TOPIC_INDEX

TOLD_APART = 64  # numbers of a stream whose ids the counter can still tell apart (design, "The event")
BEHIND_MAX = 5  # events named for one difference
_HOLES = ("missing", "rejected", "withdrawn")
_PLACE = ("unit",)


class Ruling(NamedTuple):
    """Why a record is no event, as the ledger judged it.

    `told` is False for a conflict that is too old for the counter, which takes it for a duplicate.
    """

    reason: str
    unit: str | None
    told: bool


class Ledger:
    """Questions to the ledger's database; each answer is of one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def positions(self) -> dict[Place, int]:
        """Per partition of the field topics the next offset that is not in Postgres yet."""
        rows = self._ask("SELECT topic, partition, next_offset FROM positions WHERE topic_number(topic) IS NOT NULL")
        return {Place(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    def last_records(self, below: Mapping[Place, int]) -> dict[str, dict[int, int]]:
        """Per unit and topic number, the offset of the last record below some offsets that its total must cover."""
        rows = self._ask(
            "WITH bounds (topic, partition, below) AS ("
            " SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:below AS bigint[]))),"
            " records AS ("
            " SELECT s.unit, s.topic, s.partition, e.log_offset FROM streams s JOIN events e ON e.stream = s.id"
            " UNION ALL SELECT unit, topic, partition, log_offset FROM uncounted"
            " WHERE unit IS NOT NULL AND source IS NOT NULL)"
            " SELECT unit, topic, max(log_offset) AS last FROM records JOIN bounds USING (topic, partition)"
            " WHERE log_offset < below GROUP BY 1, 2",
            topics=[place.topic for place in below], partitions=[place.partition for place in below],
            below=list(below.values()))
        last: dict[str, dict[int, int]] = {}
        for row in rows:
            last.setdefault(row["unit"], {})[TOPIC_INDEX[row["topic"]]] = row["last"]
        return last

    def recount(self, positions: Mapping[str, Sequence[int]]) -> dict[str, dict[Figure, int]]:
        """All figures of some units, without zeroes, recounted from the events below positions by topic number.

        A conflict that is too old for the counter is among the duplicates, as the counter has it.
        """
        units, arrays = list(positions), [list(at) for at in positions.values()]
        figures: dict[str, dict[Figure, int]] = {unit: {} for unit in units}
        for row in self._ask("SELECT * FROM ledger_counters_at(:units, CAST(:at AS bigint[]))", units=units, at=arrays):
            figures[row["unit"]][row["measure"], row["kind"]] = row["value"]
        for row in self._ask("SELECT * FROM ledger_conservation_at(:units, CAST(:at AS bigint[]))",
                             units=units, at=arrays):
            figures[row["unit"]] |= _conservation(row)
        for place_offset, ruling in self.rulings(units).items():
            place, offset = place_offset
            assert ruling.unit is not None, "asked for by unit"
            if ruling.told or offset >= positions[ruling.unit][TOPIC_INDEX[place.topic]]:
                continue
            of_unit = figures[ruling.unit]
            _add(of_unit, ("conflicts", ""), -1)
            _add(of_unit, ("duplicates", ""), +1)
        return figures

    def rulings(self, units: Sequence[str] | None = None) -> dict[tuple[Place, int], Ruling]:
        """Every record that is no event and no duplicate, by its place in the log; those of some units, or all."""
        rows = self._ask(
            "SELECT u.topic, u.partition, u.log_offset, u.reason, u.unit, u.reason <> 'conflict' OR u.seq > ("
            " SELECT max(e.seq) FROM streams s JOIN events e ON e.stream = s.id"
            " WHERE s.unit = u.unit AND s.topic = u.topic AND s.source = u.source AND e.log_offset < u.log_offset"
            f") - {TOLD_APART} AS told FROM uncounted u"
            " WHERE u.reason <> 'duplicate' AND (CAST(:units AS text[]) IS NULL OR u.unit = ANY (:units))",
            units=None if units is None else list(units))
        return {(Place(row["topic"], row["partition"]), row["log_offset"]):
                Ruling(row["reason"], row["unit"], bool(row["told"])) for row in rows}

    def repeated(self, returned: Collection[tuple[Place, int]]) -> dict[str, list[tuple[Place, int]]]:
        """Per unit, those of some copied records that are events here, or duplicates, so that the copies are too."""
        rows = self._ask(
            "WITH records (topic, partition, log_offset) AS ("
            " SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:at AS bigint[])))"
            " SELECT r.*, s.unit FROM records r JOIN streams s USING (topic, partition)"
            " JOIN events e ON e.stream = s.id AND e.log_offset = r.log_offset"
            " UNION ALL SELECT r.*, u.unit FROM records r JOIN uncounted u USING (topic, partition, log_offset)"
            " WHERE u.reason IN ('duplicate', 'conflict')",
            topics=[place.topic for place, _ in returned], partitions=[place.partition for place, _ in returned],
            at=[offset for _, offset in returned])
        found: dict[str, list[tuple[Place, int]]] = {}
        for row in rows:
            found.setdefault(row["unit"], []).append((Place(row["topic"], row["partition"]), row["log_offset"]))
        return found

    def inconsistencies(self) -> list[RowMapping]:
        """Where per-day figures and presence differ from a recount of all events."""
        return self._ask("SELECT * FROM inconsistencies ORDER BY kept_in, unit, measure, kind, day")

    def kept_figures(self) -> int:
        """How many figures are kept along the way."""
        return int(self._ask("SELECT (SELECT count(*) FROM per_day) + (SELECT count(*) FROM presence) AS n")[0]["n"])

    def unaccounted(self) -> dict[Place, int]:
        """Per partition of a field topic, records less what the ledger made of them: above 0, it lacks some."""
        rows = self._ask("SELECT topic, partition, difference FROM partition_conservation")
        return {Place(row["topic"], row["partition"]): row["difference"] for row in rows}

    def verdicts(self, place: Place) -> dict[int, str]:
        """What the ledger made of each record of a partition: `source unit seq` of an event, else the reason."""
        rows = self._ask(
            "SELECT e.log_offset, s.source || ' ' || s.unit || ' ' || e.seq AS verdict"
            " FROM streams s JOIN events e ON e.stream = s.id WHERE s.topic = :topic AND s.partition = :partition"
            " UNION ALL SELECT log_offset, reason FROM uncounted WHERE topic = :topic AND partition = :partition",
            topic=place.topic, partition=place.partition)
        return {row["log_offset"]: row["verdict"] for row in rows}

    def newest_events(self, unit: str, types: Sequence[str], positions: Sequence[int]) -> tuple[str, ...]:
        """The newest events of a unit below positions, of some root types (all for none), as sentences' parts."""
        rows = self._ask(
            "SELECT topic, partition, log_offset, source, seq, type FROM event_log"
            " WHERE unit = :unit AND log_offset < (CAST(:at AS bigint[]))[topic_number(topic)]"
            " AND (:every OR type = ANY (:types)) ORDER BY happened DESC, log_offset DESC LIMIT :most",
            unit=unit, at=list(positions), every=not types, types=_with_revisions(types), most=BEHIND_MAX)
        return tuple(f"{row['type']} {row['source']} #{row['seq']} "
                     f"at {Place(row['topic'], row['partition'])}@{row['log_offset']}" for row in rows)

    def _ask(self, question: str, **parameters: Any) -> list[RowMapping]:
        with self._connection.begin():
            return list(self._connection.execute(text(question), parameters).mappings())


def _conservation(row: RowMapping) -> dict[Figure, int]:
    figures: dict[Figure, int] = {}
    for name, value in row.items():
        if name in ("latest_event", "latest_receipt"):
            if value is not None:
                figures[name, ""] = value
        elif name not in _PLACE and value:
            figures[("holes", name) if name in _HOLES[:2] else (name, "")] = value
    if row["withdrawn"]:
        figures["holes", "withdrawn"] = row["withdrawn"]
    return figures


def _add(figures: dict[Figure, int], figure: Figure, amount: int) -> None:
    figures[figure] = figures.get(figure, 0) + amount
    if not figures[figure]:
        del figures[figure]


def _with_revisions(types: Sequence[str]) -> list[str]:
    return [name + part for name in types for part in ("", ".corrected", ".voided")]


@contextmanager
def connect(database_url: str) -> Iterator[Ledger]:
    """A read-only connection for the time of the context.

    Raises:
        sqlalchemy.exc.OperationalError: Postgres does not answer.
    """
    engine = create_engine(database_url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        with connection.begin():
            # Compiling these questions would take longer than answering them.
            connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
            connection.execute(text("SET jit = off"))
        yield Ledger(connection)


