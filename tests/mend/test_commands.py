"""What the commands show, prove and refuse."""

from __future__ import annotations

from typing import Any

import pytest

from producers.publisher import Publisher
from producers.simulator import Record
from schemas.rejected import Refusal, quarantined, rejected_headers
from schemas.topics import REJECTED
from tests.mend.log import fates, log, reject, standings
from tests.mend.site import WHO, Operator
from tests.mend.test_mending import EVENT, KEY, TOPIC, written

WITHDRAWAL = {
    "type": "stream.withdrawn", "dataschema": "urn:fieldtally:stream.withdrawn:1", "subject": "unit/2025-07.24848",
    "data": {"organisation": "youth-union-lac-duong", "reason": "lost"},
}


@pytest.mark.parametrize("changed", [{}, WITHDRAWAL])
def test_what_a_revoked_tablet_sent_is_let_in_where_it_belongs(operator: Operator, changed: dict[str, Any]) -> None:
    origin, value = quarantined("outreach", 2, "one of them"), written(**changed)
    with Publisher(operator.settings) as publisher:
        headers = rejected_headers(origin, KEY, Refusal("revoked-tablet"), [])
        publisher.send(Record(REJECTED, origin.key(), value, 2, headers, ""))
    assert "Máy bảng đã bị thu hồi" in operator("rejected", "list")
    operator("rejected", "replay", origin.key().decode(), "--by", "ops.lan", "--why", "tablet-cleared")
    [(topic, sent)] = log(operator.settings)
    assert (topic, sent.value) == (TOPIC, value)
    assert fates(operator.settings) == ["event"]


def test_a_dry_run_proves_and_writes_nothing(operator: Operator) -> None:
    origin = reject(operator.settings, 0, "out-of-range", written(skewms=2**60))
    said = operator.fix(origin, [{"op": "replace", "path": "/skewms", "value": 0}], "--dry-run")
    assert f"would be sent to {TOPIC}" in said
    assert "would be rejected again" in operator.fix(origin, [], "--dry-run", fails=True)
    assert "0 can be sent; 1 are still not valid" in operator(
        "rejected", "replay", "--reason", "out-of-range", "--dry-run", *WHO
    )
    assert standings(operator) == ["open"]
    assert log(operator.settings) == []


def test_one_event_is_shown_with_its_history_and_without_personal_values(operator: Operator) -> None:
    value = written(name="Trần Thị B", data={"iccid": "8984048000001234567"})
    origin = reject(operator.settings, 0, "wrong-shape", value)
    operator("rejected", "drop", origin, "--by", "ops.lan", "--why", "recorded-again")
    said = operator("rejected", "show", origin)
    assert "Sai cấu trúc / JSON that is no event of ours (wrong-shape) $.data" in said
    assert "rejected.dropped by ops.lan (recorded-again)" in said
    assert EVENT["subject"] in said
    assert "Trần" not in said
    assert "8984048" not in said


@pytest.mark.parametrize(("arguments", "words"), [
    (("show", "field.outreach.v1:0:99"), "is no rejected event"),
    (("fix", "field.outreach.v1:0:99", "--by", "Lan Nguyễn", "--why", "other"), "is an account such as ops.lan"),
    (("drop", "field.outreach.v1:0:99", "--by", "lan", "--why", "because"), "no code of why it is done: choose"),
    (("replay", "--by", "lan", "--why", "other"), "Say which"),
    (("list", "--standing", "lost"), "choose from open, begun"),
])  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(operator: Operator, arguments: tuple[str, ...], words: str) -> None:
    assert words in operator("rejected", *arguments, fails=True)
