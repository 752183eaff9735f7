"""Facts kept by root: surveys, headcounts, roster lines; and what they and given smartphones say of a household."""

from __future__ import annotations

from typing import Any

from schemas.measures import (
    CONNECTED,
    COUNTER_INDEX,
    IN_NEED,
    IN_NEED_WITH_ACCESS,
    MEASURES,
    SURVEYED,
    WITH_SMARTPHONE,
)
from stream_processors.core.rules import Rules
from stream_processors.core.state import Kept, KeptHeadcount, KeptLine, KeptSurvey, Session, UnitState

_SURVEYED, _CONNECTED = COUNTER_INDEX[SURVEYED, ""], COUNTER_INDEX[CONNECTED, ""]
_WITH_SMARTPHONE = COUNTER_INDEX[WITH_SMARTPHONE, ""]
_IN_NEED = {kind: COUNTER_INDEX[IN_NEED, kind] for kind in MEASURES[IN_NEED].kind_codes}
_WITH_ACCESS = {kind: COUNTER_INDEX[IN_NEED_WITH_ACCESS, kind] for kind in MEASURES[IN_NEED_WITH_ACCESS].kind_codes}


def kept_fact(rules: Rules, subject: str, instant: int, data: Any) -> Kept:
    """The form in which a fact of such a type is kept; `subject` is the code without its place."""
    if rules.survey:
        return KeptSurvey(
            subject,
            instant,
            data.household_class,
            data.needs_telecom,
            data.has_telecom,
            data.owns_smartphone,
            data.has_internet,
        )
    if rules.headcount is not None:
        counter, name = rules.headcount
        return KeptHeadcount(counter, subject, getattr(data, name))
    assert rules.roster is not None, "a type whose facts are kept has a survey, a headcount or a roster rule"
    counter, name = rules.roster
    return KeptLine(counter, subject, getattr(data, name))


def keep(state: UnitState, root: int, fact: Kept | None) -> None:
    """Let `fact` be the standing version of a root, in place of what stood there."""
    old = state.kept.get(root)
    if old is not None:
        _place(state, root, old, add=False)
        del state.kept[root]
    if fact is not None:
        state.kept[root] = fact
        _place(state, root, fact, add=True)


def give(state: UnitState, household: str, instant: int, amount: int) -> None:
    """Add to the number of smartphones given to a household at an instant."""
    _judge(state, household, -1)
    given = state.given.setdefault(household, {})
    given[instant] = given.get(instant, 0) + amount
    if not given[instant]:
        del given[instant]
        if not given:
            del state.given[household]
    _judge(state, household, +1)


def recount(state: UnitState) -> None:
    """Make all that is derived from kept facts and given smartphones anew."""
    for root, fact in state.kept.items():
        if isinstance(fact, KeptSurvey):
            state.by_household.setdefault(fact.household, []).append(root)
        else:
            _place(state, root, fact, add=True)
    for household in state.by_household.keys() | state.given.keys():
        _judge(state, household, +1)


def _place(state: UnitState, root: int, fact: Kept, *, add: bool) -> None:
    if isinstance(fact, KeptSurvey):
        _place_survey(state, root, fact.household, add=add)
        return
    session = state.sessions.setdefault((fact.counter, fact.session), Session())
    before = session.reach()
    if isinstance(fact, KeptHeadcount):
        if add:
            session.heads[root] = fact.people
        else:
            del session.heads[root]
    else:
        left = session.roster.get(fact.attendee, 0) + (1 if add else -1)
        if left:
            session.roster[fact.attendee] = left
        else:
            del session.roster[fact.attendee]
    state.counts[fact.counter] += session.reach() - before
    if not session.heads and not session.roster:
        del state.sessions[fact.counter, fact.session]


def _place_survey(state: UnitState, root: int, household: str, *, add: bool) -> None:
    _judge(state, household, -1)
    roots = state.by_household.setdefault(household, [])
    if add:
        roots.append(root)
    else:
        roots.remove(root)
        if not roots:
            del state.by_household[household]
    _judge(state, household, +1)


def _latest(state: UnitState, roots: list[int]) -> KeptSurvey | None:
    """The latest of a household's standing surveys by (instant, source, seq); the rule is programme.md's."""
    if not roots:
        return None
    latest = roots[0] if len(roots) == 1 else max(roots, key=lambda root: _survey_rank(state, root))
    survey = state.kept[latest]
    assert isinstance(survey, KeptSurvey), "only surveys are listed by household"
    return survey


def _survey_rank(state: UnitState, root: int) -> tuple[int, str, int]:
    survey = state.kept[root]
    assert isinstance(survey, KeptSurvey), "only surveys are listed by household"
    return survey.instant, state.streams[root >> 31].source, root & 0x7FFFFFFF


def _judge(state: UnitState, household: str, sign: int) -> None:
    """Add (+1) or take away (-1) what the household's surveys and given smartphones decide."""
    roots, given = state.by_household.get(household), state.given.get(household)
    if not roots and not given:
        return
    counts = state.counts
    survey = _latest(state, roots or [])
    if survey is not None:
        counts[_SURVEYED] += sign
        if survey.needs_telecom:
            counts[_IN_NEED[survey.household_class]] += sign
            if survey.has_telecom:
                counts[_WITH_ACCESS[survey.household_class]] += sign
        if survey.owns_smartphone and survey.has_internet:
            counts[_CONNECTED] += sign
    if survey is not None and survey.owns_smartphone:
        counts[_WITH_SMARTPHONE] += sign
        return
    since = survey.instant if survey is not None else None
    for instant, amount in (given or {}).items():
        if amount > 0 and (since is None or instant > since):
            counts[_WITH_SMARTPHONE] += sign
            return
