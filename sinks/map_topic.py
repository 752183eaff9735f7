"""The map of places as it stands on `places.v1`: read whole at a service's start, then as it changes."""

from __future__ import annotations

import logging
import threading
import time

import msgspec
from kafka import TopicPartition

from schemas.places import Following, load
from schemas.places.loading import PARTITION
from schemas.settings import Settings
from schemas.topics import PLACES
from sinks.bus import SILENCE_S, consumer

RETRY_S = 2.0
_log = logging.getLogger("fieldtally.places")


class MapTopicError(Exception):
    """The map cannot be followed; the sentence says what to do."""


class MapTopic(Following):
    """The map, brought up to the topic by `read_on`, which any thread may call.

    Raises:
        kafka.errors.KafkaError: the broker does not answer.
    """

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        super().__init__(load())
        self._stop, self._lock = stop, threading.Lock()
        self._at = TopicPartition(settings.topic(PLACES), PARTITION)
        self._client = consumer(settings, client_id="fieldtally-places")
        while not self._client.partitions_for_topic(self._at.topic) and not stop.is_set():
            _log.warning("Kafka has no topic %s yet: waiting for `fieldtally topics`.", self._at.topic)
            stop.wait(RETRY_S)
        self._client.assign([self._at])
        self._client.seek_to_beginning(self._at)

    def read_on(self) -> bool:
        """Take what is there now; whether the map or what is said of it changed.

        Raises:
            MapTopicError: a record is none of this version, or known records do not come.
            kafka.errors.KafkaError: the broker does not answer.
        """
        with self._lock:
            values = self._values()
            try:
                changed = bool(values) and self.take(values)
            except msgspec.DecodeError as error:
                raise MapTopicError(f"A record of {self._at.topic} is none of this version ({error}): upgrade this "
                                    "service to the version that wrote it.") from error
        if changed:
            _log.info("The map of places changed.", extra={"map": self.places.digest, "loadings": len(self.loadings)})
        for complaint in self.complaints() if changed else ():
            _log.warning("%s: %s", self._at.topic, complaint)
        return changed

    def _values(self) -> list[bytes | None]:
        values: list[bytes | None] = []
        end = self._client.end_offsets([self._at])[self._at]
        heard = time.monotonic()
        while self._client.position(self._at) < end and not self._stop.is_set():
            for records in self._client.poll(timeout_ms=200).values():
                values += [record.value for record in records]
                heard = time.monotonic()
            if time.monotonic() - heard > SILENCE_S:
                raise MapTopicError(f"Kafka sends no records of {self._at.topic}: look at its log.")
        return values

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
