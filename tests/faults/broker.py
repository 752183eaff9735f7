"""A broker that can be wronged: killed, cut off by a proxy, and relieved of records."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.consumer.fetcher import ConsumerRecord

from infra.instance import Instance
from infra.stack import Stack
from infra.stack.broker import Kafka
from infra.stack.ports import HOST, choose
from infra.stack.process import Program
from infra.topics import ensure, look
from schemas.settings import Settings
from schemas.topics import FIELD_TOPICS
from tests.faults.proxy import Proxy


class ProxiedKafka(Kafka):
    """Kafka with a second listener, which clients reach through `proxy` alone."""

    def __init__(self, instance: Instance, ports: Mapping[str, int], proxy: Proxy) -> None:
        super().__init__(instance, ports)
        self._proxy = proxy

    def prepare(self) -> Program:
        program = super().prepare()
        proxied = f"PROXIED://{HOST}:{self._proxy.target}"
        with (self.folder / "server.properties").open("a") as config:  # the last word on a property holds
            config.write(f"""
listeners=PLAINTEXT://{self.bootstrap},CONTROLLER://{HOST}:{self.ports['controller']},{proxied}
advertised.listeners=PLAINTEXT://{self.bootstrap},PROXIED://{HOST}:{self._proxy.port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT
""")
        return program


@contextlib.contextmanager
def faulty_stack(folder: Path) -> Iterator[tuple[Stack, Proxy]]:
    """A stack of one's own, Kafka and Postgres, and the proxy before its second listener."""
    stack = Stack(folder)
    listens = choose(())
    with Proxy(choose((), [listens]), listens) as proxy:
        stack.kafka = ProxiedKafka(stack.instance, stack.ports, proxy)
        with stack.start():
            yield stack, proxy


class Bus:
    """The harness's own view of a run's topics."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._partitions = range(settings.partitions)

    def tps(self, *topics: str) -> list[TopicPartition]:
        """All partitions of some topics."""
        return [TopicPartition(self.settings.topic(topic), number) for topic in topics for number in self._partitions]

    def consumer(self) -> KafkaConsumer:
        """A consumer without a group."""
        return KafkaConsumer(
            bootstrap_servers=self.settings.bootstrap, enable_auto_commit=False, auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 << 20, bootstrap_timeout_ms=60_000,
        )  # fmt: skip

    def ends(self, *topics: str) -> dict[TopicPartition, int]:
        """End offsets, by default of the field topics."""
        with contextlib.closing(self.consumer()) as consumer:
            found: dict[TopicPartition, int] = consumer.end_offsets(self.tps(*(topics or FIELD_TOPICS)))
        return found

    def read(self, *topics: str) -> Iterator[ConsumerRecord]:
        """All records that are there now, per partition in order."""
        with contextlib.closing(self.consumer()) as consumer:
            tps = self.tps(*topics)
            ends = consumer.end_offsets(tps)
            consumer.assign(tps)
            consumer.seek_to_beginning(*tps)
            while any(consumer.position(tp) < ends[tp] for tp in tps):
                for batch in consumer.poll(500, max_records=5000).values():
                    yield from batch

    def name(self, record: ConsumerRecord) -> str:
        """The topic of a record, by its name in `schemas.topics`."""
        return str(record.topic.removeprefix(self.settings.topic_prefix))

    def write(self, topic: str, partition: int, key: bytes, value: bytes | None) -> None:
        """Put one record somewhere."""
        with contextlib.closing(KafkaProducer(bootstrap_servers=self.settings.bootstrap, acks="all")) as producer:
            producer.send(self.settings.topic(topic), value, key, partition=partition).get(30)

    def remove(self, *topics: str) -> None:
        """Delete topics."""
        with contextlib.closing(self._admin()) as admin:
            names = [self.settings.topic(topic) for topic in topics]
            admin.delete_topics(names)
            while set(names) & set(admin.list_topics()):
                pass  # a broker deletes a topic a moment after it said so

    def recreate(self, *topics: str) -> None:
        """Delete topics and create them anew, empty."""
        self.remove(*topics)
        ensure(self.settings, 1)

    def cut(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Delete all records below these offsets; a compacted topic is another sort for a moment, or Kafka refuses."""
        topics = {tp.topic for tp in offsets}
        with contextlib.closing(self._admin()) as admin:
            policy = {topic: look(admin, self.settings)[topic].config["cleanup.policy"] for topic in topics}
            self._configure(admin, dict.fromkeys(topics, "delete"))
            admin.delete_records(dict(offsets))
            self._configure(admin, policy)

    @staticmethod
    def _configure(admin: KafkaAdminClient, policies: Mapping[str, str]) -> None:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": policy})
                             for topic, policy in policies.items()])  # fmt: skip

    def delete(self, groups: Sequence[str] = ()) -> None:
        """Delete the run's topics, and these groups."""
        with contextlib.closing(self._admin()) as admin:
            mine = [name for name in admin.list_topics() if name.startswith(self.settings.topic_prefix)]
            admin.delete_topics(mine)
            if groups:
                admin.delete_groups(list(groups))

    def _admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(bootstrap_servers=self.settings.bootstrap, bootstrap_timeout_ms=60_000)
