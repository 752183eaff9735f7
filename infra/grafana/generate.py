"""Makes the dashboards' JSON: `python -m infra.grafana.generate`. A test holds the committed files to be what it makes.

Of Grafana's SDK the 11.6 line; its versions sort as if they were older, so it is pinned by its whole number.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

from grafana_foundation_sdk.builders import bargauge, common, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus as prom
from grafana_foundation_sdk.builders import table as tables
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataSourceRef,
    DynamicConfigValue,
    VariableOption,
    VariableRefresh,
)

from infra.grafana.boards import DASHBOARDS
from infra.grafana.panel import Dashboard, Kind, Panel, Prom, Sql, Variable

FOLDER = Path(__file__).parent / "dashboards"
PROMETHEUS = DataSourceRef("prometheus", "prometheus")
POSTGRES = DataSourceRef("grafana-postgresql-datasource", "postgres")
AnyPanel: TypeAlias = stat.Panel | timeseries.Panel | bargauge.Panel | tables.Panel


def documents() -> dict[Path, str]:
    """Each dashboard's file and its content."""
    return {FOLDER / f"{each.uid}.json": _json(each) for each in DASHBOARDS}


def _json(board: Dashboard) -> str:
    built = (build.Dashboard(f"{board.title} · fieldtally").uid(board.uid).description(board.text).tags(["fieldtally"])
             .timezone("Asia/Ho_Chi_Minh").time("now-24h", "now").refresh("10s").readonly())
    for variable in board.variables:
        built.with_variable(_variable(variable))
    for number, panel in enumerate(board.panels, 1):
        built.with_panel(_panel(panel).id(number))
    for other in DASHBOARDS:
        if other.uid != board.uid:
            built.link(build.DashboardLink(other.title).type(DashboardLinkType.LINK).url(f"/d/{other.uid}")
                       .tooltip(other.text).include_vars(True).keep_time(True))
    return json.dumps(built.build(), cls=JSONEncoder, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _panel(panel: Panel) -> AnyPanel:
    made: AnyPanel
    match panel.kind:
        case Kind.STAT:
            made = stat.Panel()
        case Kind.LINES:
            made = timeseries.Panel().fill_opacity(10)
        case Kind.BARS:
            made = bargauge.Panel().reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        case Kind.TABLE:
            made = tables.Panel()
    made.title(panel.title).description(panel.text).unit(panel.unit).span(panel.width).height(panel.height)
    made.datasource(PROMETHEUS if isinstance(panel.queries[0], Prom) else POSTGRES)
    for letter, query in zip("ABCDEFGH", panel.queries, strict=False):
        made.with_target(_query(panel, query, letter))
    for column, url in panel.links.items():
        link = {"title": column, "url": url}
        made.override_by_name(column, [DynamicConfigValue("links", [link])])
    return made


def _query(panel: Panel, query: Prom | Sql, letter: str) -> Builder[Dataquery]:
    if isinstance(query, Sql):
        return _SqlQuery(query.text, letter, "time_series" if panel.kind is Kind.LINES else "table")
    made = prom.Dataquery().expr(query.expr).ref_id(letter).legend_format(query.legend or "__auto")
    return made.instant() if query.instant else made.range()


def _variable(variable: Variable) -> build.QueryVariable:
    made = (build.QueryVariable(variable.name).label(variable.label).query(variable.query).datasource(POSTGRES)
            .refresh(VariableRefresh.ON_DASHBOARD_LOAD))
    if variable.all_value is not None:
        made.include_all(True).all_value(variable.all_value).current(VariableOption(text="All", value="$__all"))
    return made


class _SqlQuery(Builder[Dataquery], Dataquery):
    """A query of Grafana's Postgres source, which the SDK has no class for."""

    def __init__(self, text: str, letter: str, form: str) -> None:
        self._text, self._letter, self._form = text, letter, form

    def build(self) -> Dataquery:
        return self

    def to_json(self) -> dict[str, object]:
        return {"refId": self._letter, "datasource": POSTGRES, "format": self._form, "rawQuery": True,
                "editorMode": "code", "rawSql": self._text}


def main() -> None:
    """Writes the files."""
    FOLDER.mkdir(exist_ok=True)
    for path, content in documents().items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
