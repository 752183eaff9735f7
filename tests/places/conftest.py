"""The committed map, which every test here reads."""

from __future__ import annotations

import pytest

from schemas.places import Places, load


@pytest.fixture(scope="session")
def places() -> Places:
    """The map as shipped."""
    return load()
