"""What the handlers of all requests share: what is known, how records are written, what is under way."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from producers.gateway.admission import Admission, Allowance, Allowances
from producers.gateway.answers import RequestError, away
from producers.gateway.contacts import Contacts
from producers.gateway.enrolments import Enrolments, Tablet
from producers.gateway.following import Follower
from producers.gateway.limits import GUESSES_MAX, GUESSES_PER_S, RUBBISH_MAX, RUBBISH_PER_S
from producers.gateway.masking import Mask, mask_of
from producers.gateway.memory import Memory
from producers.gateway.metrics import Metrics
from producers.gateway.publishing import Publisher
from producers.gateway.scopes import Scopes
from producers.gateway.told import Told
from schemas.places import Following, load
from schemas.settings import Settings
from schemas.topics import CONTACTS, ENROLMENTS, PLACES

_log = logging.getLogger("fieldtally.gateway")


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """One gateway process. `secret` is the installation's key of pseudonyms; `now` is the server's time in UTC.

    Events are judged by what `judged_by` follows, so none is taken before that is known.
    """

    settings: Settings
    secret: bytes
    now: Callable[[], datetime]
    enrolments: Enrolments
    enrolled: Follower
    places: Following
    told: Told
    judged_by: tuple[Follower, ...]
    followers: tuple[Follower, ...]
    publisher: Publisher
    admission: Admission
    guesses: Allowance
    rubbish: Allowances
    contacts: Contacts
    scopes: Scopes
    memory: Memory
    mask: Mask
    metrics: Metrics

    @property
    def ready(self) -> bool:
        """Whether all that is followed is known up to a moment ago, and Kafka takes records."""
        return self.publisher.up and all(follower.fresh for follower in self.followers)

    def check_can_keep(self) -> None:
        """Whether an event may be taken.

        Raises:
            RequestError: 503, for what is accepted now could not be kept, or not be judged yet.
        """
        if not all(follower.caught_up.is_set() for follower in self.judged_by):
            raise away("starting")
        if not self.publisher.up:
            raise away()

    def tablet(self, thumbprint: str) -> Tablet:
        """The tablet with this key, revoked or not.

        Raises:
            RequestError: 401 for an unknown key; 503 while enrolments are not known yet.
        """
        if not self.enrolled.caught_up.is_set():
            raise away("starting")
        if (tablet := self.enrolments.tablet(thumbprint)) is None:
            raise RequestError(401, "unknown-key")
        return tablet


def assemble(settings: Settings, secret: bytes, mask: Mask | None = None) -> Gateway:
    """A gateway that is not connected yet: run its followers and its publisher. To be called in a running loop.

    `mask` stands in for the installation's pseudonyms (to show that a search for leaks finds what is not masked).
    """
    enrolments, places, contacts, told = Enrolments(), Following(load()), Contacts(), Told(settings)
    enrolled = Follower(settings, ENROLMENTS, enrolments.take)
    judged_by = (enrolled, Follower(settings, PLACES, partial(_take_places, places)),
                 Follower(settings, CONTACTS, partial(_take_contacts, contacts, told)))  # fmt: skip
    followers = (*judged_by, *told.followers)
    publisher, admission = Publisher(settings), Admission(time.monotonic)
    return Gateway(
        settings=settings, secret=secret, now=lambda: datetime.now(UTC), enrolments=enrolments, enrolled=enrolled,
        places=places, told=told, judged_by=judged_by, followers=followers, publisher=publisher,
        admission=admission, guesses=Allowance(time.monotonic, GUESSES_PER_S, GUESSES_MAX),
        rubbish=Allowances(time.monotonic, RUBBISH_PER_S, RUBBISH_MAX), contacts=contacts, scopes=Scopes(),
        memory=Memory(),
        mask=mask or mask_of(secret), metrics=Metrics(publisher, admission, followers),
    )  # fmt: skip


def _take_contacts(contacts: Contacts, told: Told, records: Sequence[Any]) -> None:
    contacts.take(records)
    told.take_contacts(records)


def _take_places(places: Following, records: Sequence[Any]) -> None:
    if places.take(record.value for record in records):
        _log.info("The map of places changed.", extra={"map": places.places.digest})
        for complaint in places.complaints():
            _log.warning("%s: %s", PLACES, complaint)
