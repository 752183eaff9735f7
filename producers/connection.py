"""The connection to Kafka for producers: an idempotent producer, once a broker answers."""

from __future__ import annotations

import time
from collections.abc import Callable

from kafka import KafkaProducer
from kafka.errors import KafkaConnectionError, KafkaTimeoutError

from producers.errors import ProducersError
from schemas.settings import Settings
from schemas.topics import FIELD_RECORD_BYTES_MAX

DELIVERY_MS = 120_000  # a record that the broker has not confirmed by then has failed
_ATTEMPT_MS = 2_000
_UNREACHABLE = (KafkaConnectionError, KafkaTimeoutError)
Say = Callable[[str], None]


def connected(
    settings: Settings, wait_s: float | None, linger_ms: int, say: Say, transactional_id: str | None = None
) -> KafkaProducer:
    """A producer that has reached the broker; while it is away, say so and try again, `wait_s` seconds at most.

    With a `transactional_id` it can write in transactions; never to the topics of events (design, "Topics").

    Raises:
        ProducersError: the broker did not answer in time.
    """
    started = time.monotonic()
    said = -10.0
    while True:
        try:
            return _producer(settings, linger_ms, transactional_id)
        except _UNREACHABLE as error:
            waited = time.monotonic() - started
            if wait_s is not None and waited >= wait_s:
                raise ProducersError(
                    f"Kafka at {settings.bootstrap} does not answer after {waited:.0f} s: start it (`fieldtally up`), "
                    "or set FIELDTALLY_BOOTSTRAP to your brokers."
                ) from error
            if waited - said >= 10:
                said = waited
                say(f"Kafka at {settings.bootstrap} does not answer yet; waiting ({waited:.0f} s so far).")


def check_partitions(settings: Settings, name: str, found: int) -> None:
    """Proves that a topic, by its name on the broker, has as many partitions as the settings say; 0: it is not there.

    Raises:
        ProducersError: it has not.
    """
    if not found:
        raise ProducersError(f"Kafka has no topic {name}: `fieldtally topics` creates it.")
    if found != settings.partitions:
        raise ProducersError(f"Topic {name} has {found} partitions, FIELDTALLY_PARTITIONS says {settings.partitions}: "
                             f"set it to {found}.")


def _producer(settings: Settings, linger_ms: int, transactional_id: str | None) -> KafkaProducer:
    return KafkaProducer(
        bootstrap_servers=settings.bootstrap.split(","),
        client_id=f"{settings.topic_prefix}fieldtally-publisher",
        acks="all",
        enable_idempotence=True,
        transactional_id=transactional_id,
        linger_ms=linger_ms,
        batch_size=256 * 1024,
        max_request_size=2 * FIELD_RECORD_BYTES_MAX,
        delivery_timeout_ms=DELIVERY_MS,
        max_block_ms=15_000,
        bootstrap_timeout_ms=_ATTEMPT_MS,
        reconnect_backoff_max_ms=1_000,
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )
