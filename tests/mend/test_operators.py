"""Commands that end halfway, two operators at once, the counter's own return: an event is in the log as one event."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count

import pytest

from producers.office import repairs
from producers.office.mending import Ground, sendable
from producers.office.rejects import standing
from producers.office.repairs import by
from producers.publisher import Publisher
from producers.simulator import Record
from schemas.places import load
from schemas.rejected import HEADER_RETURNED, Origin, Refusal, rejected_headers
from schemas.settings import Settings
from schemas.topics import ACTIONS, REJECTED
from tests.mend.log import fates, log, reject, standings
from tests.mend.site import PARTITIONS, WHO, Operator, command
from tests.mend.test_mending import TOPIC, written
from tests.services import environment_of

GROUND = Ground(load().known, PARTITIONS)


def test_a_command_that_ended_after_its_decision_is_carried_out_by_the_next(operator: Operator) -> None:
    origin = reject(operator.settings, 0, "wrong-key", written())
    record = standing(operator.settings, lambda *_: True)[origin]
    decision = repairs.replay(record, sendable(record, record.value, GROUND), by("ops.minh", "software-fault"))
    assert repairs.decide(operator.settings, [decision]) == [decision]
    assert standings(operator) == ["begun"]
    assert fates(operator.settings) == []
    assert f"finish that with `fieldtally rejected replay {origin}`" in operator(
        "rejected", "drop", origin, *WHO, fails=True
    )
    said = operator.fix(origin, [{"op": "replace", "path": "/data/leaflet", "value": "l-2"}])
    assert "ops.minh decided before: that decision is carried out" in said
    assert standings(operator) == ["mended"]
    [(_, sent)] = log(operator.settings)
    assert sent.value == written(), "what was decided first is what is sent"


@pytest.mark.parametrize("again", [("replay", "--reason", "wrong-key"), ("replay",), ("fix", "--patch", "-")])
def test_a_command_that_ended_after_sending_is_repeated_and_counts_once(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, again: tuple[str, ...]
) -> None:
    origin = reject(operator.settings, 0, "wrong-key", written())
    send = Publisher.send

    def ends_before_the_note(publisher: Publisher, record: Record) -> None:
        if record.topic == ACTIONS and b"rejected.sent" in (record.value or b""):
            raise KeyboardInterrupt
        send(publisher, record)

    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "send", ends_before_the_note)
        operator("rejected", "replay", origin, *WHO, fails=True)
    assert standings(operator) == ["begun"]
    assert fates(operator.settings) == ["event"]
    operator("rejected", again[0], *(() if "--reason" in again else (origin,)), *again[1:], *WHO, given="[]")
    assert standings(operator) == ["mended"]
    assert fates(operator.settings) == ["event", "duplicate"]


def test_all_of_a_reason_are_sent_once_though_the_command_ends_among_them(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = 2 * repairs.CHUNK + 50
    with Publisher(operator.settings) as publisher:
        for at in range(number):
            origin = Origin(TOPIC, 1, at)
            headers = rejected_headers(origin, b"2025-07:24853", Refusal("wrong-key"), [])
            publisher.send(Record(REJECTED, origin.key(), written(seq=at + 1), 1, headers, ""))
    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "confirm", ending_at(5))
        operator("rejected", "replay", "--reason", "wrong-key", *WHO, fails=True)
    assert Counter(standings(operator)).keys() == {"begun", "mended"}
    said = operator("rejected", "replay", "--reason", "wrong-key", *WHO)
    assert "are still not valid" in said
    assert Counter(standings(operator)) == {"mended": number}
    found = Counter(fates(operator.settings))
    assert found.keys() <= {"event", "duplicate"}
    assert (found["event"], found["duplicate"] <= repairs.CHUNK) == (number, True)


def ending_at(call: int) -> Callable[[Publisher], int]:
    """A confirmation after whose n-th time the process ends: before the notes of the second chunk are written."""
    confirm, calls = Publisher.confirm, count(1)

    def confirm_then_end(publisher: Publisher) -> int:
        confirmed = confirm(publisher)
        if next(calls) == call:
            raise KeyboardInterrupt
        return confirmed

    return confirm_then_end


def test_of_two_operators_at_once_one_decides_and_both_send_the_same(operator: Operator) -> None:
    origins = [reject(operator.settings, at, "out-of-range", written(seq=at + 1, skewms=2**60)) for at in range(2)]
    for origin in origins:
        at_once([fixing(operator.settings, origin, leaflet) for leaflet in ("l-1", "l-2")])
    sent = [each.value for _, each in log(operator.settings)]
    assert len(set(sent)) == len(origins)
    assert [fate for fate in fates(operator.settings) if fate != "duplicate"] == ["event"] * len(origins)
    assert standings(operator) == ["mended"] * len(origins)


def fixing(settings: Settings, origin: str, leaflet: str) -> subprocess.Popen[bytes]:
    """An operator who mends an event in a process of his own, and has not said how yet."""
    steps = [{"op": "replace", "path": "/skewms", "value": 0},
             {"op": "replace", "path": "/data/leaflet", "value": leaflet}]  # fmt: skip
    line = command(settings, "rejected", "fix", origin, "--patch", "-", *WHO)
    begun = subprocess.Popen(line, env={**os.environ, **environment_of(settings)}, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    assert begun.stdin is not None
    begun.stdin.write(json.dumps(steps).encode())
    begun.stdin.flush()
    return begun


def at_once(operators: Iterable[subprocess.Popen[bytes]]) -> None:
    """Lets them all go on at the same time."""
    begun = list(operators)
    random.shuffle(begun)
    for each in begun:
        assert each.stdin is not None
        each.stdin.close()
        each.stdin = None
    for each in begun:
        said, _ = each.communicate(timeout=60)
        assert each.returncode == 0, said.decode()


def test_what_the_counter_sent_back_itself_is_left_alone(operator: Operator) -> None:
    origin = reject(operator.settings, 0, "unknown-type", written())
    operator("rejected", "drop", origin, *WHO)
    assert standings(operator) == ["dropped"]
    reject(operator.settings, 0, "unknown-type", written(), (HEADER_RETURNED, b"2"))
    assert standings(operator) == ["mended"]
    assert "the counter sent it back itself" in operator("rejected", "replay", origin, *WHO)
    assert log(operator.settings) == []


def test_what_was_dropped_can_still_be_mended_by_itself(operator: Operator) -> None:
    origin = reject(operator.settings, 0, "wrong-key", written())
    operator("rejected", "drop", origin, *WHO)
    operator("rejected", "replay", "--reason", "wrong-key", *WHO)
    assert standings(operator) == ["dropped"], "all of a reason leaves out what was dropped"
    operator("rejected", "replay", origin, *WHO)
    assert standings(operator) == ["mended"]
    assert fates(operator.settings) == ["event"]


def test_what_is_rejected_again_is_told_with_its_new_origin(operator: Operator) -> None:
    origin = reject(operator.settings, 0, "wrong-key", written())
    operator("rejected", "replay", origin, *WHO)
    [(_, sent)] = log(operator.settings)
    new = reject(operator.settings, 9, "conflict", sent.value, *sent.headers)
    found = {each["origin"]: (each["standing"], each["again"]) for each in operator.rejected()}
    assert found == {origin: ("again", new), new: ("open", "")}
    operator("rejected", "fix", new, "--renumber", *WHO)
    assert fates(operator.settings) == ["event", "event"]
