"""The board as a process: two threads that read, a server that pushes, an end when that is asked."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from datetime import date

from aiohttp import web

from infra.board import reading
from infra.board.hub import Hub
from infra.board.model import Board
from infra.board.web import app
from infra.errors import InfraError
from schemas import logs
from schemas.places import load
from schemas.settings import Settings

_log = logging.getLogger("fieldtally.board")


def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT, then returns.

    Raises:
        InfraError: the port cannot be had, or the topics hold what this version does not know.
        ProducersError: the file of the operator's token cannot be used.
    """
    logs.setup("board")
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what comes of a failed try is told by our own lines
    asyncio.run(_serve(settings))
    _log.info("Stopped.")


async def _serve(settings: Settings) -> None:
    hub, stop, done = Hub(Board(load(), date.max)), threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    failures: list[Exception] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    runner = web.AppRunner(app(hub, settings), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.metrics_host, settings.board_port).start()
    except OSError as error:
        raise InfraError(f"Cannot listen on {settings.metrics_host}:{settings.board_port} ({error}): set "
                         "FIELDTALLY_BOARD_PORT to another.") from error
    _log.info("The board is at http://%s:%d/.", settings.metrics_host, settings.board_port)

    def read() -> None:
        try:
            reading.follow(settings, hub, stop)
        except Exception as error:  # ends the process, below
            failures.append(error)
            loop.call_soon_threadsafe(done.set)

    threads = [threading.Thread(target=read, name="totals"),
               threading.Thread(target=reading.ask, args=(settings, hub, stop), name="targets")]
    for thread in threads:
        thread.start()
    try:
        await done.wait()
    finally:
        stop.set()
        await runner.cleanup()
        for thread in threads:
            await asyncio.to_thread(thread.join)
    if failures:
        raise failures[0]
