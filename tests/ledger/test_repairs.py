"""How it stands with rejected events, in the ledger: what the log says of any history of decisions."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from producers.office import repairs
from producers.office.mending import Sendable
from producers.office.rejects import Rejected, join, taken
from producers.office.repairs import by
from producers.reading import Kept
from schemas import wire
from schemas.events.envelope import Envelope
from schemas.rejected import HEADER_RETURNED, Origin, Refusal, rejected_headers
from schemas.repair import HEADER_MENDS, SENT, Mending, Repair, Standing, done, encode
from schemas.topics import ACTIONS, REJECTED
from sinks.ledger.positions import Partition
from sinks.ledger.store import Store
from tests.ledger.conftest import Record, Sql, write
from tests.mend.test_mending import KEY, TOPIC, rejected, written

EVENTS = 80


def decisions(record: Rejected, rng: random.Random) -> Iterator[Repair]:
    """What operators may do about an event, in any order and any number."""
    event = wire.decode(written())
    assert isinstance(event, Envelope)
    made, mending = Sendable(TOPIC, event, written()), []
    for _ in range(rng.randrange(5)):
        who = by(rng.choice(("ops.lan", "ops.minh")), rng.choice(("software-fault", "paper-record")))
        match rng.randrange(3):
            case 0:
                yield repairs.drop(record, who)
            case 1:
                mending.append(rng.choice((repairs.fix, repairs.replay))(record, made, who))
                yield mending[-1]
            case 2 if mending:
                of = rng.choice(mending).id
                yield repairs._repair(SENT, record.origin, who.operator, who.source,
                                      Mending(reason=record.reason, why=who.why, decision=of))  # fmt: skip


def test_the_ledger_and_the_log_say_the_same_of_every_event(store: Store, sql: Sql) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)
    rng = random.Random(seed)
    kept: list[Kept] = []
    for number in range(EVENTS):
        origin = Origin(TOPIC, 1, number)
        mends = [(HEADER_MENDS, Origin(TOPIC, 1, rng.randrange(number)).key())] if number and rng.random() < 0.2 else []
        headers = rejected_headers(origin, KEY, Refusal("wrong-key"), mends)
        for marks in ([], [(HEADER_RETURNED, b"2")])[: rng.choice((1, 1, 1, 2))]:
            kept.append(Kept(REJECTED, 1, len(kept), number, origin.key(), written(), [*headers, *marks]))
    records = [replace(rejected("wrong-key", written()), origin=f"{TOPIC}:1:{number}") for number in range(EVENTS)]
    actions = [each for record in records for each in decisions(record, rng)]
    logged = Partition(REJECTED, 1), Partition(ACTIONS, 0)
    store.positions(dict.fromkeys(logged, "log-1"))
    for start in range(0, len(kept), 30):
        write(store, {logged[0]: [Record(each.offset, each.key, each.value, each.timestamp, each.headers)
                                  for each in kept[start : start + 30]]})  # fmt: skip
    write(store, {logged[1]: [Record(at, each.key(), encode(each)) for at, each in enumerate(actions)]})

    by_origin: dict[str, list[Repair]] = defaultdict(list)
    for each in actions:
        by_origin[each.origin].append(each)
    wanted = join(taken(kept, lambda *_: False), {origin: done(some) for origin, some in by_origin.items()})
    said = {row.origin: row for row in sql("SELECT origin, standing, why, operator FROM rejected_standing")}
    assert {origin: row.standing for origin, row in said.items()} == {
        origin: str(each.standing) for origin, each in wanted.items()
    }
    assert {each.standing for each in wanted.values()} == set(Standing)
    for origin, each in wanted.items():
        holds = each.done.holds
        decided = (holds.data.why, holds.operator) if holds else (None, None)
        assert (said[origin].why, said[origin].operator) == decided
