"""What the board shows is a function of the newest totals, and a watcher that takes each update has all of it."""

from __future__ import annotations

import random
from datetime import date

from infra.board.model import COLUMNS, Board, Row, Update
from infra.reconcile.figures import of_page
from schemas.metrics import CONSERVATION_METRICS, MEASURE_METRICS
from schemas.totals import Total
from tests.gauges.support import LAC_DUONG, MERGED, PLACES, random_total, total
from tests.places.loads import MERGER, NEW_YEAR, after

STEPS = 40
UNITS = sorted(PLACES.units)


def board(*steps: list[Total]) -> Board:
    """A board that took totals in steps."""
    made = Board(PLACES, date.max)
    for totals in steps:
        made.take(totals)
    return made


def row(made: Board, name: str = LAC_DUONG) -> Row:
    [found] = [each for each in made.since(-1, 0).communes if each.id == name]
    return found


def test_units_that_merged_are_one_commune_of_today() -> None:
    made = board([total(unit, {"sims_handed_out": {"household": n}}) for n, unit in enumerate((*MERGED, LAC_DUONG), 1)])
    assert row(made).values[COLUMNS.index("sims_handed_out")] == 1 + 2 + 3 + 4
    assert (row(made).name, row(made).province) == ("Xã Lạc Dương", "Tỉnh Lâm Đồng")


def test_communes_have_what_the_gauges_page_has() -> None:
    seed = 7
    print(f"seed {seed}")
    rng = random.Random(seed)
    totals = [random_total(rng, unit) for unit in rng.sample(UNITS, 400)]
    shown = {each.id: each for each in board(totals).since(-1, 0).communes}
    page = of_page(PLACES, totals)
    assert len(shown) == len(page)
    for key, figures in page.items():
        found = shown[" ".join(key) if key[0] == "unresolved" else key[0]]
        for measure, value in zip(COLUMNS, found.values, strict=True):
            name = MEASURE_METRICS[measure].name
            assert value == sum(number for (metric, _), number in figures.items() if metric == name)
        assert found.events == figures.get((CONSERVATION_METRICS["events"].name, ""), 0)


def test_an_older_total_changes_nothing() -> None:
    made = board([total(LAC_DUONG, {"cards_issued": {"vbsp": 5}}, at=9)])
    before = made.version
    made.take([total(LAC_DUONG, {"cards_issued": {"vbsp": 4}}, at=8)])
    assert (made.version, row(made).values[COLUMNS.index("cards_issued")]) == (before, 5)


def test_what_rose_is_news_and_what_was_there_before_is_none() -> None:
    made = board()
    made.take([total(LAC_DUONG, {"cards_issued": {"vbsp": 5}}, at=1)], news=False)
    assert made.since(-1, 0).news == []
    made.take([total(LAC_DUONG, {"cards_issued": {"vbsp": 5, "bidv": 2}}, at=2)])
    [news] = made.since(-1, 0).news
    assert (news.commune, news.vi, news.amount) == ("Xã Lạc Dương", "Thẻ đã phát hành", 2)


def test_a_watcher_that_takes_every_update_has_what_a_new_one_is_sent() -> None:
    seed = 8
    print(f"seed {seed}")
    rng = random.Random(seed)
    made, seen, version = Board(PLACES, date.max), dict[str, Row](), -1
    for at in range(1, STEPS + 1):
        made.take(random_total(rng, unit, at) for unit in rng.sample(UNITS[:60], rng.randint(0, 5)))
        if rng.random() < 0.1:
            made.remap(after(PLACES, *MERGER) if rng.random() < 0.5 else PLACES, rng.choice((date.max, NEW_YEAR)))
        if rng.random() < 0.7 or at == STEPS:
            update: Update = made.since(version, at)
            version = update.version
            seen = ({} if update.whole else seen) | {each.id: each for each in update.communes}
    assert seen == {each.id: each for each in made.since(-1, 0).communes}


def test_health_and_targets_are_sent_once_each_time_they_change() -> None:
    made = board([total(LAC_DUONG)])
    made.hear({"kafka": True}, [{"target": 1}])
    first = made.since(0, 0)
    assert (first.health, first.targets) == ({"kafka": True}, [{"target": 1}])
    made.hear({"kafka": True}, [{"target": 1}])
    assert made.version == first.version
    made.hear({"kafka": False})
    later = made.since(first.version, 0)
    assert (later.health, later.targets) == ({"kafka": False}, None)
