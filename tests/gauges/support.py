"""What the tests of the gauges share: totals made up, pages read back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from prometheus_client.parser import text_string_to_metric_families

from schemas.measures import COUNTERS
from schemas.metrics import COMMUNE_METRICS
from schemas.places import load
from schemas.topics import FIELD_TOPICS
from schemas.totals import Conservation, Holes, Total
from sinks.gauges.board import Board
from sinks.gauges.page import Page

PLACES = load()
MERGED = ("2025-03:24847", "2025-03:24848", "2025-03:24865")  # Đạ Chais, Đạ Nhim, Đạ Sar: now Xã Lạc Dương
LAC_DUONG = "2025-07:24848"
NOW = 1_790_000_000.0
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def total(unit: str, counters: Mapping[str, Mapping[str, int]] | None = None, at: int = 1, **fields: object) -> Total:
    """A total of `unit` at offset `at` of every topic, of generation 1 unless `fields` say otherwise."""
    return Total(**{  # type: ignore[arg-type] # fields are named by the tests
        "unit": unit, "generation": 1, "epoch": 0, "rules": "0" * 16, "positions": [at] * len(FIELD_TOPICS),
        "counters": {measure: dict(kinds) for measure, kinds in (counters or {}).items()},
        "conservation": conservation(), "holes": Holes(), **fields,
    })  # fmt: skip


def conservation(**figures: int) -> Conservation:
    """Conservation figures, 0 where none is given."""
    return Conservation(**dict.fromkeys(Conservation.__struct_fields__, 0) | figures)


def random_total(rng: random.Random, unit: str, at: int = 1) -> Total:
    """A total with any figures that its shape allows."""
    counters: dict[str, dict[str, int]] = {}
    for counter in rng.sample(COUNTERS, rng.randint(0, 60)):
        counters.setdefault(counter.measure, {})[counter.kind] = rng.choice((1, rng.randint(1, 100), 10**12))
    return total(
        unit, counters, at,
        conservation=conservation(**{name: rng.randint(0, 99) for name in Conservation.__struct_fields__}),
        holes=Holes(missing=rng.randint(0, 3), rejected=rng.randint(0, 3), withdrawn=rng.randint(0, 3)),
        latest_event=rng.choice((None, rng.randint(1, 2 * 10**12))),
        latest_receipt=rng.choice((None, rng.randint(1, 2 * 10**12))),
    )  # fmt: skip


def samples(text: str) -> Samples:
    """All samples of a page by name and labels; a sample that stands twice is a fault of the page."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, key
            found[key] = sample.value
    return found


def text_of(page: Page) -> str:
    """What the page says now."""
    return b"".join(piece for block in page.blocks() for piece in block).decode()


def page_of(*steps: Iterable[Total]) -> Page:
    """A ready page that showed the totals of each step, taken in their order."""
    page = Page(PLACES, clock=lambda: NOW)
    page.ready = True
    for totals in steps:
        with page.change():
            for each in totals:
                page.board.take(each)
    return page


def shown(board: Board) -> dict[str, bytes]:
    """The lines of each commune as rendered, by its id and province."""
    board.render()
    return {chunks[0].decode().partition(",name")[0]: b"".join(chunks) for chunks in board.chunks()}


def of_communes(text: str) -> str:
    """The part of a page that a commune's figures make."""
    first = text.index(f"# HELP {COMMUNE_METRICS[0].name} ")
    return text[first:]


def value(found: Samples, name: str, /, **labels: str) -> float | None:
    """The sample of a name with exactly these labels."""
    return found.get((name, frozenset(labels.items())))
