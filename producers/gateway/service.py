"""The gateway as a process: it listens at once, is ready when it knows all tablets, drains when it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import ssl

from aiohttp import web

from producers.errors import ProducersError
from producers.gateway.app import application
from producers.gateway.gateway import Gateway, assemble
from producers.gateway.guard import GuardedSite
from producers.gateway.limits import DRAIN_S, FILES_MAX, IDLE_S, LINGER_S
from producers.secret import read_key
from schemas import logs
from schemas.settings import Settings

_log = logging.getLogger("fieldtally.gateway")


def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT, then returns; ends the process with status 1 and a sentence on a fault."""
    logs.setup("gateway")
    for name in ("aiokafka", "aiohttp.server"):  # many lines for each failed try; and what was sent, quoted
        logging.getLogger(name).setLevel(logging.CRITICAL)
    _allow_files()
    try:
        asyncio.run(_until_told(settings))
    except ProducersError as error:
        _log.error("%s", error)
        raise SystemExit(1) from error
    _log.info("Stopped.")


def _allow_files() -> None:
    """Have so many files open as all connections need: many systems allow 1,024, and more to a process that asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < FILES_MAX:
        _log.warning("This system allows %d open files of %d: a crowd of tablets will have to wait.", hard, FILES_MAX)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES_MAX)), hard))


async def _until_told(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve_until(settings, read_key(settings), stop)


async def serve_until(settings: Settings, secret: bytes, stop: asyncio.Event) -> None:
    """The service without signals and logs: serves until `stop` is set, then drains.

    Raises:
        ProducersError: it cannot go on; the sentence says what to do.
    """
    gateway = assemble(settings, secret)
    runner = web.AppRunner(
        application(gateway), access_log=None, auto_decompress=False, keepalive_timeout=IDLE_S,
        lingering_time=LINGER_S, shutdown_timeout=DRAIN_S, handle_signals=False,
    )  # fmt: skip
    await runner.setup()
    site = GuardedSite(runner, settings.gateway_host, settings.gateway_port, _tls(settings))
    try:
        await site.start()
    except OSError as error:
        raise ProducersError(
            f"Cannot listen on {settings.gateway_host}:{settings.gateway_port} ({error.strerror}): set "
            "FIELDTALLY_GATEWAY_PORT to another."
        ) from error
    _log.info("The gateway is at %s.", site.name)
    await _work(gateway, stop, runner)


async def _work(gateway: Gateway, stop: asyncio.Event, runner: web.AppRunner) -> None:
    """Run what the gateway needs in the background until told to stop, or until one of it fails."""
    runs = [gateway.publisher.run(), *(follower.run() for follower in gateway.followers)]
    tasks = [asyncio.create_task(each) for each in runs]
    told = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([told, *tasks], return_when=asyncio.FIRST_COMPLETED)
        await runner.cleanup()  # listens no more, lets requests under way end
        await gateway.publisher.stop()
        for task in done - {told}:
            task.result()
    finally:
        for task in (told, *tasks):
            task.cancel()
        await asyncio.gather(told, *tasks, return_exceptions=True)


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """The server's side of TLS; None where a proxy does it.

    Raises:
        ProducersError: a file is missing or wrong.
    """
    if not settings.tls_cert and not settings.tls_key:
        return None
    if not (settings.tls_cert and settings.tls_key):
        raise ProducersError("Set both FIELDTALLY_TLS_CERT and FIELDTALLY_TLS_KEY, or neither behind a proxy.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:
        raise ProducersError(
            f"The certificate {settings.tls_cert} and its key cannot be read ({error}): see FIELDTALLY_TLS_CERT and "
            "FIELDTALLY_TLS_KEY."
        ) from error
    return context
