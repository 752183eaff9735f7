"""The 19 event types, and the concrete envelopes made from them: originals, corrections, voids, the withdrawal."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from schemas.events import data as d
from schemas.events.envelope import Corrected, Envelope, Voided, Withdrawn
from schemas.events.fields import (
    HouseholdOrUnitSubject,
    HouseholdSubject,
    PointSubject,
    SessionSubject,
    UnitSubject,
)
from schemas.titles import Title, titled

ORIGINAL, CORRECTED, VOIDED, WITHDRAWN = "original", "corrected", "voided", "withdrawn"


class EventType(NamedTuple):
    """One root type: its CloudEvents name, topic family, subject, payload and titles."""

    name: str
    family: str
    subject: Any
    data: type[d.Data]
    title: Title
    version: int = 1


EVENT_TYPES: tuple[EventType, ...] = (
    EventType("point.approved", "points", PointSubject, d.PointApproved, Title("Duyệt điểm", "Point approved")),
    EventType(
        "point.site-checked", "points", PointSubject, d.PointSiteChecked, Title("Khảo sát mặt bằng", "Site checked")
    ),
    EventType("point.connected", "points", PointSubject, d.PointConnected, Title("Kết nối điểm", "Point connected")),
    EventType(
        "point.activity-held", "points", PointSubject, d.PointActivityHeld, Title("Hoạt động tại điểm", "Activity held")
    ),
    EventType(
        "device.installed", "devices", PointSubject, d.DeviceInstalled, Title("Lắp thiết bị", "Device installed")
    ),
    EventType("device.faulted", "devices", PointSubject, d.DeviceFaulted, Title("Thiết bị hỏng", "Device faulted")),
    EventType("device.removed", "devices", PointSubject, d.DeviceRemoved, Title("Gỡ thiết bị", "Device removed")),
    EventType(
        "training.session-held",
        "training",
        SessionSubject,
        d.TrainingSessionHeld,
        Title("Buổi tập huấn", "Training session"),
    ),
    EventType(
        "training.attended",
        "training",
        SessionSubject,
        d.TrainingAttended,
        Title("Người dự tập huấn", "Training attended"),
    ),
    EventType(
        "outreach.session-held",
        "outreach",
        SessionSubject,
        d.OutreachSessionHeld,
        Title("Buổi tuyên truyền", "Outreach session"),
    ),
    EventType(
        "leaflet.distributed",
        "outreach",
        HouseholdSubject,
        d.LeafletDistributed,
        Title("Phát tờ rơi", "Leaflet distributed"),
    ),
    EventType(
        "media.delivered",
        "outreach",
        HouseholdOrUnitSubject,
        d.MediaDelivered,
        Title("Sản phẩm truyền thông", "Media delivered"),
    ),
    EventType(
        "smartphone.handed-out",
        "handouts",
        HouseholdSubject,
        d.SmartphoneHandedOut,
        Title("Trao điện thoại thông minh", "Smartphone handed out"),
    ),
    EventType("sim.handed-out", "handouts", HouseholdSubject, d.SimHandedOut, Title("Trao SIM", "SIM handed out")),
    EventType("card.issued", "payments", HouseholdSubject, d.CardIssued, Title("Phát hành thẻ", "Bank card issued")),
    EventType("account.opened", "payments", HouseholdSubject, d.AccountOpened, Title("Mở tài khoản", "Account opened")),
    EventType(
        "contribution.received",
        "support",
        UnitSubject,
        d.ContributionReceived,
        Title("Nhận đóng góp", "Contribution received"),
    ),
    EventType(
        "support.delivered",
        "support",
        HouseholdOrUnitSubject,
        d.SupportDelivered,
        Title("Trao hỗ trợ", "Support delivered"),
    ),
    EventType(
        "household.surveyed",
        "households",
        HouseholdSubject,
        d.HouseholdSurveyed,
        Title("Khảo sát hộ", "Household surveyed"),
    ),
)
ROOT_TYPES = {e.name: e for e in EVENT_TYPES}
WITHDRAWAL = "stream.withdrawn"


class WireType(NamedTuple):
    """One value of the CloudEvents `type`: its part in counting, its root type, its contract's version."""

    name: str
    part: str
    root: EventType | None
    version: int
    envelope: type[Envelope]
    title: Title


def schema_urn(name: str, version: int) -> str:
    """The `dataschema` of a contract, for example `urn:fieldtally:sim.handed-out:1`."""
    return f"urn:fieldtally:{name}:{version}"


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace(".", "-").split("-"))


def _envelope(name: str, version: int, subject: Any, payload: Any) -> type[Envelope]:
    urns = tuple(schema_urn(name, v) for v in range(1, version + 1))  # a later contract reads all earlier events
    fields = [
        ("subject", subject),
        ("dataschema", Annotated[Literal[urns], titled("Hợp đồng dữ liệu", "The contract and its version")]),
        ("data", Annotated[payload, titled("Nội dung", "What happened")]),
    ]
    made = msgspec.defstruct(
        _class_name(name), fields, bases=(Envelope,), tag=name, kw_only=True, forbid_unknown_fields=True, gc=False
    )
    made.__doc__ = None
    return made  # type: ignore[return-value]  # defstruct is typed as making plain Structs


def _bound(revision: Any, event: EventType) -> Any:
    return revision[event.subject, event.data]


def _wire_types(event: EventType) -> tuple[WireType, ...]:
    def of(name: str, part: str, payload: Any, title: Title) -> WireType:
        envelope = _envelope(name, event.version, event.subject, payload)
        return WireType(name, part, event, event.version, envelope, title)

    title = event.title
    return (
        of(event.name, ORIGINAL, event.data, title),
        of(
            f"{event.name}.corrected",
            CORRECTED,
            _bound(Corrected, event),
            Title(f"Sửa: {title.vi}", f"Corrected: {title.en}"),
        ),
        of(f"{event.name}.voided", VOIDED, _bound(Voided, event), Title(f"Hủy: {title.vi}", f"Voided: {title.en}")),
    )


_WITHDRAWAL_TYPE = WireType(
    WITHDRAWAL,
    WITHDRAWN,
    None,
    1,
    _envelope(WITHDRAWAL, 1, UnitSubject, Withdrawn),
    Title("Rút số thứ tự", "Number withdrawn"),
)
WIRE_TYPES: dict[str, WireType] = {
    w.name: w for w in (*(w for e in EVENT_TYPES for w in _wire_types(e)), _WITHDRAWAL_TYPE)
}
WIRE_TYPE_OF: dict[type[Envelope], WireType] = {w.envelope: w for w in WIRE_TYPES.values()}
