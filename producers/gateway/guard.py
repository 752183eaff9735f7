"""Connections: no more than so many, and none that takes longer than it may, whatever it says or leaves unsaid."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from producers.gateway.limits import (
    CONNECTIONS_MAX,
    CONNECTIONS_PER_TURN,
    CONNECTIONS_WAITING_MAX,
    FLOOD_BYTES_MAX,
    HEAD_S,
    IDLE_S,
    REQUEST_S,
)
from schemas.gateway import ERRORS, Error, ErrorAnswer

TLS_HANDSHAKE_S = 10.0


class Guard(asyncio.Protocol):
    """Stands before aiohttp's own protocol of a connection, and closes the connection when its time is up.

    aiohttp has no limit for a head that comes byte by byte, nor for a reader that never takes its answer.
    """

    open = 0  # connections of this process

    def __init__(self, behind: asyncio.Protocol) -> None:
        self._behind = behind
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._begun = False
        self._counted = False
        self._received = 0  # bytes since the head of the last request

    def begun(self) -> None:
        """A request's head is complete."""
        self._begun = True
        self._received = 0
        self._allow(REQUEST_S)

    def ended(self) -> None:
        """The answer is made; it has to be taken, and the next request to come, in this time."""
        self._allow(IDLE_S)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if Guard.open >= CONNECTIONS_MAX:
            transport.abort()
            return
        Guard.open += 1
        self._counted = True
        self._allow(HEAD_S)
        self._behind.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._counted:
            Guard.open -= 1
            self._behind.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > FLOOD_BYTES_MAX:  # the answer is on its way; what still comes stays in the network
            assert self._transport is not None
            self._transport.pause_reading()
        elif self._counted:
            self._behind.data_received(data)

    def eof_received(self) -> bool | None:
        return self._behind.eof_received() if self._counted else None

    def pause_writing(self) -> None:
        self._behind.pause_writing()

    def resume_writing(self) -> None:
        self._behind.resume_writing()

    def _allow(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._expire)

    def _expire(self) -> None:
        assert self._transport is not None
        if not self._begun and not self._transport.is_closing():
            self._transport.write(_too_slow())
            self._transport.close()
            return
        self._transport.abort()


def _too_slow() -> bytes:
    title = ERRORS["too-slow"]
    body = msgspec.json.encode(
        ErrorAnswer(now=datetime.now(UTC), error=Error(code="too-slow", vi=title.vi, en=title.en)))
    head = (f"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n")
    return head.encode() + body


def guard_of(request: web.Request) -> Guard | None:
    """The guard of a request's connection; None for a connection that was not made by `GuardedSite`, or is gone."""
    protocol = request.transport.get_protocol() if request.transport is not None else None
    return protocol if isinstance(protocol, Guard) else None


class GuardedSite(web.BaseSite):
    """Listens on an address, with a guard before each connection."""

    def __init__(self, runner: web.AppRunner, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        super().__init__(runner, ssl_context=tls)
        self._host, self._port = host, port

    @property
    def name(self) -> str:
        """Where it listens."""
        scheme = "https" if self._ssl_context else "http"
        return f"{scheme}://{self._host}:{self.port}"

    @property
    def port(self) -> int:
        """The port, also where 0 was asked for."""
        server = self._server
        if isinstance(server, asyncio.Server) and server.sockets:
            return int(server.sockets[0].getsockname()[1])
        return self._port

    async def start(self) -> None:
        """Listen.

        asyncio's `backlog` is two things: how many connections the kernel keeps, and how many are taken up in one turn.
        All at once, a crowd would make a turn of more than a second, and every request takes some turns.

        Raises:
            OSError: the address cannot be had.
        """
        await super().start()
        factory: Callable[[], asyncio.Protocol] | None = self._runner.server
        assert factory is not None
        server = self._server = await asyncio.get_running_loop().create_server(
            lambda: Guard(factory()), self._host, self._port, ssl=self._ssl_context, backlog=CONNECTIONS_PER_TURN,
            ssl_handshake_timeout=TLS_HANDSHAKE_S if self._ssl_context else None,
        )  # fmt: skip
        for listening in server.sockets:
            with socket.fromfd(listening.fileno(), listening.family, listening.type) as same:
                same.listen(CONNECTIONS_WAITING_MAX)
