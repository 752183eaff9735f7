"""Daily life beside the programmes' figures, for as long as a season goes on: visits, lessons, repairs, gifts.

It stays away from what the figures count: no survey, leaflet, round, phone, SIM or contribution in old Lạc Dương, and
no household of Lào Cai's sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from random import Random
from typing import TypeVar

from producers.simulator.geography import REFORM, Geography
from producers.simulator.happening import Happening
from producers.simulator.lac_duong import BANKS, GIVERS, PURPOSES
from producers.simulator.lao_cai import KIT, LANGUAGES, LaoCai
from producers.simulator.register import Register, place, pseudonym
from schemas import codes
from schemas.events import data as d

_TOPICS, _WANTED = tuple(codes.TOPICS), tuple(codes.WANTED_TOPICS)
_ACTIVITIES, _FAULTS, _REMOVALS = tuple(codes.ACTIVITIES), tuple(codes.FAULTS), tuple(codes.REMOVALS)
_MEDIA, _CLASSES = tuple(codes.MEDIA_KINDS), ("poor", "near-poor", "other")
_COMMITTEE = "commune-people-committee"
T = TypeVar("T")
Draw = Callable[[Random], Iterator[Happening]]


class DailyLife:
    """Draws happenings at random; `turn_to(day)` opens the communes under which subjects are registered by then."""

    def __init__(self, geography: Geography, register: Register, lao_cai: LaoCai) -> None:
        self._geography, self._register = geography, register
        self._points = lao_cai.points
        self._sessions = 0
        self.turn_to(date.min)
        many: list[tuple[Draw, int]] = [
            (self._activity, 30), (self._surveyed, 18), (self._lesson, 3), (self._media, 12), (self._payment, 12),
            (self._fault, 5), (self._removal, 2), (self._talk, 4), (self._phone, 4), (self._sim, 5),
            (self._support, 4), (self._contribution, 1),
        ]  # fmt: skip
        self._draws = tuple(draw for draw, weight in many for _ in range(weight))

    def turn_to(self, day: date) -> None:
        """Let it be that day."""
        lao_cai, lac_duong = self._geography.open_in(day)
        new = self._geography.lac_duong["2025-07"] if day >= REFORM else ()
        self._units = lao_cai + new
        self._all_units = lao_cai + lac_duong
        self._points_open = day >= date(2024, 2, 1)

    def draw(self, rng: Random) -> Iterator[Happening]:
        """One happening, or one session with all that belongs to it."""
        return _pick(self._draws, rng)(rng)

    def _household(self, rng: Random) -> tuple[str, str]:
        unit = _pick(self._units, rng)
        return unit, f"household/{self._register.household_of_daily_life(unit, rng)}"

    def _activity(self, rng: Random) -> Iterator[Happening]:
        if not self._points_open:
            yield from self._surveyed(rng)
            return
        unit, subject = _pick(self._points, rng)
        data = d.PointActivityHeld(
            organisation="community-technology-team",
            topic=_pick(_TOPICS, rng),
            language=_pick(LANGUAGES, rng),
            activity=_pick(_ACTIVITIES, rng),
            visitors=1 + int(rng.random() * 40),
        )
        yield Happening("point.activity-held", unit, subject, data)

    def _surveyed(self, rng: Random) -> Iterator[Happening]:
        unit, subject = self._household(rng)
        answers = rng.random()
        data = d.HouseholdSurveyed(
            organisation=_COMMITTEE,
            village=self._register.village(unit, rng),
            household_class=_pick(_CLASSES, rng),
            needs_telecom=answers < 0.9,
            has_telecom=answers < 0.873,  # 97 % of those in need
            owns_smartphone=rng.random() < 0.75,
            has_internet=rng.random() < 0.8,
        )
        yield Happening("household.surveyed", unit, subject, data)

    def _session(self, unit: str, kind: str) -> str:
        self._sessions += 1
        return f"session/{place(unit)}-{kind}{self._sessions:07d}"

    def _lesson(self, rng: Random) -> Iterator[Happening]:
        unit = _pick(self._all_units, rng)
        subject, people = self._session(unit, "L"), 2 + int(rng.random() * 8)
        topic, language = _pick(_WANTED, rng), _pick(LANGUAGES, rng)
        for recorder in range(1 if rng.random() < 0.8 else 2):
            held = d.TrainingSessionHeld(
                organisation=_COMMITTEE, topic=topic, language=language, headcount=people - recorder
            )
            yield Happening("training.session-held", unit, subject, held)
        for person in range(people + 1 if rng.random() < 0.3 else people - 1):
            household = self._register.any_household(unit, rng) if rng.random() < 0.5 else None
            attendee = str(person) if household is None else f"{household}/{person}"
            data = d.TrainingAttended(organisation=_COMMITTEE, attendee=attendee, household=household)
            yield Happening("training.attended", unit, subject, data)

    def _talk(self, rng: Random) -> Iterator[Happening]:
        unit = _pick(self._units, rng)
        data = d.OutreachSessionHeld(
            organisation="mass-organisation",
            round=1 + int(rng.random() * 12),
            topic=_pick(_TOPICS, rng),
            language=_pick(LANGUAGES, rng),
            headcount=int(rng.random() * 120),
        )
        yield Happening("outreach.session-held", unit, self._session(unit, "T"), data)

    def _media(self, rng: Random) -> Iterator[Happening]:
        unit = _pick(self._all_units, rng)
        data = d.MediaDelivered(
            organisation="mass-organisation", kind=_pick(_MEDIA, rng), language=_pick(LANGUAGES, rng)
        )
        yield Happening("media.delivered", unit, f"unit/{place(unit)}", data)

    def _payment(self, rng: Random) -> Iterator[Happening]:
        unit, subject = self._household(rng)
        bank = _pick(BANKS, rng)
        if rng.random() < 0.5:
            yield Happening("card.issued", unit, subject, d.CardIssued(organisation="local-bank", bank=bank))
        else:
            yield Happening("account.opened", unit, subject, d.AccountOpened(organisation="local-bank", bank=bank))

    def _fault(self, rng: Random) -> Iterator[Happening]:
        unit, subject = _pick(self._points, rng)
        kind = _pick(KIT, rng)
        data = d.DeviceFaulted(
            organisation="community-technology-team",
            maker="maker-a",
            model=f"{kind}-1",
            serial=pseudonym(rng),
            kind=kind,
            fault=_pick(_FAULTS, rng),
        )
        yield Happening("device.faulted", unit, subject, data)

    def _removal(self, rng: Random) -> Iterator[Happening]:
        unit, subject = _pick(self._points, rng)
        kind = _pick(KIT, rng)
        data = d.DeviceRemoved(
            organisation="lao-cai-dst",
            maker="maker-a",
            model=f"{kind}-1",
            serial=pseudonym(rng),
            kind=kind,
            reason=_pick(_REMOVALS, rng),
        )
        yield Happening("device.removed", unit, subject, data)

    def _phone(self, rng: Random) -> Iterator[Happening]:
        unit, subject = self._household(rng)
        data = d.SmartphoneHandedOut(
            organisation="enterprise",
            recipient="pupil" if rng.random() < 0.5 else "household",
            imei=pseudonym(rng),
            funding="enterprise",
        )
        yield Happening("smartphone.handed-out", unit, subject, data)

    def _sim(self, rng: Random) -> Iterator[Happening]:
        unit, subject = self._household(rng)
        recipient = "pupil" if rng.random() < 0.5 else "household"
        data = d.SimHandedOut(organisation="enterprise", recipient=recipient, iccid=pseudonym(rng), plan="5g")
        yield Happening("sim.handed-out", unit, subject, data)

    def _support(self, rng: Random) -> Iterator[Happening]:
        unit, subject = self._household(rng)
        data = d.SupportDelivered(
            organisation="fatherland-front", purpose=_pick(PURPOSES, rng), value=100_000 * (1 + int(rng.random() * 90))
        )
        yield Happening("support.delivered", unit, subject, data)

    def _contribution(self, rng: Random) -> Iterator[Happening]:
        """A gift to a commune or, as some are, to a district or province; the old Lạc Dương's are a figure."""
        unit = _pick(self._units if rng.random() < 0.5 else self._geography.offices[1:], rng)
        data = d.ContributionReceived(
            organisation=_COMMITTEE,
            giver=_pick(GIVERS, rng),
            purpose=_pick(PURPOSES, rng),
            amount=1_000_000 * (1 + int(rng.random() * 50)),
        )
        yield Happening("contribution.received", unit, f"unit/{place(unit)}", data)


def _pick(options: Sequence[T], rng: Random) -> T:
    """One of the options; `Random.choice` costs three times as much."""
    return options[int(rng.random() * len(options))]
