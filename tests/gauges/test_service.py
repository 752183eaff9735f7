"""The gauges as a process beside the real broker and the real Prometheus."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable

from kafka import KafkaAdminClient, TopicPartition
from kafka.structs import OffsetAndMetadata

from infra.stack import Stack
from infra.stack.ports import HOST
from infra.topics import ensure
from schemas.rejected import Origin, Refusal, rejected_headers
from schemas.settings import Settings
from schemas.topics import COUNTER_GROUP, FIELD_TOPICS, REJECTED
from tests.gauges.process import PARTITIONS, Gauges, until
from tests.gauges.support import (
    LAC_DUONG,
    PLACES,
    Samples,
    of_communes,
    page_of,
    random_total,
    samples,
    text_of,
    total,
    value,
)

IN_LAC_DUONG = {"commune": LAC_DUONG, "province": "68"}


def test_totals_that_were_there_and_totals_that_come_are_on_the_page(gauges: Gauges) -> None:
    rng = random.Random(5)
    units = rng.sample(sorted(PLACES.units), 50)
    before, after = ([random_total(rng, unit, at) for unit in units] for at in (1, 2))
    gauges.publish(before)
    gauges.start()
    assert of_communes(gauges.page()) == of_communes(text_of(page_of(before)))
    gauges.publish([*after, *before])
    text = gauges.page(lambda found: value(found, "fieldtally_gauges_totals_read_total") == 150)
    assert of_communes(text) == of_communes(text_of(page_of(before, after)))
    assert value(samples(text), "fieldtally_gauges_totals_stale_total") == 50


def test_a_restart_gives_the_same_page_and_a_stop_is_clean(gauges: Gauges) -> None:
    rng = random.Random(6)
    gauges.publish(random_total(rng, unit, at=3) for unit in rng.sample(sorted(PLACES.units), 50))
    gauges.publish([total(LAC_DUONG, {"leaflets": {"": 1}}, 5), total(LAC_DUONG, {"leaflets": {"": 2}}, 4)])
    gauges.start()
    first = gauges.page()
    assert gauges.process.stop() == 0
    gauges.start()
    assert of_communes(gauges.page()) == of_communes(first)
    assert value(samples(first), "fieldtally_leaflets", **IN_LAC_DUONG) == 1


def test_a_start_without_topics_waits_for_them_and_says_so(gauges: Gauges) -> None:
    absent = Settings(
        bootstrap=gauges.settings.bootstrap, topic_prefix=f"{gauges.settings.topic_prefix}later.",
        partitions=PARTITIONS, gauges_port=gauges.settings.gauges_port,
    )  # fmt: skip
    gauges.settings = absent
    gauges.start()
    until(lambda: gauges.log.read_text() if "waiting for" in gauges.log.read_text() else None, gauges.log)
    assert (gauges.get("/healthz"), gauges.get()) == ("ok\n", None)
    ensure(absent)
    gauges.publish([total(LAC_DUONG, {"leaflets": {"": 4}})])
    gauges.page(lambda found: value(found, "fieldtally_leaflets", **IN_LAC_DUONG) == 4)


def test_a_total_of_a_later_version_ends_the_process_with_a_sentence(gauges: Gauges) -> None:
    gauges.start()
    gauges.page()
    gauges.publish([total(LAC_DUONG, {"households_with_robots": {"": 1}})])
    assert gauges.process.await_end() == 1
    assert "households_with_robots[], which this version does not know: upgrade the gauges" in gauges.log.read_text()


def test_rejects_count_once_and_the_backlog_follows_the_counters_committed_offsets(gauges: Gauges) -> None:
    settings, topic = gauges.settings, FIELD_TOPICS[2]
    origin = Origin(topic, 1, 77)
    for _ in range(2):
        headers = rejected_headers(origin, b"k", Refusal("wrong-key"), [])
        gauges.producer.send(settings.topic(REJECTED), key=origin.key(), value=b"as it came", headers=headers)
    moments = [int(time.time() * 1000) - ago for ago in (500_000, 400_000, 300_000)]
    for moment in moments:
        gauges.producer.send(settings.topic(topic), b"event", partition=1, timestamp_ms=moment)
    gauges.producer.flush()
    gauges.start()

    def lag(expected: int) -> Callable[[Samples], bool]:
        return lambda found: value(found, "fieldtally_consumer_lag_records", topic=topic) == expected

    def oldest(text: str) -> float:
        return value(samples(text), "fieldtally_oldest_unprocessed_age_seconds") or 0.0

    text = gauges.page(lag(3))
    assert value(samples(text), "fieldtally_rejected_total", reason="wrong-key") == 1
    assert value(samples(text), "fieldtally_log_records_total", topic=topic) == 3
    disk = {name: dict(samples(text)).get((f"fieldtally_broker_disk_{name}_bytes", frozenset({("broker", "1")})), 0)
            for name in ("size", "free")}  # fmt: skip
    assert 0 < disk["free"] < disk["size"]
    assert oldest(text) >= 500
    with KafkaAdminClient(bootstrap_servers=settings.bootstrap) as admin:
        for committed, open_records, limits in ((2, 1, (300, 400)), (3, 0, (-1, 1))):
            where = {TopicPartition(settings.topic(topic), 1): OffsetAndMetadata(committed, "", -1)}
            admin.alter_group_offsets(settings.topic(COUNTER_GROUP), where)
            age = oldest(gauges.page(lag(open_records)))
            assert limits[0] <= age < limits[1]


def test_prometheus_scrapes_the_page_and_answers_with_the_same_figure(gauges: Gauges, stack: Stack) -> None:
    stack.prometheus.scrape("gauges", [f"{HOST}:{gauges.settings.gauges_port}"])
    stack.start(kafka=False, postgres=False, prometheus=True)
    gauges.publish([total(LAC_DUONG, {"contributions_vnd": {"housing": 6_000_000_001}})])
    gauges.start()
    query = urllib.parse.quote(f'fieldtally_contributions_vnd{{commune="{LAC_DUONG}"}}')

    def ask() -> str | None:
        with urllib.request.urlopen(f"{stack.prometheus.url}/api/v1/query?query={query}", timeout=5) as answer:
            found = json.load(answer)["data"]["result"]
        return str(found[0]["value"][1]) if found else None

    assert until(ask, gauges.log) == "6000000001"
