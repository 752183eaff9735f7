"""Real Kafka, Postgres and Prometheus: killed, restarted, left behind, on busy ports and in awkward folders."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from infra.errors import InfraError
from infra.instance import REPO
from infra.stack import Stack
from infra.stack.ports import HOST, choose, is_free
from infra.stack.process import identify
from tests.stack.waiting import until

OWNER = """
import signal, sys
from pathlib import Path
from infra.stack import Stack
stack = Stack(Path(sys.argv[1])).start(kafka=False)
stack.postgres.execute("CREATE TABLE kept AS SELECT 1 AS x", "fieldtally")
print(stack.postgres.pid, flush=True)
signal.pause()
"""


@contextmanager
def listening() -> Iterator[int]:
    """A loopback port that a foreign program holds."""
    with socket.create_server((HOST, 0)) as taken:
        yield taken.getsockname()[1]


def test_what_kafka_acknowledged_is_there_after_it_was_killed(stack: Stack, topic_prefix: str) -> None:
    topic = topic_prefix + "kept"
    with KafkaAdminClient(bootstrap_servers=stack.addresses.bootstrap) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    producer = KafkaProducer(bootstrap_servers=stack.addresses.bootstrap, acks="all")
    producer.send(topic, b"kept").get(timeout=30)
    producer.close()
    before = stack.addresses
    stack.kafka.kill()
    assert not stack.kafka.running
    stack.kafka.start()
    assert stack.addresses == before
    consumer = KafkaConsumer(bootstrap_servers=stack.addresses.bootstrap, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, 0)])
    assert [record.value for records in consumer.poll(30_000).values() for record in records] == [b"kept"]
    consumer.close()


def test_what_postgres_committed_is_there_after_it_was_killed(stack: Stack) -> None:
    stack.postgres.execute("CREATE TABLE kept AS SELECT 7 AS x", "fieldtally")
    stack.postgres.kill()
    stack.postgres.start()
    assert stack.postgres.query("SELECT x FROM kept", "fieldtally") == [(7,)]
    stack.postgres.execute("DROP TABLE kept", "fieldtally")


def test_sqlalchemy_reaches_postgres_18_by_the_url(stack: Stack) -> None:
    engine = sqlalchemy.create_engine(stack.addresses.database_url)
    with engine.connect() as connection:
        version = connection.execute(sqlalchemy.text("SHOW server_version")).scalar_one()
    engine.dispose()
    assert version.startswith("18.")


def test_a_folder_that_is_up_is_not_started_again(stack: Stack) -> None:
    with pytest.raises(InfraError, match="already up"):
        Stack(stack.instance.folder).start()


def test_after_its_owner_was_killed_an_instance_starts_again_with_its_data(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPO) as owner:
        assert owner.stdout
        left = identify(int(owner.stdout.readline()))
        owner.send_signal(signal.SIGKILL)
    with Stack(tmp_path).start(kafka=False) as again:
        assert left
        assert not left.alive
        assert again.postgres.query("SELECT x FROM kept", "fieldtally") == [(1,)]


def test_a_pid_file_that_names_a_foreign_process_keeps_nothing_down(tmp_path: Path) -> None:
    with Stack(tmp_path).start(kafka=False) as stack:
        note = (stack.postgres.data / "postmaster.pid").read_text().splitlines()
    (stack.postgres.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *note[1:]]) + "\n")
    with Stack(tmp_path).start(kafka=False) as again:
        assert again.postgres.query("SELECT 1") == [(1,)]


def test_postgres_starts_in_a_folder_whose_path_is_too_long_for_a_socket(tmp_path: Path) -> None:
    with Stack(tmp_path / ("long" * 30)).start(kafka=False) as stack:
        assert stack.postgres.query("SELECT 1") == [(1,)]


def test_a_busy_port_is_passed_over_and_the_chosen_one_is_kept(tmp_path: Path) -> None:
    with listening() as busy:
        with Stack(tmp_path, {"prometheus": busy}).start(kafka=False, postgres=False, prometheus=True) as stack:
            first = stack.addresses.prometheus_url
        assert stack.ports["prometheus"] != busy
        with Stack(tmp_path, {"prometheus": busy}).start(kafka=False, postgres=False) as stack:
            assert stack.addresses.prometheus_url == first
            assert stack.instance.read()["addresses"]["prometheus_url"] == first


def test_a_free_wished_port_is_taken() -> None:
    wished = choose([])
    assert is_free(wished)
    assert choose([wished]) == wished
    assert choose([wished], taken=[wished]) != wished


def test_prometheus_scrapes_the_page_that_it_is_told_of(tmp_path: Path) -> None:
    page = tmp_path / "pages" / "metrics"
    page.parent.mkdir()
    page.write_text("fieldtally_example 42\n")

    class Pages(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(page.parent))  # type: ignore[arg-type]  # as the server calls it

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: pytest's output is not for scrapes."""

    web = ThreadingHTTPServer((HOST, 0), Pages)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with Stack(tmp_path).start(kafka=False, postgres=False, prometheus=True) as stack:
        stack.prometheus.scrape("gauges", [f"{HOST}:{web.server_address[1]}"])
        query = f"{stack.addresses.prometheus_url}/api/v1/query?" + urllib.parse.urlencode(
            {"query": 'fieldtally_example{job="gauges"}'})

        def scraped() -> list[str]:
            with urllib.request.urlopen(query, timeout=5) as answer:
                return [row["value"][1] for row in json.load(answer)["data"]["result"]]

        until(lambda: scraped() == ["42"], "Prometheus has scraped the page")
    web.shutdown()
    web.server_close()


def test_a_server_that_cannot_start_names_its_log(tmp_path: Path) -> None:
    stack = Stack(tmp_path).start(kafka=False, postgres=False)
    with listening() as busy:
        stack.ports["prometheus"] = busy
        with pytest.raises(InfraError, match=r"prometheus ended with status 1 .*prometheus\.log"):
            stack.prometheus.start()
    stack.stop()
