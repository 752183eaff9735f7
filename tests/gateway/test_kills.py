"""Whatever is killed while tablets send: nothing leaves a tablet that is not counted, and nothing counts twice."""

from __future__ import annotations

from pathlib import Path
from random import Random, SystemRandom

from infra.stack import Stack
from tests.gateway.kills import trial
from tests.gateway.process import installed

KILLS = 20  # a tenth of `python -m tests.gateway`


def test_gateway_and_broker_killed_again_and_again_lose_nothing_and_count_nothing_twice(tmp_path: Path) -> None:
    print("seed", seed := SystemRandom().randrange(1_000_000))
    with Stack(tmp_path / "stack").start(postgres=False) as stack:
        settings = installed(stack.addresses.bootstrap, "kills.", tmp_path)
        found = trial(stack, settings, tmp_path, Random(seed), KILLS, print)
    assert found.exact, found
    assert found.met > 0, found
