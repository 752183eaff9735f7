"""The board over HTTP: pages without a build step, and `/updates`, which pushes what changed (server-sent events)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest

from infra.board.guard import Guard
from infra.board.hub import Hub
from infra.board.mending import BODY_BYTES_MAX, Mending
from producers.secret import read_secret
from schemas.metrics import BOARD_WATCHERS
from schemas.settings import Settings

PAGE = Path(__file__).parent / "page"
PAUSE_S = 0.25  # between two updates to one watcher
HEARTBEAT_S = 10.0  # so that a proxy keeps the connection, and a watcher notices when the board is gone
WATCHERS_MAX = 200
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                               "require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
}  # fmt: skip
_HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)
_WATCHERS: web.AppKey[set[object]] = web.AppKey("watchers")
_REGISTRY: web.AppKey[CollectorRegistry] = web.AppKey("registry", CollectorRegistry)
_THREADS: web.AppKey[ThreadPoolExecutor] = web.AppKey("threads", ThreadPoolExecutor)
_STOPPING: web.AppKey[asyncio.Event] = web.AppKey("stopping", asyncio.Event)
_encode = msgspec.json.Encoder().encode


def app(hub: Hub, settings: Settings) -> web.Application:
    """The application.

    Raises:
        ProducersError: the file of the operator's token cannot be used.
    """
    file = settings.operator_token_file
    guard = Guard(read_secret(file, "operator's token") if file else None, settings.board_names, time.monotonic)
    made = web.Application(middlewares=[guard.middleware()], client_max_size=BODY_BYTES_MAX)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    made[_HUB], made[_REGISTRY], made[_STOPPING] = hub, registry, asyncio.Event()
    watchers = made[_WATCHERS] = set[object]()
    Gauge(BOARD_WATCHERS.name, BOARD_WATCHERS.help, registry=registry).set_function(lambda: len(watchers))
    made[_THREADS] = ThreadPoolExecutor(WATCHERS_MAX + 8, "watcher")  # one waits for each watcher
    for path in PAGE.iterdir():
        made.router.add_get("/" if path.name == "index.html" else f"/{path.name}", _file(path))
    made.router.add_get("/updates", _updates)
    made.router.add_get("/metrics", _metrics)
    made.router.add_get("/healthz", _health)
    Mending(settings, guard).add_to(made)
    made.on_shutdown.append(_shut_down)
    return made


def _file(path: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    content, kind = path.read_bytes(), _TYPES[path.suffix]

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=_HEADERS)

    return answer


async def _updates(request: web.Request) -> web.StreamResponse:
    """All there is, then what changes, until the watcher goes or the board ends."""
    hub, watchers, stopping = request.app[_HUB], request.app[_WATCHERS], request.app[_STOPPING]
    if len(watchers) >= WATCHERS_MAX:
        raise web.HTTPServiceUnavailable(text="Too many watch already.", headers={"Retry-After": "30"})
    response = web.StreamResponse(headers=_HEADERS | {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    version = -1
    watcher = object()
    watchers.add(watcher)
    try:
        while not stopping.is_set():
            if await asyncio.get_running_loop().run_in_executor(
                request.app[_THREADS], hub.await_change, version, HEARTBEAT_S
            ):
                update = hub.since(version, int(time.time() * 1000))
                version = update.version
                await response.write(b"data: " + _encode(update) + b"\n\n")
            else:
                await response.write(b": nothing new\n\n")
            await asyncio.sleep(PAUSE_S)
    finally:
        watchers.discard(watcher)
    return response


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(request.app[_REGISTRY]), content_type="text/plain", charset="utf-8")


async def _health(request: web.Request) -> web.Response:
    """200 once all totals are read."""
    ready = request.app[_HUB].ready
    return web.Response(text="ok\n" if ready else "The totals are still being read.\n", status=200 if ready else 503)


async def _shut_down(app: web.Application) -> None:
    app[_STOPPING].set()
    app[_HUB].wake()
    app[_THREADS].shutdown(wait=False)
