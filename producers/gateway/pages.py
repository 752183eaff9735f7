"""`/healthz`, `/readyz`, `/metrics`, and the tablet app at `/`."""

from __future__ import annotations

from os.path import isfile
from pathlib import Path

from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

import producers
from producers.gateway.answers import RequestError, away, json
from producers.gateway.gateway import Gateway
from schemas.gateway import Answer

BUILT = Path(producers.__file__).parent / "tablet" / "dist"
UNCHANGING = "public, max-age=31536000, immutable"  # of files whose names carry a digest of their content
INDEX = "index.html"


def folder_of(gateway: Gateway) -> Path:
    """Where the built tablet app lies."""
    return Path(gateway.settings.tablet_dir or BUILT).resolve()


def routes(gateway: Gateway) -> list[web.RouteDef]:
    """This module's part of the API; `/` and what is below it comes last, for it takes what no other took."""
    folder = folder_of(gateway)

    async def healthz(_: web.Request) -> web.StreamResponse:
        return json(Answer(now=gateway.now()))

    async def readyz(_: web.Request) -> web.StreamResponse:
        if not gateway.ready:
            raise away("starting" if not all(f.caught_up.is_set() for f in gateway.followers) else "kafka-away")
        return json(Answer(now=gateway.now()))

    async def metrics(_: web.Request) -> web.StreamResponse:
        return web.Response(body=gateway.metrics.page(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def app(request: web.Request) -> web.StreamResponse:
        return _file(folder, request.match_info["path"])

    return [
        web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics),
        web.get("/{path:(?!v1/).*}", app),
    ]  # fmt: skip


def _file(folder: Path, path: str) -> web.StreamResponse:
    """A file of the app; the index for an address of the app's own (no file name, no API).

    Raises:
        RequestError: 404.
    """
    if "\0" in path:
        raise RequestError(404, "not-found")
    wanted = (folder / path).resolve()
    if not wanted.is_relative_to(folder):
        raise RequestError(404, "not-found")
    if not isfile(wanted):  # unlike `Path.is_file`, this takes a name that is too long for none
        if "." in path.rpartition("/")[2]:
            raise RequestError(404, "not-found")
        wanted = folder / INDEX
        if not isfile(wanted):
            raise RequestError(404, "not-found")
    lasting = wanted.parent.name == "assets"
    return web.FileResponse(wanted, headers={"Cache-Control": UNCHANGING if lasting else "no-cache"})
