"""Kafka away: the gauges never go on showing what may be old, and come back by themselves."""

from __future__ import annotations

from infra.stack import Stack
from tests.gauges.process import Gauges, until
from tests.gauges.support import LAC_DUONG, of_communes, total, value


def test_the_gauges_end_when_kafka_is_away_and_the_next_start_waits_for_it(stack: Stack, gauges: Gauges) -> None:
    gauges.publish([total(LAC_DUONG, {"leaflets": {"": 3}})])
    gauges.start()
    before = gauges.page(lambda found: value(found, "fieldtally_oldest_unprocessed_age_seconds") is not None)
    stack.kafka.kill()
    try:
        until(lambda: None if gauges.process.running else "ended", gauges.log)
        assert gauges.process.poll() == 1
        assert "has not answered for" in gauges.log.read_text()
        gauges.start()
        until(lambda: gauges.log.read_text() if "waiting for it" in gauges.log.read_text() else None, gauges.log)
        assert gauges.get() is None
    finally:
        stack.kafka.start()
    assert of_communes(gauges.page()) == of_communes(before)
    assert gauges.process.stop() == 0
