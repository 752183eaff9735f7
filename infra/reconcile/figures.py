"""A total as plain figures, and the totals of many units as the figures of today's communes. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from infra.reconcile.report import Figure
from schemas.measures import COUNTS, add_over_units
from schemas.metrics import CONSERVATION_METRICS, HOLES, LATEST_EVENT, LATEST_RECEIPT, MEASURE_METRICS
from schemas.places import Places
from schemas.totals import Total

UNRESOLVED = "unresolved"  # the commune of what today's map cannot place, as the page has it
LATEST = ("latest_event", "latest_receipt")
CommuneKey = tuple[str, str]  # commune, province: the labels of the page


def of_total(total: Total) -> dict[Figure, int]:
    """All that a total says of its unit, without zeroes: counters, conservation, holes, times in ms."""
    figures: dict[Figure, int] = {
        (measure, kind): value for measure, kinds in total.counters.items() for kind, value in kinds.items()
    }
    conservation, holes = total.conservation, total.holes
    figures |= {(name, ""): getattr(conservation, name) for name in conservation.__struct_fields__}
    figures |= {("holes", name): getattr(holes, name) for name in holes.__struct_fields__}
    figures = {figure: value for figure, value in figures.items() if value}
    return figures | {(name, ""): at for name in LATEST if (at := getattr(total, name)) is not None}


def commune_of(places: Places, unit: str, today: date = date.max) -> CommuneKey:
    """Under which labels the page shows a unit on a day."""
    place = places.on(unit, today)
    return (place.commune.id if place.commune else UNRESOLVED, place.province.code if place.province else UNRESOLVED)


def of_page(places: Places, totals: Iterable[Total], today: date = date.max) -> dict[CommuneKey, dict[Figure, float]]:
    """What the page must show by metric name and kind, without zeroes; a commune without figures is there, empty."""
    communes: dict[CommuneKey, list[Total]] = defaultdict(list)
    for total in totals:
        communes[commune_of(places, total.unit, today)].append(total)
    return {key: _rolled_up(held) for key, held in communes.items()}


def _rolled_up(totals: list[Total]) -> dict[Figure, float]:
    values: dict[Figure, list[int]] = defaultdict(list)
    for total in totals:
        for figure, value in of_total(total).items():
            values[figure].append(value)
    page: dict[Figure, float] = {}
    for (name, kind), parts in values.items():
        if name in LATEST:
            metric = LATEST_EVENT if name == LATEST[0] else LATEST_RECEIPT
            page[metric.name, ""] = max(parts) / 1000
        elif name == "holes":
            page[HOLES.name, kind] = float(sum(parts))
        elif name in CONSERVATION_METRICS:
            page[CONSERVATION_METRICS[name].name, ""] = float(sum(parts))
        elif name in MEASURE_METRICS:
            page[MEASURE_METRICS[name].name, kind] = float(add_over_units(name, parts))
        else:  # no measure of ours: whoever wrote it, no page can have it
            page[name, kind] = float(sum(parts))
    return {figure: value for figure, value in page.items() if value > 0 or figure[0] not in _TIMES}


_TIMES = {LATEST_EVENT.name, LATEST_RECEIPT.name}  # the page has no line for a time of 0
_SURVEYED = ("household.surveyed", "smartphone.handed-out")


def types_behind(figure: str) -> tuple[str, ...]:
    """The root types whose events a counter comes from; empty for other figures, which all events make."""
    named = tuple(name for name, rules in COUNTS.items() if any(getattr(rule, "measure", None) == figure
                                                                for rule in rules))
    if named or not figure.startswith("households_"):
        return named
    return _SURVEYED

