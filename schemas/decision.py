"""What every record of `office.actions.v1` begins with: the head of a CloudEvent, and its key."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from schemas.events.fields import EventId, HappenedAt, Source
from schemas.titles import titled


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision of an office or an operator; its kind says what `type`, `subject` and `dataschema` may be."""

    specversion: Annotated[Literal["1.0"], titled("Phiên bản CloudEvents", "Version of CloudEvents")] = "1.0"
    id: EventId
    source: Source
    type: str
    subject: str
    time: HappenedAt
    datacontenttype: Annotated[Literal["application/json"], titled("Kiểu nội dung", "Media type of `data`")] = (
        "application/json"
    )
    dataschema: str

    def key(self) -> bytes:
        """The record's key: all decisions about one subject lie in one partition, in their order."""
        return self.subject.encode()
