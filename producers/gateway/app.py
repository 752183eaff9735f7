"""The HTTP application: the routes of all modules, one way for errors to be told, one line of log per request."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Awaitable, Callable

from aiohttp import web

from producers.gateway import enrolling, pages, receiving, telling
from producers.gateway.answers import RequestError, refused
from producers.gateway.gateway import Gateway
from producers.gateway.guard import guard_of

# Each has `routes(gateway)`; the first that fits takes a request, so `pages` is last.
MODULES = (enrolling, receiving, telling, pages)
SECURITY = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'",
}  # fmt: skip
GATEWAY = web.AppKey("gateway", Gateway)
_access = logging.getLogger("fieldtally.gateway.access")
_log = logging.getLogger("fieldtally.gateway")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(gateway: Gateway) -> web.Application:
    """The application, to be served by a `web.AppRunner` made with `auto_decompress=False`: signatures are over bodies
    as they were sent."""
    app = web.Application(middlewares=[_outermost])
    app[GATEWAY] = gateway
    for module in MODULES:
        app.add_routes(module.routes(gateway))
    app.on_response_prepare.append(_secure)
    return app


@web.middleware
async def _outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Bounds the request's time, turns every error into an answer, and notes the request without personal data."""
    begun = time.perf_counter()
    guard = guard_of(request)
    if guard is not None:
        guard.begun()
    try:
        response = await handler(request)
    except RequestError as error:
        response = refused(error)
    except web.HTTPException as error:
        response = _of_aiohttp(error)
    except Exception as error:
        # A bug, or hostile input that found one: this request fails, the others go on. The message stays out of the
        # log, for it can quote what was sent.
        frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
        _log.error("A request failed (%s).", type(error).__name__, extra={"frames": frames})
        response = refused(RequestError(500, "fault"))
    finally:
        if guard is not None:
            guard.ended()
    _note(request, response.status, time.perf_counter() - begun)
    return response


def _of_aiohttp(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        raise error
    code = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(error.status, "bad-request")
    response = refused(RequestError(error.status, code))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _note(request: web.Request, status: int, seconds: float) -> None:
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "none"
    request.app[GATEWAY].metrics.note_request(route, status, seconds)
    said = {"method": request.method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    _access.info("request", extra=said)


async def _secure(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY)
