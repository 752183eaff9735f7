"""What the tests of one log or of one script share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.recount import remembering


@pytest.fixture
def remembered() -> Iterator[None]:
    """The oracle says each thing once."""
    with remembering():
        yield
