"""Every row of the two tables of facts (programme.md, S1 and S2) stands in its report, in every form and language.

The rows are named here by hand, as the tables have them: each with where it stands in the report.
"""

from __future__ import annotations

import html
import io
import re

import pytest
from openpyxl import load_workbook
from rich.console import Console

from schemas import codes
from schemas.programmes.hiding import published
from schemas.programmes.report import Report, encode
from sinks.reports.as_csv import as_csv
from sinks.reports.as_html import as_html
from sinks.reports.as_table import as_table
from sinks.reports.as_xlsx import as_xlsx
from sinks.reports.sheet import sheet
from sinks.reports.tables import name_of
from sinks.reports.words import LANGUAGES, said
from tests.reports.conftest import Ledger

DISTRICTS = "city si_ma_cai bao_yen bac_ha bat_xat muong_khuong sa_pa van_ban bao_thang"
TABLES = {
    "lao-cai": {
        "points approved": "points", "of them communes and villages": "points_in_communes points_in_villages",
        "the same by district": " ".join(f"points_{name}" for name in DISTRICTS.split()),
        "site": "points_suitable",
        "broadband, funding and expiry": "points_connected points_online points_expired list:funding",
        "device list per point": "kit:commune-region-3 kit:difficult-village kits_complete kits_incomplete "
                                "kits_exceeded",
        "no second investment": "double_investment devices_working list:funding",
        "what people do at the points": "activities visits list:occupations",
        "topics people want": "wanted_topics wanted_activities wanted_sessions list:wanted_topics",
        "what the points are for, besides": "purpose_activities list:purpose_topics",
        "the department's guidance": "guidance document:guidance",
        "minority languages": "list:languages media_products",
        "access to telecom and internet": "access", "families reached": "households_with_media media_reach",
        "actors": "actor:lao-cai-people-committee actor:lao-cai-dic actor:lao-cai-dst actor:enterprise "
                  "actor:commune-people-committee actor:other",
    },
    "lac-duong": {
        "area, distance": "area distance", "units": "communes villages", "people, households": "people households",
        "ethnic minorities": "minority_people minority_share_of_people minority_households "
                             "minority_share_of_households",
        "poor, near-poor": "poor poor_share near_poor near_poor_share",
        "internet use, cashless payment": "training_sessions training_reach households_trained document:directive_22",
        "rounds of outreach": "rounds rounds_reach outreach_security list:topics list:languages",
        "leaflets": "leaflets leaflet_households leaflet_share",
        "card payments": "card_share_by_number card_share_by_value", "mass media": "media",
        "rank, poverty targets, district budget": "minority_rank poverty_target district_budget list:givers",
        "bank cards": "cards", "accounts, security": "accounts outreach_security",
        "smartphones and SIMs": "smartphones smartphones_households smartphones_pupils list:funding "
                                "sims sims_households sims_pupils",
        "a smartphone for each household": "smartphone_share connected_share surveyed",
        "to be raised": "contributions contributions_production contributions_housing contributions_smartphones "
                        "contributions_internet support support_production support_housing support_smartphones "
                        "support_internet",
        "actors": "actor:lac-duong-party-committee actor:lac-duong-people-committee actor:commune-people-committee "
                  "actor:fatherland-front actor:mass-organisation actor:youth-union-lac-duong "
                  "actor:digital-transformation-team actor:community-technology-team actor:local-bank actor:enterprise",
    },
}  # fmt: skip


def texts(report: Report, where: str, language: str) -> list[str]:
    """What a reader must find of a part of the report: its title, or those of its entries."""
    kind, _, name = where.rpartition(":")
    match kind:
        case "list":
            [found] = [each for each in report.lists if each.id == name]
            return [said(title, language) for title in (*found.heads, *(entry.title for entry in found.entries))]
        case "kit":
            [kit] = [each for each in report.kits if each.host == name]
            return [said(codes.HOST_CLASSES[name], language)] + [said(codes.DEVICE_KINDS[kind], language)
                                                                  for kind in kit.devices]  # fmt: skip
        case "actor":
            return [text for each in report.actors if each.organisation == name
                    for text in (name_of(each, language), said(each.role, language))]
        case "document":
            return [said(each.title, language) for each in report.documents if each.id == name]
    return [said(each.row.title, language) for each in report.rows if each.row.id == name]


def table(report: Report, language: str) -> str:
    console = Console(width=2_000, record=True, file=io.StringIO())
    console.print(*as_table(sheet(report, language), console.width), sep="\n")
    return console.export_text()


def workbook(report: Report, language: str) -> str:
    book = load_workbook(io.BytesIO(as_xlsx(sheet(report, language))))
    return "\n".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row)


def page(report: Report, language: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", as_html(sheet(report, language)).decode()))


FORMS = {"table": table, "xlsx": workbook, "html": page,
         "csv": lambda report, language: as_csv(report, language).decode().replace('""', '"'),
         "json": lambda report, _: encode(report).decode()}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programme", TABLES)
def test_every_row_of_the_tables_of_facts_is_in_every_form(played: Ledger, programme: str, language: str) -> None:
    report = published(played.report(programme))
    drawn = {name: form(report, language) for name, form in FORMS.items()}
    for fact, parts in TABLES[programme].items():
        for part in parts.split():
            wanted = texts(report, part, language)
            assert wanted, (fact, part)
            for name, text in drawn.items():
                missing = [each for each in wanted if each not in text]
                by_code = name in ("csv", "json") and ":" in part and part.rpartition(":")[2] in text
                assert not missing or by_code, (name, fact, missing)


@pytest.mark.parametrize("programme", TABLES)
def test_the_report_has_nothing_that_is_of_no_row_of_the_tables(played: Ledger, programme: str) -> None:
    report = played.report(programme)
    named = {part for parts in TABLES[programme].values() for part in parts.split()}
    assert {each.row.id for each in report.rows} <= named | {"devices_installed", "devices_in_place"}
    assert {f"list:{each.id}" for each in report.lists} <= named
    assert {f"actor:{each.organisation}" for each in report.actors} <= named
