"""An operator of an installation of a test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mend.site import Operator, installation


@pytest.fixture
def operator(bootstrap: str, topic_prefix: str, tmp_path: Path) -> Operator:
    """An installation without a counter: what it would reject, the test puts there."""
    return Operator(installation(bootstrap, topic_prefix, tmp_path))
