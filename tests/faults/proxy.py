"""A TCP proxy between a service and the broker, which can be cut (connections break) or made to hang (bytes wait)."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

from infra.stack.ports import HOST

_CHUNK = 64 * 1024


class Proxy:
    """Listens on `port` of loopback and forwards to `target`, in a thread of its own, for the time of the context."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self.target = port, target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._flowing = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._refusing = False
        self.broken = 0
        """How many connections a cut has broken."""

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._do(asyncio.start_server(self._serve, HOST, self.port))
        self.heal()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def cut(self) -> None:
        """Break every connection, and every new one."""
        self._refusing = True
        self._do(self._break())

    def hang(self) -> None:
        """Let connections stand and no byte pass."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def heal(self) -> None:
        """Forward again."""
        self._refusing = False
        self._loop.call_soon_threadsafe(self._flowing.set)

    def _do(self, step: object) -> None:
        asyncio.run_coroutine_threadsafe(step, self._loop).result(10)  # type: ignore[arg-type]  # any coroutine

    async def _break(self) -> None:
        self.broken += len(self._open)
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(HOST, self.target)
        except OSError:  # the broker is down: so is the way to it
            writer.transport.abort()
            return
        self._open |= {writer, back}
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._open -= {writer, back}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
