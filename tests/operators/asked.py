"""Dashboards as Grafana reads them: the committed JSON, its variables filled in, its queries run."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from infra.instance import REPO
from tests.operators.conftest import COMMUNE, PROVINCE, Played, Rows

FOLDER = REPO / "infra" / "grafana"
FILES = sorted((FOLDER / "dashboards").glob("*.json"))
MEASURE = "cards_issued"
VARIABLES = {"$__rate_interval": "1m", "$province": PROVINCE, "$commune": COMMUNE, "$measure": MEASURE}
READER = "fieldtally_dashboards"


class Panel(NamedTuple):
    """A panel of a committed dashboard."""

    dashboard: str
    content: dict[str, Any]

    @property
    def title(self) -> str:
        return str(self.content["title"])

    @property
    def name(self) -> str:
        """Dashboard and title, by which expectations find it."""
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


def filled(query: str) -> str:
    """The query as Grafana sends it: variables replaced, its macro for times spelt out."""
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return re.sub(r"\$__timeFilter\((\S+?)\)", r"\1 BETWEEN '2000-01-01' AND '2100-01-01'", query)


def rows(played: Played, panel: Panel) -> Rows:
    """The rows of a panel in SQL, as Grafana's role reads them."""
    [statement] = panel.statements
    return played.ledger(filled(statement).replace("::", "\\:\\:"), READER)


def values(played: Played, panel: Panel) -> list[float]:
    """The figures of a panel in PromQL: query by query, each query's in the order of their labels."""
    return [value for expr in panel.expressions
            for _, value in sorted(played.promql(filled(expr)), key=lambda each: sorted(each[0].items()))]


def labelled(played: Played, panel: Panel, label: str) -> dict[str, float]:
    """The figures of a panel in PromQL by one label."""
    [expr] = panel.expressions
    return {labels[label]: value for labels, value in played.promql(filled(expr))}
