"""`POST /v1/enrolments`: a one-time code binds a tablet's key to an organisation and units, once and for one tablet."""

from __future__ import annotations

import asyncio
import secrets

import msgspec
from aiohttp import web

from producers.gateway import body
from producers.gateway.answers import RequestError, away, json
from producers.gateway.enrolments import Invitation
from producers.gateway.gateway import Gateway
from producers.gateway.limits import ENROLMENT_BYTES_MAX, KAFKA_S
from producers.gateway.publishing import Message
from producers.gateway.signature import public_key, thumbprint, verified
from schemas.gateway import Enrolled, Enrolment, EnrolmentAnswer, canonical, digest_of, encode
from schemas.partition import partition_of
from schemas.topics import ENROLMENTS

_decode = msgspec.json.Decoder(Enrolment).decode


def routes(gateway: Gateway) -> list[web.RouteDef]:
    """This module's part of the API."""

    async def enrol(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise RequestError(415, "unsupported-type")
        if not gateway.enrolled.caught_up.is_set():
            raise away("starting")
        gateway.guesses.check()
        with gateway.admission.admit() as ticket:
            asked = _read(await body.read(request, ENROLMENT_BYTES_MAX, ticket))
            return await _enrol(gateway, asked)

    return [web.post("/v1/enrolments", enrol)]


def _read(said: bytes) -> Enrolment:
    """What is asked, once the key has proven that it is there.

    Raises:
        RequestError: 400 or 401.
    """
    try:
        asked = _decode(said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(400, "bad-json") from error
    key = public_key(asked.key)
    if key is None:
        raise RequestError(400, "bad-key")
    if not verified(key, asked.proof, asked.code.encode()):
        raise RequestError(401, "bad-signature")
    return asked


async def _enrol(gateway: Gateway, asked: Enrolment) -> web.Response:
    code = canonical(asked.code)
    digest = digest_of(code, gateway.secret) if code is not None else ""
    invitation = gateway.enrolments.invitations.get(digest)
    if invitation is None:
        gateway.guesses.spend()
        raise RequestError(403, "invitation-unknown")
    print_ = thumbprint(asked.key)
    if invitation.enrolled is None:
        if not _open(gateway, invitation):
            raise RequestError(403, "invitation-expired")
        await _bind(gateway, digest, print_, asked)
        return _answer(gateway, invitation, print_, 201)
    return _answer(gateway, invitation, print_, 200)


def _open(gateway: Gateway, invitation: Invitation) -> bool:
    return not invitation.revoked and gateway.now() < invitation.invited.expires


async def _bind(gateway: Gateway, digest: str, print_: str, asked: Enrolment) -> None:
    """Write the enrolment, and wait until it was read back: another may have been first.

    Raises:
        RequestError: 503, for Kafka did not take it or did not give it back in time.
    """
    if not gateway.publisher.up:
        raise away()
    partition = partition_of(digest.encode(), gateway.settings.partitions)
    fact = Enrolled(
        invitation=digest, attempt=secrets.token_hex(16), thumbprint=print_, jwk=asked.key, written=gateway.now()
    )
    (offset,) = await gateway.publisher.append(ENROLMENTS, partition, [Message(fact.key(), encode(fact))])
    if offset is None:
        raise away()
    try:
        async with asyncio.timeout(KAFKA_S):
            await gateway.enrolled.passed(partition, offset)
    except TimeoutError as error:
        raise away() from error


def _answer(gateway: Gateway, invitation: Invitation, print_: str, status: int) -> web.Response:
    """What holds now, whoever was first.

    Raises:
        RequestError: 403.
    """
    if invitation.enrolled is None:
        raise RequestError(403, "invitation-expired")
    if invitation.enrolled.thumbprint != print_:
        raise RequestError(403, "invitation-used")
    if invitation.revoked:
        raise RequestError(403, "revoked")
    said = invitation.invited
    return json(
        EnrolmentAnswer(now=gateway.now(), source=f"/tablets/{print_}", organisation=said.organisation,
                        units=said.units),
        status,
    )  # fmt: skip
