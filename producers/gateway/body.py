"""A request's body, read within its limits of size and time, and unpacked within another."""

from __future__ import annotations

import asyncio
import zlib

from aiohttp import web

from producers.gateway.admission import Ticket
from producers.gateway.answers import RequestError
from producers.gateway.limits import BODY_S, CHUNK_S, SLOW_S

_GZIP = 16 + zlib.MAX_WBITS


async def read(request: web.Request, bytes_max: int, ticket: Ticket) -> bytes:
    """The body as it was sent; the ticket learns when it comes slowly.

    Raises:
        RequestError: 413 above `bytes_max`, stated or sent; 408 when it does not come in time; 400 when it breaks off.
    """
    if (request.content_length or 0) > bytes_max:
        raise RequestError(413, "too-large")
    found = bytearray()
    slow = asyncio.get_running_loop().call_later(SLOW_S, ticket.lag)
    try:
        async with asyncio.timeout(BODY_S):
            while True:
                async with asyncio.timeout(CHUNK_S):
                    chunk = await request.content.readany()
                if not chunk:
                    return bytes(found)
                found += chunk
                if len(found) > bytes_max:
                    raise RequestError(413, "too-large")
    except TimeoutError as error:
        raise RequestError(408, "too-slow") from error
    except (web.RequestPayloadError, ConnectionResetError) as error:
        raise RequestError(400, "bad-request") from error
    finally:
        slow.cancel()


def unpacked(body: bytes, encoding: str, bytes_max: int) -> bytes:
    """The body after its Content-Encoding, `gzip` or none.

    Raises:
        RequestError: 415 for another encoding, 400 for one that is damaged, 413 when more than `bytes_max` comes out.
    """
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise RequestError(415, "unsupported-type")
    stream = zlib.decompressobj(_GZIP)
    try:
        found = stream.decompress(body, bytes_max + 1)
    except zlib.error as error:
        raise RequestError(400, "bad-encoding") from error
    if len(found) > bytes_max:
        raise RequestError(413, "too-large")
    if not stream.eof or stream.unused_data:
        raise RequestError(400, "bad-encoding")
    return found
