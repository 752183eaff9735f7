"""The payloads of the 19 event types (programme.md, "Field events"): closed, constrained, without free text."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Struct

from schemas import codes
from schemas.events.fields import Attendee, HouseholdCode, People, Period, Pseudonym, Round, Slug, Village, Vnd
from schemas.titles import titled

Organisation = Annotated[codes.Organisation, titled("Đơn vị ghi nhận", "Recording organisation")]
Topic = Annotated[codes.Topic, titled("Chủ đề", "Topic")]
Language = Annotated[codes.Language, titled("Ngôn ngữ", "Language of delivery")]
DeviceKind = Annotated[codes.DeviceKind, titled("Loại thiết bị", "Kind of device")]
Funding = Annotated[codes.FundingSource, titled("Nguồn kinh phí", "Funding source")]
Bank = Annotated[codes.Bank, titled("Ngân hàng", "Bank")]
Purpose = Annotated[codes.Purpose, titled("Mục đích", "Purpose of support")]
Recipient = Annotated[codes.Recipient, titled("Người nhận", "Recipient")]


class Data(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What every payload names: who recorded it and, where known, in which village."""

    organisation: Organisation
    village: Village | None = None


class PointApproved(Data):
    host: Annotated[codes.HostClass, titled("Loại địa bàn", "Class of the host")]
    period: Period
    decision: Annotated[Slug, titled("Quyết định", "Decision")]


class PointSiteChecked(Data):
    solid_house: Annotated[bool, titled("Nhà kiên cố", "Solid house")]
    works_exist: Annotated[bool, titled("Có sẵn hạ tầng", "Works exist")]
    easy_to_reach: Annotated[bool, titled("Thuận tiện đi lại", "Easy for people to reach")]


class PointConnected(Data):
    service: Annotated[codes.Service, titled("Dịch vụ", "Service")]
    funding: Funding
    expires: Annotated[date, titled("Hết hạn", "Funded until")]


class PointActivityHeld(Data):
    topic: Topic
    language: Language
    activity: Annotated[codes.Activity, titled("Hoạt động", "Activity")]
    visitors: People


class Device(Data):
    """What every device event names; the serial number enters only as a pseudonym."""

    maker: Annotated[Slug, titled("Hãng", "Maker")]
    model: Annotated[Slug, titled("Mẫu", "Model")]
    serial: Annotated[Pseudonym, titled("Số sê-ri (bí danh)", "Serial number as pseudonym")]
    kind: DeviceKind


class DeviceInstalled(Device):
    funding: Funding


class DeviceFaulted(Device):
    fault: Annotated[codes.Fault, titled("Sự cố", "Fault; `repaired` ends it")]


class DeviceRemoved(Device):
    reason: Annotated[codes.Removal, titled("Lý do", "Reason of removal")]


class TrainingSessionHeld(Data):
    topic: Topic
    language: Language
    headcount: People


class TrainingAttended(Data):
    attendee: Attendee
    household: HouseholdCode | None = None


class OutreachSessionHeld(Data):
    round: Round
    topic: Topic
    language: Language
    headcount: People


class LeafletDistributed(Data):
    leaflet: Annotated[Slug, titled("Tờ rơi", "Leaflet")]


class MediaDelivered(Data):
    kind: Annotated[codes.MediaKind, titled("Loại sản phẩm", "Kind of media")]
    language: Language


class SmartphoneHandedOut(Data):
    recipient: Recipient
    imei: Annotated[Pseudonym, titled("IMEI (bí danh)", "IMEI as pseudonym")]
    funding: Funding


class SimHandedOut(Data):
    recipient: Recipient
    iccid: Annotated[Pseudonym, titled("ICCID (bí danh)", "ICCID as pseudonym")]
    plan: Annotated[codes.Plan, titled("Gói cước", "Plan")]


class CardIssued(Data):
    bank: Bank


class AccountOpened(Data):
    bank: Bank


class ContributionReceived(Data):
    giver: Annotated[codes.Giver, titled("Bên đóng góp", "Class of giver")]
    purpose: Purpose
    amount: Vnd


class SupportDelivered(Data):
    purpose: Purpose
    value: Vnd


class HouseholdSurveyed(Data):
    household_class: Annotated[codes.HouseholdClass, titled("Diện hộ", "Class of the household")]
    needs_telecom: Annotated[bool, titled("Có nhu cầu viễn thông", "Needs telecom")]
    has_telecom: Annotated[bool, titled("Tiếp cận được viễn thông", "Has access to telecom")]
    owns_smartphone: Annotated[bool, titled("Có điện thoại thông minh", "Owns a smartphone")]
    has_internet: Annotated[bool, titled("Có internet", "Has internet")]
