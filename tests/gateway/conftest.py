"""What the gateway's tests share: an installation with topics of its own, and a gateway that runs on it, per file."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack import Stack
from schemas.settings import Settings
from tests.gateway.process import Gateway, gateway_of, installed

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the gateway's log lies."""
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def installation(stack: Stack, folder: Path) -> Settings:
    """An installation with topics that no other file's tests know."""
    return installed(stack.addresses.bootstrap, f"g{os.getpid()}-{next(_NUMBERS)}.", folder)


@pytest.fixture(scope="module")
def gateway(installation: Settings, folder: Path) -> Iterator[Gateway]:
    """A gateway that is ready. Each test takes tablets of its own."""
    with gateway_of(installation, folder / "gateway.log") as running:
        yield running
