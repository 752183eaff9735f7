"""`python -m tests.faults.plain`: a plain Faust app with a table, as its documentation shows it, to be killed alike.

Counts records by unit and type, so duplicates count too: what it may miss or count twice is Faust's doing alone.
Settings are the defaults, but for those that this machine needs (memory store, quick rebalance as the counter has it).
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import faust
import msgspec

from schemas.settings import from_env
from tests.faults.progress import Progress, Snapshot

GROUP = "plain"
TABLE = "counts"


class Head(msgspec.Struct):
    """As much of an event as is counted by."""

    type: str
    unit: str


decode = msgspec.json.Decoder(Head).decode


def name_of(value: bytes | None) -> str | None:
    """What a record counts as, or None."""
    try:
        head = decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return f"{head.unit} {head.type}"


def main() -> None:
    """Count the topics named on the command line, after the path of the progress file."""
    settings = from_env()
    progress = Progress(Path(sys.argv[1]))
    topics = [settings.topic(name) for name in sys.argv[2:]]
    app = faust.App(
        settings.topic(GROUP), broker=f"kafka://{settings.bootstrap}", store="memory://", web_enabled=False,
        topic_partitions=settings.partitions, topic_replication_factor=1, topic_disable_leader=True,
        consumer_auto_offset_reset="earliest", datadir=settings.data_dir,
        consumer_group_instance_id=settings.topic(GROUP),
        broker_session_timeout=6.0, broker_heartbeat_interval=1.5, worker_redirect_stdouts=False,
    )  # fmt: skip
    table = app.Table(TABLE, default=int)
    read = 0

    @app.agent(app.topic(*topics, key_serializer="raw", value_serializer="raw"))
    async def count(stream: Any) -> None:
        nonlocal read
        async for value in stream:
            name = name_of(value)
            if name is not None:
                table[name] += 1
            read += 1
            progress.write(Snapshot(read=read))

    logging.basicConfig(level=logging.ERROR)
    worker = faust.Worker(app, loglevel="error")
    worker.execute_from_commandline()
    os._exit(0)


if __name__ == "__main__":
    main()
