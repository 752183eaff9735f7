"""What the panels of the committed dashboards show of the played season."""

from __future__ import annotations

from infra.grafana import queries
from infra.grafana.queries import READER, Panel
from tests.operators.conftest import COMMUNE, PROVINCE, Played, Rows

MEASURE = "cards_issued"


def filled(query: str) -> str:
    """The query as Grafana sends it where this commune, its province and this measure are chosen."""
    return queries.filled(query, {"province": PROVINCE, "commune": COMMUNE, "measure": MEASURE})


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
