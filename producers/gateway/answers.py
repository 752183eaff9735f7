"""Answers as JSON, all with the marker and the server's time; a refused request as an exception."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from producers.errors import ProducersError
from producers.gateway.limits import RETRY_AFTER_AWAY_S, RETRY_AFTER_S
from schemas.gateway import ERRORS, Answer, Error, ErrorAnswer

_encode = msgspec.json.Encoder().encode


class RequestError(ProducersError):
    """A request that is refused with this HTTP status and a code of `schemas.gateway.ERRORS`; `retry_after` in s."""

    def __init__(self, status: int, code: str, retry_after: int | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.retry_after = status, code, retry_after


def busy(retry_after: int | None = None) -> RequestError:
    """Too much is under way; to be asked again after so many seconds, or after a few."""
    return RequestError(429, "busy", retry_after or random.randint(*RETRY_AFTER_S))


def away(code: str = "kafka-away") -> RequestError:
    """Nothing can be kept now."""
    return RequestError(503, code, random.randint(*RETRY_AFTER_AWAY_S))


def json(answer: Answer, status: int = 200) -> web.Response:
    """An answer with a body."""
    return web.Response(body=_encode(answer), status=status, content_type="application/json",
                        headers={"Cache-Control": "no-store"})


def refused(error: RequestError) -> web.Response:
    """The answer to a refused request."""
    title = ERRORS[error.code]
    said = ErrorAnswer(now=datetime.now(UTC), error=Error(code=error.code, vi=title.vi, en=title.en))
    response = json(said, error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
