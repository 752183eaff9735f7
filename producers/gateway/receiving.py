"""`POST /v1/events:batch`: what a tablet recorded, signed by its key, whoever carries it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec
from aiohttp import web

from producers.gateway import body
from producers.gateway.admission import Ticket
from producers.gateway.answers import RequestError, away, json
from producers.gateway.contacts import contact_of, skew_of
from producers.gateway.delivery import in_field, in_quarantine, receipts, written
from producers.gateway.enrolments import Tablet
from producers.gateway.gateway import Gateway
from producers.gateway.intake import Ready, Terms, Unfit, judge
from producers.gateway.limits import BODY_BYTES_MAX, EVENTS_MAX, UNPACKED_BYTES_MAX
from producers.gateway.publishing import Message
from producers.gateway.signature import verified
from schemas.gateway import Batch, ReceiptsAnswer, encode
from schemas.instant import day_of, epoch_ms
from schemas.partition import partition_of
from schemas.pseudonym import pseudonym
from schemas.topics import CONTACTS

_decode = msgspec.json.Decoder(Batch).decode
_log = logging.getLogger("fieldtally.gateway.refused")


def routes(gateway: Gateway) -> list[web.RouteDef]:
    """This module's part of the API."""

    async def receive(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise RequestError(415, "unsupported-type")
        tablet = gateway.tablet(request.headers.get("Fieldtally-Key", ""))
        gateway.check_can_keep()
        gateway.rubbish.check(tablet.thumbprint)
        with gateway.admission.admit(tablet.thumbprint) as ticket:
            now = gateway.now()
            batch = await _read(request, tablet, ticket)
            return await _take(gateway, tablet, batch, now, carried="carried" in request.query)

    return [web.post("/v1/events:batch", receive)]


async def _read(request: web.Request, tablet: Tablet, ticket: Ticket) -> Batch:
    """The batch, once its signature is found to be the tablet's.

    Raises:
        RequestError: 400, 401, 408, 413, 415.
    """
    sent = await body.read(request, BODY_BYTES_MAX, ticket)
    if not verified(tablet.key, request.headers.get("Fieldtally-Signature", ""), sent):
        raise RequestError(401, "bad-signature")
    text = body.unpacked(sent, request.headers.get("Content-Encoding", "").lower(), UNPACKED_BYTES_MAX)
    try:
        batch = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestError(400, "bad-json") from error
    if batch.source != tablet.source:
        raise RequestError(400, "foreign-source")
    if len(batch.events) > EVENTS_MAX:
        raise RequestError(413, "too-many-events")
    return batch


async def _take(gateway: Gateway, tablet: Tablet, batch: Batch, now: datetime, *, carried: bool) -> web.Response:
    scope = gateway.scopes.of(tablet.units, gateway.places.places, day_of(epoch_ms(now)))
    last = gateway.contacts.of(tablet.source)
    terms = Terms(
        tablet.source, scope.__contains__, gateway.places.known, gateway.mask, now,
        skew_of(batch, last, now, carried=carried), gateway.settings.partitions,
    )  # fmt: skip
    judged = [judge(bytes(raw), terms) for raw in batch.events]
    _tell_refused(gateway, batch, judged)
    ready = [each for each in judged if isinstance(each, Ready)]
    rubbish = sum(isinstance(each, Unfit) and not each.again for each in judged)
    gateway.rubbish.spend(tablet.thumbprint, rubbish)
    if tablet.revoked:
        await _set_aside(gateway, tablet, ready)
        raise RequestError(403, "revoked")
    contact = contact_of(batch, last, now, scope, carried=carried)
    found, _ = await asyncio.gather(
        written(ready, lambda event: in_field(tablet.source, event), gateway.memory, gateway.publisher.append),
        gateway.publisher.append(CONTACTS, partition_of(contact.key(), gateway.settings.partitions),
                                 [Message(contact.key(), encode(contact))]),
    )  # fmt: skip
    if ready and not any(found):
        raise away()
    made = receipts(judged, found, tablet.source, gateway.memory)
    gateway.metrics.note_receipts(made)
    return json(ReceiptsAnswer(now=gateway.now(), receipts=made))


async def _set_aside(gateway: Gateway, tablet: Tablet, ready: Sequence[Ready]) -> None:
    """Keep what a revoked tablet validly recorded, uncounted.

    Raises:
        RequestError: 503, for Kafka did not take all of it.
    """
    found = await written(
        ready, lambda event: in_quarantine(tablet.source, event), gateway.memory, gateway.publisher.append
    )
    if not all(found):
        raise away()
    gateway.metrics.note_quarantined(len(found))


def _tell_refused(gateway: Gateway, batch: Batch, judged: Sequence[Ready | Unfit]) -> None:
    """What is kept of an event that is not taken: why, and a keyed digest by which the very same can be known again."""
    for raw, each in zip(batch.events, judged, strict=True):
        if isinstance(each, Unfit):
            reason, path, rule = each.refusal
            gateway.metrics.note_refused(reason)
            digest = pseudonym("refused", gateway.secret, bytes(raw).decode("utf-8", "replace"))
            _log.info("event not taken", extra={"reason": reason, "path": path, "rule": rule, "digest": digest})
