"""Whatever is sent, by whomever: the right status, nothing in Kafka, memory flat, and the gateway still works."""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import psutil
import pytest

from infra.stack.ports import HOST
from producers.gateway.limits import BODY_BYTES_MAX, EVENTS_MAX, UNPACKED_BYTES_MAX
from producers.tablet_client.key import DeviceKey
from producers.tablet_client.tablet import Tablet
from producers.tablet_client.transport import Answer, Http
from schemas.topics import FIELD_TOPICS
from tests.gateway.field import events, records, sim
from tests.gateway.process import OTHER_UNIT, UNIT, Gateway

MIB = 1024 * 1024
PATH = "/v1/events:batch"


@pytest.fixture(autouse=True)
def unharmed(gateway: Gateway) -> Iterator[None]:
    """After each attack nothing is in Kafka that was not, memory is what it was, and an honest tablet gets through."""
    honest = gateway.tablet(UNIT)
    before, memory = log_of(gateway), resident(gateway)
    yield
    assert log_of(gateway) == before
    assert resident(gateway) - memory < 48 * MIB
    sim(honest)
    honest.send()
    assert len(events(gateway.settings, "field.handouts.v1", honest)) == 1


def log_of(gateway: Gateway) -> list[int]:
    """How many records each field topic has."""
    return [len(records(gateway.settings, topic)) for topic in FIELD_TOPICS]


def resident(gateway: Gateway) -> int:
    """The process's memory in bytes."""
    return int(psutil.Process(gateway.pid).memory_info().rss)


def body_of(tablet: Tablet, said: list[Any]) -> bytes:
    """A batch of these events."""
    return msgspec.json.encode({"source": tablet.key.source, "sentat": datetime.now(UTC), "events": said})


def post(gateway: Gateway, tablet: Tablet, body: bytes, *, packed: bool = False, **headers: str) -> tuple[int, str]:
    """Send a body, signed unless said otherwise; status and code."""
    said = tablet.headers(body, packed=packed) | {name.replace("_", "-"): value for name, value in headers.items()}
    answer: Answer = Http(gateway.url)("POST", PATH, body, said)
    return answer.status, answer.code


def test_an_unknown_key_a_changed_byte_and_a_borrowed_signature_are_refused(gateway: Gateway) -> None:
    tablet, other = gateway.tablet(UNIT), gateway.tablet(OTHER_UNIT)
    sim(tablet)
    _, body = tablet.batch()
    stranger = DeviceKey()
    assert post(gateway, tablet, body, Fieldtally_Key=stranger.thumbprint) == (401, "unknown-key")
    assert post(gateway, tablet, body, Fieldtally_Key="") == (401, "unknown-key")
    assert post(gateway, tablet, body, Fieldtally_Key=other.key.thumbprint) == (401, "bad-signature")
    assert post(gateway, tablet, body, Fieldtally_Signature=tablet.key.sign(body + b" ")) == (401, "bad-signature")
    assert post(gateway, tablet, body, Fieldtally_Signature="A" * 86) == (401, "bad-signature")
    assert post(gateway, tablet, body, Fieldtally_Signature="\xff!") == (401, "bad-signature")
    packed = gzip.compress(body)
    assert post(gateway, tablet, packed, packed=True, Fieldtally_Signature=tablet.key.sign(body)) == (
        401, "bad-signature")  # fmt: skip


def test_a_batch_of_another_tablet_or_form_is_refused(gateway: Gateway) -> None:
    tablet, other = gateway.tablet(UNIT), gateway.tablet(UNIT)
    assert post(gateway, tablet, body_of(other, [])) == (400, "foreign-source")
    for body in (b"", b"{", b"[]", b"null", b'{"events":[]}', b"\xff\xfe", body_of(tablet, []) + b"x"):
        assert post(gateway, tablet, body) == (400, "bad-json"), body
    assert post(gateway, tablet, b"x", Content_Type="text/plain") == (415, "unsupported-type")
    assert post(gateway, tablet, body_of(tablet, []), Content_Encoding="br") == (415, "unsupported-type")
    assert post(gateway, tablet, b"no gzip", packed=True) == (400, "bad-encoding")
    assert post(gateway, tablet, gzip.compress(body_of(tablet, []))[:-3], packed=True) == (400, "bad-encoding")
    assert post(gateway, tablet, body_of(tablet, [{}] * (EVENTS_MAX + 1))) == (413, "too-many-events")


def test_deep_json_is_refused_wherever_it_stands(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    deep = b"[" * 200_000 + b"]" * 200_000
    assert post(gateway, tablet, deep) == (400, "bad-json")
    assert post(gateway, tablet, b'{"events":[' + deep + b"]}") == (400, "bad-json")
    assert post(gateway, tablet, b'{"nobody":' + deep + b"}") == (400, "bad-json")
    nested = json.loads("[" * 100 + "]" * 100)
    answer = Http(gateway.url)("POST", PATH, body_of(tablet, [nested, {"data": nested}]),
                               tablet.headers(body_of(tablet, [nested, {"data": nested}]), packed=False))  # fmt: skip
    assert answer.status in (200, 401)


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    for body in (b"x" * (BODY_BYTES_MAX + 1), b"x" * (8 * MIB)):
        assert sent(gateway, tablet, body, f"Content-Length: {len(body)}") == (413, "too-large")
        assert sent(gateway, tablet, chunked(body), "Transfer-Encoding: chunked") == (413, "too-large")


def test_a_zip_bomb_is_refused_before_it_bursts(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    assert post(gateway, tablet, gzip.compress(b" " * (UNPACKED_BYTES_MAX + 1)), packed=True) == (413, "too-large")
    stream = zlib.compressobj(9, wbits=31)
    bomb = b"".join([stream.compress(bytes(16 * MIB)) for _ in range(30)]) + stream.flush()
    assert len(bomb) < BODY_BYTES_MAX
    assert post(gateway, tablet, bomb, packed=True) == (413, "too-large")


def test_an_endless_body_ends(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    with closing(connection(gateway, tablet, "Transfer-Encoding: chunked")) as line:
        written, piece = 0, chunked(b"x" * 65_536, end=False)
        with suppress(OSError):
            while written < 1024 * MIB:
                written += line.send(piece)
    assert written < 64 * MIB


def test_slow_clients_in_great_number_do_not_keep_others_out(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    with ExitStack() as lines:
        for _ in range(300):  # heads that never end
            line = lines.enter_context(closing(socket.create_connection((HOST, gateway.settings.gateway_port))))
            line.sendall(b"POST /v1/events:batch HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        half = [lines.enter_context(closing(connection(gateway, tablet, "Content-Length: 1000"))) for _ in range(8)]
        for line in half:
            line.sendall(b"{")
        other = gateway.tablet(UNIT)
        assert post(gateway, other, body_of(other, [])) == (200, "")
        refused = [answer_on(line) for line in half[2:]]
        assert refused == [(429, "busy")] * 6
        first = lines.enter_context(closing(socket.create_connection((HOST, gateway.settings.gateway_port))))
        first.sendall(b"GET /")
        assert answer_on(first) == (408, "too-slow")
        assert answer_on(half[0]) == (408, "too-slow")


def test_a_tablet_that_sends_nothing_but_rubbish_is_limited_and_the_others_go_on(gateway: Gateway) -> None:
    sick, well = gateway.tablet(UNIT), gateway.tablet(UNIT)
    rubbish = body_of(sick, [{}] * EVENTS_MAX)
    answers = [post(gateway, sick, rubbish) for _ in range(6)]
    assert answers[:2] == [(200, "")] * 2, "each of these events has its receipt"
    assert answers[-1] == (429, "busy")
    assert post(gateway, well, body_of(well, [])) == (200, "")  # and an event of the honest one comes through, above


def test_what_is_no_http_or_no_route_is_refused(gateway: Gateway) -> None:
    def raw(said: bytes) -> bytes:
        with closing(socket.create_connection((HOST, gateway.settings.gateway_port), timeout=20)) as line:
            line.sendall(said)
            return line.recv(65_536)

    assert b" 400 " in raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").split(b"\r\n")[0]
    assert b" 400 " in raw(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n").split(b"\r\n")[0]
    for path, status in (("/v1/nothing", 404), ("/../../etc/passwd", 404), ("/..%2f..%2fetc%2fpasswd", 404),
                         ("/%00", 404), (f"/{'x' * 7_000}.js", 404), ("/v1/events:batch", 405),
                         ("/assets/none.js", 404)):  # fmt: skip
        assert gateway.status(path) == status, path


def connection(gateway: Gateway, tablet: Tablet, *headers: str) -> socket.socket:
    """A connection on which the head of a batch was sent."""
    line = socket.create_connection((HOST, gateway.settings.gateway_port), timeout=40)
    head = [f"POST {PATH} HTTP/1.1", "Host: x", "Content-Type: application/json",
            f"Fieldtally-Key: {tablet.key.thumbprint}", "Fieldtally-Signature: x", *headers]  # fmt: skip
    line.sendall("\r\n".join([*head, "", ""]).encode())
    return line


def chunked(body: bytes, *, end: bool = True) -> bytes:
    """A body in one chunk."""
    return f"{len(body):x}\r\n".encode() + body + b"\r\n" + (b"0\r\n\r\n" if end else b"")


def sent(gateway: Gateway, tablet: Tablet, body: bytes, *headers: str) -> tuple[int, str]:
    """Send a raw body as far as it is taken; status and code of the answer."""
    with closing(connection(gateway, tablet, *headers)) as line:
        line.setblocking(True)
        with suppress(OSError):  # it may be refused before all of it is sent
            line.sendall(body)
        return answer_on(line)


def answer_on(line: socket.socket) -> tuple[int, str]:
    """Status and code of the answer that comes."""
    found = b""
    while b"\r\n\r\n" not in found or not found.endswith(b"}"):
        piece = line.recv(65_536)
        assert piece, found
        found += piece
    head, _, body = found.partition(b"\r\n\r\n")
    return int(head.split()[1]), str(json.loads(body).get("error", {}).get("code", ""))
