"""`GET /v1/sync` and `GET /v1/reference`: what a tablet is told, signed for by its key; and the API's own document."""

from __future__ import annotations

from importlib.resources import files

from aiohttp import web

import schemas.contracts
from producers.gateway.answers import RequestError, away, json
from producers.gateway.enrolments import Tablet
from producers.gateway.gateway import Gateway
from producers.gateway.signature import verified
from schemas.contracts.documents import OPENAPI
from schemas.instant import day_of, epoch_ms

TIME_MAX = 40  # characters of the tablet's clock, which is signed and never compared


def routes(gateway: Gateway) -> list[web.RouteDef]:
    """This module's part of the API."""
    document = files(schemas.contracts).joinpath(str(OPENAPI)).read_bytes()

    async def sync(request: web.Request) -> web.StreamResponse:
        tablet = _asking(gateway, request)
        response = json(gateway.told.sync(tablet.source, gateway.now()))
        response.enable_compression()
        return response

    async def reference(request: web.Request) -> web.StreamResponse:
        tablet = _asking(gateway, request)
        now = gateway.now()
        made = gateway.told.references.of(tablet.units, gateway.places.places, now, day_of(epoch_ms(now)))
        headers = {"ETag": made.etag, "Cache-Control": "private, no-cache"}
        if made.etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        response = web.Response(body=made.answer(now), content_type="application/json", headers=headers)
        response.enable_compression()
        return response

    async def openapi(_: web.Request) -> web.StreamResponse:
        return web.Response(body=document, content_type="application/json")

    return [web.get("/v1/sync", sync), web.get("/v1/reference", reference), web.get("/openapi.json", openapi)]


def _asking(gateway: Gateway, request: web.Request) -> Tablet:
    """The tablet that signed this request.

    Raises:
        RequestError: 401, 403; 503 while what would be told is not known yet.
    """
    key, moment, signature = (request.headers.get(f"Fieldtally-{name}", "") for name in ("Key", "Time", "Signature"))
    tablet = gateway.tablet(key)
    if len(moment) > TIME_MAX or not verified(tablet.key, signature, _said(request, key, moment)):
        raise RequestError(401, "bad-signature")
    if tablet.revoked:
        raise RequestError(403, "revoked")
    if not all(follower.caught_up.is_set() for follower in gateway.followers):
        raise away("starting")
    return tablet


def _said(request: web.Request, key: str, moment: str) -> bytes:
    return f"GET {request.path}\n{key}\n{moment}".encode("utf-8", "replace")
