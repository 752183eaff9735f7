"""Topics on the broker against their definition: the missing are created, what differs is said, or altered if asked."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError

from infra.errors import InfraError
from schemas.settings import Settings
from schemas.topics import TOPICS, Topic

DELETE_S = 30.0
UNALTERED = ("cleanup.policy",)  # what was compacted away, or would be, is for a person to decide about


@dataclass(frozen=True)
class Found:
    """A topic as the broker has it."""

    partitions: int
    config: Mapping[str, str]


class Difference(NamedTuple):
    """A setting of a topic that is not as defined; `topic` with the installation's prefix."""

    topic: str
    setting: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"Topic {self.topic} has {self.setting}={self.found}, its definition says {self.wanted}."


@dataclass(frozen=True)
class Comparison:
    """Definitions against the broker. `stop` holds the sentences of differences with which nothing may run."""

    missing: tuple[Topic, ...]
    differs: tuple[Difference, ...]
    stop: tuple[str, ...]


def compare(wanted: Iterable[Topic], found: Mapping[str, Found], settings: Settings) -> Comparison:
    """What to create and what to say, given the broker's topics by name (with the installation's prefix)."""
    missing: list[Topic] = []
    differs: list[Difference] = []
    stop: list[str] = []
    for topic in wanted:
        name = settings.topic(topic.name)
        if (there := found.get(name)) is None:
            missing.append(topic)
            continue
        if there.partitions != settings.partitions:
            stop.append(
                f"Topic {name} has {there.partitions} partitions, FIELDTALLY_PARTITIONS says {settings.partitions}: "
                f"the count is fixed for an installation's life, so set it to {there.partitions}, or start a new "
                "installation with another FIELDTALLY_TOPIC_PREFIX.")
        differs += [Difference(name, key, there.config.get(key, "unset"), value)
                    for key, value in topic.config().items() if there.config.get(key) != value]
    return Comparison(tuple(missing), tuple(differs), tuple(stop))


def look(admin: KafkaAdminClient, settings: Settings) -> dict[str, Found]:
    """Those of our topics that the broker has, by their name there."""
    described = admin.describe_topics([settings.topic(topic.name) for topic in TOPICS])
    present = {topic["name"]: len(topic["partitions"]) for topic in described if topic["error_code"] == 0}
    if not present:
        return {}
    asked = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in present],
                                   config_filter="all")["topic"]
    return {name: Found(partitions, {key: entry["value"] for key, entry in asked[name].items()})
            for name, partitions in present.items()}


def ids(settings: Settings, names: Sequence[str]) -> dict[str, str]:
    """The broker's id of each topic (name without prefix): a topic that is made again has another.

    Raises:
        InfraError: a topic is not there.
    """
    with _admin(settings) as admin:
        found = {topic["name"]: topic for topic in admin.describe_topics([settings.topic(name) for name in names])}
    if missing := [name for name, topic in found.items() if topic["error_code"]]:
        raise InfraError(f"Kafka has no topic {missing[0]}: `fieldtally topics` creates it.")
    return {name: str(found[settings.topic(name)]["topic_id"]) for name in names}


def _admin(settings: Settings) -> KafkaAdminClient:
    return KafkaAdminClient(bootstrap_servers=settings.bootstrap.split(","), bootstrap_timeout_ms=5_000)


def inspect(settings: Settings) -> Comparison:
    """The comparison alone; nothing is created."""
    with _admin(settings) as admin:
        return compare(TOPICS, look(admin, settings), settings)


def ensure(settings: Settings, replicas: int = -1) -> Comparison:
    """Creates the topics that are missing, with `replicas` copies (-1: the broker's default), and waits for them.

    Returns the comparison from before, so that the caller can tell what was made and what differs.

    Raises:
        InfraError: a topic has another partition count; nothing was created.
    """
    with _admin(settings) as admin:
        comparison = compare(TOPICS, look(admin, settings), settings)
        if comparison.stop:
            raise InfraError(" ".join(comparison.stop))
        if comparison.missing:
            wanted = {settings.topic(topic.name): {"num_partitions": settings.partitions,
                                                   "replication_factor": replicas, "configs": topic.config()}
                      for topic in comparison.missing}
            # Another process may be quicker with one; the broker answers per topic, so the others are made.
            with suppress(TopicAlreadyExistsError):
                admin.create_topics(wanted)
            admin.wait_for_topics(list(wanted), timeout_ms=60_000)
    return comparison


def alter(settings: Settings, differs: Iterable[Difference]) -> tuple[Difference, ...]:
    """Makes settings those of the definition, where that loses no record; the differences that it leaves.

    Raises:
        InfraError: the broker refuses one.
    """
    altered: dict[str, dict[str, str]] = {}
    left = []
    for each in differs:
        if each.setting in UNALTERED:
            left.append(each)
        else:
            altered.setdefault(each.topic, {})[each.setting] = each.wanted
    if altered:
        with _admin(settings) as admin:
            told = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, wanted)
                                        for name, wanted in altered.items()])["topic"]
        if refused := [f"{name} ({said})" for name, said in told.items() if said != "OK"]:
            raise InfraError(f"The broker did not alter all topics: {', '.join(refused)}.")
    return tuple(left)


def delete(settings: Settings, topics: Iterable[Topic] = TOPICS) -> None:
    """Removes topics of a trial installation, one with a prefix of its own, and waits until they are gone.

    Raises:
        InfraError: there is no prefix, so these would be the topics of the real one; or the broker keeps them.
    """
    if not settings.topic_prefix:
        raise InfraError("Topics without a prefix are those of the real installation: they are not deleted.")
    wanted = {settings.topic(topic.name) for topic in topics}
    with _admin(settings) as admin:
        if going := wanted & look(admin, settings).keys():
            admin.delete_topics(list(going))
        deadline = time.monotonic() + DELETE_S
        while left := wanted & look(admin, settings).keys():
            if time.monotonic() > deadline:
                raise InfraError(f"The broker still has {sorted(left)[0]} after {DELETE_S:.0f} s: see its log.")
            time.sleep(0.1)
