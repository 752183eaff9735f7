"""Lào Cai's programme (S1): 117 support points with their devices, a survey of households in need, media."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from producers.simulator import figures
from producers.simulator.figures import spread
from producers.simulator.geography import Geography
from producers.simulator.happening import Activity, Happening
from producers.simulator.register import Register, place, pseudonym
from schemas import codes
from schemas.events import data as d

KIT = ("smart-tv", "desktop", "laptop", "printer", "wifi-router", "ups", "amplifier-speaker", "furniture")
LANGUAGES = ("vi", "hmn", "tyz", "ium", "gia", "nut", "hni", "tai")
FAILED_AT_FIRST = 9  # synthetic: sites that passed only when they were checked again
ACTIVITIES_PER_POINT = 2  # synthetic, as are their topics: each of those that people want, and of the points' purposes
_TOPICS = (*codes.WANTED_TOPICS, *codes.POINT_TOPICS)
_MEDIA = ("newspaper", "book", "radio", "loudspeaker", "television", "online")


class LaoCai:
    """The programme's happenings; `points` are (unit, subject) of the 117."""

    def __init__(self, geography: Geography, register: Register) -> None:
        self._communes = geography.lao_cai["2023"]
        self._register = register
        hosts = geography.hosts
        numbers = [hosts[:index].count(unit) + 1 for index, unit in enumerate(hosts)]
        self.points = [(unit, f"point/{place(unit)}-P{n}") for unit, n in zip(hosts, numbers, strict=True)]
        # A commune of region III hosts one point as a whole; a second point in it stands in a village.
        first = [index for index, n in enumerate(numbers) if n == 1]
        self._in_communes = {
            index for n, index in enumerate(first) if spread(n, figures.POINTS_IN_COMMUNES, len(first))
        }

    def activities(self) -> list[Activity]:
        """All of the programme."""
        sampled, points = figures.SAMPLE * len(self._communes), figures.POINTS
        devices = points * len(KIT)
        return [
            Activity(date(2023, 2, 1), date(2023, 6, 30), sampled, self._surveyed),
            Activity(date(2023, 2, 15), date(2023, 6, 30), sampled, self._media),
            Activity(date(2023, 10, 16), date(2023, 10, 20), points, self._approved),
            Activity(date(2023, 10, 25), date(2024, 3, 31), points + FAILED_AT_FIRST, self._checked),
            Activity(date(2024, 1, 8), date(2025, 4, 30), points, self._connected),
            Activity(date(2024, 1, 8), date(2025, 5, 31), devices, self._equipped),
            Activity(date(2024, 6, 3), date(2025, 5, 31), points * ACTIVITIES_PER_POINT, self._activity),
        ]

    def _approved(self, nth: int, _rng: Random) -> Iterator[Happening]:
        unit, subject = self.points[nth]
        data = d.PointApproved(
            organisation="lao-cai-people-committee",
            host=self.host(nth),
            period=figures.PERIOD,
            decision=figures.DECISION,
        )
        yield Happening("point.approved", unit, subject, data, True)

    def _checked(self, nth: int, _rng: Random) -> Iterator[Happening]:
        unit, subject = self.points[nth % figures.POINTS]
        data = d.PointSiteChecked(
            organisation="lao-cai-dic", solid_house=True, works_exist=nth >= FAILED_AT_FIRST, easy_to_reach=True
        )
        yield Happening("point.site-checked", unit, subject, data, True)

    def _connected(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self.points[nth]
        data = d.PointConnected(
            organisation="lao-cai-dic",
            service="fibre" if rng.random() < 0.9 else "mobile-4g",
            funding="public-utility-telecom",
            expires=date(2025, 12, 31),
        )
        yield Happening("point.connected", unit, subject, data, True)

    def _equipped(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self.points[nth // len(KIT)]
        kind = KIT[nth % len(KIT)]
        data = d.DeviceInstalled(
            organisation="lao-cai-dic",
            maker="maker-a",
            model=f"{kind}-1",
            serial=pseudonym(rng),
            kind=kind,
            funding="national-target-programme",
        )
        yield Happening("device.installed", unit, subject, data, True)

    def _activity(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self.points[nth % figures.POINTS]
        data = d.PointActivityHeld(
            organisation="community-technology-team",
            topic=_TOPICS[nth % len(_TOPICS)],
            language=rng.choice(LANGUAGES),
            activity="learning",
            visitors=5 + rng.randrange(20),
        )
        yield Happening("point.activity-held", unit, subject, data, True)

    def host(self, nth: int) -> str:
        """The class of the place that hosts the nth point."""
        return "commune-region-3" if nth in self._in_communes else "difficult-village"

    def household_class(self, nth: int) -> str:
        """The class of the nth household of the sample."""
        return "poor" if spread(nth, 11, 20) else "near-poor"

    def _sampled(self, nth: int) -> tuple[str, str]:
        unit = self._communes[nth // figures.SAMPLE]
        return unit, f"household/{self._register.household(unit, nth % figures.SAMPLE)}"

    def _surveyed(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self._sampled(nth)
        sampled = figures.SAMPLE * len(self._communes)
        data = d.HouseholdSurveyed(
            organisation="commune-people-committee",
            village=self._register.village_of(unit, nth % figures.SAMPLE),
            household_class=self.household_class(nth),
            needs_telecom=True,
            has_telecom=spread(nth, round(figures.WITH_ACCESS * sampled), sampled),
            owns_smartphone=rng.random() < 0.7,
            has_internet=rng.random() < 0.8,
        )
        yield Happening("household.surveyed", unit, subject, data, True)

    def _media(self, nth: int, rng: Random) -> Iterator[Happening]:
        unit, subject = self._sampled(nth)
        sampled = figures.SAMPLE * len(self._communes)
        if spread(nth, int(figures.REACHED_BY_MEDIA * sampled), sampled):  # nearly: not more than the source says
            data = d.MediaDelivered(
                organisation="commune-people-committee", kind=rng.choice(_MEDIA), language=rng.choice(LANGUAGES)
            )
            yield Happening("media.delivered", unit, subject, data, True)
