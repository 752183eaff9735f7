"""A batch is answered event by event: what is accepted is in Kafka as its contract demands, and nothing else is."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from producers.office.tablets import enrolments, found, write
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import RefusedError, Tablet
from producers.tablet_client.transport import Answer, Http
from schemas import wire
from schemas.events.envelope import Envelope
from schemas.gateway import Revoked
from schemas.instant import day_of, epoch_ms, instant_ms
from schemas.partition import partition_of
from schemas.pseudonym import pseudonym
from schemas.rejected import HEADER_REASON
from schemas.topics import CONTACTS, REJECTED
from tests.gateway.field import HOUSEHOLD, card, events, records, sim
from tests.gateway.process import ORGANISATION, OTHER_UNIT, SECRET, UNIT, Gateway, invite, lines, until

HANDOUTS, PAYMENTS = "field.handouts.v1", "field.payments.v1"
OLD_UNIT = "2025-03:24848"  # Xã Đạ Nhim, which became a part of the new commune that bears its code


def post(gateway: Gateway, tablet: Tablet, said: list[Any], path: str = "", **changed: Any) -> Answer:
    """Send these events as this tablet's batch."""
    body = msgspec.json.encode({"source": tablet.key.source, "sentat": datetime.now(UTC), "events": said} | changed)
    return Http(gateway.url)("POST", f"/v1/events:batch{path}", body, tablet.headers(body, packed=False))


def pending(tablet: Tablet) -> list[dict[str, Any]]:
    """The events that wait in its outbox."""
    return [msgspec.json.decode(held.body) for held in tablet.outbox.events()]


def outcomes(answer: Answer) -> list[tuple[str, str, str]]:
    """Status, code and path of each receipt."""
    assert answer.status == 200, answer
    return [(each["status"], each.get("code", ""), each.get("path", "")) for each in answer.body["receipts"]]


@pytest.mark.parametrize("packed", [True, False])
def test_what_is_accepted_lies_in_kafka_where_the_receipt_says_as_its_contract_demands(
    gateway: Gateway, packed: bool
) -> None:
    tablet = gateway.tablet(UNIT)
    for number in range(1, 4):
        sim(tablet, number)
    card(tablet)
    _, body = tablet.batch()
    body = gzip.compress(body) if packed else body
    answer = Http(gateway.url)("POST", "/v1/events:batch", body, tablet.headers(body, packed=packed))
    there = {(topic, record.partition, record.offset): record for topic in (HANDOUTS, PAYMENTS)
             for record in records(gateway.settings, topic)}
    assert len(answer.body["receipts"]) == 4
    for said, receipt in zip(pending(tablet), answer.body["receipts"], strict=True):
        assert receipt["status"] == "accepted"
        topic = f"field.{receipt['topic']}.v1"
        record = there[topic, receipt["partition"], receipt["offset"]]
        event = wire.decode(record.value)
        assert isinstance(event, Envelope), event
        assert record.key == UNIT.encode()
        assert record.partition == partition_of(record.key, gateway.settings.partitions)
        assert wire.misplaced(event, record.key, topic) is None
        assert (event.id, event.seq, event.source) == (said["id"], said["seq"], tablet.key.source)
        assert event.time == datetime.fromisoformat(said["time"]), "the tablet's time is never rewritten"
        assert dict(record.headers)["ce_id"] == event.id.encode()
        if number := said["data"].get("iccid"):
            assert event.data.iccid == pseudonym("iccid", SECRET.encode(), number)
            assert number.encode() not in record.value


def test_one_bad_event_blocks_none_and_each_says_why_with_its_place(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    sim(tablet)
    (good,) = pending(tablet)
    number = good["data"]["iccid"]

    def but(**changed: Any) -> dict[str, Any]:
        return good | changed

    said = [
        but(data=good["data"] | {"plan": "6g"}), but(data=good["data"] | {"iccid": "not a number"}),
        but(data=good["data"] | {"note": "free text"}), but(data=good["data"] | {"iccid": int(number)}),
        but(seq=0), but(source="/tablets/" + "A" * 43), but(unit=OTHER_UNIT),
        but(subject="household/2025-07.02647-K7M2-9"), but(topic="payments"), but(type="sim.exploded"),
        but(dataschema="urn:fieldtally:sim.handed-out:9"),
        but(unit="2031-01:24848"), [], "text", good | {"data": {"iccid": number}}, good,
    ]  # fmt: skip
    before = gateway.log.read_text().count("event not taken")
    answer = post(gateway, tablet, said)
    assert outcomes(answer) == [
        ("rejected", "out-of-range", "$.data.plan"), ("rejected", "out-of-range", "$.data.iccid"),
        ("rejected", "wrong-shape", "$.data"), ("rejected", "wrong-shape", "$.data.iccid"),
        ("rejected", "bad-seq", "$.seq"), ("rejected", "foreign-source", "$.source"),
        ("rejected", "foreign-unit", "$.unit"), ("rejected", "wrong-subject", "$.subject"),
        ("rejected", "wrong-topic", "$.topic"), ("retry", "unknown-type", ""), ("retry", "future-version", ""),
        ("retry", "unknown-unit", ""), ("rejected", "wrong-shape", "$"), ("rejected", "wrong-shape", "$"),
        ("rejected", "wrong-shape", "$.data"), ("accepted", "", ""),
    ]  # fmt: skip
    assert all(each["vi"] and each["en"] for each in answer.body["receipts"] if each["status"] != "accepted")
    assert [event["id"] for event in events(gateway.settings, HANDOUTS, tablet)] == [good["id"]]
    assert not events(gateway.settings, PAYMENTS, tablet)
    log = gateway.log.read_text()
    assert log.count("event not taken") - before == 15
    assert number not in log
    assert good["id"] not in log


def test_the_same_again_gets_the_same_receipt_and_another_id_for_a_number_is_a_conflict(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    sim(tablet)
    (event,) = pending(tablet)
    other = event | {"id": event["id"][:-4] + "0000"}
    first = post(gateway, tablet, [event, event])
    again = post(gateway, tablet, [event])
    assert first.body["receipts"] == again.body["receipts"] * 2
    conflict = post(gateway, tablet, [other])
    assert [each["status"] for each in conflict.body["receipts"]] == ["conflict"]
    assert [each["id"] for each in events(gateway.settings, HANDOUTS, tablet)] == [event["id"], other["id"]]


def test_a_tablet_records_for_every_unit_of_any_vintage_that_lies_in_its_commune_today(gateway: Gateway) -> None:
    for enrolled in (UNIT, OLD_UNIT):
        tablet = gateway.tablet(enrolled)
        for unit in (UNIT, OLD_UNIT):
            sim(tablet, unit=unit)
        assert [each[0] for each in outcomes(post(gateway, tablet, pending(tablet)))] == ["accepted"] * 2


def test_the_skew_is_measured_noted_and_kept_for_what_others_carry(gateway: Gateway) -> None:
    three_years = timedelta(days=1096)
    fast = Tablet(Outbox(), Http(gateway.url), clock=lambda: datetime.now(UTC) + three_years)
    gateway.enrol(fast, invite(gateway.settings, UNIT))
    sim(fast, 1)
    fast.send()
    until(lambda: events(gateway.settings, CONTACTS, fast), gateway.log)
    sim(fast, 2)
    *_, second = pending(fast)
    late = datetime.now(UTC) + three_years - timedelta(days=9)
    assert outcomes(post(gateway, fast, [second], "?carried=1", sentat=late)) == [("accepted", "", "")]
    for event in events(gateway.settings, HANDOUTS, fast):
        assert abs(event["skewms"] - three_years.total_seconds() * 1000) < 60_000
        received = datetime.fromisoformat(event["receivedat"])
        told = instant_ms(datetime.fromisoformat(event["time"]), received, event["skewms"])
        assert day_of(told) in {day_of(epoch_ms(received)), day_of(epoch_ms(received - timedelta(minutes=5)))}
    contact = events(gateway.settings, CONTACTS, fast)[-1]
    assert contact["source"] == fast.key.source
    assert [(s["topic"], s["unit"], s["highest"]) for s in contact["streams"]] == [("handouts", UNIT, 1)]


def test_a_withdrawal_and_a_revision_go_to_the_stream_of_what_they_are_about(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    root = sim(tablet, 7)
    lost = card(tablet)
    (first, second) = sorted(pending(tablet), key=lambda event: str(event["type"]), reverse=True)
    (receipt,) = post(gateway, tablet, [first]).body["receipts"]
    fact = {"subject": HOUSEHOLD, "time": first["time"], "receivedat": receipt["receivedat"],
            "skewms": receipt["skewms"], "data": first["data"]}  # fmt: skip
    revision = first | {
        "id": second["id"][:-4] + "0001", "seq": 2, "type": "sim.handed-out.corrected",
        "dataschema": "urn:fieldtally:sim.handed-out.corrected:1",
        "data": {"organisation": ORGANISATION, "root": {"source": tablet.key.source, "unit": UNIT, "seq": root.seq},
                 "revision": 1, "reason": "typing-error", "original": fact,
                 "new": {"subject": HOUSEHOLD, "time": first["time"], "data": first["data"] | {"plan": "5g"}}},
    }  # fmt: skip
    tablet.withdraw(lost)
    withdrawal = next(each for each in pending(tablet) if each["type"] == "stream.withdrawn")
    assert outcomes(post(gateway, tablet, [revision, withdrawal])) == [("accepted", "", "")] * 2
    original, corrected = events(gateway.settings, HANDOUTS, tablet)
    carried = corrected["data"]["original"]
    assert {name: carried[name] for name in ("time", "receivedat", "data")} == {
        name: original[name] for name in ("time", "receivedat", "data")}  # fmt: skip
    assert corrected["data"]["new"]["data"]["iccid"] == original["data"]["iccid"]
    assert [event["type"] for event in events(gateway.settings, PAYMENTS, tablet)] == ["stream.withdrawn"]


def test_what_a_revoked_tablet_validly_recorded_is_set_aside_once_and_not_counted(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    mine = found(enrolments(gateway.settings), tablet.key.source).invited
    write(gateway.settings, [Revoked(invitation=mine.invitation, written=datetime.now(UTC))])
    until(lambda: not tablet.batch()[0] and post(gateway, tablet, []).status == 403, gateway.log)
    sim(tablet, 3)
    for _ in range(2):
        with pytest.raises(RefusedError) as refused:
            tablet.send()
        assert (refused.value.answer.status, refused.value.answer.code) == (403, "revoked")
    (record,) = (each for each in records(gateway.settings, REJECTED) if tablet.key.thumbprint.encode() in each.value)
    assert dict(record.headers)[HEADER_REASON] == b"revoked-tablet"
    assert record.key.startswith(b"gateway.handouts:")
    assert isinstance(wire.decode(record.value), Envelope)
    assert b"898404" not in record.value
    assert not events(gateway.settings, HANDOUTS, tablet)


def test_every_request_has_one_line_in_the_log_that_tells_of_nobody(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    sim(tablet)
    tablet.send()
    told = [line for line in lines(gateway.log) if line["message"] == "request"]
    assert {"method": "POST", "route": "/v1/events:batch", "status": 200}.items() <= told[-1].items()
    text = gateway.log.read_text()
    assert tablet.key.thumbprint not in text
    assert "127.0.0.1:" not in text.replace(gateway.url.removeprefix("http://"), "")
