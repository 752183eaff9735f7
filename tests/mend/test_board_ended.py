"""A board that is killed among its orders, two operators at once: an event is in the log as one event."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path

import pytest

from infra.stack.process import Process
from producers.errors import ProducersError
from producers.office import repairs
from producers.publisher import Publisher
from producers.secret import read_secret
from producers.simulator import Record
from schemas.rejected import Origin, Refusal, rejected_headers
from schemas.settings import Settings
from schemas.topics import REJECTED
from tests.mend.board import TOKEN, WHO, ask, await_board, board, connection, with_board
from tests.mend.log import fates, log, reject, standings
from tests.mend.site import Operator
from tests.mend.test_mending import TOPIC, written

MANY = 2 * repairs.CHUNK + 50
ALL = {"order": "replay-all", "reason": "wrong-key", **WHO}


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, tmp_path: Path) -> Settings:
    return with_board(bootstrap, topic_prefix, tmp_path)


def kill_among(settings: Settings, process: Process) -> None:
    """Kills the board as soon as it has told that the first events are sent, and starts it again."""
    asked = connection(settings)
    asked.request("POST", "/rejected/do", json.dumps(ALL),
                  {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"})
    answer = asked.getresponse()
    while json.loads(answer.readline())["sent"] == 0:
        pass
    process.kill()
    asked.close()
    process.spawn()
    await_board(settings)


def test_all_of_a_reason_are_sent_once_though_the_board_is_killed_among_them_and_two_order_it_again(
    settings: Settings, tmp_path: Path
) -> None:
    with Publisher(settings) as publisher:
        for at in range(MANY):
            origin = Origin(TOPIC, 1, at)
            headers = rejected_headers(origin, b"2025-07:24853", Refusal("wrong-key"), [])
            publisher.send(Record(REJECTED, origin.key(), written(seq=at + 1), 1, headers, ""))
    operator = Operator(settings)
    with board(settings, tmp_path) as process:
        kill_among(settings, process)
        assert "mended" in standings(operator)
        other = reject(settings, MANY, "out-of-range", written(seq=MANY + 1, skewms=2**60))
        at_once(settings, [ALL, ALL])
        at_once(settings, [fixing(other, leaflet) for leaflet in ("l-1", "l-2")])
    assert Counter(standings(operator)) == {"mended": MANY + 1}
    found = Counter(fates(settings))
    assert found["event"] == MANY + 1
    assert found.keys() <= {"event", "duplicate"}
    sent = {each.value for _, each in log(settings) if json.loads(each.value)["seq"] == MANY + 1}
    assert len(sent) == 1, "both send what was decided first"


def fixing(origin: str, leaflet: str) -> dict[str, object]:
    """An order that mends an event in a way of its own."""
    patch = [{"op": "replace", "path": "/skewms", "value": 0},
             {"op": "replace", "path": "/data/leaflet", "value": leaflet}]  # fmt: skip
    return {"order": "fix", "origin": origin, "patch": json.dumps(patch), **WHO}


def at_once(settings: Settings, orders: list[dict[str, object]]) -> None:
    """Gives orders at the same time; each must end well."""
    said: list[str] = []
    given = [threading.Thread(target=lambda each=each: said.append(ask(settings, "/rejected/do", each).last["type"]))
             for each in orders]
    for each in given:
        each.start()
    for each in given:
        each.join()
    assert said == ["done"] * len(orders)


def test_a_board_without_a_token_says_how_to_let_operators_in_and_one_that_cannot_read_it_does_not_start(
    bootstrap: str, topic_prefix: str, tmp_path: Path
) -> None:
    settings = with_board(bootstrap, topic_prefix, tmp_path, operator_token_file="")
    with board(settings, tmp_path):
        for answer in (ask(settings, "/rejected/on", method="GET"), ask(settings, "/rejected/groups")):
            assert answer.status == 403
            assert "set FIELDTALLY_OPERATOR_TOKEN_FILE" in answer.json["en"]
    (tmp_path / "short").write_text("short")
    with pytest.raises(ProducersError, match=r"operator's token in .* is shorter than 32"):
        read_secret(str(tmp_path / "short"), "operator's token")
