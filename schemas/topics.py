"""The one definition of every topic: name, key, policy, limits (design, "Topics").

All topics have the same number of partitions, fixed for an installation's life, so that a unit's events, state,
totals and rejects lie in partitions of one number and one owner.
"""

from __future__ import annotations

from typing import NamedTuple

FAMILIES = ("points", "devices", "training", "outreach", "handouts", "payments", "support", "households")
FIELD_TOPICS = tuple(f"field.{family}.v1" for family in FAMILIES)
TOPIC_INDEX = {name: index for index, name in enumerate(FIELD_TOPICS)}
TOTALS, STREAMS, STATE, REJECTED = "commune.totals.v1", "commune.streams.v1", "counter.state.v1", "field.rejected.v1"
PLACES = "places.v1"
REGISTERS, ACTIONS = "registers.v1", "office.actions.v1"
IMPORTS = "imports.records.v1"
ENROLMENTS, CONTACTS = "gateway.enrolments.v1", "gateway.contacts.v1"
COUNTER_GROUP = "fieldtally-counter"  # the counter's consumer group; a topic prefix goes before it too

EVENT_BYTES_MAX = 64 * 1024  # a larger record is rejected as oversize; the broker lets it in so that it is not lost
FIELD_RECORD_BYTES_MAX = 1024 * 1024
REJECTED_RECORD_BYTES_MAX = 2 * FIELD_RECORD_BYTES_MAX  # the bytes as they came, and headers
STATE_RECORD_BYTES_MAX = 32 * 1024 * 1024  # a unit of 60,000 households takes a few MB
MIB = 1024 * 1024


class Topic(NamedTuple):
    """A topic as created; `compact` keeps the last record of a key, otherwise records are kept for ever."""

    name: str
    key: str
    content: str
    compact: bool
    record_bytes_max: int
    log_append_time: bool = False

    def config(self) -> dict[str, str]:
        """The broker's settings of this topic."""
        shared = {
            "max.message.bytes": str(self.record_bytes_max),
            "message.timestamp.type": "LogAppendTime" if self.log_append_time else "CreateTime",
            # Whatever others compress with, the broker unpacks: no reader of ours needs every codec, nor stops on one.
            "compression.type": "uncompressed",
        }
        if not self.compact:
            return shared | {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
        # Compaction skips the active segment, so segments are short-lived and small.
        return shared | {
            "cleanup.policy": "compact",
            "segment.ms": str(10 * 60 * 1000),
            "segment.bytes": str(max(64 * MIB, 2 * self.record_bytes_max)),
            "min.cleanable.dirty.ratio": "0.2",
            "delete.retention.ms": str(24 * 3600 * 1000),
        }


TOPICS: tuple[Topic, ...] = (
    *(
        Topic(name, "unit", f"events, revisions and withdrawals of the family {family}", False, FIELD_RECORD_BYTES_MAX)
        for name, family in zip(FIELD_TOPICS, FAMILIES, strict=True)
    ),
    Topic(TOTALS, "unit", "absolute totals of one unit and the log positions that they cover", True, MIB),
    Topic(STREAMS, "source, topic, unit", "what the counter has seen of one stream, and its holes", True, MIB),
    Topic(STATE, "unit or book, with epoch", "the counter's own state", True, STATE_RECORD_BYTES_MAX, True),
    Topic(REJECTED, "origin", "rejected records byte for byte, with reason headers", False, REJECTED_RECORD_BYTES_MAX),
    Topic(PLACES, "loading", "what a file of decisions changes on the map of places", True, 2 * MIB),
    Topic(REGISTERS, "unit, code", "a household, point or village with its dated history", True, MIB),
    Topic(ACTIONS, "subject", "what offices decided: closed periods, mended events", False, 2 * MIB),
    Topic(IMPORTS, "form, record", "which events a form's record became; all of a form in one partition", True, MIB),
    Topic(ENROLMENTS, "fact, invitation", "invitations of tablets, enrolments by them, revocations", True, MIB),
    Topic(CONTACTS, "source", "the last contact with a tablet, and what it stated of its streams", True, MIB),
)
