"""Rejected records that nobody mended or dropped, as the gauges count them."""

from __future__ import annotations

from producers.office import repairs
from producers.office.mending import Sendable
from producers.office.repairs import by
from schemas import wire
from schemas.events.envelope import Envelope
from schemas.rejected import HEADER_RETURNED, Origin, Refusal, quarantined, rejected_headers
from schemas.repair import SENT, Mending, Repair, encode
from sinks.gauges.rejects import Rejects
from tests.mend.test_mending import TOPIC, rejected, written

WHO = by("ops.lan", "software-fault")


def taken(number: int) -> Rejects:
    """So many records of the reason wrong-key, from offset 0 on."""
    made = Rejects()
    for offset in range(number):
        origin = Origin(TOPIC, 1, offset)
        made.take(origin.key(), rejected_headers(origin, b"k", Refusal("wrong-key"), []))
    return made


def sent(decision: Repair) -> Repair:
    """The note that a decision was carried out."""
    told = Mending(reason=decision.data.reason, why="other", decision=decision.id)
    return repairs._repair(SENT, decision.origin, "ops.lan", WHO.source, told)


def test_what_was_sent_dropped_or_returned_is_open_no_more_and_what_was_only_decided_is() -> None:
    rejects, record, event = taken(9), rejected("wrong-key", written()), wire.decode(written())
    assert isinstance(event, Envelope)
    assert rejects.open["wrong-key"] == 9
    decision = repairs.replay(record, Sendable(TOPIC, event, written()), WHO)
    rejects.settle(decision.key(), encode(decision))
    assert rejects.open["wrong-key"] == 9
    for _ in range(2):
        rejects.settle(decision.key(), encode(sent(decision)))
        assert rejects.open["wrong-key"] == 8
    record.origin = f"{TOPIC}:1:0"
    dropped = repairs.drop(record, WHO)
    rejects.settle(dropped.key(), encode(dropped))
    assert rejects.open["wrong-key"] == 7
    origin = Origin(TOPIC, 1, 8)
    headers = [*rejected_headers(origin, b"k", Refusal("wrong-key"), []), (HEADER_RETURNED, b"2")]
    rejects.take(origin.key(), headers)
    assert (rejects.open["wrong-key"], rejects.counts["wrong-key"]) == (6, 9)


def test_events_that_the_gateway_set_aside_are_open_until_somebody_decides() -> None:
    rejects, origin = Rejects(), quarantined("handouts", 2, "one of them")
    rejects.take(origin.key(), rejected_headers(origin, b"k", Refusal("revoked-tablet"), []))
    assert rejects.open["revoked-tablet"] == 1
    record = rejected("revoked-tablet", written())
    record.origin = origin.key().decode()
    dropped = repairs.drop(record, WHO)
    rejects.settle(dropped.key(), encode(dropped))
    assert rejects.open["revoked-tablet"] == 0


def test_decisions_about_periods_and_what_is_none_change_nothing() -> None:
    rejects = taken(1)
    for key, value in ((None, None), (b"period/lao-cai/2026", b"{}"), (b"rejected/a:1:2", b"{}")):
        rejects.settle(key, value)
    assert rejects.open["wrong-key"] == 1
