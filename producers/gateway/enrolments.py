"""What is known of tablets, from the records of `gateway.enrolments.v1`: pure, and the same in every gateway.

All records of an invitation lie in one partition, so each gateway reads them in one order. The first enrolment by an
invitation before its expiry holds; what comes later counts nothing. Whether an invitation is revoked does not depend
on the order, because compaction may move a revocation that was written twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from producers.gateway.signature import PublicKey, public_key
from schemas.gateway import Enrolled, Invited, Revoked, decode_enrolment


class Tablet(NamedTuple):
    """An enrolled tablet: what it signs with, and for whom and where it may record."""

    thumbprint: str
    key: PublicKey
    organisation: str
    units: tuple[str, ...]
    revoked: bool

    @property
    def source(self) -> str:
        """The `source` of its events."""
        return f"/tablets/{self.thumbprint}"


@dataclass(slots=True)
class Invitation:
    """An invitation, the enrolment that holds by it, if any, and whether it was revoked."""

    invited: Invited
    enrolled: Enrolled | None = None
    revoked: bool = False


class _Record(Protocol):
    @property
    def value(self) -> bytes | None:
        """The record's bytes."""


class Enrolments:
    """All invitations by digest, and the tablets that they made."""

    def __init__(self) -> None:
        self.invitations: dict[str, Invitation] = {}
        self._of_key: dict[str, list[Invitation]] = {}
        self._tablets: dict[str, Tablet] = {}

    def take(self, records: Iterable[_Record]) -> None:
        """Take records in the order of their partition; the same again changes nothing.

        Raises:
            msgspec.DecodeError: one is no record of this version.
        """
        for record in records:
            if record.value is not None:
                self._take(decode_enrolment(record.value))

    def tablet(self, thumbprint: str) -> Tablet | None:
        """The tablet with this key; None for a key that nobody enrolled."""
        if (known := self._tablets.get(thumbprint)) is not None:
            return known
        if not (invitations := self._of_key.get(thumbprint)):
            return None
        made = self._tablets[thumbprint] = _tablet(thumbprint, invitations)
        return made

    def _take(self, fact: Invited | Enrolled | Revoked) -> None:
        known = self.invitations.get(fact.invitation)
        if isinstance(fact, Invited):
            self.invitations.setdefault(fact.invitation, Invitation(fact))
        elif known is None:
            return
        elif isinstance(fact, Revoked):
            known.revoked = True
        elif known.enrolled is None and fact.written < known.invited.expires:  # after a revocation too: it is revoked
            known.enrolled = fact
            self._of_key.setdefault(fact.thumbprint, []).append(known)
        if known is not None and known.enrolled is not None:
            self._tablets.pop(known.enrolled.thumbprint, None)


def _tablet(thumbprint: str, invitations: list[Invitation]) -> Tablet:
    """A key may be enrolled by several invitations: their units together, for the organisation of the latest."""
    standing = [each for each in invitations if not each.revoked] or invitations
    latest = max(standing, key=lambda each: (each.enrolled.written, each.invited.invitation) if each.enrolled else ())
    assert latest.enrolled is not None
    key = public_key(latest.enrolled.jwk)
    assert key is not None, "a gateway enrols valid keys only"
    units = sorted({unit for each in standing for unit in each.invited.units})
    return Tablet(thumbprint, key, latest.invited.organisation, tuple(units), all(each.revoked for each in invitations))
