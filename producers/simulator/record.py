"""One record as it is handed to the publisher, with what the simulator meant by it."""

from __future__ import annotations

from typing import NamedTuple

Headers = list[tuple[str, bytes]]


class Record(NamedTuple):
    """A record for a field topic (name without prefix); `partition` is None where the key decides.

    `fate` is what the simulator meant: `original`, `corrected`, `voided`, `withdrawn`, `duplicate`, `conflict` for
    records that are valid by themselves, `rejected:<reason>` for those that are not. What the log makes of a record
    (the first of an identity wins) follows from the order alone; the oracle never looks at `fate`.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None
    headers: Headers
    fate: str


def headers_of(event_type: str, event_id: str) -> Headers:
    """The headers of an event in structured mode (design, "The event")."""
    return [
        ("content-type", b"application/cloudevents+json"),
        ("ce_type", event_type.encode()),
        ("ce_id", event_id.encode()),
    ]
