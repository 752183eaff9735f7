"""Whether an assignment can be taken over: the same partitions of all field topics, which are as they must be."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from stream_processors.protocol.takeover import DistrustError


def check_assignment(
    settings: Settings, assignment: Collection[tuple[str, int]], on_broker: Mapping[str, int]
) -> set[int]:
    """The partition numbers that are assigned; none where there are more counters than partitions.

    `on_broker` has the number of partitions of each topic that the broker has, by its name there.

    Raises:
        DistrustError: a topic is missing or has another number of partitions, or not all of a number are assigned.
    """
    for name in map(settings.topic, FIELD_TOPICS):
        if name not in on_broker:
            raise DistrustError(
                f"Kafka has no topic {name}. If it was deleted, its events are gone with it: restore the log from a "
                "backup. For a new installation, `fieldtally topics` creates it."
            )
        if on_broker[name] != settings.partitions:
            raise DistrustError(
                f"{name} has {on_broker[name]} partitions, but FIELDTALLY_PARTITIONS says {settings.partitions}: the "
                "count is fixed for an installation's life."
            )
    numbers = {partition for _, partition in assignment}
    if len(assignment) != len(numbers) * len(FIELD_TOPICS):
        raise DistrustError(
            f"The group assigned {len(assignment)} topic-partitions of {len(numbers)} numbers, not all "
            f"{len(FIELD_TOPICS)} field topics of each: stop all counters and start them again."
        )
    return numbers
