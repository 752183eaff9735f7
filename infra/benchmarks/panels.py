"""How long Grafana would wait for each panel: the committed queries on a real Prometheus and Postgres."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, create_engine, text

from infra.errors import InfraError
from infra.grafana.queries import READER, Panel, filled, panels

TIMES, LONG_S = 5, 5.0  # a panel that takes longer than this is far from its aim, and asked no more
HOURS, STEPS = 24, 1_000  # of a panel over time: what Grafana asks for by default
LIMIT_S = 120


class Took(NamedTuple):
    """The median of some tries in seconds, and how many rows or series came."""

    panel: Panel
    seconds: float
    found: int


def took(prometheus: str, database_url: str, variables: Mapping[str, str]) -> list[Took]:
    """Each panel of each dashboard, its queries one after the other.

    Raises:
        InfraError: a panel shows nothing, so that its time would say nothing.
    """
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"SET ROLE {READER}"))
        return [_took(panel, lambda panel=panel: [  # type: ignore[misc]  # mypy has no type for a bound default
            *(_asked(prometheus, target, variables) for target in panel.content["targets"] if "expr" in target),
            *(_read(connection, filled(statement, variables)) for statement in panel.statements),
        ]) for panel in panels()]  # fmt: skip


def _took(panel: Panel, ask: Callable[[], Iterable[int]]) -> Took:
    seconds, found = [], 0
    for _ in range(TIMES):
        began = time.monotonic()
        found = sum(ask())
        seconds.append(time.monotonic() - began)
        if seconds[-1] > LONG_S:
            break
    return Took(panel, sorted(seconds)[len(seconds) // 2], found)


def _asked(prometheus: str, target: Mapping[str, Any], variables: Mapping[str, str]) -> int:
    """How many series a query gives; over time where the panel shows it so."""
    query: dict[str, Any] = {"query": filled(target["expr"], variables)}
    now = time.time()
    over_time = {} if target.get("instant") else {"start": now - HOURS * 3600, "end": now, "step": HOURS * 3600 / STEPS}
    address = f"{prometheus}/api/v1/query{'_range' if over_time else ''}"
    with urllib.request.urlopen(f"{address}?{urllib.parse.urlencode(query | over_time)}", timeout=LIMIT_S) as answer:
        told = json.load(answer)
    if told["status"] != "success":
        raise InfraError(f"Prometheus does not answer {query['query']}: {told}")
    return len(told["data"]["result"])


def _read(connection: Connection, statement: str) -> int:
    return len(connection.exec_driver_sql(statement.replace("%", "%%")).all())
