"""A total as a row of numbers: one per counter, conservation figure, class of holes and time, in a fixed order.

A row takes 1.6 KB, a decoded total ten times that, and two rows are compared in microseconds.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from schemas.measures import COUNTER_INDEX, MEASURES, add_over_units
from schemas.metrics import CONSERVATION_METRICS, HOLES, LATEST_EVENT, LATEST_RECEIPT, MEASURE_METRICS, Metric
from schemas.totals import Total
from sinks.gauges.errors import GaugesError

HOLE_CLASSES = ("missing", "rejected", "withdrawn")
Row = array  # of signed 64-bit integers, WIDTH long


class Family(NamedTuple):
    """A metric's place in a row: `kinds` figures from `first` on; `fold` makes units' figures a commune's."""

    metric: Metric
    kinds: tuple[str, ...]
    first: int
    fold: Callable[[list[int]], int]

    @property
    def span(self) -> slice:
        """Its figures in a row."""
        return slice(self.first, self.first + len(self.kinds))

    @property
    def is_time(self) -> bool:
        """Whether its figures are instants in ms, shown as seconds, and not shown at 0."""
        return self.metric in (LATEST_EVENT, LATEST_RECEIPT)


def _families() -> tuple[Family, ...]:
    wanted: list[tuple[Metric, tuple[str, ...], Callable[[list[int]], int]]] = [
        *(
            (metric, MEASURES[name].kind_codes, partial(add_over_units, name))
            for name, metric in MEASURE_METRICS.items()
        ),
        *((metric, ("",), sum) for metric in CONSERVATION_METRICS.values()),
        (HOLES, HOLE_CLASSES, sum),
        (LATEST_EVENT, ("",), max),
        (LATEST_RECEIPT, ("",), max),
    ]
    families, first = [], 0
    for metric, kinds, fold in wanted:
        families.append(Family(metric, kinds, first, fold))
        first += len(kinds)
    return tuple(families)


FAMILIES = _families()
WIDTH = FAMILIES[-1].span.stop
NOTHING: Row[int] = array("q", bytes(8 * WIDTH))


def row_of(total: Total) -> Row[int]:
    """The row of a total; its counters come first, in the order of `schemas.measures.COUNTERS`.

    Raises:
        GaugesError: it has a counter that this version does not know, so that the page would lack it.
    """
    row = array("q", NOTHING)
    for measure, kinds in total.counters.items():
        for kind, value in kinds.items():
            index = COUNTER_INDEX.get((measure, kind))
            if index is None:
                raise GaugesError(
                    f"The total of {total.unit} has the counter {measure}[{kind}], which this version does not know: "
                    "upgrade the gauges to the counter's version."
                )
            row[index] = value
    conservation, holes = total.conservation, total.holes
    row[len(COUNTER_INDEX) :] = array(
        "q",
        [
            *(getattr(conservation, name) for name in CONSERVATION_METRICS),
            *(getattr(holes, name) for name in HOLE_CLASSES),
            total.latest_event or 0,
            total.latest_receipt or 0,
        ],
    )
    return row
