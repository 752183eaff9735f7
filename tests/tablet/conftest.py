"""What the tests of the tablet app share: one site, and a network and a tablet for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from infra.stack import Stack
from tests.tablet.device import Device, device
from tests.tablet.network import Network, network
from tests.tablet.site import Site, site


@pytest.fixture(scope="package")
def place(stack: Stack, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose services run; tests count what they add to it."""
    with site(stack, migrated, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def net(place: Site) -> Iterator[Network]:
    """The network between the tablet and the place."""
    with network(place.settings.gateway_port) as made:
        yield made


@pytest.fixture
def tablet(playwright: Playwright, place: Site, net: Network, tmp_path: Path) -> Iterator[Device]:
    """A tablet that is enrolled."""
    with device(playwright, tmp_path / "profile") as made:
        made.enrol(net.url, place.invitation())
        yield made
