"""The tablet without a screen keeps an event until the counter has it, whatever it is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers.tablet_client.outbox import CONFLICT, REFUSED, SENT, WAITING, Held, Number, Outbox
from producers.tablet_client.settle import settle
from producers.tablet_client.tablet import BATCH_EVENTS_MAX, CopiedError, RefusedError, Tablet
from producers.tablet_client.transport import Answer, LostError, answer_of
from schemas.sync import Sync, SyncRejected, SyncStream, stream_of
from tests.gateway.test_marks import UNIT, counted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HIGHEST = {("handouts", UNIT): 6}


def held(seq: int, state: str = SENT, tries: int = 1) -> Held:
    return Held("handouts", UNIT, seq, f"id-{seq}", b"{}", state, tries, "")


def told(*streams: SyncStream, rejected: tuple[SyncRejected, ...] = ()) -> Sync:
    return Sync(now=NOW, streams=list(streams), rejected=list(rejected))


def rejection(seq: int, event_id: str, code: str) -> SyncRejected:
    return SyncRejected(topic="handouts", unit=UNIT, seq=seq, id=event_id, code=code, path="", vi="-", en="-")


def nobody(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:  # noqa: ARG001
    raise LostError("the network is off")


def test_only_what_is_counted_is_purged_and_what_never_came_is_sent_again() -> None:
    found = settle([held(seq) for seq in range(1, 7)], HIGHEST, told(stream_of(counted({1, 2, 5}, {4}))))
    assert [number.seq for number in found.purge] == [1, 2, 5]
    assert [number.seq for number in found.again] == [3]  # 4 was rejected; 6 may still be on its way
    gone = settle([held(1), held(6)], HIGHEST, told(stream_of(counted({1, 3}))))
    assert [number.seq for number in gone.missing] == [2]


def test_an_event_whose_number_counts_with_another_id_is_kept() -> None:
    found = settle([held(1), held(2)], HIGHEST, told(stream_of(counted({1, 2})),
                                                     rejected=(rejection(2, "id-2", "conflict"),)))  # fmt: skip
    assert [number.seq for number in found.purge] == [1]
    assert [(number.seq, state) for number, state, _ in found.rejected] == [(2, CONFLICT)]
    other = settle([held(3)], HIGHEST, told(stream_of(counted({1}, {3})), rejected=(rejection(3, "id-3", "bad-seq"),)))
    assert [(number.seq, state) for number, state, _ in other.rejected] == [(3, REFUSED)]


def test_a_restored_copy_purges_and_sends_nothing() -> None:
    ahead = settle([held(6, WAITING, 0)], HIGHEST, told(stream_of(counted(set(range(1, 8))))))
    never_sent = settle([held(6, WAITING, 0)], HIGHEST, told(stream_of(counted(set(range(1, 7))))))
    for found in (ahead, never_sent):
        assert found.copied
        assert not found.purge


def test_a_number_is_given_out_only_with_its_event(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    with pytest.raises(ZeroDivisionError):
        outbox.record("handouts", UNIT, "a", lambda seq: bytes(seq // 0))
    assert outbox.record("handouts", UNIT, "b", lambda seq: b"%d" % seq).seq == 1
    outbox.close()
    again = Outbox(tmp_path / "outbox.db")
    assert again.highest("handouts", UNIT) == 1
    assert [event.body for event in again.events()] == [b"1"]


def test_a_lost_answer_leaves_the_events_to_be_sent_again(tmp_path: Path) -> None:
    tablet = Tablet(Outbox(tmp_path / "outbox.db"), nobody)
    tablet.record("card.issued", UNIT, "household/2025-07.24848-K7M2-9", {"bank": "agribank"})
    with pytest.raises(LostError):
        tablet.send()
    reopened = Tablet(Outbox(tmp_path / "outbox.db"), nobody)
    assert reopened.key.thumbprint == tablet.key.thumbprint
    assert [(event.state, event.tries) for event in reopened.outbox.events()] == [(WAITING, 1)]


@pytest.mark.parametrize(("status", "body"), [
    (200, b"<html>Welcome to our Wi-Fi</html>"), (302, b""), (200, b"{}"), (200, b'{"receipts":[]}'), (200, b'["v1"]'),
    (200, b'{"fieldtally":"v1","rece'), (503, b"Service Unavailable"),
])  # fmt: skip
def test_what_a_captive_portal_says_is_no_answer(status: int, body: bytes) -> None:
    with pytest.raises(LostError):
        answer_of(status, {}, body)


def test_a_refusal_of_the_whole_request_says_when_to_ask_again() -> None:
    answer = answer_of(429, {"retry-after": "7"}, b'{"fieldtally":"v1","error":{"code":"busy"}}')
    tablet = Tablet(Outbox(), lambda *_: answer)
    with pytest.raises(RefusedError) as refused:
        tablet.send()
    assert (refused.value.answer.code, refused.value.answer.retry_after_s) == ("busy", 7.0)


def test_a_batch_keeps_to_the_limits_and_states_every_stream() -> None:
    tablet = Tablet(Outbox(), nobody)
    for _ in range(BATCH_EVENTS_MAX + 1):
        tablet.record("card.issued", UNIT, "household/2025-07.24848-K7M2-9", {"bank": "agribank"})
    chosen, body = tablet.batch()
    assert len(chosen) == BATCH_EVENTS_MAX
    assert b'"highest":501,"waiting":501' in body
    tablet.withdraw(Number("payments", UNIT, 7), "never-sent")
    assert b'"type":"stream.withdrawn"' in tablet.batch()[1]


def test_a_copy_is_told_apart_on_sync() -> None:
    stream = stream_of(counted({1, 2, 3}))
    body = {"fieldtally": "v1", "now": "2026-03-01T00:00:00Z", "rejected": [], "streams": [
        {"topic": "handouts", "unit": UNIT, "highest": 3, "seen": stream.seen, "missing": [], "rejected": [],
         "withdrawn": []}]}  # fmt: skip
    tablet = Tablet(Outbox(), lambda *_: Answer(200, {}, body))
    with pytest.raises(CopiedError):
        tablet.sync()
