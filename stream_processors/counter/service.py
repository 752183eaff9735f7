"""The counter as a service: `run(settings)` blocks until SIGTERM (status 0), a foreseen end (1) or a fault (70)."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal

import faust

from schemas import logs
from schemas.settings import Settings
from stream_processors.counter.app import Consumer, die, make_app, run_loops, wire_up
from stream_processors.counter.worker import Worker

_log = logging.getLogger("fieldtally.counter")


def run(settings: Settings, *, new_log: bool = False) -> None:
    """Count until told to stop. `new_log`: the operator put another log in place; count it from its start.

    Ends the process: status 0 after SIGTERM or SIGINT, 1 with a sentence, 70 after a fault. Nothing is lost either way.
    """
    logs.setup("counter")
    logging.getLogger("faust").setLevel(logging.ERROR)
    logging.getLogger("mode").setLevel(logging.ERROR)
    # The client writes hundreds of lines a second while the broker is away; what comes of it is told by our own lines.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)  # records are acyclic: full collections only cost time
    asyncio.run(_run(settings, new_log=new_log))


async def _run(settings: Settings, *, new_log: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = make_app(settings)
    consumer = Consumer(app)
    worker = Worker(settings, consumer, new_log=new_log)
    wire_up(app, settings, worker, consumer)
    try:
        await worker.bus.start()
        await worker.map.follow()
        worker.page.serve(settings.counter_port, settings.metrics_host)
        await _start(app)
        _log.info("counter started", extra={"worker": settings.worker})
        await run_loops(worker, consumer, stop)
        await worker.revoked()
        await worker.bus.stop()
    except Exception as error:
        die("counter", error)
    _log.info("counter stopped")
    logging.shutdown()
    os._exit(0)  # Faust's own way down can hang on its threads; all that matters is durable by now


async def _start(app: faust.App) -> None:
    """Start Faust inside this loop; its signals call the worker from now on."""
    app.finalize()
    await app.start()
