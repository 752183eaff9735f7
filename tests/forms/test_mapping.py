"""A mapping that cannot work is refused with file, line and reason, before any row is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from producers.errors import ProducersError
from producers.forms.loading import load
from tests.forms.support import EXAMPLES, FORM, mapping


@pytest.mark.parametrize("name", ["odk-central", "kobotoolbox"])
def test_an_example_in_the_repo_is_a_valid_mapping(name: str) -> None:
    assert load(EXAMPLES / f"{name}.yaml").events


@pytest.mark.parametrize(
    ("good", "bad", "line", "reason"),
    [
        ("form: ho-tro", "form: Hỗ trợ", 2, "a form's name is made of"),
        ("form: ho-tro", "form: ho-tro\nstyle: excel", 3, "there is no such style"),
        ("record: id", "", 2, "`record` must name the column"),
        ("record: id", "records: id", 3, "there is no such key here"),
        ("type: support.delivered", "type: support.promised", 7, "there is no such event type"),
        ("    type: support.delivered\n", "", 6, "type must be told"),
        ("kind: household, column: ma}\n    time", "kind: point, column: ma}\n    time", 10, "is not about a point"),
        ("kind: household, column: ma}\n    time", "kind: household}\n    time", 10, "needs the column of its code"),
        ("      purpose:", "      purposes:", 14, "there is no such key here; there are"),
        ("housing}", "house}", 14, "invalid enum value 'house'"),
        ("organisation: commune-people-committee", "organisation: nobody", 13, "invalid enum value 'nobody'"),
        ("values: co-khong}\n      owns", "values: yes-no}\n      owns", 26, "there is no such table under `values`"),
        ("pseudonym: iccid}", "values: {a: b}}", 35, "`pseudonym` belongs to personal numbers"),
        ("iccid: {column: iccid, pseudonym: iccid}", "iccid: p1.00", 35, "a personal number comes from a column"),
        ('vintage: "2025-07"', "vintage: 2025-7", 9, "expected `str` matching regex"),
        ("value: {column: gia,", "value: {columns: gia,", 15, "object"),
        ("when: {sim: co}", "when: [sim]", 31, "names and their values are expected"),
        ("  khao-sat:\n", "  ho-tro:\n", 16, "this key stands here twice"),
        ("events:", "events: {", 7, "expected ',' or '}'"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, good: str, bad: str, line: int, reason: str) -> None:
    assert good in FORM
    with pytest.raises(ProducersError) as caught:
        mapping(tmp_path, FORM.replace(good, bad, 1))
    said = str(caught.value)
    assert f"mapping.yaml, line {line}" in said, said
    assert reason in said, said


def test_a_file_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProducersError, match=r"mapping\.yaml is nested too deeply"):
        mapping(tmp_path, "[" * 5_000)
    with pytest.raises(ProducersError, match=r"mapping\.yaml, line 1: found unconstructable recursive node"):
        mapping(tmp_path, "form: &form [*form]")


def test_a_file_that_is_missing_or_empty_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProducersError, match=r"nowhere\.yaml cannot be opened"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(ProducersError, match="is empty"):
        mapping(tmp_path, "")


def test_plain_words_and_numbers_stay_text(tmp_path: Path) -> None:
    text = FORM.replace("when: {sim: co}", "when: {sim: [no, 02839, null]}")
    assert mapping(tmp_path, text).events[2].when == {"sim": ("no", "02839", "null")}
