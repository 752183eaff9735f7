"""Asking the command, and falsifying what it looks at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec
from kafka import KafkaProducer
from typer.testing import CliRunner

from infra.bus import Newest, connect
from infra.cli import app
from infra.stack.ports import HOST
from schemas.partition import partition_of
from schemas.settings import Settings
from schemas.topics import TOTALS
from schemas.totals import Total, encode
from tests.reconcile.conftest import PARTITIONS
from tests.services import environment_of


class Answer:
    """What the command said, and its exit status."""

    def __init__(self, settings: Settings, *options: str) -> None:
        done = CliRunner().invoke(app, ["reconcile", "--json", "--patience=1", *options], env=environment_of(settings))
        self.status, self.text = done.exit_code, done.stdout
        self.report: dict[str, Any] = msgspec.json.decode(done.stdout) if done.exit_code < 2 else {}

    @property
    def failures(self) -> str:
        return " ".join(self.report["failures"])

    def named(self, sides: str) -> list[dict[str, Any]]:
        """The differences between two sides."""
        return [each for each in self.report["differences"] if each["sides"] == sides]


def newest(settings: Settings) -> dict[str, Total]:
    with connect(settings) as bus:
        read = Newest(bus)
        read.read_on()
    return read.totals


def publish_total(settings: Settings, total: Total) -> None:
    key = total.unit.encode()
    with closing(KafkaProducer(bootstrap_servers=settings.bootstrap, acks="all")) as producer:
        producer.send(settings.topic(TOTALS), encode(total), key, partition=partition_of(key, PARTITIONS)).get(30)


@contextmanager
def published_instead(settings: Settings, false: Total) -> Iterator[None]:
    """A false total for the time of the context; the true one comes after it again."""
    true = newest(settings)[false.unit]
    publish_total(settings, false)
    try:
        yield
    finally:
        publish_total(settings, true)


@contextmanager
def serving(text: str) -> Iterator[int]:
    """A page with this text; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Requests are not worth a line."""

    with HTTPServer((HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
