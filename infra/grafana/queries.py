"""The committed dashboards as Grafana reads them: their panels, and their queries with the variables filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
FILES = sorted((FOLDER / "dashboards").glob("*.json"))
READER = "fieldtally_dashboards"
"""The role by which Grafana asks Postgres."""


class Panel(NamedTuple):
    """A panel of a committed dashboard."""

    dashboard: str
    content: dict[str, Any]

    @property
    def title(self) -> str:
        """As it stands above the panel."""
        return str(self.content["title"])

    @property
    def name(self) -> str:
        """Dashboard and title, which no other panel has."""
        return f"{self.dashboard.removeprefix('fieldtally-')}: {self.title}"

    @property
    def expressions(self) -> list[str]:
        """Its queries in PromQL."""
        return [target["expr"] for target in self.content["targets"] if "expr" in target]

    @property
    def statements(self) -> list[str]:
        """Its queries in SQL."""
        return [target["rawSql"] for target in self.content["targets"] if "rawSql" in target]


def documents() -> dict[str, dict[str, Any]]:
    """The dashboards by uid."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}


def panels() -> list[Panel]:
    """All panels of all dashboards."""
    return [Panel(uid, content) for uid, board in documents().items() for content in board["panels"]]


def filled(query: str, variables: Mapping[str, str]) -> str:
    """The query as Grafana sends it: variables replaced by name, its macro for times spelt out."""
    for name, value in {"__rate_interval": "1m", **variables}.items():
        query = query.replace(f"${name}", value)
    return re.sub(r"\$__timeFilter\((\S+?)\)", r"\1 BETWEEN '2000-01-01' AND '2100-01-01'", query)
