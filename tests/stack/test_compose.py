"""The compose file and the image, checked as data: no container engine runs here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.cli import app
from infra.instance import REPO
from infra.stack import tools
from schemas.settings import PREFIX, Settings

COMPOSE: dict[str, Any] = yaml.safe_load((REPO / "infra" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "fieldtally"}
ONE_SHOT = "setup"


def test_compose_runs_the_whole_pipeline() -> None:
    assert set(SERVICES) == {"kafka", "postgres", "setup", "counter", "ledger", "gauges", "gateway", "reconcile",
                             "board", "prometheus", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_lasting_service_is_restarted_and_checked(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == ("on-failure" if name == ONE_SHOT else "unless-stopped")
    assert name == ONE_SHOT or service["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", OURS)
def test_our_services_are_commands_of_the_command_line(name: str) -> None:
    command = OURS[name]["command"][0]
    assert command in {registered.name for registered in app.registered_commands}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_to_our_services_is_a_setting(name: str) -> None:
    known = {PREFIX + field.upper() for field in Settings.__struct_fields__}
    assert set(OURS[name]["environment"]) <= known


def test_our_services_wait_for_topics_and_tables() -> None:
    assert {name for name, service in OURS.items() if ONE_SHOT in service["depends_on"]} == set(OURS) - {ONE_SHOT}
    assert {service["condition"] for service in SERVICES[ONE_SHOT]["depends_on"].values()} == {"service_healthy"}


def test_data_lies_in_named_volumes_and_what_is_mounted_from_the_repo_is_there() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("."):
                assert (REPO / "infra" / source).exists(), f"{name} mounts {source}"
            else:
                assert source in COMPOSE["volumes"], f"{name} mounts {source}"


def test_nothing_is_published_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_no_password_stands_in_the_file() -> None:
    text = (REPO / "infra" / "compose.yaml").read_text()
    assert all(value.startswith("${") for value in re.findall(r"PASSWORD: (.*)", text))


def test_images_have_a_version() -> None:
    assert all(re.fullmatch(r"[a-z/]+:v?\d+(\.\d+)*", service["image"]) for name, service in SERVICES.items()
               if name not in OURS)


def test_kafka_in_compose_is_the_version_of_the_embedded_stack() -> None:
    pom = (REPO / "infra" / "stack" / "kafka" / "pom.xml").read_text()
    version = re.search(r"<kafka.version>(.*)</kafka.version>", pom)
    assert version
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_prometheus_accepts_the_shipped_configuration() -> None:
    config = REPO / "infra" / "prometheus" / "prometheus.yml"
    checked = subprocess.run([tools.promtool(), "check", "config", config], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_prometheus_scrapes_each_service_where_compose_lets_it_listen() -> None:
    config = yaml.safe_load((REPO / "infra" / "prometheus" / "prometheus.yml").read_text())
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    ports = {name: service["environment"][f"FIELDTALLY_{name.upper()}_PORT"] for name, service in OURS.items()
             if name != ONE_SHOT}
    assert targets == {name: [f"{name}:{port}"] for name, port in ports.items()}


def test_the_image_copies_only_what_is_there() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (REPO / "infra" / "Dockerfile").read_text(), re.MULTILINE)
    assert copied
    assert all(Path(REPO, source).exists() for line in copied for source in line.split())
