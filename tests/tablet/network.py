"""The network between a tablet and the gateway, as a proxy that a test tells how to behave."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from infra.stack.ports import HOST

OPEN, CUT, HALF, PORTAL, REDIRECT = "open", "cut", "half", "portal", "redirect"
LOGIN = b"<!doctype html><title>Wi-Fi</title><p>Please log in to this network."
BATCH = "/v1/events:batch"
_HOP = {"connection", "transfer-encoding", "content-length", "server", "date"}


class Network:
    """What stands between a tablet and the gateway on `port`.

    `CUT` and `HALF` let a batch reach the gateway and lose its answer, whole or in the middle; `PORTAL` and `REDIRECT`
    answer everything themselves, as the login page of a Wi-Fi does. `hit` counts the requests so treated.
    """

    def __init__(self, port: int) -> None:
        self.mode, self.hit = OPEN, 0
        self.packed: list[bytes] = []
        """The bodies of batches that were sent with gzip."""
        self.on_batch: Callable[[], None] | None = None
        """Called once, when a batch has been handed to the gateway and before its answer is read."""
        self.server = ThreadingHTTPServer((HOST, 0), _handler(self, port))
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where the tablet finds the app."""
        return f"http://{HOST}:{self.server.server_port}"


@contextmanager
def network(port: int) -> Iterator[Network]:
    """A network that lets everything through, until told otherwise."""
    made = Network(port)
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def _handler(net: Network, port: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if net.mode in (PORTAL, REDIRECT):
                net.hit += 1
                self._login(net.mode)
            else:
                self._pass_on()

        def do_POST(self) -> None:
            self.do_GET()

        def _login(self, mode: str) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(302 if mode == REDIRECT else 200)
            self.send_header("Content-Type", "text/html")
            if mode == REDIRECT:
                self.send_header("Location", f"http://{HOST}:{port}/login.html")
            self.send_header("Content-Length", str(len(LOGIN)))
            self.end_headers()
            self.wfile.write(LOGIN)

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            gateway = http.client.HTTPConnection(HOST, port, timeout=60)
            try:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
                gateway.request(self.command, self.path, body, headers)
                net.packed += [body] if self.headers.get("Content-Encoding") == "gzip" else []
                if self.path.startswith(BATCH) and net.on_batch is not None:
                    happen, net.on_batch = net.on_batch, None
                    happen()
                answer = gateway.getresponse()
                self._answer(answer, answer.read())
            except (OSError, http.client.HTTPException):
                self.close_connection = True  # as a network does when the other side is gone
            finally:
                gateway.close()

        def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
            spoilt = net.mode in (CUT, HALF) and self.path.startswith(BATCH)
            if spoilt:
                net.hit += 1
                self.close_connection = True
                if net.mode == CUT:
                    return
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if spoilt else content)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: the tests look at what the tablet shows."""

    return Handler
