"""Why a record is rejected, and what its record in `field.rejected.v1` says.

The record there has the origin as key (`topic:partition:offset`), the bytes as they came as value, and the headers
below. A validator's message never goes into a header: it can quote personal data; the JSON path and the rule do.
What the gateway sets aside was in no log: its origin is made up (`quarantined`).
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from schemas.titles import Title

REASONS: dict[str, Title] = {
    "undecodable": Title("Không đọc được", "Bytes that are no JSON"),
    "wrong-shape": Title("Sai cấu trúc", "JSON that is no event of ours"),
    "out-of-range": Title("Giá trị ngoài giới hạn", "A value outside its limits or code list"),
    "bad-seq": Title("Số thứ tự sai", "A seq below 1 or beyond 2^31 - 1"),
    "oversize": Title("Quá lớn", "A record above 64 KiB"),
    "no-value": Title("Không có nội dung", "A record without a value"),
    "wrong-key": Title("Sai khóa", "The key is not the event's unit"),
    "wrong-partition": Title("Sai phân vùng", "The right key in the wrong partition"),
    "wrong-topic": Title("Sai chủ đề Kafka", "The type belongs to another topic"),
    "wrong-subject": Title("Đối tượng thuộc đơn vị khác", "The subject is not registered under the event's unit"),
    "foreign-root": Title("Sửa sự kiện của đơn vị khác", "A revision of another unit's event"),
    "conflict": Title("Trùng số, khác mã", "A stream that reuses a seq with another id"),
    "unknown-unit": Title("Đơn vị chưa biết", "A unit that the map of places does not have (yet)"),
    "unknown-type": Title("Loại chưa biết", "An event type that this version does not know (yet)"),
    "future-version": Title("Phiên bản mới hơn", "A contract version later than this one knows"),
    "revoked-tablet": Title("Máy bảng đã bị thu hồi", "A valid event that a revoked tablet sent to the gateway"),
}
PARKED = frozenset({"unknown-unit", "unknown-type", "future-version"})  # an upgrade can make these valid

HEADER_REASON = "fieldtally.errors.reason"
HEADER_PATH = "fieldtally.errors.path"
HEADER_RULE = "fieldtally.errors.rule"
HEADER_KEY = "fieldtally.errors.key"
HEADER_ATTEMPT = "fieldtally.errors.attempt"
HEADER_RETURNED = "fieldtally.errors.returned"  # by which contracts it became valid and was sent back
HEADER_TOPIC = "__connect.errors.topic"
HEADER_PARTITION = "__connect.errors.partition"
HEADER_OFFSET = "__connect.errors.offset"
OWN_HEADERS = frozenset({
    HEADER_REASON, HEADER_PATH, HEADER_RULE, HEADER_KEY, HEADER_ATTEMPT, HEADER_RETURNED, HEADER_TOPIC,
    HEADER_PARTITION, HEADER_OFFSET,
})  # fmt: skip
Headers = list[tuple[str, bytes]]


class Refusal(NamedTuple):
    """Why a record is not counted: a reason of `REASONS`, the JSON path and the rule that it broke, if any."""

    reason: str
    path: str = ""
    rule: str = ""


class Origin(NamedTuple):
    """Where a record lies in the log; the identity of its rejection."""

    topic: str
    partition: int
    offset: int

    def key(self) -> bytes:
        """The key of the rejected record."""
        return f"{self.topic}:{self.partition}:{self.offset}".encode()


QUARANTINE = "gateway."  # begins the topic of the origin of what lies in no log, because the gateway set it aside


def quarantined(family: str, partition: int, identity: str) -> Origin:
    """The origin of a record that the gateway set aside: in the place of an offset, 63 bits of the digest of its
    identity, so that the same record has the same origin."""
    digest = hashlib.sha256(identity.encode()).digest()
    return Origin(f"{QUARANTINE}{family}", partition, int.from_bytes(digest[:8]) >> 1)


def field_topic(origin_topic: str) -> str:
    """The topic to which a rejected record belongs, also where the gateway set it aside."""
    return f"field.{origin_topic.removeprefix(QUARANTINE)}.v1" if origin_topic.startswith(QUARANTINE) else origin_topic


def rejected_headers(origin: Origin, key: bytes | None, refusal: Refusal, came_with: Headers) -> Headers:
    """The headers of a rejected record: those it came with, then ours."""
    kept = [(name, value) for name, value in came_with if name not in OWN_HEADERS]
    ours = {
        HEADER_TOPIC: origin.topic,
        HEADER_PARTITION: str(origin.partition),
        HEADER_OFFSET: str(origin.offset),
        HEADER_REASON: refusal.reason,
        HEADER_PATH: refusal.path,
        HEADER_RULE: refusal.rule,
        HEADER_ATTEMPT: "1",
    }
    named = [(name, value.encode()) for name, value in ours.items() if value]
    return kept + named + ([(HEADER_KEY, key)] if key is not None else [])
