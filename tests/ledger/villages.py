"""A small country with villages, what was recorded in it, and where each figure belongs, from plain lists.

It shares with the ledger only the roll-up of places, which `tests/places` holds against villages that know no map.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from schemas.places import Level, Places
from schemas.pseudonym import household_code
from tests.ledger.made import event, fact
from tests.ledger.random_log import Put
from tests.places.histories import BEGIN, History

COLUMNS = {
    "leaflets": "leaflets", "leaflet_homes": "households_with_leaflet", "surveyed": "households_surveyed",
    "poor": "households_in_need[poor]", "sessions": "outreach_sessions[health, education]", "reach": "outreach_reach",
    "given": "contributions_vnd", "rounds": "outreach_rounds", "funded": "ledger.points_funded",
    "homes": "register.households",
}  # fmt: skip
UNION = ("rounds",)
TYPES = {
    "leaflet.distributed": "outreach", "household.surveyed": "households", "outreach.session-held": "outreach",
    "contribution.received": "support", "point.connected": "points",
}  # fmt: skip
Placed = Counter[str | None]
"""A figure by the id of its commune; None for what is unresolved."""


class Fact(NamedTuple):
    """What was recorded and stands; `number` is its place in the order of recording."""

    unit: str
    subject: str
    type: str
    day: date
    number: int
    village: str | None
    data: dict[str, Any]


class Registered(NamedTuple):
    """A version of a household's entry, which says nothing of a village where that is None."""

    unit: str
    subject: str
    since: date
    until: date | None
    village: str | None


@dataclass
class Country:
    """What was recorded, and what the registers say; `went` are the villages of which they say where they went."""

    places: Places
    facts: list[Fact] = field(default_factory=list)
    entries: list[Registered] = field(default_factory=list)
    went: dict[str, str] = field(default_factory=dict)

    def village_of(self, subject: str, on: date | None, until: date) -> str | None:
        """The one village that decides where a subject went."""
        mine = [each for each in self.entries if each.subject == subject and each.village]
        by_then = [each for each in mine if on is None or each.since <= on]
        if mine:
            last = max(by_then, key=lambda each: each.since) if by_then else min(mine, key=lambda each: each.since)
            return last.village
        told = [each for each in self.facts if each.subject == subject and each.village and each.day <= until]
        return max(told, key=lambda each: (each.day, each.number)).village if told else None

    def placed(self, column: str, on: date | None, until: date, day: date) -> Placed:
        """A figure on the map of a day (None: as it was), from what happened until a day; registers as of `day`."""
        facts = [each for each in self.facts if each.day <= until]
        found: Placed = Counter()

        def add(unit: str, village: str | None, value: int, happened: date | None = None) -> None:
            place = self.places.on(unit, on or happened or self._registered(unit), self.went.get(village or ""))
            found[place.commune and place.commune.id] += value

        def each_subject(name: str, value: Callable[[list[Fact]], int]) -> None:
            by_subject = defaultdict(list)
            for each in facts:
                if each.type == name:
                    by_subject[each.unit, each.subject].append(each)
            for (unit, subject), mine in by_subject.items():
                add(unit, self.village_of(subject, on, until), value(sorted(mine, key=lambda f: (f.day, f.number))))

        match column:
            case "leaflets" | "given":
                name = "leaflet.distributed" if column == "leaflets" else "contribution.received"
                for each in (each for each in facts if each.type == name):
                    by_subject = not each.village and not each.subject.startswith("unit/")
                    village = self.village_of(each.subject, on, until) if by_subject else each.village
                    add(each.unit, village, each.data.get("amount", 1), each.day)
            case "leaflet_homes":
                each_subject("leaflet.distributed", lambda _: 1)
            case "surveyed":
                each_subject("household.surveyed", lambda _: 1)
            case "poor":
                each_subject("household.surveyed", lambda mine: int(
                    mine[-1].data["household_class"] == "poor" and mine[-1].data["needs_telecom"]))  # fmt: skip
            case "sessions":
                each_subject("outreach.session-held", lambda _: 1)
            case "reach":
                each_subject("outreach.session-held", lambda mine: max(each.data["headcount"] for each in mine))
            case "funded":
                each_subject("point.connected", lambda mine: int(mine[-1].data["expires"] >= day.isoformat()))
            case "homes":
                for entry in self.entries:
                    if entry.since <= day and (entry.until is None or day < entry.until):
                        add(entry.unit, self.village_of(entry.subject, on, until), 1)
        return +found

    def rounds(self, on: date | None, until: date) -> dict[str | None, int]:
        """Rounds by commune: each where its sessions were."""
        found = defaultdict(set)
        for each in self.facts:
            if each.type == "outreach.session-held" and each.day <= until:
                went = self.went.get(self.village_of(each.subject, on, until) or "")
                place = self.places.on(each.unit, on or self._registered(each.unit), went)
                found[place.commune and place.commune.id].add(each.data["round"])
        return {commune: len(rounds) for commune, rounds in found.items()}

    def _registered(self, unit: str) -> date:
        until = self.places.units[unit].valid_until if unit in self.places.units else None
        return until - timedelta(days=1) if until else date.max

    def puts(self) -> Iterator[Put]:
        """The facts as records."""
        for each in self.facts:
            there = {"village": each.village} if each.village else {}
            states = fact(each.subject, each.data | there, f"{each.day}T08:00:00+07:00")
            yield event(TYPES[each.type], each.type, each.number, states)


def random_country(seed: int, decisions: int, records: int) -> Country:
    """A history, and records under any unit that ever was, on days when that unit was there or long gone."""
    rng, made = Random(seed), History(Random(seed))
    for number in range(decisions):
        made.step(number)
    made._split(date(2027 + decisions, 1, 1), "last")
    places = made.places
    communes = sorted(unit.id for unit in places.units.values() if unit.level is Level.COMMUNE)
    country = Country(places)
    for unit in communes:
        for village in made.villages_of[unit]:
            held = [era.holder[village] for era in made.eras if made.begins[unit] <= era.since]
            heirs = [holder for holder in held if holder in places.parts(unit)]
            if heirs and rng.random() < 0.8:
                country.went[f"{unit}/{village:02d}"] = heirs[-1]
    for number in range(1, records + 1):
        unit = rng.choice(communes)
        villages = [f"{unit}/{village:02d}" for village in sorted(made.villages_of[unit])]
        country.facts.append(_fact(rng, unit, number, rng.choice([None, *villages, f"{unit}/99"])))
    for unit in communes:
        villages = [f"{unit}/{village:02d}" for village in sorted(made.villages_of[unit])]
        for subject in (f"household/{household_code(unit, home)}" for home in range(0, 4, 2)):
            country.entries += _entries(rng, unit, subject, [None, *villages])
    return country


def _fact(rng: Random, unit: str, number: int, village: str | None) -> Fact:
    name, place, nth = rng.choice(list(TYPES)), unit.replace(":", "."), rng.randrange(4)
    data: dict[str, dict[str, Any]] = {
        "leaflet.distributed": {"leaflet": "l-1"},
        "household.surveyed": {"household_class": rng.choice(("poor", "other")), "needs_telecom": rng.random() < 0.7,
                               "has_telecom": False, "owns_smartphone": False, "has_internet": False},
        "outreach.session-held": {"round": rng.randint(1, 4), "topic": ("health", "education")[nth % 2],
                                  "language": "vi", "headcount": rng.randint(1, 60)},
        "contribution.received": {"giver": "bank", "purpose": "housing", "amount": rng.randint(1, 10**6)},
        "point.connected": {"service": "fibre", "funding": "other", "expires": f"{rng.randint(2026, 2045)}-01-01"},
    }  # fmt: skip
    subject = {"outreach.session-held": f"session/{place}-S00{nth}", "contribution.received": f"unit/{place}",
               "point.connected": f"point/{place}-P{nth}"}.get(name, f"household/{household_code(unit, nth)}")
    return Fact(unit, subject, name, BEGIN + timedelta(days=rng.randint(0, 3500)), number, village, data[name])


def _entries(rng: Random, unit: str, subject: str, villages: list[str | None]) -> Iterator[Registered]:
    first, second = sorted(BEGIN + timedelta(days=days) for days in rng.sample(range(3500), 2))
    moves = rng.random() < 0.5
    yield Registered(unit, subject, first, second if moves else None, rng.choice(villages))
    if moves:
        yield Registered(unit, subject, second, None, rng.choice(villages))
