"""The contracts of what fieldtally publishes beside events: totals, stream marks, headers of rejected records."""

from __future__ import annotations

from msgspec import Struct

from schemas import gateway, imports, office, registers, rejected, repair
from schemas.contracts.json_schema import DIALECT, Schema, code_list, of_struct
from schemas.events.catalogue import schema_urn
from schemas.events.fields import END
from schemas.places import Loading
from schemas.places.committed import Committed
from schemas.titles import Title
from schemas.totals import StreamMark, Total

VERSION = 1
TOTALS, STREAMS, REJECTED = "commune.totals", "commune.streams", "field.rejected"
PLACES, REGISTERS, ACTIONS = "places.loading", "registers.entry", "office.action"
IMPORTED_RECORD, IMPORTED_FORM = "imports.record", "imports.form"
COMMITTED = "places.committed"
INVITED, ENROLLED, REVOKED = "gateway.invited", "gateway.enrolled", "gateway.revoked"
CONTACT, REPAIR = "gateway.contact", "office.repair"


def schemas() -> dict[str, Schema]:
    """Each published contract by its name, all of version `VERSION`."""
    return {
        TOTALS: of_struct(Total, schema_urn(TOTALS, VERSION), Title("Số liệu của một đơn vị", "Totals of one unit")),
        STREAMS: of_struct(
            StreamMark,
            schema_urn(STREAMS, VERSION),
            Title("Tình trạng một luồng", "What the counter has seen of one stream"),
        ),
        REJECTED: _rejected_headers(),
        PLACES: of_struct(
            Loading, schema_urn(PLACES, VERSION), Title("Một lần nạp bản đồ", "A loading of decisions onto the map")
        ),
        COMMITTED: of_struct(
            Committed, schema_urn(COMMITTED, VERSION), Title("Phần bản đồ gốc", "A part of the committed map")
        ),
        REGISTERS: of_struct(
            registers.Entry, schema_urn(REGISTERS, VERSION), Title("Một mục của sổ", "An entry of a register")
        ),
        ACTIONS: of_struct(
            office.Action, schema_urn(ACTIONS, VERSION), Title("Quyết định của văn phòng", "What an office decided")
        ),
        REPAIR: of_struct(
            repair.Repair,
            schema_urn(REPAIR, VERSION),
            Title("Xử lý bản ghi bị từ chối", "What was done about a rejected event"),
        ),
        IMPORTED_RECORD: of_struct(
            imports.ImportedRecord,
            schema_urn(IMPORTED_RECORD, VERSION),
            Title("Một bản ghi của biểu mẫu", "Which events a form's record became"),
        ),
        IMPORTED_FORM: of_struct(
            imports.ImportedForm,
            schema_urn(IMPORTED_FORM, VERSION),
            Title("Tiến độ của một biểu mẫu", "How far a form's events are published"),
        ),
        INVITED: _fact(gateway.Invited, INVITED, Title("Thư mời", "An invitation")),
        ENROLLED: _fact(gateway.Enrolled, ENROLLED, Title("Đăng ký máy bảng", "An enrolment by an invitation")),
        REVOKED: _fact(gateway.Revoked, REVOKED, Title("Thu hồi", "An invitation that holds no longer")),
        CONTACT: of_struct(
            gateway.Contact, schema_urn(CONTACT, VERSION), Title("Lần liên lạc cuối", "The last contact with a tablet")
        ),
    }


def _fact(struct: type[Struct], name: str, title: Title) -> Schema:
    """The contract of one of several Structs that `type` tells apart."""
    schema = of_struct(struct, schema_urn(name, VERSION), title)
    schema["properties"]["type"] |= {"title": "Loại", "description": "Kind of the fact"}
    return schema


def _rejected_headers() -> Schema:
    def text(vi: str, en: str, pattern: str) -> Schema:
        return {"title": vi, "description": en, "type": "string", "pattern": f"^{pattern}{END}"}

    properties = {
        rejected.HEADER_REASON: {
            "title": "Lý do",
            "description": "Why the record is not counted",
            "oneOf": code_list(rejected.REASONS),
        },
        rejected.HEADER_PATH: text("Vị trí lỗi", "JSON path of the fault", r"\$(?:\.[a-z_]+)*"),
        rejected.HEADER_RULE: text("Quy tắc", "The rule that is broken", "[A-Za-z]{1,40}"),
        rejected.HEADER_KEY: {
            "title": "Khóa",
            "description": "The key that the record came with, byte for byte; absent if it had none",
        },
        rejected.HEADER_ATTEMPT: text("Lần thử", "Which attempt at this record, from 1", "[1-9][0-9]{0,9}"),
        rejected.HEADER_RETURNED: text(
            "Đã gửi trả", "Digest of the contracts by which it became valid and was sent back", "[0-9a-zA-Z.-]{1,64}"
        ),
        rejected.HEADER_TOPIC: text("Chủ đề gốc", "Topic of the origin", "[A-Za-z0-9._-]{1,249}"),
        rejected.HEADER_PARTITION: text("Phân vùng gốc", "Partition of the origin", "[0-9]{1,10}"),
        rejected.HEADER_OFFSET: text("Vị trí gốc", "Offset of the origin", "[0-9]{1,19}"),
    }
    always = (
        rejected.HEADER_REASON,
        rejected.HEADER_ATTEMPT,
        rejected.HEADER_TOPIC,
        rejected.HEADER_PARTITION,
        rejected.HEADER_OFFSET,
    )
    return {
        "$schema": DIALECT,
        "$id": schema_urn(REJECTED, VERSION),
        "title": "Tiêu đề của bản ghi bị từ chối",
        "description": "Headers of a rejected record, as text; the record's own headers stand before them",
        "type": "object",
        "properties": properties,
        "required": list(always),
    }
