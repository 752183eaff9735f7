"""The register of a form's records on Kafka: read whole, written in transactions that fence off any other writer.

Two imports of one form at once would give one number to two events. So the writer of a form is a transactional
producer under the form's name: the one that comes second ends the first, whose events were registered or never sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from types import TracebackType

import msgspec
from kafka import KafkaProducer
from kafka.errors import InvalidProducerEpochError, KafkaError, ProducerFencedError

from producers.connection import Say, connected
from producers.errors import ProducersError
from producers.reading import read
from producers.simulator.record import Record, headers_of
from schemas import wire
from schemas.events.catalogue import WIRE_TYPE_OF
from schemas.events.envelope import Envelope
from schemas.imports import ImportedForm, ImportedRecord, decode_form, decode_record, encode
from schemas.partition import partition_of
from schemas.pseudonym import pseudonym
from schemas.settings import Settings
from schemas.topics import IMPORTS


class Register:
    """What the records of a form became, by pseudonym; as a context it lets go of the connection on leaving."""

    def __init__(
        self, settings: Settings, form: str, key: bytes, *, writing: bool, wait_s: float | None = 30.0, say: Say = print
    ) -> None:
        """Become the form's only writer (if `writing`), then read its register.

        Raises:
            ProducersError: no broker in time, no such topic, or the register was written under another key.
        """
        self._settings, self._form = settings, form
        self._topic = settings.topic(IMPORTS)
        self._partition = partition_of(form.encode(), settings.partitions)
        self._check = pseudonym("record", key, form)
        self._producer: KafkaProducer | None = None
        self.records: dict[str, ImportedRecord] = {}
        self.published = self._chunk = 0
        try:
            if writing:
                name = settings.topic(f"fieldtally-import-{form}")
                self._producer = connected(settings, wait_s, 5, say, transactional_id=name)
                self._producer.init_transactions()
            self._read()
        except KafkaError as error:
            self.close()
            raise ProducersError(
                f"The register of the form's records, {self._topic} on {settings.bootstrap}, cannot be reached "
                f"({type(error).__name__}): see to the broker, or start it with `fieldtally up`."
            ) from error
        except BaseException:
            self.close()
            raise

    def unpublished(self) -> list[Record]:
        """Events that an import registered and may not have published, in the order of their numbers.

        To publish them again is harmless: they are the same bytes.
        """
        cut_off = [record for record in self.records.values() if record.chunk > self.published]
        raws = [raw for record in cut_off for one in record.became for raw in (one.root, *one.latest)]
        return [record for _, record in sorted(map(_numbered, raws), key=itemgetter(0))]

    def write(self, records: Iterable[ImportedRecord]) -> None:
        """Write records as the next chunk. To be called when all events before are published.

        Raises:
            ProducersError: another import of this form took over, or the broker did not confirm.
        """
        chunk = self._chunk + 1
        written = [msgspec.structs.replace(record, chunk=chunk) for record in records]
        self._transact([self._head(chunk - 1), *written])
        self._chunk = chunk

    def mark_published(self) -> None:
        """Note that the events of all that was written are published.

        Raises:
            ProducersError: as `write`.
        """
        self._transact([self._head(self._chunk)])

    def close(self) -> None:
        """Let go of the connection."""
        if self._producer is not None:
            self._producer.close(timeout=10)

    def __enter__(self) -> Register:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _head(self, published: int) -> ImportedForm:
        return ImportedForm(form=self._form, check=self._check, published=published)

    def _transact(self, entries: Iterable[ImportedForm | ImportedRecord]) -> None:
        producer = self._producer
        assert producer is not None
        try:
            producer.begin_transaction()
            for entry in entries:
                producer.send(self._topic, encode(entry), entry.key(), partition=self._partition)
            producer.commit_transaction()
        except KafkaError as error:
            if _was_fenced(error):
                raise ProducersError(
                    f"Another import of the form {self._form} has begun; this one stopped. What it registered, the "
                    "other publishes; run this one again when the other is done."
                ) from error
            raise ProducersError(
                f"Kafka at {self._settings.bootstrap} did not take the register of records ({type(error).__name__}): "
                "see to the broker and import the same file again; what arrived already counts once."
            ) from error

    def _read(self) -> None:
        # As far as transactions are complete now.
        for kept in read(self._settings, [IMPORTS], partition=self._partition, committed=True):
            if kept.key is None or kept.value is None:
                continue
            if b" " in kept.key:
                record = decode_record(kept.value)
                if record.form == self._form:
                    self.records[record.record] = record
                    self._chunk = max(self._chunk, record.chunk)
            elif kept.key == self._form.encode():
                head = decode_form(kept.value)
                self.published = head.published
                self._chunk = max(self._chunk, head.published)
                if head.check != self._check:
                    raise ProducersError(
                        f"The form {self._form} was imported under another pseudonym key: every record would count "
                        "a second time. Set FIELDTALLY_PSEUDONYM_KEY_FILE to the key of this installation."
                    )


def _was_fenced(error: KafkaError) -> bool:
    """Whether another writer took over; kafka-python has an error for it, which its later errors only quote."""
    return any(fence.__name__ in repr(error) for fence in (ProducerFencedError, InvalidProducerEpochError))


def _numbered(raw: msgspec.Raw) -> tuple[int, Record]:
    """The record of an event as it was registered, and its number."""
    value = bytes(raw)
    event = wire.decode(value)
    assert isinstance(event, Envelope)  # it was proven before it was written
    kind = WIRE_TYPE_OF[type(event)]
    assert kind.root is not None
    topic, headers = f"field.{kind.root.family}.v1", headers_of(kind.name, event.id)
    return event.seq, Record(topic, event.unit.encode(), value, None, headers, kind.part)
