"""What a dashboard is made of, as data: variables, panels and their queries. Titles are Vietnamese, texts English."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """How a panel shows its figures."""

    STAT = "stat"
    LINES = "timeseries"
    TABLE = "table"
    BARS = "bargauge"


class Prom(NamedTuple):
    """A query in PromQL; an instant one gives the newest figures only."""

    expr: str
    legend: str = ""
    instant: bool = True


class Sql(NamedTuple):
    """A query in SQL on the views of the schema `dashboards`."""

    text: str


class Panel(NamedTuple):
    """One panel. `unit` is Grafana's name of what its figures are; the grid is 24 wide.

    `links` leads from a column of a table to another place, by the column's name.
    """

    kind: Kind
    title: str
    text: str
    unit: str
    queries: tuple[Prom | Sql, ...]
    width: int = 6
    height: int = 4
    links: dict[str, str] = {}  # noqa: RUF012 - never changed


class Variable(NamedTuple):
    """A choice at the top of a dashboard; `query` gives __text and __value. With `all_value` one may choose all."""

    name: str
    label: str
    query: str
    all_value: str | None = None


class Dashboard(NamedTuple):
    """One dashboard."""

    uid: str
    title: str
    text: str
    variables: tuple[Variable, ...]
    panels: tuple[Panel, ...]


PROVINCE = Variable(
    "province", "Tỉnh",
    "SELECT DISTINCT province_name AS __text, split_part(province, ':', 2) AS __value FROM dashboards.communes "
    "ORDER BY 1", ".*",
)  # fmt: skip
COMMUNE = Variable(
    "commune", "Xã",
    "SELECT name AS __text, commune AS __value FROM dashboards.communes "
    "WHERE split_part(province, ':', 2) ~ '^($province)$' ORDER BY 1",
)  # fmt: skip
MEASURE = Variable(
    "measure", "Chỉ tiêu",
    "SELECT DISTINCT title_vi AS __text, measure AS __value FROM dashboards.figures ORDER BY 1",
)  # fmt: skip
TO_COMMUNE = "/d/fieldtally-commune?var-commune=${__data.fields.commune}"
"""Where a commune's column leads; its row has the unit in a column `commune`."""


def numbers(title: str, text: str, expr: str, unit: str = "none", width: int = 4) -> Panel:
    """One figure, large."""
    return Panel(Kind.STAT, title, text, unit, (Prom(expr),), width)


def lines(title: str, text: str, expr: str, legend: str, unit: str = "none") -> Panel:
    """Figures over time."""
    return Panel(Kind.LINES, title, text, unit, (Prom(expr, legend, instant=False),), 12, 8)


def table(title: str, text: str, query: str, *, width: int = 24, links: dict[str, str] | None = None) -> Panel:
    """Rows of SQL."""
    return Panel(Kind.TABLE, title, text, "none", (Sql(query),), width, 9, links or {})
