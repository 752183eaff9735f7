"""Personal numbers that a tablet sends stand nowhere afterwards: in no topic, log, metric or answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition

from infra.stack import Stack
from infra.stack.process import Process, Program
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import RefusedError, Tablet
from producers.tablet_client.transport import Answer, Http
from schemas.pseudonym import household_code
from schemas.topics import REJECTED, TOPICS
from tests.gateway.counting import counting, sync_until_empty
from tests.gateway.process import OTHER_UNIT, UNIT, Gateway, environment, installed, invite, until

ICCID, IMEI, SERIAL, NEW_ICCID = "8984048123454321987", "356938035643809", "c0ffee77c0ffee55", "8984048987654123456"
CANARIES = (ICCID, IMEI, SERIAL, NEW_ICCID)
HOME, POINT = f"household/{household_code(UNIT, 77)}", "point/2025-07.24848-P1"
SIM = {"recipient": "household", "iccid": ICCID, "plan": "4g"}
DEVICE = {"maker": "acme", "model": "x1", "serial": SERIAL, "kind": "laptop"}


class Unmasked(Gateway):
    """The gateway with masking switched off."""

    def _process(self) -> Process:
        command = (sys.executable, "-m", "tests.gateway.unmasked")
        return Process(Program("unmasked", command, self.log, environment(self.settings)))


class Heard(Http):
    """Keeps every answer."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.answers: list[bytes] = []

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        answer = super().__call__(method, path, body, headers)
        self.answers.append(msgspec.json.encode([dict(answer.headers), answer.body]))
        return answer


@pytest.mark.parametrize(("kind", "leaks"), [(Gateway, set()), (Unmasked, set(CANARIES))], ids=["masked", "unmasked"])
def test_a_scan_finds_no_number_where_they_are_masked_and_every_number_where_they_are_not(
    stack: Stack, tmp_path: Path, kind: type[Gateway], leaks: set[str]
) -> None:
    settings = installed(stack.addresses.bootstrap, f"canary-{kind.__name__}.", tmp_path)
    gateway = kind(settings, tmp_path / "gateway.log")
    with counting(settings, tmp_path):
        try:
            gateway.start()
            heard = Heard(gateway.url)
            _send_everything(gateway, heard)
            with urlopen(f"{gateway.url}/metrics", timeout=10) as page:
                heard.answers.append(page.read())
        finally:
            gateway.process.kill()
    logs = [path.read_bytes() for path in tmp_path.glob("*.log")]
    assert len(logs) == 2
    topics = list(_everything(gateway))
    assert len(topics) > 20
    assert _found(topics) == leaks
    assert _found(logs) == set()  # neither ever logs what was sent
    assert _found(heard.answers) == set()


def _send_everything(gateway: Gateway, heard: Heard) -> None:
    """Every kind of event with a personal number: valid, revised, repeated, in conflict, refused in many ways."""
    tablet = Tablet(Outbox(), heard)
    gateway.enrol(tablet, invite(gateway.settings, UNIT))
    sim = tablet.record("sim.handed-out", UNIT, HOME, SIM)
    tablet.record("smartphone.handed-out", UNIT, HOME,
                  {"recipient": "household", "imei": IMEI, "funding": "enterprise"})  # fmt: skip
    tablet.record("device.installed", UNIT, POINT, {**DEVICE, "funding": "enterprise"})
    tablet.record("device.faulted", UNIT, POINT, {**DEVICE, "fault": "no-power"})
    original = {"subject": HOME, "time": "2026-03-01T08:00:00+07:00", "data": {**tablet.common, **SIM}}
    root = {"source": tablet.key.source, "unit": UNIT, "seq": sim.seq}
    revision = {**tablet.common, "root": root, "revision": 1, "reason": "typing-error", "original": original}
    changed = {**original, "data": {**tablet.common, **SIM, "iccid": NEW_ICCID}}
    tablet.write("sim.handed-out.corrected", "handouts", UNIT, HOME, {**revision, "new": changed})
    tablet.write("sim.handed-out.voided", "handouts", UNIT, HOME, {**revision, "revision": 2})
    sync_until_empty(tablet)
    for wrong in ({"plan": ICCID}, {ICCID: ICCID}, {"iccid": [ICCID]}, {"iccid": f"{ICCID}!"}):
        tablet.record("sim.handed-out", UNIT, HOME, {**SIM, **wrong})
    tablet.record("sim.handed-out", OTHER_UNIT, f"household/{household_code(OTHER_UNIT, 1)}", SIM)
    tablet.record("sim.handed-out", UNIT, f"household/{ICCID}", SIM)
    tablet.send()
    assert {held.state for held in tablet.outbox.events()} == {"refused"}
    for body in (f'{{"source":"{ICCID}","sentat":1}}', f'{{"{ICCID}":', f'[{ICCID}]', f'{{"events":["{ICCID}"]}}'):
        with pytest.raises(RefusedError):
            tablet.post(body.encode())
    again = Tablet(Outbox(), heard)  # the same key with another outbox: a copy, whose numbers are in conflict
    again.outbox.remember("key", str(tablet.key.secret).encode())
    copy = Tablet(again.outbox, heard)
    copy.record("sim.handed-out", UNIT, HOME, SIM)
    copy.send()
    until(lambda: any(REJECTED in name for name, _ in _everything(gateway, REJECTED)), gateway.log)


def _everything(gateway: Gateway, *names: str) -> Iterator[tuple[str, bytes]]:
    """Every record of every topic, unpacked: topic, and key, value and headers as they are."""
    settings = gateway.settings
    wanted = names or tuple(topic.name for topic in TOPICS)
    places = [TopicPartition(settings.topic(name), number) for name in wanted for number in range(settings.partitions)]
    consumer = KafkaConsumer(bootstrap_servers=settings.bootstrap, auto_offset_reset="earliest",
                             enable_auto_commit=False)  # fmt: skip
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    ends = consumer.end_offsets(places)
    while any(consumer.position(place) < end for place, end in ends.items()):
        for place, records in consumer.poll(timeout_ms=500).items():
            for record in records:
                told = [record.key or b"", record.value or b""]
                yield place.topic, b"\0".join(told + [name.encode() + bytes(text) for name, text in record.headers])
    consumer.close()


def _found(texts: list[tuple[str, bytes]] | list[bytes]) -> set[str]:
    """The canaries that stand in any of these, whole or without their first and last characters."""
    joined = b"\0".join(text if isinstance(text, bytes) else text[1] for text in texts).lower()
    return {canary for canary in CANARIES if canary[1:-1].encode() in joined}
