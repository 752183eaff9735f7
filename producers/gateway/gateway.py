"""What the handlers of all requests share: what is known, how records are written, what is under way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from producers.gateway.admission import Admission, Guesses
from producers.gateway.answers import RequestError, away
from producers.gateway.enrolments import Enrolments, Tablet
from producers.gateway.following import Follower
from producers.gateway.publishing import Publisher
from producers.gateway.told import Told
from schemas.places import Following, load
from schemas.settings import Settings
from schemas.topics import ENROLMENTS, PLACES


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """One gateway process. `secret` is the installation's key of pseudonyms; `now` is the server's time in UTC."""

    settings: Settings
    secret: bytes
    now: Callable[[], datetime]
    enrolments: Enrolments
    enrolled: Follower
    places: Following
    told: Told
    followers: tuple[Follower, ...]
    publisher: Publisher
    admission: Admission
    guesses: Guesses

    @property
    def ready(self) -> bool:
        """Whether all that is followed is known up to a moment ago, and Kafka takes records."""
        return self.publisher.up and all(follower.fresh for follower in self.followers)

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


def assemble(settings: Settings, secret: bytes) -> Gateway:
    """A gateway that is not connected yet: run its followers and its publisher. To be called in a running loop."""
    enrolments, places, told = Enrolments(), Following(load()), Told(settings)
    enrolled = Follower(settings, ENROLMENTS, enrolments.take)
    mapped = Follower(settings, PLACES, lambda records: places.take(record.value for record in records))
    return Gateway(
        settings=settings, secret=secret, now=lambda: datetime.now(UTC), enrolments=enrolments, enrolled=enrolled,
        places=places, told=told, followers=(enrolled, mapped, *told.followers), publisher=Publisher(settings),
        admission=Admission(), guesses=Guesses(time.monotonic),
    )  # fmt: skip
