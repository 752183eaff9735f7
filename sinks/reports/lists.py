"""The programme's lists with what is counted by them: languages, topics, givers, sources of funds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from schemas.measures import LEDGER_MEASURES
from schemas.programmes.expression import MEASURE, Term
from schemas.programmes.model import Listing, Text
from schemas.programmes.report import Listed, ListOf, Value
from schemas.titles import Title

_OTHERS = Text(vi="Tất cả loại khác", en="All others")


def terms_of(listings: Iterable[Listing]) -> list[Term]:
    """What must be known for the lists."""
    return [Term(MEASURE, count, kinds) for each in listings for kinds in _entries(each) for count in each.counts]


def lists_of(listings: Iterable[Listing], known: Callable[[Term], int | None]) -> Iterator[ListOf]:
    """The lists, each with an entry for all kinds that it does not name, so that columns add up to the whole."""
    for listing in listings:
        measures = [LEDGER_MEASURES[count] for count in listing.counts]
        titles = measures[0].kinds or {}
        yield ListOf(
            id=listing.id, title=listing.title, counts=listing.counts, note=listing.note,
            heads=tuple(_text(measure.title) for measure in measures), units=tuple(each.subject for each in measures),
            entries=tuple(
                Listed(title=_text(titles[kinds[0]]) if kinds[0] in listing.kinds else _OTHERS,
                       kind=kinds[0] if kinds[0] in listing.kinds else None,
                       values=tuple(Value(count=known(Term(MEASURE, count, kinds))) for count in listing.counts))
                for kinds in _entries(listing)),
        )  # fmt: skip


def _entries(listing: Listing) -> Iterator[tuple[str, ...]]:
    """The kinds of each entry: one, and in the last all those that the list does not name."""
    yield from ((kind,) for kind in listing.kinds)
    if rest := tuple(kind for kind in LEDGER_MEASURES[listing.counts[0]].kind_codes if kind not in listing.kinds):
        yield rest


def _text(title: Title) -> Text:
    return Text(vi=title.vi, en=title.en)
