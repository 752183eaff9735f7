"""One broker for these tests, apart from that of the other tests, since it is killed and cut off here."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.stack import Stack
from infra.topics import ensure
from schemas.settings import Settings
from tests.faults.broker import Bus, faulty_stack
from tests.faults.proxy import Proxy
from tests.faults.site import Site

_NUMBERS = itertools.count(1)


class Place(NamedTuple):
    """What a test of faults has: the stack and the proxy before it, topics of its own, and a site for processes."""

    stack: Stack
    proxy: Proxy
    bus: Bus
    site: Site


@pytest.fixture(scope="package")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Proxy]]:
    """Kafka behind a proxy, and Postgres."""
    with faulty_stack(tmp_path_factory.mktemp("faulty")) as both:
        yield both


@pytest.fixture
def place(faulty: tuple[Stack, Proxy], tmp_path: Path) -> Iterator[Place]:
    """Fresh topics on that broker, and processes that end with the test."""
    with make_place(*faulty, tmp_path) as made:
        yield made


@contextlib.contextmanager
def make_place(stack: Stack, proxy: Proxy, folder: Path) -> Iterator[Place]:
    """See `place`."""
    settings = Settings(
        bootstrap=stack.addresses.bootstrap, topic_prefix=f"f{next(_NUMBERS)}.", checkpoint_s=0.7,
        database_url=stack.addresses.database_url,
    )  # fmt: skip
    ensure(settings, 1)
    bus = Bus(settings)
    with Site(settings, folder) as site:
        yield Place(stack, proxy, bus, site)
    bus.delete()


@pytest.fixture
def seed() -> int:
    """A new seed each time; pytest shows what was printed when a test fails."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    return seed
