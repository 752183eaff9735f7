"""The HTTP side: `/metrics` for Prometheus once all is read, `/healthz` from the start."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from sinks.gauges.errors import GaugesError
from sinks.gauges.page import Page

_log = logging.getLogger("fieldtally.gauges.web")
IDLE_S = 60.0  # a connection that says nothing for so long is closed


class _Handler(BaseHTTPRequestHandler):
    """Answers from the page that `serve` binds."""

    page: Page
    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Routes by path; a query is ignored."""
        path = self.path.partition("?")[0]
        if path == "/metrics" and self.page.ready:
            self._answer(HTTPStatus.OK, self.page.blocks(), CONTENT_TYPE_PLAIN_0_0_4)
        elif path == "/metrics":
            self._say(HTTPStatus.SERVICE_UNAVAILABLE, "The totals are still being read from the beginning.\n")
        elif path == "/healthz":
            self._say(HTTPStatus.OK, "ok\n")
        else:
            self._say(HTTPStatus.NOT_FOUND, "There is /metrics and /healthz.\n")

    def log_message(self, format: str, *args: object) -> None:
        """Scrapes are not worth a line each."""

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        self._answer(status, [[sentence.encode()]], "text/plain; charset=utf-8")

    def _answer(self, status: HTTPStatus, blocks: list[list[bytes]], content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(sum(len(piece) for block in blocks for piece in block)))
        self.end_headers()
        # Block by block, so that a page of 30 MB is never in memory a second time.
        for block in blocks:
            self.wfile.write(b"".join(block))


class _Server(ThreadingHTTPServer):
    """A thread per connection; none of them keeps the process alive."""

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - socketserver's signature
        """A scraper that goes away in the middle is its own matter; anything else is worth an alarm."""
        level = logging.INFO if isinstance(sys.exception(), OSError) else logging.ERROR
        _log.log(level, "A page was not sent to %s.", client_address, exc_info=True)


@contextmanager
def serve(page: Page, host: str, port: int) -> Iterator[int]:
    """Serves the page for the time of the context; the port (a free one if 0 was given).

    Raises:
        GaugesError: the port cannot be had.
    """
    handler = type("Handler", (_Handler,), {"page": page})
    try:
        server = _Server((host, port), handler)
    except OSError as error:
        raise GaugesError(
            f"Cannot listen on {host}:{port} ({error}): set FIELDTALLY_GAUGES_PORT to another."
        ) from error
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
