"""What the gateway's tests share: an installation with topics of its own, and a gateway that runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.settings import Settings
from tests.gateway.process import Gateway, gateway_of, installed


@pytest.fixture
def installation(bootstrap: str, topic_prefix: str, tmp_path: Path) -> Settings:
    """An installation with empty topics."""
    return installed(bootstrap, topic_prefix, tmp_path)


@pytest.fixture
def gateway(installation: Settings, tmp_path: Path) -> Iterator[Gateway]:
    """A gateway that is ready."""
    with gateway_of(installation, tmp_path / "gateway.log") as running:
        yield running
