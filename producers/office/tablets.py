"""Tablets as offices see them: invite one, list all, revoke one, invite it anew in place of what it had."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from producers.connection import Say
from producers.errors import ProducersError
from producers.gateway.enrolments import Enrolments, Invitation
from producers.publisher import Publisher
from producers.reading import read
from producers.secret import read_key
from producers.simulator.record import Record
from schemas.gateway import Contact, Invited, Revoked, code_from, decode_contact, digest_of, encode
from schemas.gateway.invitation import BITS
from schemas.partition import partition_of
from schemas.settings import Settings
from schemas.topics import CONTACTS, ENROLMENTS


class Row(NamedTuple):
    """An invitation, the tablet that used it ('' for none yet), whether it holds, and the tablet's last contact."""

    invitation: Invitation
    source: str
    state: str
    contact: Contact | None


def invite(
    settings: Settings, units: list[str], organisation: str, days: float, *, say: Say = print
) -> tuple[str, Invited]:
    """Make an invitation that can be used for so many days; its code, which is kept nowhere, and what was written.

    Raises:
        ProducersError: the broker did not take it, or the key of pseudonyms cannot be read.
    """
    code, now = code_from(secrets.randbits(BITS)), datetime.now(UTC)
    invited = Invited(invitation=digest_of(code, read_key(settings)), organisation=organisation, units=units,
                      expires=now + timedelta(days=days), written=now)  # fmt: skip
    write(settings, [invited], say=say)
    return code, invited


def enrolments(settings: Settings) -> Enrolments:
    """All that is known of tablets, as it stands now.

    Raises:
        ProducersError: the topic cannot be read, or holds a record that this version cannot.
    """
    known = Enrolments()
    try:
        known.take(read(settings, [ENROLMENTS]))
    except msgspec.DecodeError as error:
        raise ProducersError(f"A record of {settings.topic(ENROLMENTS)} is none of this version ({error}): upgrade "
                             "this command to the version that wrote it.") from error
    return known


def rows(settings: Settings, now: datetime) -> list[Row]:
    """Every invitation, in the order of their making.

    Raises: as `enrolments`.
    """
    contacts = {}
    for record in read(settings, [CONTACTS]):
        if record.value is not None:
            contact = decode_contact(record.value)
            contacts[contact.source] = contact
    found = sorted(enrolments(settings).invitations.values(), key=lambda each: each.invited.written)
    sources = [f"/tablets/{each.enrolled.thumbprint}" if each.enrolled else "" for each in found]
    return [Row(each, source, state_of(each, now), contacts.get(source))
            for each, source in zip(found, sources, strict=True)]


def state_of(invitation: Invitation, now: datetime) -> str:
    """`revoked`, `enrolled`, `expired` or `open`. Pure."""
    if invitation.revoked:
        return "revoked"
    if invitation.enrolled is not None:
        return "enrolled"
    return "open" if now < invitation.invited.expires else "expired"


def found(known: Enrolments, name: str) -> Invitation:
    """The invitation that a person means: by its digest, or by the source of its tablet, or by the beginning of either.

    Raises:
        ProducersError: none fits, or several do.
    """
    short = name.removeprefix("/tablets/").removeprefix("p1.")
    fitting = [each for digest, each in known.invitations.items() if short and (
        digest.removeprefix("p1.").startswith(short)
        or (each.enrolled is not None and each.enrolled.thumbprint.startswith(short)))]
    standing = [each for each in fitting if not each.revoked] or fitting
    if len(standing) != 1:
        raise ProducersError(f"{len(standing)} invitations fit {name!r}: `fieldtally tablet list` names them; give "
                             "more of its characters.")
    return standing[0]


def write(
    settings: Settings, facts: Iterable[Invited | Revoked], *, wait_s: float | None = 30.0, say: Say = print
) -> None:
    """Append facts, each to the partition of its invitation, confirmed by all replicas.

    Raises:
        ProducersError: the broker did not take them.
    """
    with Publisher(settings, wait_s=wait_s, say=say) as publisher:
        for fact in facts:
            partition = partition_of(fact.invitation.encode(), settings.partitions)
            publisher.send(Record(ENROLMENTS, fact.key(), encode(fact), partition, [], "office"))
