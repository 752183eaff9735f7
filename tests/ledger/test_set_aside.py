"""What the gateway set aside of a revoked tablet is found in Postgres, once, and is no difference to the counter."""

from __future__ import annotations

from schemas.rejected import Refusal, quarantined, rejected_headers
from sinks.ledger.rejects import write
from tests.ledger.conftest import Record, Sql


def test_an_event_that_was_set_aside_is_kept_once_and_differs_from_nothing(sql: Sql) -> None:
    origin = quarantined("handouts", 2, "/tablets/x 2025-07:24848 17 id")
    headers = rejected_headers(origin, b"2025-07:24848", Refusal("revoked-tablet"), [])
    with sql.engine.begin() as connection:
        for offset in range(2):
            write(connection, [Record(offset, origin.key(), b"{}", 5, headers)])
    assert sql("SELECT topic, reason, convert_from(value, 'UTF8') FROM rejected") == [
        ("gateway.handouts", "revoked-tablet", "{}")]  # fmt: skip
    assert sql("SELECT * FROM rejection_differs") == []
