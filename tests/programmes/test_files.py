"""Programmes are data: read strictly, every fault with its file and line."""

from __future__ import annotations

import pytest

from schemas import codes
from schemas.measures import MEASURES
from schemas.places import load as load_places
from schemas.programmes import Programme, ProgrammeError, load, names, read
from schemas.programmes.expression import parse, terms
from schemas.programmes.scope import Scopes, scope

GOOD = """\
name: invented
version: 1
title: {vi: Thử, en: Trial}
places: ["2025-07:24848"]
documents:
  - {id: d1, title: {vi: Văn bản, en: Document}}
baselines:
  - {id: households, title: {vi: Hộ, en: Households}, figure: {value: 50, unit: household, source: d1}}
rows:
  - id: phones
    title: {vi: Điện thoại, en: Phones}
    value: households_given_smartphone / baseline.households
    reported: {value: 12.5, unit: "%", qualifier: "~", source: d1}
    targets:
      - {value: 80, unit: "%", period: "2026"}
columns: [phones]
"""


def refused(old: str, new: str) -> str:
    """What is said of the good file with one thing replaced."""
    assert old in GOOD
    with pytest.raises(ProgrammeError) as refusal:
        read(GOOD.replace(old, new).encode(), "trial.yaml", load_places())
    return str(refusal.value)


def test_a_programme_is_a_file_alone() -> None:
    programme = read(GOOD.encode(), "trial.yaml", load_places())
    assert programme.rows[0].targets[0].value == 80
    assert str(programme.rows[0].reported.value) == "12.5"  # type: ignore[union-attr]  # it has one


@pytest.mark.parametrize(("old", "new", "said"), [
    ('"2025-07:24848"', '"2025-07:99999"', "trial.yaml, line 4: there is no unit 2025-07:99999 on the map"),
    ("households_given_smartphone /", "households_given /", "line 12: there is no measure `households_given`"),
    ("baseline.households\n", "baseline.people\n", "line 12: there is no baseline `people`"),
    ("baseline.households\n", "register.cows\n", "line 12: there is no register `cows`"),
    ("households_given_smartphone / baseline.households", "finding.bad_luck", "there is no finding `bad_luck`"),
    ("households_given_smartphone /", "smartphones_handed_out[teacher] /", "line 12: `smartphones_handed_out` has no "
     "kind `teacher`; it has household, pupil"),
    ("households_given_smartphone /", "points_approved /", "line 12: a share wants one unit on both sides, and this "
     "divides point by household"),
    ("households_given_smartphone / baseline.households", "points_approved + leaflets", "line 12: `points_approved` "
     "counts in point and `leaflets` in leaflet: they cannot be added or compared"),
    (" / baseline.households", "", "line 15: a target in % wants a denominator, and the indicator counts household"),
    ("    value: households_given_smartphone / baseline.households\n", "", "a target wants an indicator"),
    ("source: d1}\n    targets", "source: d2}\n    targets", "line 13: a figure wants its source"),
    ("value: 50, ", "", "line 8: a figure wants a value, or the source's words"),
    ("value: 50,", "value: 49.5,", "line 8: baseline households wants a whole number"),
    ('"2026"', '"2026-Q5"', "line 15: `2026-Q5` is no period"),
    ("columns: [phones]", "columns: [cards]", "line 16: `cards` is no row with an indicator"),
    ("version: 1", "version: one", "line 2: Expected `int`"),
    ("version: 1", "version: 1\ncolour: red", "Object contains unknown field `colour`"),
    ('qualifier: "~"', "qualifier: circa", "line 13: Invalid enum value 'circa'"),
    ("version: 1", "version: 1\nversion: 2", "line 3: the key `version` stands twice"),
    ("version: 1", "version: [1", "no YAML"),
    ('source: d1}\n    targets', 'source: d1, as_of: 2023-06-31}\n    targets',
     "trial.yaml, line 13: no YAML: `2023-06-31` cannot be: day"),
    ("version: 1", "version: !!python/none 1", "trial.yaml, line 2: no YAML: could not determine a constructor"),
    ("value: 80", "value: -5", "trial.yaml, line 15: a target of -5 is below zero"),
    ("value: 80", "value: .nan", "trial.yaml, line 15: NaN is no number"),
    ("value: 50", "value: .inf", "trial.yaml, line 8: Infinity is no number"),
    ("value: 12.5", "value: NaN", "trial.yaml, line 13: NaN is no number"),
    ("[phones]", "&all [*all]", "trial.yaml, line 16: no YAML: write out what `*all` stands for"),
    ("/ baseline.households", "/ " + "(" * 5_000, "nested too deeply"),
    (GOOD, "", "the file is empty"),
    ("columns: [phones]", "kits:\n  - {valid_from: 2024-01-01, devices: {laptop: 1}}",
     "line 17: a kit is for a class of hosts (`host`) or for one point (`point`)"),
])  # fmt: skip
def test_a_fault_is_named_with_file_line_and_reason(old: str, new: str, said: str) -> None:
    assert said in refused(old, new)


def test_every_fault_of_a_file_is_named_at_once() -> None:
    said = refused('period: "2026"}', 'period: "soon", source: d9}')
    assert len(said.splitlines()) == 2


def test_a_programme_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ProgrammeError, match=r"There is no programme `x`; there are lac-duong, lao-cai\."):
        load("x")


@pytest.mark.parametrize("name", names())
def test_each_figure_has_its_source_and_each_row_its_titles(name: str) -> None:
    programme = load(name)
    for row in programme.rows:
        assert row.title.vi
        assert row.title.en
        assert row.source or row.reported, row.id


def indicators_of(programme: Programme) -> set[str]:
    return {term.name for row in programme.rows if row.value for part in parse(row.value) for term in terms(part)}


def test_the_two_programmes_use_measures_of_every_kind_of_additivity() -> None:
    used = indicators_of(load("lao-cai")) | indicators_of(load("lac-duong"))
    assert {MEASURES[name].additivity for name in used & MEASURES.keys()} == {m.additivity for m in MEASURES.values()}


def test_the_ten_topics_that_people_want_are_those_of_the_code_list() -> None:
    lao_cai = load("lao-cai")
    [wanted] = [each for each in lao_cai.lists if each.id == "wanted_topics"]
    assert wanted.kinds == tuple(codes.WANTED_TOPICS)
    assert len(wanted.kinds) == 10
    [row] = [row for row in lao_cai.rows if row.id == "wanted_activities"]
    [term] = terms(parse(row.value or "").part)
    assert term.kinds == wanted.kinds


def test_a_programme_is_where_its_places_were_and_what_wholly_became_of_them() -> None:
    places = load_places()
    old = {f"2025-03:{code}" for code in ("24846", "24847", "24848", "24850", "24862", "24865", "675")}
    # 24846 and 24853 of July 2025 took in ground of Đà Lạt and of Đam Rông: what they register may be of elsewhere.
    assert scope(places, ["2025-03:675"]) == old | {"2025-07:24848"}
    lao_cai = scope(places, ["2023:10"])
    assert "2025-07:15" not in lao_cai  # the new province is Yên Bái too
    communes = [unit for unit in lao_cai if len(unit.partition(":")[2]) == 5]
    assert [sum(unit.startswith(vintage) for unit in communes) for vintage in ("2023", "2025-03", "2025-07")] == [
        152, 151, 48]  # fmt: skip
    assert Scopes(places).of(["2025-03:24848"]) == {"2025-03:24848"}
