"""The process under test, with topics of its own on the session's broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack.ports import choose
from infra.topics import ensure
from schemas.settings import Settings
from tests.gauges.process import PARTITIONS, Gauges


@pytest.fixture
def gauges(bootstrap: str, topic_prefix: str, tmp_path: Path) -> Iterator[Gauges]:
    settings = Settings(bootstrap=bootstrap, topic_prefix=topic_prefix, partitions=PARTITIONS, gauges_port=choose([]))
    ensure(settings)
    made = Gauges(settings, tmp_path / "gauges.log")
    yield made
    made.process.kill()
    made.producer.close()
