"""A season on an installation of its own, played in parts, for those who subscribe to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from string import Template

import pytest

from infra.reconcile.round import reconcile
from infra.stack import Stack
from infra.stack.ports import HOST, choose
from infra.topics import ensure
from producers.simulator import Faults, Record, Shape, season
from schemas.settings import Settings
from tests.reconcile.conftest import PARTITIONS, PATIENCE_S, installation, play
from tests.services import service
from tests.subscribe.guarded import PROFILE, Guarded, certificate

SEED, RECORDS = 23, 2_400
FAULTS = Faults(corrections=0.08, voids=0.05)
Part = Callable[[int], None]


def records() -> list[Record]:
    """The season: with more corrections and voids than there are in a good year."""
    return list(season(SEED, RECORDS, FAULTS, shape=Shape(partitions=PARTITIONS, households_per_commune=20)))


@pytest.fixture(scope="module")
def installed(stack: Stack, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation without records and services."""
    stack.postgres.execute(f"CREATE DATABASE subscribed TEMPLATE {migrated}")
    yield installation(stack, "subscribed", "subscribed", tmp_path_factory.mktemp("subscribed"))
    stack.postgres.execute("DROP DATABASE subscribed WITH (FORCE)")


@pytest.fixture(scope="module")
def third(installed: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Part]:
    """Plays one third of the season, and returns when it is counted, in Postgres, and on the gauges."""
    all_, folder = records(), tmp_path_factory.mktemp("services")

    def play_third(number: int) -> None:
        play(installed, all_[number * RECORDS // 3 : (number + 1) * RECORDS // 3])
        report = reconcile(installed, patience_s=PATIENCE_S)
        assert report.agrees, (report.failures, report.differences[:5])

    with ExitStack() as services:
        for command in ("gauges", "counter", "ledger"):
            services.enter_context(service(command, installed, folder))
        yield play_third


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A broker of the production profile, by TLS and passwords from outside."""
    folder = tmp_path_factory.mktemp("guarded")
    inside = choose([])
    controller = choose([], [inside])
    outside = f"{HOST}:{choose([], [inside, controller])}"
    stack = Stack(folder / "stack", {"kafka": inside, "controller": controller})
    stack.kafka.profile = Template(PROFILE.read_text()).substitute(
        inside=f"{HOST}:{inside}", controller=f"{HOST}:{controller}", listen=outside, outside=outside,
        keystore=certificate(folder),
    )  # fmt: skip
    with stack.start(postgres=False):
        settings = Settings(bootstrap=stack.addresses.bootstrap, partitions=3)
        ensure(settings, 1)
        yield Guarded(settings, outside, folder)
