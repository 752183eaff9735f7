"""What one fact counts, type by type, and what a unit's facts add up to: the oracle's own, deliberately plain rules.

Written from programme.md's table and the design's section 4; it shares nothing with `schemas.measures` or the core.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

Effect = tuple[str, str, str, int]  # how, measure, kind (or whom), amount


class Fact(NamedTuple):
    """As much of a fact as counts; `instant` in ms since 1970."""

    subject: str
    instant: int
    effects: tuple[Effect, ...]


class Standing(NamedTuple):
    """The version of a root that stands, with the root's source and seq."""

    fact: Fact
    source: str
    seq: int


def effects_of(name: str, subject: str, data: dict[str, Any]) -> tuple[Effect, ...]:
    """What one event of a type counts."""
    if name == "point.approved":
        return (("distinct", "points_approved", data["host"], 1),)
    if name == "point.site-checked":
        suitable = data["solid_house"] and data["works_exist"] and data["easy_to_reach"]
        return (("distinct", "points_suitable", "", 1),) if suitable else ()
    if name == "point.connected":
        return (("distinct", "points_connected", "", 1),)
    if name == "point.activity-held":
        return (("sum", "point_activities", data["topic"], 1), ("sum", "point_visits", data["topic"], data["visitors"]))
    if name == "device.installed":
        return (("sum", "devices_installed", data["kind"], 1),)
    if name == "device.faulted":
        return (("sum", "device_faults", data["kind"], 1),)
    if name == "device.removed":
        return (("sum", "devices_removed", data["kind"], 1),)
    if name == "training.session-held":
        people: Effect = ("people", "training_reach", "", data["headcount"])
        return (("distinct", "training_sessions", data["topic"], 1), people)
    if name == "training.attended":
        return (("sum", "training_attendances", "", 1), ("attendee", "training_reach", data["attendee"], 1))
    if name == "outreach.session-held":
        people = ("people", "outreach_reach", "", data["headcount"])
        return (("distinct", "outreach_sessions", data["topic"], 1), people)
    if name == "leaflet.distributed":
        return (("sum", "leaflets", "", 1), ("distinct", "households_with_leaflet", "", 1))
    if name == "media.delivered":
        delivered: Effect = ("sum", "media_delivered", data["kind"], 1)
        if subject.startswith("household/"):
            return (delivered, ("distinct", "households_with_media", "", 1))
        return (delivered,)
    if name == "smartphone.handed-out":
        return (
            ("sum", "smartphones_handed_out", data["recipient"], 1),
            ("distinct", "households_given_smartphone", "", 1),
            ("phone", "", "", 1),
        )
    if name == "sim.handed-out":
        return (("sum", "sims_handed_out", data["recipient"], 1), ("distinct", "households_given_sim", "", 1))
    if name == "card.issued":
        return (("sum", "cards_issued", data["bank"], 1), ("distinct", "households_with_card", "", 1))
    if name == "account.opened":
        return (("sum", "accounts_opened", data["bank"], 1), ("distinct", "households_with_account", "", 1))
    if name == "contribution.received":
        return (("sum", "contributions_vnd", data["purpose"], data["amount"]),)
    if name == "support.delivered":
        return (("sum", "support_delivered_vnd", data["purpose"], data["value"]),)
    if name == "household.surveyed":
        answers = ("needs_telecom", "has_telecom", "owns_smartphone", "has_internet")
        yes = "".join("y" if data[answer] else "n" for answer in answers)
        return (("survey", yes, data["household_class"], 1),)
    raise AssertionError(f"{name} is none of the 19 types")


def total(signed: Iterable[tuple[int, Fact]], standing: Iterable[Standing]) -> dict[tuple[str, str], int]:
    """The counters of one unit: facts with their signs, and the standing version of each root."""
    sums: Counter[tuple[str, str]] = Counter()
    times: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    phones: dict[str, Counter[int]] = defaultdict(Counter)
    for sign, fact in signed:
        for how, measure, kind, amount in fact.effects:
            if how == "sum":
                sums[measure, kind] += sign * amount
            elif how == "distinct":
                times[measure, kind][fact.subject] += sign
            elif how == "phone":
                phones[fact.subject][fact.instant] += sign
    for counter, subjects in times.items():
        sums[counter] = sum(1 for count in subjects.values() if count > 0)
    kept = list(standing)
    _add_reach(sums, kept)
    _add_households(sums, kept, phones)
    return {counter: value for counter, value in sums.items() if value > 0}


def _add_reach(sums: Counter[tuple[str, str]], standing: list[Standing]) -> None:
    headcounts: dict[tuple[str, str], list[int]] = defaultdict(list)
    rosters: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact, _, _ in standing:
        for how, measure, whom, amount in fact.effects:
            if how == "people":
                headcounts[measure, fact.subject].append(amount)
            elif how == "attendee":
                rosters[measure, fact.subject].add(whom)
    for session in headcounts.keys() | rosters.keys():
        sums[session[0], ""] += max([*headcounts[session], len(rosters[session])])


def _add_households(sums: Counter[tuple[str, str]], standing: list[Standing], phones: dict[str, Counter[int]]) -> None:
    surveys: dict[str, list[tuple[int, str, int, str, str]]] = defaultdict(list)
    for fact, source, seq in standing:
        for how, answers, household_class, _ in fact.effects:
            if how == "survey":
                surveys[fact.subject].append((fact.instant, source, seq, answers, household_class))
    for household in surveys.keys() | phones.keys():
        given = [at for at, count in phones.get(household, Counter()).items() if count > 0]
        if household not in surveys:
            sums["households_with_smartphone", ""] += bool(given)
            continue
        at, _, _, answers, household_class = max(surveys[household])
        needs, has, owns, internet = (answer == "y" for answer in answers)
        sums["households_surveyed", ""] += 1
        sums["households_in_need", household_class] += needs
        sums["households_in_need_with_access", household_class] += needs and has
        sums["households_connected", ""] += owns and internet
        sums["households_with_smartphone", ""] += owns or any(later > at for later in given)
