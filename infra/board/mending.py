"""Rejected events over HTTP, for who has the operator's token: the functions that `fieldtally rejected` calls.

All is asked by POST with a JSON body, so that neither an origin nor a token is ever part of an address. An order that
is carried out answers line by line: progress, then what was done. It goes on when the page is gone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from aiohttp import web
from kafka.errors import KafkaError

from infra.board import orders as told
from infra.board.guard import OFF, Guard
from infra.board.orders import AnyOrder, OfOrigin, OfReason, Progress, Said
from producers.errors import ProducersError
from producers.office import orders, telling
from producers.office.orders import Outcome, Plan
from producers.office.rejects import standing
from schemas.settings import Settings

BODY_BYTES_MAX = 256 * 1024
AT_ONCE = 4  # orders and questions under way; a further one waits
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
STOPPED = "The board was stopped: the same order again goes on where this one ended."
T = TypeVar("T")
Asked = TypeVar("Asked")
_Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
_log = logging.getLogger("fieldtally.board")
_encode = msgspec.json.Encoder().encode


class Mending:
    """The routes under `/rejected/`."""

    def __init__(self, settings: Settings, guard: Guard) -> None:
        self._settings, self._guard = settings, guard
        self._threads = ThreadPoolExecutor(AT_ONCE, "operator")
        self._stopping = threading.Event()

    def add_to(self, app: web.Application) -> None:
        """Adds the routes to an application."""
        app.router.add_get("/rejected/on", self._on)
        for name, answer in {"groups": self._groups, "list": self._list, "one": self._one, "try": self._try,
                             "do": self._do}.items():  # fmt: skip
            app.router.add_post(f"/rejected/{name}", self._guarded(answer))
        app.on_shutdown.append(self._stop)

    def _guarded(self, answer: _Answer) -> _Answer:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if refused := self._guard.refusal(request):  # before a byte of the body is read
                return _json(Said(*refused[1]), refused[0])
            try:
                return await answer(request)
            except ProducersError as error:
                return _json(told.said(error), 422)
            except KafkaError as error:
                return _json(_away(error), 503)

        return guarded

    async def _on(self, _: web.Request) -> web.Response:
        """Tells everybody whether one can mend here, and nothing else."""
        return _json(Said(*OFF), 403) if self._guard.off else web.Response(status=204, headers=HEADERS)

    async def _groups(self, _: web.Request) -> web.Response:
        found = await self._in_thread(standing, self._settings)
        return _json(told.groups(telling.groups(found.values())))

    async def _list(self, request: web.Request) -> web.Response:
        reason = (await _asked(request, OfReason)).reason
        found = await self._in_thread(standing, self._settings)
        lines = telling.lines(each for each in found.values() if each.reason == reason)
        return _json(told.lines(reason, lines))

    async def _one(self, request: web.Request) -> web.Response:
        origin = (await _asked(request, OfOrigin)).origin
        return _json(telling.whole(await self._in_thread(orders.one, self._settings, origin)))

    async def _try(self, request: web.Request) -> web.Response:
        order = await _asked(request, AnyOrder)
        return _json(told.proved(await self._in_thread(told.plan_of, self._settings, order)))

    async def _do(self, request: web.Request) -> web.StreamResponse:
        order = await _asked(request, AnyOrder)
        plan = await self._in_thread(told.plan_of, self._settings, order)
        response = web.StreamResponse(headers=HEADERS | {"Content-Type": "application/x-ndjson",
                                                         "X-Accel-Buffering": "no"})  # fmt: skip
        await response.prepare(request)
        steps = asyncio.Queue[int | None]()
        work = self._in_thread(self._carry_out, plan, asyncio.get_running_loop(), steps)
        while (sent := await steps.get()) is not None:
            await response.write(_line(Progress(sent, len(plan.sends))))
        try:
            last: msgspec.Struct = told.done(plan, await work)
        except ProducersError as error:
            last = told.said(error)
        except KafkaError as error:
            last = _away(error)
        await response.write(_line(last))
        return response

    def _carry_out(self, plan: Plan, loop: asyncio.AbstractEventLoop, steps: asyncio.Queue[int | None]) -> Outcome:
        def progress(sent: int) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, sent)
            if self._stopping.is_set():
                raise ProducersError(STOPPED)

        try:
            progress(0)
            outcome = orders.carry_out(self._settings, plan, progress, _log.warning)
            _log.info("%s (%s): %d of %d sent.", plan.who.operator, plan.who.why, outcome.sent, len(plan.sends))
            return outcome
        finally:
            loop.call_soon_threadsafe(steps.put_nowait, None)

    def _in_thread(self, work: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def _stop(self, _: web.Application) -> None:
        self._stopping.set()
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _asked(request: web.Request, kind: type[Asked] | Any) -> Asked | Any:
    """The body as what it must be.

    Raises:
        web.HTTPException: it is something else, or too long.
    """
    if request.content_type != "application/json":
        raise _fault(web.HTTPUnsupportedMediaType, "Cần application/json.", "The body must be application/json.")
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except web.HTTPRequestEntityTooLarge:
        raise _fault(web.HTTPBadRequest, "Nội dung quá lớn.", f"The body is above {BODY_BYTES_MAX:,} bytes.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _fault(web.HTTPBadRequest, "Yêu cầu sai.", f"The request is none of the board's: {error}.") from error


def _fault(kind: type[web.HTTPException], vi: str, en: str) -> web.HTTPException:
    return kind(body=_encode(Said(vi, en)), content_type="application/json", headers=HEADERS)


def _json(answer: msgspec.Struct, status: int = 200) -> web.Response:
    return web.Response(body=_encode(answer), status=status, content_type="application/json", headers=HEADERS)


def _line(answer: msgspec.Struct) -> bytes:
    return _encode(answer) + b"\n"


def _away(error: KafkaError) -> Said:
    _log.warning("Kafka does not answer an operator (%r).", error)
    return Said("Kafka không trả lời: thử lại sau.", "Kafka does not answer: do the same again later, it is harmless.")
