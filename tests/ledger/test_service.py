"""The ledger as a service on real Kafka and Postgres: killed, doubled, misled; every record is counted once."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from infra.topics import ensure
from producers.publisher import Publisher
from producers.simulator import Shape, season
from producers.simulator.expected import Expected
from producers.simulator.oracle import Oracle
from schemas.metrics import LEDGER_METRICS
from schemas.places import load
from schemas.rejected import Origin, Refusal, rejected_headers
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS, REJECTED
from sinks.ledger.errors import LedgerError
from sinks.ledger.log import GROUP, await_logs
from sinks.ledger.page import Page
from tests.ledger.agreement import assert_agrees, assert_kept_figures_agree
from tests.ledger.conftest import Sql
from tests.ledger.process import Ledger, installed, ledger_of, read, until

PARTITIONS = 3


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, database: str) -> Settings:
    """An installation with empty topics and an empty ledger."""
    return installed(bootstrap, topic_prefix, database, PARTITIONS)


@pytest.fixture
def ledger(settings: Settings, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger that is stopped after the test."""
    with ledger_of(settings, tmp_path / "ledger.log") as made:
        yield made


class Season:
    """A season that is published bit by bit, and what the oracle makes of what was published."""

    def __init__(self, settings: Settings, records: int) -> None:
        seed = random.randrange(10**6)
        print("seed", seed)
        self.settings, self.published = settings, 0
        self._records = season(seed, records, shape=Shape(partitions=PARTITIONS))
        self._naive = Oracle(load().units, PARTITIONS)

    def publish(self, count: int | None = None) -> None:
        """The next records, or all that are left; confirmed on return."""
        with Publisher(self.settings) as publisher:
            for record in islice(self._records, count):
                self._naive.feed(record.topic, record.key, record.value, record.partition)
                publisher.send(record)
            self.published += publisher.confirm()

    def expected(self) -> Expected:
        return self._naive.result()


def published(settings: Settings, records: int) -> Expected:
    """Publishes a whole season; what the oracle makes of it."""
    whole = Season(settings, records)
    whole.publish()
    return whole.expected()


def test_killed_again_and_again_and_with_a_second_ledger_beside_it_it_counts_everything_once(
    settings: Settings, ledger: Ledger, sql: Sql, tmp_path: Path
) -> None:
    whole, kills = Season(settings, 10_000), 0
    for _ in range(4):
        ledger.start()
        before = read(sql)
        whole.publish(1_000)
        until(lambda seen=before: read(sql) > seen, ledger.log)
        whole.publish(1_000)
        ledger.process.kill()
        kills += read(sql) < whole.published
    second = Ledger(settings, tmp_path / "second.log")
    second.start()
    ledger.start()
    whole.publish()
    second.says("Writing.")
    ledger.has_read(sql, whole.published)
    assert ledger.process.stop() == 0
    assert second.process.stop() == 0
    assert kills >= 2, "the kills came too late to prove anything"
    assert_agrees(sql, whole.expected())
    assert_kept_figures_agree(sql, whole.expected())
    assert_reasons_agree(sql, whole.expected())


def assert_reasons_agree(sql: Sql, expected: Expected) -> None:
    """Every record that is no event is found under the oracle's reason; conflicts are told by id, however old."""
    old = sum(expected.old_conflicts.values())
    repeats = sum(unit["duplicates"] for unit in expected.conservation.values())
    found = {row.reason: row.n for row in sql("SELECT reason, count(*) AS n FROM uncounted GROUP BY 1")}
    assert found == expected.rejected | {
        "conflict": expected.rejected["conflict"] + old, "duplicate": repeats - old,
    }  # fmt: skip


def test_it_reads_on_from_the_positions_in_postgres_whatever_kafka_has_committed(
    settings: Settings, ledger: Ledger, sql: Sql
) -> None:
    records = 2_000
    expected = published(settings, records)
    ledger.start()
    ledger.has_read(sql, records)
    assert ledger.process.stop() == 0
    partitions = [TopicPartition(settings.topic(topic), n) for topic in FIELD_TOPICS for n in range(PARTITIONS)]
    with closing(KafkaConsumer(bootstrap_servers=settings.bootstrap, group_id=settings.topic(GROUP))) as group:
        group.assign(partitions)
        assert sum(group.committed(partition) or 0 for partition in partitions) == records
        group.commit(dict.fromkeys(partitions, OffsetAndMetadata(0, "", -1)))
    more = published(settings, 500)
    ledger.start()
    ledger.has_read(sql, records + 500)
    assert ledger.process.stop() == 0
    [(events,)] = sql("SELECT count(*) FROM events")
    [(duplicates,)] = sql("SELECT count(*) FROM uncounted WHERE reason = 'duplicate'")
    both = [*expected.conservation.values(), *more.conservation.values()]
    assert events == sum(unit["events"] for unit in both)
    assert duplicates == sum(unit["duplicates"] for unit in both)


def test_a_log_that_was_cut_before_it_was_read_is_named_and_ends_the_ledger(
    settings: Settings, ledger: Ledger
) -> None:
    published(settings, 2_000)
    cut = TopicPartition(settings.topic("field.handouts.v1"), 1)
    with closing(KafkaAdminClient(bootstrap_servers=settings.bootstrap)) as admin:
        admin.delete_records({cut: 5})
    ledger.start()
    assert ledger.ended() == 1
    assert "The log of partition 1 of field.handouts.v1 was cut: it begins at offset 5" in ledger.log.read_text()


def test_a_topic_that_was_made_anew_is_named_even_when_it_has_grown_again(
    settings: Settings, ledger: Ledger, sql: Sql
) -> None:
    published(settings, 1_000)
    ledger.start()
    ledger.has_read(sql, 1_000)
    assert ledger.process.stop() == 0
    with closing(KafkaAdminClient(bootstrap_servers=settings.bootstrap)) as admin:
        admin.delete_topics([settings.topic("field.points.v1")])
        until(lambda: settings.topic("field.points.v1") not in admin.list_topics(), ledger.log)
    ensure(settings)
    published(settings, 2_000)
    ledger.start()
    assert ledger.ended() == 1
    assert "of field.points.v1 was replaced" in ledger.log.read_text()


def test_another_number_of_partitions_than_the_settings_say_is_refused_with_a_sentence(settings: Settings) -> None:
    with pytest.raises(LedgerError, match="has 3 partitions, FIELDTALLY_PARTITIONS says 4: set it to"):
        await_logs(msgspec.structs.replace(settings, partitions=4), threading.Event())


def test_a_rejected_record_stands_once_with_the_bytes_as_they_came(
    settings: Settings, ledger: Ledger, sql: Sql
) -> None:
    value, key = b"\x00\xff{no json", b"\x00no unit\xff"
    came_with = [("ce_id", b"\xfe\x00"), ("odd\x00name", b"")]
    origin = Origin("field.points.v1", 2, 17)
    headers = rejected_headers(origin, key, Refusal("undecodable"), came_with)
    with closing(KafkaProducer(bootstrap_servers=settings.bootstrap, acks="all")) as producer:
        for _ in range(2):
            producer.send(settings.topic(REJECTED), key=origin.key(), value=value, headers=headers, partition=2)
        other = Origin("field.points.v1", 2, 18)
        producer.send(settings.topic(REJECTED), key=other.key(), value=None, partition=2,
                      headers=rejected_headers(other, None, Refusal("no-value"), []))  # fmt: skip
        producer.send(settings.topic(REJECTED), key=b"from elsewhere", value=b"", partition=2)
        producer.flush()
    ledger.start()
    until(lambda: sql("SELECT FROM positions WHERE topic = 'field.rejected.v1' AND next_offset = 4"), ledger.log)
    assert ledger.process.stop() == 0
    first, second = sql("SELECT * FROM rejected ORDER BY log_offset")
    assert (first.topic, first.partition, first.log_offset, first.reason) == (*origin, "undecodable")
    assert (bytes(first.value), bytes(first.key)) == (value, key)
    assert first.headers == [["ce_id", "/gA="], ["odd\ufffdname", ""]]
    assert (second.reason, second.value, second.key) == ("no-value", None, None)
    assert "names no origin" in ledger.log.read_text()


def test_its_page_shows_only_metrics_of_the_vocabulary() -> None:
    page = Page(clock=lambda: 1.0)
    page.wrote({"field.points.v1": 3}, rows=3, seconds=0.1)
    page.behind({"field.points.v1": 0})
    families = {family.name: family for family in page.registry.collect()}
    wanted = {metric.name.removesuffix("_total"): metric.help for metric in LEDGER_METRICS}
    found = {name: family.documentation for name, family in families.items() if name.startswith("fieldtally_")}
    assert found == wanted
