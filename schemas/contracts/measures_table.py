"""The measures as a document: what each counts, how it adds up, its kinds, and which event types feed it."""

from __future__ import annotations

from typing import Any

from schemas import measures as m

_FEEDS: dict[type, tuple[str, ...]] = {  # the rules whose measures are not in the rule itself
    m.Survey: (m.SURVEYED, m.IN_NEED, m.IN_NEED_WITH_ACCESS, m.WITH_SMARTPHONE, m.CONNECTED),
    m.Given: (m.WITH_SMARTPHONE,),
}
_LEDGER_ONLY = {"outreach_rounds": ["outreach.session-held"], "households_trained": ["training.attended"]}
_ADDITIVITY = {
    m.Additivity.SUM: "adds up",
    m.Additivity.DISTINCT: "subjects with at least one standing event; adds up, as a subject has one unit for life",
    m.Additivity.LATEST: "by each household's latest standing survey; adds up",
    m.Additivity.BOTH: "two conditions of the same household; adds up",
    m.Additivity.REACH: "per session the larger of headcount and roster; sessions and units add up",
    m.Additivity.UNION: "cannot be added up over units; only the ledger computes it, no total holds it",
}


def table() -> dict[str, Any]:
    """The content of `measures.json`; `rules` is the digest that a total states."""
    return {
        "rules": m.rules_digest(),
        "additivity": {kind.value: meaning for kind, meaning in _ADDITIVITY.items()},
        "measures": [_row(measure) for measure in m.MEASURES.values()],
    }


def fed_by(measure: str) -> list[str]:
    """The event types that a measure counts."""
    live = [name for name, rules in m.COUNTS.items() if any(measure in _measures_of(rule) for rule in rules)]
    return live + _LEDGER_ONLY.get(measure, [])


def _measures_of(rule: m.Rule) -> tuple[str, ...]:
    return _FEEDS[type(rule)] if isinstance(rule, m.Survey | m.Given) else (rule.measure,)


def _row(measure: m.Measure) -> dict[str, Any]:
    kinds = [{"code": code, "vi": title.vi, "en": title.en} for code, title in (measure.kinds or {}).items()]
    return {
        "name": measure.name,
        "vi": measure.title.vi,
        "en": measure.title.en,
        "counts": measure.subject,
        "additivity": measure.additivity.value,
        "fed_by": fed_by(measure.name),
        "kinds": kinds,
    }
