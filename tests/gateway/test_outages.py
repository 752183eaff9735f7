"""Nothing is called accepted that Kafka does not have: broker away, gateway told to stop, gateway not ready yet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack import Stack
from infra.stack.ports import choose
from infra.stack.process import Process, Program
from producers.tablet_client.outbox import SENT
from producers.tablet_client.tablet import RefusedError
from producers.tablet_client.transport import LostError
from schemas.settings import Settings
from tests.gateway.field import events, sim
from tests.gateway.process import UNIT, Gateway, environment, gateway_of, installed, lines, until

HANDOUTS = "field.handouts.v1"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Stack, Gateway]]:
    """A broker that may be stopped, and a gateway."""
    with Stack(tmp_path / "stack").start(postgres=False) as stack:
        settings = installed(stack.addresses.bootstrap, "", tmp_path, partitions=2)
        with gateway_of(settings, tmp_path / "gateway.log") as gateway:
            yield stack, gateway


def test_while_kafka_is_away_batches_get_503_and_afterwards_all_goes_on_unaided(own: tuple[Stack, Gateway]) -> None:
    stack, gateway = own
    tablet, late = gateway.tablet(UNIT), gateway.tablet(UNIT)
    sim(tablet, 1)
    tablet.send()
    stack.kafka.stop()
    for each in (tablet, late):
        sim(each, 2)
        with pytest.raises(RefusedError) as refused:
            each.send()
        assert (refused.value.answer.status, refused.value.answer.code) == (503, "kafka-away")
        assert refused.value.answer.retry_after_s
    until(lambda: gateway.status("/readyz") == 503, gateway.log)
    assert gateway.status("/healthz") == 200
    stack.kafka.launch()
    stack.kafka.await_ready()
    until(lambda: gateway.status("/readyz") == 200, gateway.log)
    for each in (tablet, late):
        each.send()
        assert {held.state for held in each.outbox.events()} == {SENT}
        ids = {held.id for held in each.outbox.events()}
        assert {event["id"] for event in events(gateway.settings, HANDOUTS, each)} == ids
    stack.kafka.stop()
    gateway.process.signal_stop()
    assert gateway.ended() == 0


def test_told_to_stop_it_answers_what_is_under_way_keeps_what_it_accepted_and_ends_with_0(
    installation: Settings, tmp_path: Path
) -> None:
    with gateway_of(installation, tmp_path / "own.log") as gateway:
        tablets = [gateway.tablet(UNIT) for _ in range(6)]
        sent = threading.Barrier(len(tablets) + 1)

        def work(number: int) -> None:
            tablet = tablets[number]
            try:
                for seq in range(10_000):
                    sim(tablet, seq)
                    tablet.send()
                    if seq == 3:
                        sent.wait()
            except (LostError, RefusedError):
                pass

        threads = [threading.Thread(target=work, args=(number,)) for number in range(len(tablets))]
        for thread in threads:
            thread.start()
        sent.wait()
        gateway.process.signal_stop()
        assert gateway.ended() == 0
        for thread in threads:
            thread.join()
        for tablet in tablets:
            kept = {event["id"] for event in events(installation, HANDOUTS, tablet)}
            said = {held.id for held in tablet.outbox.events(SENT)}
            assert len(said) > 3
            assert said <= kept
        assert lines(gateway.log)[-1]["message"] == "Stopped."


def test_before_kafka_answers_it_listens_and_says_that_it_is_starting(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("x" * 40)
    settings = Settings(bootstrap="127.0.0.1:9", gateway_port=choose(()), pseudonym_key_file=str(key))
    made = Gateway(settings, tmp_path / "log")
    made.spawn()
    try:
        until(lambda: made.status("/healthz") == 200, made.log)
        assert made.status("/readyz") == 503
    finally:
        made.process.signal_stop()
        assert made.ended() == 0


@pytest.mark.parametrize(("changed", "word"), [
    ({"PSEUDONYM_KEY_FILE": ""}, "FIELDTALLY_PSEUDONYM_KEY_FILE"), ({"TLS_CERT": "/nowhere.pem"}, "FIELDTALLY_TLS_KEY"),
    ({"TLS_CERT": "/nowhere.pem", "TLS_KEY": "/nowhere.key"}, "nowhere.pem"),
])  # fmt: skip
def test_what_is_set_wrongly_ends_it_with_a_sentence(
    changed: dict[str, str], word: str, installation: Settings, tmp_path: Path
) -> None:
    made = Gateway(installation, tmp_path / "log")
    told = environment(installation) | {f"FIELDTALLY_{name}": value for name, value in changed.items()}
    made.process = Process(Program("gateway", made.process.program.command, made.log, told))
    made.process.spawn()
    assert made.ended() == 1
    assert word in made.log.read_text()
    assert "Traceback" not in made.log.read_text()

