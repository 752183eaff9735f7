"""Prometheus on loopback: the jobs of infra/prometheus/prometheus.yml, and targets that may change while it runs."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from infra.instance import REPO, Instance
from infra.stack import tools
from infra.stack.ports import HOST
from infra.stack.process import Program
from infra.stack.server import Server

SHIPPED = REPO / "infra" / "prometheus" / "prometheus.yml"


class Prometheus(Server):
    """Prometheus on the loopback port `ports["prometheus"]`. It scrapes what `scrape` named last."""

    name = "prometheus"

    def __init__(self, instance: Instance, ports: Mapping[str, int]) -> None:
        super().__init__(instance)
        self.ports = ports  # read at each start
        self.folder = instance.folder / "prometheus"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports['prometheus']}"

    def scrape(self, job: str, addresses: Iterable[str]) -> None:
        """Sets the `host:port` pages of one job of the shipped configuration; a running server notices by itself."""
        path = self._targets(job)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps([{"targets": list(addresses)}]))
        fresh.replace(path)

    def prepare(self) -> Program:
        """Writes the shipped configuration with file-based targets instead of compose's host names."""
        config = yaml.safe_load(SHIPPED.read_text())
        config["rule_files"] = [str(SHIPPED.parent / name) for name in config["rule_files"]]
        config["scrape_configs"].append({"job_name": "supervisor"})
        for job in config["scrape_configs"]:
            job.pop("static_configs", None)
            job["file_sd_configs"] = [{"files": [str(self._targets(job["job_name"]))]}]
        (self.folder / "targets").mkdir(parents=True, exist_ok=True)  # it watches only a folder that is there
        path = self.folder / "prometheus.yml"
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        command = (str(tools.prometheus()), f"--config.file={path}", f"--storage.tsdb.path={self.folder / 'data'}",
                   f"--web.listen-address={HOST}:{self.ports['prometheus']}", "--storage.tsdb.retention.time=30d")
        return Program("prometheus", command, self.instance.logs / "prometheus.log")

    def complaint(self) -> str | None:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2) as answer:
                return None if answer.status == 200 else f"status {answer.status}"
        except (urllib.error.URLError, OSError) as error:
            return str(error)

    def _targets(self, job: str) -> Path:
        return self.folder / "targets" / f"{job}.json"
