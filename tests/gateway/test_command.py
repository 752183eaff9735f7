"""`fieldtally tablet` as an office uses it, the gateway's own page of metrics, TLS by certificate files."""

from __future__ import annotations

import json
import re
import resource
import ssl
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from infra.stack import tools
from infra.stack.ports import choose
from producers.gateway.limits import FILES_MAX
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import RefusedError, Tablet
from producers.tablet_client.transport import Http
from schemas.gateway import canonical
from schemas.metrics import METRICS, PROCESS_METRICS
from schemas.settings import Settings
from tests.gateway.field import sim
from tests.gateway.process import OTHER_UNIT, UNIT, Gateway, environment, until

_LOOPBACK = ip_address("127.0.0.1")
CODE = re.compile(r"invitation: ([0-9A-Z-]{12})")


def fieldtally(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on this installation."""
    command = (sys.executable, "-P", "-m", "infra.cli", *arguments)
    return subprocess.run(command, env=environment(settings) | {"COLUMNS": "200"}, capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL)  # fmt: skip


def code_in(done: subprocess.CompletedProcess[str]) -> str:
    """The code that a command printed."""
    found = CODE.search(done.stdout)
    assert found, done.stdout + done.stderr
    assert canonical(found[1]) == found[1]
    return found[1]


def test_an_office_invites_lists_revokes_and_reissues_tablets(gateway: Gateway, tmp_path: Path) -> None:
    settings, page = gateway.settings, tmp_path / "invitation.html"
    done = fieldtally(settings, "tablet", "invite", "--unit", UNIT, "--unit", OTHER_UNIT, "--organisation", "other",
                      "--days", "3", "--page", str(page), "--url", "https://tablets.example")  # fmt: skip
    assert done.returncode == 0, done.stderr
    code = code_in(done)
    assert code in page.read_text(encoding="utf-8")
    assert "Xã Lạc Dương" in page.read_text(encoding="utf-8")
    tablet = Tablet(Outbox(), Http(gateway.url))
    assert gateway.enrol(tablet, code) == [UNIT, OTHER_UNIT]
    sim(tablet)
    tablet.send()
    name = tablet.key.thumbprint[:12]
    assert re.search(rf"enrolled .*{name}.* {UNIT} {OTHER_UNIT} .*Z", fieldtally(settings, "tablet", "list").stdout)

    fresh = code_in(fieldtally(settings, "tablet", "reissue", name))
    sim(tablet)
    until(lambda: not sends(tablet), gateway.log)
    assert re.search(rf"revoked .*{name}", fieldtally(settings, "tablet", "list").stdout)
    assert gateway.enrol(Tablet(Outbox(), Http(gateway.url)), fresh) == [UNIT, OTHER_UNIT]
    log = "".join(path.read_text() for path in (gateway.log,))
    assert code not in log
    assert fresh not in log


def sends(tablet: Tablet) -> bool:
    """Whether the gateway takes a batch of this tablet."""
    try:
        tablet.send()
    except RefusedError as error:
        if error.answer.code != "revoked":
            raise
        return False
    return True


def test_what_an_office_says_wrongly_is_told_in_a_sentence(installation: Settings) -> None:
    for arguments, word in (
        (("invite", "--unit", "2025-07:99999", "--organisation", "other"), "2025-07:99999"),
        (("invite", "--unit", UNIT, "--organisation", "nobody"), "youth-union-lac-duong"),
        (("revoke", "nobody"), "tablet list"),
    ):
        done = fieldtally(installation, "tablet", *arguments)
        assert done.returncode == 1
        assert word in done.stderr
        assert "Traceback" not in done.stderr


def test_the_page_of_metrics_is_clean_and_its_names_are_those_of_the_vocabulary(gateway: Gateway) -> None:
    tablet = gateway.tablet(UNIT)
    sim(tablet)
    tablet.send()
    with urllib.request.urlopen(f"{gateway.url}/metrics", timeout=10) as answer:
        page = answer.read().decode()
    checked = subprocess.run((str(tools.promtool()), "check", "metrics"), input=page, capture_output=True, text=True,
                             check=False)  # fmt: skip
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    typed = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    assert typed == {name for name in METRICS if name.startswith("fieldtally_gateway_")} | set(PROCESS_METRICS)
    assert 'fieldtally_gateway_events_total{outcome="accepted"}' in page
    assert "fieldtally_gateway_ready 1.0" in page
    assert tablet.key.thumbprint not in page


def test_a_system_that_allows_few_open_files_is_asked_for_as_many_as_connections(
    installation: Settings, tmp_path: Path
) -> None:
    made = Gateway(msgspec.structs.replace(installation, gateway_port=choose(())), tmp_path / "files.log")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    try:
        made.spawn()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    try:
        until(lambda: made.status("/healthz") == 200, made.log)
        assert resource.prlimit(made.pid, resource.RLIMIT_NOFILE)[0] == FILES_MAX
    finally:
        made.process.kill()


def test_it_speaks_tls_with_the_certificate_that_it_is_given(installation: Settings, tmp_path: Path) -> None:
    certificate, key = signed_by_itself(tmp_path)
    mine = msgspec.structs.replace(
        installation, gateway_port=choose(()), tls_cert=str(certificate), tls_key=str(key)
    )
    made = Gateway(mine, tmp_path / "tls.log")
    made.spawn()
    trust = ssl.create_default_context(cafile=str(certificate))

    def answers() -> dict[str, object]:
        try:
            url = f"https://127.0.0.1:{mine.gateway_port}/healthz"
            with urllib.request.urlopen(url, timeout=5, context=trust) as answer:
                return dict(json.loads(answer.read()))
        except OSError:
            return {}

    try:
        assert until(answers, made.log)["fieldtally"] == "v1"
        assert made.status("/healthz") == 0, "no answer without TLS"
    finally:
        made.process.signal_stop()
        assert made.ended() == 0


def signed_by_itself(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(_LOOPBACK)])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False).sign(key, SHA256())
    )  # fmt: skip
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
