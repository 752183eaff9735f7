"""What the board shows, as a function of the totals taken: rows of today's communes, and what just happened. Pure.

Everything has the version at which it last changed, so that a watcher is sent what it has not seen, and no more.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from infra.reconcile.figures import UNRESOLVED, CommuneKey, commune_of
from schemas.measures import MEASURES, add_over_units
from schemas.places import Places
from schemas.titles import Title
from schemas.totals import Total, supersedes

COLUMNS = (
    "households_with_leaflet", "smartphones_handed_out", "sims_handed_out", "cards_issued", "training_reach",
    "outreach_reach", "households_surveyed", "points_connected",
)  # fmt: skip
HAPPENED_MAX = 40  # news that a new watcher is shown
UNRESOLVED_TITLE = Title("Chưa xác định", "Unresolved")


class Row(msgspec.Struct, frozen=True):
    """A commune of today: `values` in the order of COLUMNS; `latest` is the instant of its latest event in ms."""

    id: str
    name: str
    province: str
    values: tuple[int, ...]
    events: int
    missing: int
    latest: int | None
    version: int


class News(msgspec.Struct, frozen=True):
    """A counter that rose: where, what and by how much."""

    commune: str
    vi: str
    en: str
    amount: int
    version: int


class Update(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a watcher has not seen. `whole` says that the communes are all there are; `health` and `targets` as last
    found, if they changed; `now` is the server's clock in ms."""

    version: int
    now: int
    whole: bool
    communes: list[Row]
    news: list[News]
    columns: list[Title]
    published: int | None = None
    health: dict[str, Any] | None = None
    targets: list[dict[str, Any]] | None = None


class Board:
    """Totals of units by today's communes. One thread at a time."""

    def __init__(self, places: Places, today: date) -> None:
        self.version = 0
        self.published: int | None = None
        self._places, self._today = places, today
        self._totals: dict[str, Total] = {}
        self._units: dict[CommuneKey, set[str]] = defaultdict(set)
        self._rows: dict[CommuneKey, Row] = {}
        self._news: deque[News] = deque(maxlen=HAPPENED_MAX)
        self._health: tuple[int, dict[str, Any]] = (0, {})
        self._targets: tuple[int, list[dict[str, Any]]] = (0, [])
        self._mapped = 0

    def take(self, totals: Iterable[Total], *, news: bool = True) -> None:
        """Takes newer totals; without `news` they are old ones, read for the first time."""
        changed: dict[CommuneKey, None] = {}
        rises: list[tuple[CommuneKey, str, int]] = []
        for total in totals:
            before = self._totals.get(total.unit)
            if not supersedes(total, before):
                continue
            key = commune_of(self._places, total.unit, self._today)
            self._totals[total.unit] = total
            self._units[key].add(total.unit)
            changed[key] = None
            if news:
                rises += [(key, measure, amount) for measure, amount in _rises(before, total)]
        if not changed:
            return
        self.version += 1
        for key in changed:
            self._rows[key] = self._row(key)
        self._news.extend(News(self._rows[key].name, *MEASURES[measure].title, amount, self.version)
                          for key, measure, amount in rises)

    def remap(self, places: Places, today: date) -> None:
        """Shows all that is held on another map, or on another day's."""
        self._places, self._today = places, today
        self.version += 1
        self._mapped = self.version
        self._units.clear()
        for unit in self._totals:
            self._units[commune_of(places, unit, today)].add(unit)
        self._rows = {key: self._row(key) for key in self._units}

    def hear(self, health: dict[str, Any] | None = None, targets: list[dict[str, Any]] | None = None) -> None:
        """Takes what was found of health and targets; None leaves what was found before."""
        if health is not None and health != self._health[1]:
            self.version += 1
            self._health = self.version, health
        if targets is not None and targets != self._targets[1]:
            self.version += 1
            self._targets = self.version, targets

    def since(self, version: int, now: int) -> Update:
        """What changed after a version; -1 for all. After a new map everything is sent again."""
        whole = version < self._mapped or version < 0
        seen = -1 if whole else version
        return Update(
            self.version, now, whole,
            communes=[row for row in self._rows.values() if row.version > seen],
            news=[each for each in self._news if each.version > version],
            columns=[MEASURES[name].title for name in COLUMNS] if whole else [],
            published=self.published,
            health=self._health[1] if self._health[0] > seen else None,
            targets=self._targets[1] if self._targets[0] > seen else None,
        )  # fmt: skip

    def _row(self, key: CommuneKey) -> Row:
        totals = [self._totals[unit] for unit in self._units[key]]
        province = self._places.units.get(f"{self._vintage(key)}:{key[1]}")
        name = UNRESOLVED_TITLE.vi if key[0] == UNRESOLVED else self._places.units[key[0]].name
        latest = [total.latest_event for total in totals if total.latest_event is not None]
        return Row(
            " ".join(key) if key[0] == UNRESOLVED else key[0], name, province.name if province else "",
            tuple(add_over_units(measure, [sum(total.counters.get(measure, {}).values()) for total in totals])
                  for measure in COLUMNS),
            sum(total.conservation.events for total in totals), sum(total.holes.missing for total in totals),
            max(latest, default=None), self.version,
        )  # fmt: skip

    def _vintage(self, key: CommuneKey) -> str:
        """The vintage of the province that a key names: that of the commune, else the newest that knows it."""
        if key[0] != UNRESOLVED:
            return key[0].partition(":")[0]
        return max((unit.vintage for unit in self._places.units.values() if unit.code == key[1]), default="")


def _rises(before: Total | None, after: Total) -> Iterable[tuple[str, int]]:
    """The measures that rose from one total of a unit to the next."""
    for measure, kinds in after.counters.items():
        rise = sum(kinds.values()) - sum(before.counters.get(measure, {}).values() if before else ())
        if rise > 0:
            yield measure, rise
