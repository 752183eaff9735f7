"""What offices write: records appended to a topic, each confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from producers.connection import Say
from producers.publisher import Publisher
from producers.simulator.record import Record
from schemas.settings import Settings


def append(
    settings: Settings,
    topic: str,
    records: Iterable[tuple[bytes, bytes | None]],
    *,
    wait_s: float | None = 30.0,
    say: Say = print,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Append (key, value) to a topic (name without prefix), each confirmed by all replicas; how many.

    Raises:
        ProducersError: the broker did not answer, or a record failed; to append the same again is harmless.
    """
    with Publisher(settings, wait_s=wait_s, say=say) as publisher:
        for number, (key, value) in enumerate(records):
            publisher.send(Record(topic, key, value, None, [], "office"))
            if progress is not None and number % 500 == 0:
                progress(publisher.confirmed)
        return publisher.confirm()
