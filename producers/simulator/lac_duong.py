"""Lạc Dương's programme (S2): a survey and a leaflet for every household, rounds, phones, SIMs, 6 billion VND."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from producers.simulator import figures
from producers.simulator.figures import spread
from producers.simulator.geography import Geography
from producers.simulator.happening import Activity, Happening
from producers.simulator.register import Register, place, pseudonym
from schemas.events import data as d

LANGUAGES = ("vi", "kpm", "cma", "cje", "cmo")
BANKS = ("agribank", "vbsp", "vietcombank", "vietinbank", "bidv", "lpbank", "kienlongbank")
PURPOSES = ("production", "housing", "smartphones", "internet")
GIVERS = ("district-budget", "enterprise", "bank", "organisation", "individual")
_ROUND_TOPICS = ("digital-transformation", "cashless-payment", "payment-security")
_TRAINING_TOPICS = ("using-the-internet", "cashless-payment")
_IN_NEED_CLASSES = figures.POOR + figures.NEAR_POOR
_CONTRIBUTIONS, _SUPPORTED, _PRODUCTS = 48, 94, 24  # synthetic
_MEDIA = ("loudspeaker", "radio", "online", "television")


class LacDuong:
    """The programme's happenings; the district's 7,684 households are numbered from 0 over its six communes."""

    def __init__(self, geography: Geography, register: Register) -> None:
        self._communes = geography.lac_duong["2025-03"]
        self._register = register
        self._households = [
            (unit, index) for unit in self._communes for index in range(figures.HOUSEHOLDS_BY_COMMUNE[unit])
        ]

    def activities(self) -> list[Activity]:
        """All of the programme."""
        households, year = figures.HOUSEHOLDS, date(2023, 12, 31)
        sessions = figures.ROUNDS * (len(self._communes) + 1)
        return [
            Activity(date(2023, 3, 1), date(2023, 9, 30), households, self._leaflet),
            Activity(date(2023, 4, 1), date(2023, 11, 30), households, self._surveyed),
            Activity(date(2023, 3, 10), date(2023, 10, 10), sessions, self._round),
            Activity(date(2023, 3, 1), year, 34, self._training, size=12),
            Activity(date(2023, 8, 1), date(2024, 6, 30), figures.SMARTPHONES, self._smartphone),
            Activity(date(2023, 8, 1), date(2024, 6, 30), figures.SIMS, self._sim),
            Activity(date(2023, 2, 1), year, 1_200, self._card),
            Activity(date(2023, 2, 1), year, 900, self._account),
            Activity(date(2023, 6, 1), date(2024, 12, 31), _CONTRIBUTIONS, self._contribution),
            Activity(date(2023, 9, 1), date(2024, 12, 31), _SUPPORTED, self._support),
            Activity(date(2023, 3, 1), year, _PRODUCTS, self._media),
        ]

    def household(self, nth: int) -> tuple[str, str]:
        """The unit and the subject of the nth household."""
        unit, index = self._households[nth]
        return unit, f"household/{self._register.household(unit, index)}"

    def _needy(self, nth: int) -> tuple[str, str]:
        """One of the poor and near-poor, the nth time."""
        rank = nth % _IN_NEED_CLASSES
        return self.household(-(-(rank + 1) * figures.HOUSEHOLDS // _IN_NEED_CLASSES) - 1)

    def household_class(self, nth: int) -> str:
        """The class of the nth household."""
        if not spread(nth, _IN_NEED_CLASSES, figures.HOUSEHOLDS):
            return "other"
        rank = nth * _IN_NEED_CLASSES // figures.HOUSEHOLDS
        return "poor" if spread(rank, figures.POOR, _IN_NEED_CLASSES) else "near-poor"

    def needs_telecom(self, nth: int) -> bool:
        """Whether the nth household needs telecom: the poor and near-poor do, and four in five of the others."""
        return self.household_class(nth) != "other" or spread(nth, 4, 5)

    def village(self, nth: int) -> str:
        """The village of the nth household."""
        return self._register.village_of(*self._households[nth])

    def _leaflet(self, nth: int, _rng: Random) -> Iterator[Happening]:
        unit, subject = self.household(nth)
        data = d.LeafletDistributed(organisation="community-technology-team", leaflet="cashless-payment-1")
        yield Happening("leaflet.distributed", unit, subject, data, True)

    def _surveyed(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self.household(nth)
        household_class = self.household_class(nth)
        needy = household_class != "other"
        rank = nth * _IN_NEED_CLASSES // figures.HOUSEHOLDS
        with_access = round(figures.WITH_ACCESS * _IN_NEED_CLASSES)
        data = d.HouseholdSurveyed(
            organisation="community-technology-team",
            village=self.village(nth),
            household_class=household_class,
            needs_telecom=self.needs_telecom(nth),
            has_telecom=spread(rank, with_access, _IN_NEED_CLASSES) if needy else rng.random() < 0.99,
            owns_smartphone=rng.random() < (0.45 if needy else 0.9),
            has_internet=rng.random() < 0.85,
        )
        yield Happening("household.surveyed", unit, subject, data, True)

    def _round(self, nth: int, rng: Random) -> Iterator[Happening]:
        """A session of a round: one in each commune, and the district Youth Union's own."""
        number, place_in_round = divmod(nth, len(self._communes) + 1)
        unit = (*self._communes, figures.LAC_DUONG)[place_in_round]
        headcount = 48 + (7 * nth) % 11
        for recorder in range(1 if rng.random() < 0.7 else 2):
            # Two teams that record the same session use its code; the larger headcount counts.
            data = d.OutreachSessionHeld(
                organisation="youth-union-lac-duong",
                round=number + 1,
                topic=_ROUND_TOPICS[number],
                language=rng.choice(LANGUAGES),
                headcount=headcount - 5 * recorder,
            )
            yield Happening("outreach.session-held", unit, f"session/{place(unit)}-DOT{number + 1}", data, True)

    def _training(self, nth: int, rng: Random) -> Iterator[Happening]:
        """A session in each village: a headcount, and a roster that names less or more people."""
        unit = self._communes[nth % len(self._communes)]
        subject = f"session/{place(unit)}-TH{nth:02d}"
        organisation = "digital-transformation-team"
        held = d.TrainingSessionHeld(
            organisation=organisation,
            topic=_TRAINING_TOPICS[nth % 2],
            language=rng.choice(LANGUAGES),
            headcount=8 + rng.randrange(8),
        )
        yield Happening("training.session-held", unit, subject, held, True)
        for person in range(8 + rng.randrange(8)):
            household = self._register.any_household(unit, rng) if rng.random() < 0.6 else None
            attendee = str(person) if household is None else f"{household}/{person}"
            data = d.TrainingAttended(organisation=organisation, attendee=attendee, household=household)
            yield Happening("training.attended", unit, subject, data, True)

    def _smartphone(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self._needy(nth)
        data = d.SmartphoneHandedOut(
            organisation="lac-duong-people-committee",
            recipient="pupil" if rng.random() < 0.4 else "household",
            imei=pseudonym(rng),
            funding="district-budget" if rng.random() < 0.6 else "donation",
        )
        yield Happening("smartphone.handed-out", unit, subject, data, True)

    def _sim(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self._needy(nth)
        recipient = "pupil" if rng.random() < 0.4 else "household"
        data = d.SimHandedOut(
            organisation="youth-union-lac-duong", recipient=recipient, iccid=pseudonym(rng), plan="4g"
        )
        yield Happening("sim.handed-out", unit, subject, data, True)

    def _card(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self.household(nth * 6)
        data = d.CardIssued(organisation="local-bank", bank=rng.choice(BANKS))
        yield Happening("card.issued", unit, subject, data, True)

    def _account(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self.household(nth * 8)
        data = d.AccountOpened(organisation="local-bank", bank=rng.choice(BANKS))
        yield Happening("account.opened", unit, subject, data, True)

    def _contribution(self, nth: int, rng: Random) -> Iterator[Happening]:
        """The nth part of the total; the parts add up to it to the đồng."""
        before, after = (round(figures.CONTRIBUTIONS_VND * (n / _CONTRIBUTIONS) ** 1.3) for n in (nth, nth + 1))
        data = d.ContributionReceived(
            organisation="lac-duong-people-committee",
            giver=rng.choice(GIVERS),
            purpose=PURPOSES[nth % len(PURPOSES)],
            amount=after - before,
        )
        yield Happening("contribution.received", figures.LAC_DUONG, f"unit/{place(figures.LAC_DUONG)}", data, True)

    def _support(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self._needy(10 * nth)
        value = 500_000 * (1 + rng.randrange(20))
        data = d.SupportDelivered(organisation="fatherland-front", purpose=PURPOSES[nth % len(PURPOSES)], value=value)
        yield Happening("support.delivered", unit, subject, data, True)

    def _media(self, nth: int, rng: Random) -> Iterator[Happening]:
        """A product for a whole commune."""
        unit = self._communes[nth % len(self._communes)]
        data = d.MediaDelivered(
            organisation="mass-organisation", kind=_MEDIA[nth % len(_MEDIA)], language=rng.choice(LANGUAGES)
        )
        yield Happening("media.delivered", unit, f"unit/{place(unit)}", data, True)
