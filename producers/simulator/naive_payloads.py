"""What each of the 19 event types must look like, written down a second time for the oracle (programme.md)."""

from __future__ import annotations

from producers.simulator import naive_fields as f
from producers.simulator.naive_fields import Check
from schemas import codes

_TOPIC, _LANGUAGE = f.one_of(codes.TOPICS), f.one_of(codes.LANGUAGES)
_BANK, _PURPOSE, _RECIPIENT = f.one_of(codes.BANKS), f.one_of(codes.PURPOSES), f.one_of(codes.RECIPIENTS)
_FUNDING, _KIND = f.one_of(codes.FUNDING_SOURCES), f.one_of(codes.DEVICE_KINDS)
_DEVICE = {"maker": f.slug, "model": f.slug, "serial": f.pseudonym, "kind": _KIND}
ORGANISATION = f.one_of(codes.ORGANISATIONS)

# type -> (topic, subject, payload beside organisation and village)
TYPES: dict[str, tuple[str, Check, dict[str, Check]]] = {
    "point.approved": (
        "field.points.v1",
        f.point_subject,
        {"host": f.one_of(codes.HOST_CLASSES), "period": f.period, "decision": f.slug},
    ),
    "point.site-checked": (
        "field.points.v1",
        f.point_subject,
        {"solid_house": f.flag, "works_exist": f.flag, "easy_to_reach": f.flag},
    ),
    "point.connected": (
        "field.points.v1",
        f.point_subject,
        {"service": f.one_of(codes.SERVICES), "funding": _FUNDING, "expires": f.calendar_day},
    ),
    "point.activity-held": (
        "field.points.v1",
        f.point_subject,
        {"topic": _TOPIC, "language": _LANGUAGE, "activity": f.one_of(codes.ACTIVITIES), "visitors": f.people},
    ),
    "device.installed": ("field.devices.v1", f.point_subject, {**_DEVICE, "funding": _FUNDING}),
    "device.faulted": ("field.devices.v1", f.point_subject, {**_DEVICE, "fault": f.one_of(codes.FAULTS)}),
    "device.removed": ("field.devices.v1", f.point_subject, {**_DEVICE, "reason": f.one_of(codes.REMOVALS)}),
    "training.session-held": (
        "field.training.v1",
        f.session_subject,
        {"topic": _TOPIC, "language": _LANGUAGE, "headcount": f.people},
    ),
    "training.attended": (
        "field.training.v1",
        f.session_subject,
        {"attendee": f.attendee, "household": f.optional(f.household)},
    ),
    "outreach.session-held": (
        "field.outreach.v1",
        f.session_subject,
        {"round": f.outreach_round, "topic": _TOPIC, "language": _LANGUAGE, "headcount": f.people},
    ),
    "leaflet.distributed": ("field.outreach.v1", f.household_subject, {"leaflet": f.slug}),
    "media.delivered": (
        "field.outreach.v1",
        f.household_or_unit,
        {"kind": f.one_of(codes.MEDIA_KINDS), "language": _LANGUAGE},
    ),
    "smartphone.handed-out": (
        "field.handouts.v1",
        f.household_subject,
        {"recipient": _RECIPIENT, "imei": f.pseudonym, "funding": _FUNDING},
    ),
    "sim.handed-out": (
        "field.handouts.v1",
        f.household_subject,
        {"recipient": _RECIPIENT, "iccid": f.pseudonym, "plan": f.one_of(codes.PLANS)},
    ),
    "card.issued": ("field.payments.v1", f.household_subject, {"bank": _BANK}),
    "account.opened": ("field.payments.v1", f.household_subject, {"bank": _BANK}),
    "contribution.received": (
        "field.support.v1",
        f.unit_subject,
        {"giver": f.one_of(codes.GIVERS), "purpose": _PURPOSE, "amount": f.vnd},
    ),
    "support.delivered": ("field.support.v1", f.household_or_unit, {"purpose": _PURPOSE, "value": f.vnd}),
    "household.surveyed": (
        "field.households.v1",
        f.household_subject,
        {
            "household_class": f.one_of(codes.HOUSEHOLD_CLASSES),
            "needs_telecom": f.flag,
            "has_telecom": f.flag,
            "owns_smartphone": f.flag,
            "has_internet": f.flag,
        },
    ),
}
