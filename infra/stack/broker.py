"""The real Kafka broker from its jars: one node, broker and controller in one process."""

from __future__ import annotations

import base64
import logging
import socket
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path
from string import Template

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from infra.errors import InfraError
from infra.instance import Instance
from infra.stack import tools
from infra.stack.ports import HOST
from infra.stack.process import Program
from infra.stack.server import Server

_FILES = Path(__file__).parent / "kafka"
# For one machine that does everything: a small heap, and no compiling for the long run beside all else.
_MACHINE = ("-Xms512m", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class Kafka(Server):
    """Kafka on the loopback ports `ports["kafka"]` and, for its controller, `ports["controller"]`."""

    name = "kafka"

    def __init__(self, instance: Instance, ports: Mapping[str, int]) -> None:
        super().__init__(instance)
        self.ports = ports  # read at each start
        self.profile = ""
        """Further lines of `server.properties`; where both name a property, these hold."""
        self.folder = instance.folder / "kafka"

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.ports['kafka']}"

    def prepare(self) -> Program:
        """Writes the configuration for these ports, and formats the data folder once."""
        data, config = self.folder / "data", self.folder / "server.properties"
        data.mkdir(parents=True, exist_ok=True)
        template = Template((_FILES / "server.properties").read_text())
        own = template.substitute(port=self.ports["kafka"], controller_port=self.ports["controller"], data=data)
        config.write_text(f"{own}\n{self.profile}")  # Java keeps the last value of a property
        if not (data / "meta.properties").exists():
            self._format(config)
        log = self.instance.logs / "kafka.log"
        return Program("kafka", (*self._java(log), *_MACHINE, "kafka.Kafka", str(config)), log, grace=30.0)

    def complaint(self) -> str | None:
        try:
            socket.create_connection((HOST, self.ports["kafka"]), timeout=1).close()
        except OSError as error:
            return str(error)
        # The client logs every try that fails; the answer here is its exception alone.
        logging.getLogger("kafka").addHandler(logging.NullHandler())
        try:
            with KafkaAdminClient(bootstrap_servers=self.bootstrap, bootstrap_timeout_ms=2_000) as admin:
                # This needs a registered broker and the group coordinator, which on a fresh broker comes last.
                admin.list_group_offsets("fieldtally-ready")
                return None
        except KafkaError as error:
            return str(error)

    def _java(self, log: Path) -> tuple[str, ...]:
        return (str(tools.java()), "-cp", f"{tools.kafka_jars()}/*", f"-Dfieldtally.log={log}",
                f"-Dlog4j2.configurationFile={_FILES / 'log4j2.properties'}")

    def _format(self, config: Path) -> None:
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        quick = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # a second's work is not worth much compiling
        command = (*self._java(self.instance.logs / "kafka-format.log"), *quick, "kafka.tools.StorageTool", "format",
                   f"--cluster-id={cluster}", f"--config={config}")
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            raise InfraError(f"Kafka's data folder {self.folder / 'data'} could not be formatted: {said}")
