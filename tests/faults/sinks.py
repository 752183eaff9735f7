"""What Postgres and the gauges' page say at the end, beside the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from infra.reconcile.page import Page, fetch
from producers.simulator import Expected
from schemas.metrics import CONSERVATION_METRICS, MEASURE_METRICS
from schemas.places import load
from schemas.rejected import Origin
from schemas.topics import FIELD_TOPICS, REJECTED, TOTALS
from tests.faults.broker import Bus
from tests.faults.site import Service, await_that
from tests.faults.truth import Rejected, Truth, difference
from tests.ledger.agreement import conservation, counters, expected_conservation
from tests.ledger.conftest import Sql

Side = tuple[int, list[str]]
_OWN = {metric.name for metric in (*MEASURE_METRICS.values(), *CONSERVATION_METRICS.values())}


def ledger_side(bus: Bus, service: Service, truth: Truth) -> Side:
    """Postgres once it has all of the log and all rejects: counters, conservation, rejected records."""
    sql = Sql(bus.settings.database_url)
    sql.engine.dispose()
    sql.engine = create_engine(bus.settings.database_url, poolclass=NullPool)
    ends = sum(bus.ends(*FIELD_TOPICS, REJECTED).values())
    topics = [*FIELD_TOPICS, REJECTED]

    def written() -> bool:
        service.keep_up()
        [(at,)] = sql("SELECT coalesce(sum(next_offset), 0) FROM positions WHERE topic = ANY(:topics)", topics=topics)
        return int(at) == ends

    await_that(written, f"the ledger has all ({service.log})", 180)
    expected = truth.expected
    units = sorted(expected.counters)
    found, went = counters(sql, units, None), conservation(sql, units, None)
    differences = []
    for unit in units:
        wanted = expected_conservation(expected, unit)
        has = {name: went[unit][name] for name in wanted} if unit in went else {}
        differences += [f"{unit}: {difference(has, wanted)}"] if has != wanted else []
        if found[unit] != expected.counters[unit]:
            differences.append(f"{unit}: {difference(found[unit], expected.counters[unit])}")
    differences += _rejects(sql, truth.rejected)
    compared = sum(len(kinds) for measures in expected.counters.values() for kinds in measures.values())
    return compared, differences


def _rejects(sql: Sql, wanted: Mapping[bytes, Rejected]) -> Iterator[str]:
    held = {
        Origin(row.topic, row.partition, row.log_offset).key(): (row.reason, _bytes(row.key), _bytes(row.value))
        for row in sql("SELECT topic, partition, log_offset, reason, key, value FROM rejected")
    }
    for origin in sorted(held.keys() | wanted.keys()):
        if origin not in held or origin not in wanted or held[origin] != wanted[origin][:3]:
            yield f"{origin!r} in Postgres is {held.get(origin)}, must be {wanted.get(origin)}"


def _bytes(value: memoryview | bytes | None) -> bytes | None:
    return None if value is None else bytes(value)


def gauges_side(bus: Bus, service: Service, truth: Truth) -> Side:
    """The page once it covers all totals: figures of today's communes, and rejects by reason."""
    ends = {tp.partition: end for tp, end in bus.ends(TOTALS).items() if end}
    reasons = Counter(rejected.reason for rejected in truth.rejected.values())
    url = f"http://127.0.0.1:{service.settings.gauges_port}/metrics"
    seen: list[Page] = []

    def shown() -> bool:
        service.keep_up()
        page = fetch(url)
        if isinstance(page, str):
            return False
        seen[:] = [page]
        offsets = {place.partition: at for place, at in page.offsets.items()}
        return all(offsets.get(number, 0) >= end for number, end in ends.items()) and sum(
            page.rejected.values()
        ) >= sum(reasons.values())

    await_that(shown, f"the gauges show all ({service.log})", 180)
    wanted = rolled_up(truth.expected)
    held = {
        (*commune, *figure): value
        for commune, figures in seen[0].communes.items()
        for figure, value in figures.items()
        if figure[0] in _OWN and value
    }
    differences = [f"{'; '.join(at)} is {held.get(at)}, must be {wanted.get(at)}"
                   for at in sorted(held.keys() | wanted.keys()) if held.get(at) != wanted.get(at)]  # fmt: skip
    differences += [f"rejected as {reason}: {seen[0].rejected.get(reason, 0)}, must be {n}"
                    for reason, n in reasons.items() if seen[0].rejected.get(reason, 0) != n]  # fmt: skip
    return len(wanted), differences


def rolled_up(expected: Expected) -> dict[tuple[str, str, str, str], float]:
    """Commune, province, metric and kind as the page must show them, without zeroes."""
    places, page = load(), defaultdict[tuple[str, str, str, str], float](float)
    for unit, measures in expected.counters.items():
        place = places.current(unit)
        commune = place.commune.id if place.commune else "unresolved"
        province = place.province.code if place.province else "unresolved"
        for measure, kinds in measures.items():
            for kind, value in kinds.items():
                page[commune, province, MEASURE_METRICS[measure].name, kind] += value
        for name, value in expected.conservation[unit].items():
            page[commune, province, CONSERVATION_METRICS[name].name, ""] += value
    return {at: value for at, value in page.items() if value}
