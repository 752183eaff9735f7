"""What events count: the measures with their kind of additivity, and the table from event type to measures.

Source of every row: programme.md, "Field events (19 types) and what they count". The table is data; the counting
core interprets it, the ledger counts by SQL of its own. A counter is (unit, measure, kind).
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import NamedTuple

from schemas import codes
from schemas.titles import Title


class Additivity(StrEnum):
    """How a measure behaves over units. All but UNION add up, since a subject belongs to one unit for life."""

    SUM = "sum"
    DISTINCT = "distinct"
    LATEST = "latest"
    BOTH = "both"
    REACH = "reach"
    UNION = "union"


class Measure(NamedTuple):
    """A measure: its kinds are a bounded code list, or none; `subject` says what one of it is."""

    name: str
    additivity: Additivity
    subject: str
    title: Title
    kinds: codes.CodeList | None = None

    @property
    def kind_codes(self) -> tuple[str, ...]:
        """The kinds of its counters; a measure without kinds has the one kind ''."""
        return tuple(self.kinds) if self.kinds else ("",)


_SUM, _DISTINCT, _LATEST = Additivity.SUM, Additivity.DISTINCT, Additivity.LATEST
_BOTH, _REACH, _UNION = Additivity.BOTH, Additivity.REACH, Additivity.UNION

_ALL = (
    Measure("points_approved", _DISTINCT, "point", Title("Điểm được duyệt", "Points approved"), codes.HOST_CLASSES),
    Measure("points_suitable", _DISTINCT, "point", Title("Điểm đạt mặt bằng", "Points with a suitable site")),
    Measure("points_connected", _DISTINCT, "point", Title("Điểm đã kết nối", "Points ever connected")),
    Measure("point_activities", _SUM, "activity", Title("Hoạt động tại điểm", "Activities at points"), codes.TOPICS),
    Measure("point_visits", _SUM, "visit", Title("Lượt người đến điểm", "Visits to points"), codes.TOPICS),
    Measure("devices_installed", _SUM, "device", Title("Thiết bị đã lắp", "Devices installed"), codes.DEVICE_KINDS),
    Measure("device_faults", _SUM, "fault", Title("Báo hỏng thiết bị", "Device fault reports"), codes.DEVICE_KINDS),
    Measure("devices_removed", _SUM, "device", Title("Thiết bị đã gỡ", "Devices removed"), codes.DEVICE_KINDS),
    Measure("training_sessions", _DISTINCT, "session", Title("Buổi tập huấn", "Training sessions"), codes.TOPICS),
    Measure("training_reach", _REACH, "person", Title("Lượt người được tập huấn", "People reached by training")),
    Measure("training_attendances", _SUM, "person", Title("Lượt dự tập huấn", "Training attendances")),
    Measure("outreach_sessions", _DISTINCT, "session", Title("Buổi tuyên truyền", "Outreach sessions"), codes.TOPICS),
    Measure("outreach_reach", _REACH, "person", Title("Lượt người được tuyên truyền", "People reached by outreach")),
    Measure("leaflets", _SUM, "leaflet", Title("Tờ rơi đã phát", "Leaflets distributed")),
    Measure("households_with_leaflet", _DISTINCT, "household", Title("Hộ nhận tờ rơi", "Households with a leaflet")),
    Measure("media_delivered", _SUM, "product", Title("Sản phẩm truyền thông", "Media delivered"), codes.MEDIA_KINDS),
    Measure("households_with_media", _DISTINCT, "household", Title("Hộ nhận truyền thông", "Households with media")),
    Measure(
        "smartphones_handed_out", _SUM, "phone", Title("Điện thoại đã trao", "Phones handed out"), codes.RECIPIENTS
    ),
    Measure(
        "households_given_smartphone",
        _DISTINCT,
        "household",
        Title("Hộ được trao điện thoại", "Households given a phone"),
    ),
    Measure("sims_handed_out", _SUM, "SIM", Title("SIM đã trao", "SIMs handed out"), codes.RECIPIENTS),
    Measure("households_given_sim", _DISTINCT, "household", Title("Hộ được trao SIM", "Households given a SIM")),
    Measure("cards_issued", _SUM, "card", Title("Thẻ đã phát hành", "Bank cards issued"), codes.BANKS),
    Measure("households_with_card", _DISTINCT, "household", Title("Hộ có thẻ ngân hàng", "Households with a card")),
    Measure("accounts_opened", _SUM, "account", Title("Tài khoản đã mở", "Accounts opened"), codes.BANKS),
    Measure("households_with_account", _DISTINCT, "household", Title("Hộ có tài khoản", "Households with an account")),
    Measure("contributions_vnd", _SUM, "VND", Title("Đóng góp (đồng)", "Contributions, VND"), codes.PURPOSES),
    Measure("support_delivered_vnd", _SUM, "VND", Title("Hỗ trợ đã trao (đồng)", "Support, VND"), codes.PURPOSES),
    Measure("households_surveyed", _DISTINCT, "household", Title("Hộ đã khảo sát", "Households surveyed")),
    Measure(
        "households_in_need",
        _LATEST,
        "household",
        Title("Hộ có nhu cầu", "Households in need"),
        codes.HOUSEHOLD_CLASSES,
    ),
    Measure(
        "households_in_need_with_access",
        _LATEST,
        "household",
        Title("Hộ có nhu cầu đã tiếp cận", "In need, with access"),
        codes.HOUSEHOLD_CLASSES,
    ),
    Measure(
        "households_with_smartphone",
        _LATEST,
        "household",
        Title("Hộ có điện thoại thông minh", "Households with a smartphone"),
    ),
    Measure("households_connected", _BOTH, "household", Title("Hộ có điện thoại và internet", "Households connected")),
    # Union measures cannot be added up from units: the ledger computes them, the counter never does.
    Measure("outreach_rounds", _UNION, "round", Title("Đợt tuyên truyền", "Rounds of outreach")),
    Measure("households_trained", _UNION, "household", Title("Hộ được tập huấn", "Households trained")),
)
MEASURES: dict[str, Measure] = {m.name: m for m in _ALL}

# The same once more by another field of the facts, for reports. Like union measures these are the ledger's alone.
_BY: dict[str, codes.CodeList] = {
    "language": codes.LANGUAGES, "activity": codes.ACTIVITIES, "funding": codes.FUNDING_SOURCES, "giver": codes.GIVERS,
}  # fmt: skip
_BREAKDOWNS = (
    ("point_activities", "language"), ("point_activities", "activity"), ("training_sessions", "language"),
    ("outreach_sessions", "language"), ("media_delivered", "language"), ("points_connected", "funding"),
    ("devices_installed", "funding"), ("smartphones_handed_out", "funding"), ("contributions_vnd", "giver"),
)  # fmt: skip
FACTS = Measure("facts", _SUM, "fact", Title("Sự việc đã ghi nhận", "Facts recorded"))
LEDGER_MEASURES: dict[str, Measure] = {
    **MEASURES, FACTS.name: FACTS,
    **{f"{name}_by_{field}": MEASURES[name]._replace(name=f"{name}_by_{field}", kinds=_BY[field])
       for name, field in _BREAKDOWNS},
}  # fmt: skip
"""All that the ledger counts: `MEASURES`, their breakdowns (`contributions_vnd_by_giver`), and `FACTS` of any type."""


class Sum(NamedTuple):
    """Adds `amount` (a field of the payload; 1 without one) to the counter of the kind in field `kind`."""

    measure: str
    kind: str | None = None
    amount: str | None = None


class Distinct(NamedTuple):
    """Counts the subject once while any event of it stands, where all fields of `where` are true.

    With `subject` set, only subjects that begin so count (`household/`, for types that also allow a unit).
    """

    measure: str
    kind: str | None = None
    where: tuple[str, ...] = ()
    subject: str = ""


class Headcount(NamedTuple):
    """A session's headcount, kept by root; reach = max(headcounts, distinct roster), and sessions add up."""

    measure: str
    field: str


class Roster(NamedTuple):
    """A line of a session's roster, kept by root."""

    measure: str
    field: str


class Survey(NamedTuple):
    """A household's survey, kept by root; the latest standing one by (instant, source, seq) decides."""


class Given(NamedTuple):
    """A smartphone given to a household: later than the latest survey, the household has one."""


Rule = Sum | Distinct | Headcount | Roster | Survey | Given

COUNTS: dict[str, tuple[Rule, ...]] = {
    "point.approved": (Distinct("points_approved", kind="host"),),
    "point.site-checked": (Distinct("points_suitable", where=("solid_house", "works_exist", "easy_to_reach")),),
    "point.connected": (Distinct("points_connected"),),
    "point.activity-held": (
        Sum("point_activities", kind="topic"),
        Sum("point_visits", kind="topic", amount="visitors"),
    ),
    "device.installed": (Sum("devices_installed", kind="kind"),),
    "device.faulted": (Sum("device_faults", kind="kind"),),
    "device.removed": (Sum("devices_removed", kind="kind"),),
    "training.session-held": (Distinct("training_sessions", kind="topic"), Headcount("training_reach", "headcount")),
    "training.attended": (Sum("training_attendances"), Roster("training_reach", "attendee")),
    "outreach.session-held": (Distinct("outreach_sessions", kind="topic"), Headcount("outreach_reach", "headcount")),
    "leaflet.distributed": (Sum("leaflets"), Distinct("households_with_leaflet")),
    "media.delivered": (Sum("media_delivered", kind="kind"), Distinct("households_with_media", subject="household/")),
    "smartphone.handed-out": (
        Sum("smartphones_handed_out", kind="recipient"),
        Distinct("households_given_smartphone"),
        Given(),
    ),
    "sim.handed-out": (Sum("sims_handed_out", kind="recipient"), Distinct("households_given_sim")),
    "card.issued": (Sum("cards_issued", kind="bank"), Distinct("households_with_card")),
    "account.opened": (Sum("accounts_opened", kind="bank"), Distinct("households_with_account")),
    "contribution.received": (Sum("contributions_vnd", kind="purpose", amount="amount"),),
    "support.delivered": (Sum("support_delivered_vnd", kind="purpose", amount="value"),),
    "household.surveyed": (Survey(),),
}
# What surveys and given smartphones decide about a household (programme.md, below the table).
SURVEYED, IN_NEED, IN_NEED_WITH_ACCESS = "households_surveyed", "households_in_need", "households_in_need_with_access"
WITH_SMARTPHONE, CONNECTED = "households_with_smartphone", "households_connected"


class Counter(NamedTuple):
    """One live counter of a unit."""

    measure: str
    kind: str


COUNTERS: tuple[Counter, ...] = tuple(
    Counter(m.name, kind) for m in _ALL if m.additivity is not Additivity.UNION for kind in m.kind_codes
)
COUNTER_INDEX: dict[tuple[str, str], int] = {(c.measure, c.kind): index for index, c in enumerate(COUNTERS)}


class NotAdditiveError(ValueError):
    """A measure that cannot be added up over units was asked to be."""


def add_over_units(measure: str, values: list[int]) -> int:
    """The sum of a measure's values over units.

    Raises:
        NotAdditiveError: it is a union measure; only the ledger can compute it.
    """
    if LEDGER_MEASURES[measure].additivity is Additivity.UNION:
        raise NotAdditiveError(f"{measure} cannot be added up over units; ask the ledger for it")
    return sum(values)


CORE_VERSION = 2  # raise it when the core counts, or stores what it counted, differently with the same table


def rules_digest() -> str:
    """The version of the counting rules: another digest means that all is counted anew, under a new generation."""
    text = repr((CORE_VERSION, COUNTS, COUNTERS))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
