"""Which events the records of a form became (`imports.records.v1`), and how far a form's events are published.

A record here is written before its events, so that a later import of the same form knows them whatever happens
between; the events themselves are in it, byte for byte, so that what was cut off can be sent again.
All of a form lies in one partition, that of the form's name, and is written in transactions of one producer per form.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Raw, Struct

from schemas.events.catalogue import ROOT_TYPES
from schemas.events.fields import SLUG, EventId, Pseudonym, Seq, UnitId, text
from schemas.titles import titled

Form = Annotated[str, text("Biểu mẫu", "Form, as in the source /imports/<form>", SLUG)]
Chunk = Annotated[int, titled("Đợt ghi", "Chunk of an import in which it was written, from 1", ge=0, le=2**53 - 1)]


class Number(Struct, frozen=True, kw_only=True, gc=False):
    """The identity of an event; its source is that of the form."""

    type: Annotated[str, titled("Loại sự kiện", "Event type")]
    unit: UnitId
    seq: Seq
    id: EventId

    @property
    def topic(self) -> str:
        """The topic in which the event lies."""
        root = self.type.removesuffix(".corrected").removesuffix(".voided")
        return f"field.{ROOT_TYPES[root].family}.v1"


class Became(Struct, frozen=True, kw_only=True):
    """One event of a record and its latest revision (or the void of the one that it took the place of).

    `latest` is a list of none or one: msgspec decodes no union with raw bytes.
    """

    name: Annotated[str, text("Tên trong bảng ánh xạ", "Name of the event in the mapping", SLUG)]
    root: Annotated[Raw, titled("Sự kiện gốc", "The original, as published")]
    latest: Annotated[list[Raw], titled("Lần sửa sau cùng", "The latest revision as published, if there is one")] = []
    revision: Annotated[int, titled("Lần sửa", "Number of the latest revision, 0 for none", ge=0)] = 0
    standing: Annotated[
        str, titled("Nội dung hiện hành", "Digest of what stands; empty when voided")
    ]


class ImportedRecord(Struct, frozen=True, kw_only=True):
    """One record of a form; `record` is a keyed pseudonym, for a form's own ids may be names or numbers."""

    form: Form
    record: Annotated[Pseudonym, titled("Bản ghi (bí danh)", "The form's record id as pseudonym")]
    chunk: Chunk
    became: Annotated[list[Became], titled("Đã thành", "What the record stands for now")]
    numbers: Annotated[list[Number], titled("Các sự kiện", "Every event that it ever became, in order")]

    def key(self) -> bytes:
        """The key of its record."""
        return f"{self.form} {self.record}".encode()


class ImportedForm(Struct, frozen=True, kw_only=True):
    """How far a form's events are known to be published; `check` tells another pseudonym key from the right one."""

    form: Form
    check: Annotated[Pseudonym, titled("Dấu kiểm tra khóa", "Pseudonym of the form's own name under the key")]
    published: Chunk

    def key(self) -> bytes:
        """The key of its record."""
        return self.form.encode()


encode = msgspec.json.Encoder().encode
decode_record = msgspec.json.Decoder(ImportedRecord).decode
decode_form = msgspec.json.Decoder(ImportedForm).decode
