"""A broker of the production profile for tests: its certificate, and the clients of those who come in by it."""

from __future__ import annotations

import datetime
import ipaddress
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kafka import KafkaConsumer, KafkaProducer
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.instance import REPO
from infra.stack.ports import HOST
from schemas.settings import Settings
from tests.services import environment_of

PROFILE = REPO / "infra" / "production" / "outside.properties"
PATIENCE_MS = 20_000  # for a connection that the broker must let in


@dataclass
class Guarded:
    """A broker of the production profile, and how others reach it."""

    settings: Settings
    outside: str
    folder: Path
    users: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["access", *arguments], env=environment_of(self.settings))

    def admit(self, role: str, user: str, *options: str) -> dict[str, Any]:
        """The settings of a client for a user that is let in."""
        client = self.folder / f"{user}.json"
        done = self.run(role, user, f"--client={client}", f"--ca={self.folder / 'ca.pem'}", *options)
        assert done.exit_code == 0, (done.output, done.exception)
        self.users[user] = json.loads(client.read_text())
        return self.users[user]

    def consumer(self, client: dict[str, Any], **more: Any) -> KafkaConsumer:
        said = {"bootstrap_timeout_ms": PATIENCE_MS, "auto_offset_reset": "earliest", **client, **more}
        return KafkaConsumer(bootstrap_servers=self.outside, **said)

    def producer(self, client: dict[str, Any], **more: Any) -> KafkaProducer:
        said = {"bootstrap_timeout_ms": PATIENCE_MS, "acks": "all", **client, **more}
        return KafkaProducer(bootstrap_servers=self.outside, **said)


def certificate(folder: Path) -> Path:
    """A key and its own certificate for loopback, in one file; the certificate alone is `ca.pem`."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fieldtally")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256()))  # fmt: skip
    public = made.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(public)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())  # fmt: skip
    keystore = folder / "keystore.pem"
    keystore.write_bytes(private + public)
    return keystore
