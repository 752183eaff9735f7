"""A subscriber on one screen: keeps a copy of every unit's live counters in SQLite. Take this file; it is all.

    pip install kafka-python
    python subscriber.py --bootstrap 127.0.0.1:9092 --copy totals.sqlite
    sqlite3 totals.sqlite "SELECT * FROM counters WHERE unit = '2025-07:24848'"
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS totals (unit TEXT PRIMARY KEY, total TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS read (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE VIEW IF NOT EXISTS counters AS SELECT unit, measure.key AS measure, kind.key AS kind, kind.value AS value
    FROM totals, json_each(total, '$.counters') AS measure, json_each(measure.value) AS kind;
"""


def supersedes(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """The contract's rule: the higher generation; within one, no position below those of what is held."""
    if new["generation"] != old["generation"]:
        return bool(new["generation"] > old["generation"])
    return all(there >= held for there, held in zip(new["positions"], old["positions"], strict=True))


def keep(copy: sqlite3.Connection, values: Iterable[bytes | str]) -> None:
    """Take totals into the copy: each is absolute and replaces what it supersedes."""
    for total in map(json.loads, values):
        held = copy.execute("SELECT total FROM totals WHERE unit = ?", [total["unit"]]).fetchone()
        if held is None or supersedes(total, json.loads(held[0])):
            copy.execute("REPLACE INTO totals VALUES (?, ?)", [total["unit"], json.dumps(total)])


def follow(copy: sqlite3.Connection, said: argparse.Namespace) -> None:
    """Read on from the copy's offsets, which move in one transaction with what they cover."""
    from kafka import KafkaConsumer, TopicPartition  # not needed for --lines

    client = json.loads(Path(said.client).read_text()) if said.client else {}
    consumer = KafkaConsumer(bootstrap_servers=said.bootstrap, auto_offset_reset="earliest", **client)
    partitions = [TopicPartition(said.topic, number) for number in consumer.partitions_for_topic(said.topic)]
    if not partitions:
        sys.exit(f"Kafka has no topic {said.topic}, or this user may not read it.")
    consumer.assign(partitions)
    offsets = {} if said.from_start else dict(copy.execute("SELECT partition, next FROM read"))
    ends: dict[TopicPartition, int] = {}
    for each in partitions:
        consumer.seek(each, offsets.get(each.partition, 0))
        ends |= consumer.end_offsets([each])  # each alone: one that was just made is then waited for, not a KeyError
    while not said.once or any(consumer.position(each) < ends[each] for each in partitions):
        for each, records in consumer.poll(timeout_ms=500).items():
            with copy:
                keep(copy, (record.value for record in records if record.value))
                copy.execute("REPLACE INTO read VALUES (?, ?)", [each.partition, records[-1].offset + 1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Keep a copy of fieldtally's totals in SQLite.")
    parser.add_argument("--bootstrap", default="127.0.0.1:9092", help="Kafka's bootstrap servers")
    parser.add_argument("--topic", default="commune.totals.v1", help="with the installation's prefix, if it has one")
    parser.add_argument("--copy", default="totals.sqlite", help="file of the copy")
    parser.add_argument("--client", help="JSON file with further settings of the client: user, password, TLS")
    parser.add_argument("--once", action="store_true", help="stop at the topic's end as it is now")
    parser.add_argument("--from-start", action="store_true", help="read all again; never wrong")
    parser.add_argument("--lines", action="store_true", help="take totals from standard input, one JSON a line")
    said = parser.parse_args()
    with sqlite3.connect(said.copy) as copy:
        copy.executescript(TABLES)
        keep(copy, sys.stdin) if said.lines else follow(copy, said)
