"""`fieldtally registers import`, as a person runs it, on a real broker, and on to the ledger's denominators."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from infra.cli import app
from infra.topics import ensure
from producers.reading import newest, read
from schemas.places import load
from schemas.pseudonym import household_code
from schemas.registers import decode
from schemas.settings import Settings
from schemas.topics import REGISTERS
from sinks.ledger.log import Log, await_logs
from sinks.ledger.store import Store

UNIT = "2025-07:24848"
HEAD = "kind,unit,code,valid_from,class,need"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def settings(bootstrap: str, topic_prefix: str, database: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation of this test's own, which the environment names."""
    chosen = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=3, database_url=database)
    for name in ("bootstrap", "topic_prefix", "partitions", "database_url"):
        monkeypatch.setenv(f"FIELDTALLY_{name.upper()}", str(getattr(chosen, name)))
    ensure(chosen)
    return chosen


def sheet(folder: Path, count: int, class_: str = "poor", since: str = "2025-07-01") -> Path:
    """A register of so many households."""
    file = folder / "households.csv"
    rows = (f"household,{UNIT},{household_code(UNIT, 7 * n)},{since},{class_},yes" for n in range(count))
    file.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return file


def test_a_register_is_on_the_topic_and_the_same_file_again_writes_nothing(settings: Settings, tmp_path: Path) -> None:
    file = sheet(tmp_path, 300)
    done = run("registers", "import", file)
    assert done.exit_code == 0, done.output
    assert "300 rows of 300 entries: 300 written, 0 as they were." in done.output
    assert "0 written, 300 as they were" in run("registers", "import", file).output
    assert sum(1 for _ in read(settings, [REGISTERS])) == 300
    sheet(tmp_path, 300, "near-poor", "2026-01-01")
    assert "300 written" in run("registers", "import", file).output
    assert {len(decode(value).versions) for value in newest(settings, REGISTERS).values()} == {2}


def test_a_dry_run_and_a_file_with_a_fault_write_nothing(settings: Settings, tmp_path: Path) -> None:
    file = sheet(tmp_path, 3)
    assert "3 would change" in run("registers", "import", "--dry-run", file).output
    with file.open("a", encoding="utf-8") as out:
        out.write(f"household,2025-07:99999,{household_code(UNIT, 1)},2025-07-01,poor,yes\n")
    done = run("registers", "import", file)
    assert done.exit_code != 0
    assert f"{file}, line 5: the map has no unit '2025-07:99999'" in done.output
    assert list(read(settings, [REGISTERS])) == []


def test_a_register_gives_the_ledger_its_denominators(settings: Settings, tmp_path: Path) -> None:
    run("registers", "import", sheet(tmp_path, 40))
    run("registers", "import", sheet(tmp_path, 25, "other", "2026-01-01"))
    wait_until_read(settings, 65)
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        for day, poor in (("2025-06-30", 0), ("2025-12-31", 40), ("2026-01-01", 15)):
            found = connection.scalar(
                text("SELECT coalesce(sum(entries), 0) FROM denominators_on(:day) WHERE class = 'poor'"), {"day": day}
            )
            assert found == poor
    engine.dispose()


def wait_until_read(settings: Settings, records: int) -> None:
    """Lets a ledger in this process take in so many records of the registers."""
    stop = threading.Event()
    store = Store(settings.database_url, load(), settings.partitions)
    logs = await_logs(settings, stop)
    log = Log(settings, logs, store.positions(logs))
    taken, deadline = 0, time.monotonic() + 60
    while taken < records:
        assert time.monotonic() < deadline
        batch = store.judge(log.poll())
        if batch.records:
            store.write(batch)
            taken += sum(len(some) for part, some in batch.records.items() if part.topic == REGISTERS)
    log.close({})
    store.close()
