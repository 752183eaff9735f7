"""The committed dashboards on a real Prometheus and a real Postgres: each panel shows the ledger's own figures."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.exc import ProgrammingError

from infra.grafana.generate import documents as generated
from infra.grafana.queries import FILES, FOLDER, READER, Panel, documents, panels
from infra.instance import REPO
from infra.stack.pipeline import gather
from schemas.metrics import METRICS, PROCESS_METRICS
from tests.operators import expected
from tests.operators.asked import MEASURE, filled, labelled, rows, values
from tests.operators.conftest import COMMUNE, LATE, Played
from tests.operators.test_alerts import RECORDED

ALL = panels()
GROWING = {
    "pipeline: Từ lần cập nhật cuối", "pipeline: Bản ghi chờ lâu nhất", "pipeline: Bản ghi mỗi giây",
    "pipeline: Bộ nhớ", "pipeline: Ổ đĩa Kafka còn trống", "pipeline: Đối soát",
}  # fmt: skip
"""Times, rates and sizes: above 0, and of no one moment that another side could tell."""
QUIET = {"pipeline: Đối soát khác nhau", "pipeline: Khởi động lại trong 15 phút"}
"""What must be 0 while all is well; what makes them speak is tested with the alerts."""
ALERTS = "pipeline: Cảnh báo"


def panel(name: str) -> Panel:
    [found] = [each for each in ALL if each.name == name]
    return found


def test_the_committed_files_are_what_the_generator_makes() -> None:
    assert {path: path.read_text(encoding="utf-8") for path in FILES} == generated()


def test_every_panel_has_an_expectation_and_a_name_of_its_own() -> None:
    tables = {each.name for each in ALL if each.statements}
    assert {each.name for each in ALL} == {*expected.FIGURES, *expected.BY_LABEL, *GROWING, *QUIET, *tables, ALERTS}
    assert len({each.name for each in ALL}) == len(ALL)


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_a_panel_has_a_vietnamese_title_an_english_text_a_unit_and_a_source(each: Panel) -> None:
    assert re.search(r"[ạ-ỹàáâãèéêìíòóôõùúýăđĩũơư]", each.title.lower())
    assert re.fullmatch(r"[A-Z][\x20-\x7e]+\.", each.content["description"])
    assert each.content["fieldConfig"]["defaults"]["unit"]
    assert each.content["datasource"]["uid"] in ("prometheus", "postgres")
    assert (each.content["datasource"]["uid"] == "postgres") == bool(each.statements)


@pytest.mark.parametrize("each", [each for each in ALL if each.expressions], ids=lambda each: each.name)
def test_every_metric_in_a_query_is_one_of_ours(each: Panel) -> None:
    named = {name for expr in each.expressions
             for name in re.findall(r"\b(?:fieldtally[:_][a-z_0-9]+|process_\w+|ALERTS)\b", filled(expr))}  # fmt: skip
    assert named
    assert named <= set(METRICS) | RECORDED | set(PROCESS_METRICS) | {"ALERTS"}


def test_links_lead_to_dashboards_that_are_there_and_each_leads_to_all_others() -> None:
    boards = documents()
    for uid, board in boards.items():
        assert {link["url"].removeprefix("/d/") for link in board["links"]} == set(boards) - {uid}
    inside = {url.partition("?")[0].removeprefix("/d/") for path in FILES
              for url in re.findall(r'"url": "(/d/[^"]+)"', path.read_text(encoding="utf-8"))}  # fmt: skip
    assert inside <= set(boards)


def test_provisioning_names_the_sources_and_the_folder_that_dashboards_use() -> None:
    sources = (FOLDER / "provisioning" / "datasources" / "fieldtally.yaml").read_text()
    assert set(re.findall(r"uid: (\w+)", sources)) == {"prometheus", "postgres"}
    path = re.search(r"path: (\S+)", (FOLDER / "provisioning" / "dashboards" / "fieldtally.yaml").read_text())
    assert path
    assert f"./grafana/dashboards:{path[1]}:ro" in (REPO / "infra" / "compose.yaml").read_text()


@pytest.mark.parametrize("name", expected.FIGURES)
def test_figures_are_those_of_the_ledger(played: Played, name: str) -> None:
    shown, wanted = values(played, panel(name)), expected.FIGURES[name](played)
    assert shown == pytest.approx(wanted, abs=0.5)
    assert all(value > 0 for value in shown)


@pytest.mark.parametrize("name", expected.BY_LABEL)
def test_figures_by_label_are_those_of_the_ledger(played: Played, name: str) -> None:
    label, wanted = expected.BY_LABEL[name]
    shown = {key: value for key, value in labelled(played, panel(name), label).items() if value}
    assert shown == {key: value for key, value in wanted(played).items() if value}
    assert shown


@pytest.mark.parametrize("name", sorted(GROWING))
def test_times_rates_and_sizes_are_there(played: Played, name: str) -> None:
    shown = values(played, panel(name))
    assert shown
    assert all(value > 0 for value in shown)


@pytest.mark.parametrize("name", sorted(QUIET))
def test_what_tells_of_trouble_is_silent_while_all_is_well(played: Played, name: str) -> None:
    assert not any(values(played, panel(name)))


def test_services_that_ended_fire_an_alert_which_the_dashboard_and_the_status_name(played: Played) -> None:
    played.await_promql('count(ALERTS{alertname="ServiceDown",alertstate="firing"})', lambda found: found == [2])
    assert labelled(played, panel(ALERTS), "alertname")["ServiceDown"] == 2
    status = gather(played.prometheus)
    assert status is not None
    assert {alert.runbook for alert in status.alerts if alert.name == "ServiceDown"} == {"infra/RUNBOOK.md#servicedown"}
    assert all("không trả lời" in alert.vi for alert in status.alerts if alert.name == "ServiceDown")
    assert not status.healthy


def test_the_status_has_the_ledgers_figures(played: Played) -> None:
    status = gather(played.prometheus)
    assert status is not None
    assert [status.records] == expected.in_log(played)
    assert (status.waiting, status.differences, status.missing) == (LATE, 0, sum(played.kept("missing")))
    assert status.rejected == sum(expected.rejected(played).values())


def test_targets_are_counted_as_the_report_counts_them_from_the_events(played: Played) -> None:
    shown = {(programme, title, float(target)): (counted, whole) for programme, title, _, counted, whole, _, target,
             *_ in rows(played, panel("programme: Mục tiêu của chương trình"))}  # fmt: skip
    assert shown == expected.targets(played)
    assert sum(counted > 0 for counted, _ in shown.values()) > len(shown) / 2


def test_shares_of_the_commune_are_of_what_is_registered_there(played: Played) -> None:
    found = rows(played, panel("programme: Mục tiêu theo xã"))
    shown = {title: (counted, whole) for _, title, counted, whole, _, _, commune in found if commune == COMMUNE}
    assert shown == expected.shares(played)
    assert all(0 < counted <= whole for counted, whole in shown.values())


def test_the_communes_counters_are_those_of_the_ledger(played: Played) -> None:
    shown = {(title, kind): value for title, kind, value in rows(played, panel("commune: Số liệu hiện nay"))}
    assert shown == expected.counters(played)
    assert len(shown) > 20


def test_the_communes_days_are_those_of_the_facts(played: Played) -> None:
    shown = {(day, title): value for day, title, value in rows(played, panel("commune: Theo ngày"))}
    assert shown == expected.days(played)
    assert shown


def test_the_communes_findings_are_those_of_the_ledger(played: Played) -> None:
    found = rows(played, panel("commune: Cần xem lại"))
    assert sorted((finding, since, events) for finding, since, _, events in found) == expected.findings(played)
    assert found


def test_the_communes_sources_have_the_events_of_the_ledger(played: Played) -> None:
    found = rows(played, panel("commune: Nguồn ghi nhận"))
    assert {source: events for source, events, *_ in found} == expected.sources(played)
    assert sum(missing for _, _, _, missing, _ in found) == sum(played.kept("missing", commune=COMMUNE)) > 0


def test_tablets_have_the_events_of_the_ledger_and_the_longest_silent_is_first(played: Played) -> None:
    found = rows(played, panel("tablets: Máy bảng theo xã"))
    assert {(commune, source): events for _, source, events, *_, commune in found} == expected.tablets(played)
    assert [receipt for _, _, _, receipt, *_ in found] == sorted(receipt for _, _, _, receipt, *_ in found)


def test_variables_offer_the_commune_its_province_and_the_measure(played: Played) -> None:
    for uid, board in documents().items():
        for variable in board["templating"].get("list", ()):
            found = played.ledger(filled(variable["query"]), READER)
            wanted = {"province": "68", "commune": COMMUNE, "measure": MEASURE}[variable["name"]]
            assert wanted in {value for _, value in found}, uid


def test_grafanas_role_reads_its_views_and_nothing_else(played: Played) -> None:
    readable = played.ledger(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN "
        f"('r', 'v', 'm', 'p') AND has_table_privilege('{READER}', c.oid, 'SELECT') "
        "AND n.nspname NOT IN ('pg_catalog', 'information_schema')")  # fmt: skip
    assert {schema for schema, _ in readable} == {"dashboards"}
    for table in ("events", "presence", "rejected", "register_entries", "event_log", "findings"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            played.ledger(f"SELECT * FROM {table} LIMIT 1", READER)


def test_nothing_that_grafana_can_read_names_a_subject_or_holds_a_pseudonym(played: Played) -> None:
    views = played.ledger("SELECT viewname FROM pg_views WHERE schemaname = 'dashboards'")
    for statement in [*(f"SELECT * FROM dashboards.{name}" for (name,) in views),
                      f"SELECT * FROM dashboards.findings_of('{COMMUNE}')"]:  # fmt: skip
        text = repr(played.ledger(statement, READER))
        assert not re.search(r"p1\.|household/|point/|session/|device/", text), statement

