"""What the tests of producers share: one whole season, played once."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from producers.simulator import Expected, Oracle, Record, season
from producers.simulator.season import FULL_SEASON
from schemas.places import Unit, load


class Played(NamedTuple):
    """A season's records, what the oracle says of each, what must come out of all; and its originals as JSON."""

    records: list[Record]
    verdicts: list[str]
    expected: Expected
    originals: list[dict[str, Any]]


@pytest.fixture(scope="session")
def units() -> Mapping[str, Unit]:
    """The units of the map."""
    return load().units


@pytest.fixture(scope="session")
def played(units: Mapping[str, Unit]) -> Played:
    """The smallest season that holds all of the programmes' figures, with every fault."""
    records, oracle = list(season(seed=2023, records=FULL_SEASON)), Oracle(units)
    verdicts = [oracle.feed(r.topic, r.key, r.value, r.partition) for r in records]
    originals = [json.loads(r.value) for r in records if r.fate == "original" and r.value is not None]
    return Played(records, verdicts, oracle.result(), originals)


@pytest.fixture
def dice() -> random.Random:
    """A generator whose seed is printed; set FIELDTALLY_TEST_SEED to play a failed run again."""
    seed = int(os.environ.get("FIELDTALLY_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"FIELDTALLY_TEST_SEED={seed}")
    return random.Random(seed)
