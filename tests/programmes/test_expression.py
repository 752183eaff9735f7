"""Indicators are expressions, read strictly."""

from __future__ import annotations

import pytest

from schemas.programmes.expression import ExpressionError, Term, evaluate, parse, terms

WORTH = {"a": 10, "b": 3, "c": None, "d": 7}


def value(text: str) -> int | None:
    return evaluate(parse(text).part, lambda term: WORTH[term.name]).value


@pytest.mark.parametrize(("text", "expected"), [
    ("a", 10), ("a + b", 13), ("a - b - d", 0), ("a - (b + d)", 0), ("c or b", 3), ("a or b", 10),
    ("c or a - b", 7), ("(c or a) + (c or b)", 13), ("c", None), ("a + c", None), ("c or c", None),
])  # fmt: skip
def test_it_is_worth_what_it_says(text: str, expected: int | None) -> None:
    assert value(text) == expected


def test_kinds_and_words_belong_to_their_term() -> None:
    indicator = parse("households_in_need[poor, near-poor] / (register.households[poor] or baseline.households)")
    assert list(terms(indicator.part)) == [Term("measure", "households_in_need", ("poor", "near-poor"))]
    assert [str(term) for term in terms(indicator.whole)] == ["register.households[poor]", "baseline.households"]


def test_the_first_known_option_is_the_basis() -> None:
    answer = evaluate(parse("c or b").part, lambda term: WORTH[term.name])
    assert [term.name for term in answer.terms] == ["b"]


@pytest.mark.parametrize(("text", "reason"), [
    ("", "a name is missing at column 1"), ("a +", "a name is missing at column 4"), ("a b", "`b` is too much"),
    ("(a", "`)` is missing"), ("a[", "wants kinds"), ("a[poor", "wants kinds"), ("a / b / c", "`/ c` is too much"),
    ("a * 2", "`* 2` is too much"), ("2", "a name is missing"), ("table.x", "`table.` is none of"),
    ("or", "a name is missing"), ("a; DROP TABLE events", "is too much"), ("A", "a name is missing"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match="^.*" + reason.replace("(", r"\(").replace(")", r"\)").replace("*", r"\*")
                       .replace("[", r"\[")):  # fmt: skip
        parse(text)
