"""A generator whose seed is printed."""

from __future__ import annotations

import os
import random

import pytest


@pytest.fixture
def dice() -> random.Random:
    """Set FIELDTALLY_TEST_SEED to play a failed run again."""
    seed = int(os.environ.get("FIELDTALLY_TEST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"FIELDTALLY_TEST_SEED={seed}")
    return random.Random(seed)
