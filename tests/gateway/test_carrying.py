"""What a tablet exported is sent by an office: whatever the line does, and whatever the file holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom

import msgspec
import pytest

from producers.errors import ProducersError
from producers.office.tablets import write
from producers.tablet_client.carrying import OutboxFile, SignedBatch, batches_in, carry
from producers.tablet_client.tablet import Tablet
from producers.tablet_client.transport import Answer, Http, LostError
from schemas.gateway import Revoked, digest_of
from tests.gateway.counting import WeakLine
from tests.gateway.field import card, events
from tests.gateway.process import SECRET, UNIT, Gateway, invite, until
from tests.gateway.test_command import fieldtally, sends


def exported(tablet: Tablet) -> OutboxFile:
    """What the tablet's app would write to a file: its waiting events in two batches."""
    _, body = tablet.batch()
    whole = msgspec.json.decode(body)
    half = len(whole["events"]) // 2
    batches = []
    for part in (whole["events"][:half], whole["events"][half:]):
        said = msgspec.json.encode({**whole, "events": part})
        batches.append(SignedBatch(tablet.key.thumbprint, tablet.key.sign(said), said.decode()))
    return OutboxFile("outbox", batches)


def test_a_file_is_sent_over_a_weak_line_as_often_as_one_likes_and_the_tablet_may_send_too(gateway: Gateway) -> None:
    print("seed", seed := SystemRandom().randrange(1_000_000))
    tablet = gateway.tablet(UNIT)
    for _ in range(10):
        card(tablet)
    batches = batches_in(msgspec.json.encode(exported(tablet)))
    for _ in range(3):
        line = WeakLine(gateway.url, Random(seed), 0.25)
        assert carry(batches, line, sleep=lambda _: None) == {"accepted": 10}
    tablet.send()
    ids = [event["id"] for event in events(gateway.settings, "field.payments.v1", tablet)]
    assert sorted(ids) == sorted(held.id for held in tablet.outbox.events())


def test_what_a_revoked_tablet_exported_is_set_aside(gateway: Gateway, tmp_path: Path) -> None:
    code = invite(gateway.settings, UNIT)
    tablet = gateway.tablet(code=code)
    write(gateway.settings, [Revoked(invitation=digest_of(code, SECRET.encode()), written=datetime.now(UTC))])
    until(lambda: not sends(tablet), gateway.log)
    for _ in range(2):
        card(tablet)
    file = tmp_path / "outbox.json"
    file.write_bytes(msgspec.json.encode(exported(tablet)))
    done = fieldtally(gateway.settings, "tablet", "carry", str(file))
    assert (done.returncode, done.stdout) == (0, "2 set aside\n")
    assert events(gateway.settings, "field.payments.v1", tablet) == []


def test_what_is_no_export_and_what_gets_no_answer_is_told_in_a_sentence(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "outbox.json"
    for content in (b"\xff", b'{"fieldtally":"v1","batches":[]}', b'{"fieldtally":"outbox","batches":[{}]}'):
        file.write_bytes(content)
        done = fieldtally(gateway.settings, "tablet", "carry", str(file))
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "no file that the tablet app exported" in done.stderr
    tablet = gateway.tablet(UNIT)
    card(tablet)
    batches = exported(tablet).batches
    with pytest.raises(ProducersError, match="Batch 1 of 2 has no answer"):
        carry(batches, nobody, sleep=lambda _: None)
    batches[1].body += " "
    with pytest.raises(ProducersError, match=r"Batch 2 of 2 was refused \(401 bad-signature\)"):
        carry(batches, Http(gateway.url))


def nobody(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:  # noqa: ARG001
    raise LostError("the network is off")
