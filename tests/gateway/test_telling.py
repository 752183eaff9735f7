"""What a tablet asks for: what is counted of its own, and what it must know of its place; for its signature alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from infra.stack import Stack
from producers.office.writer import append
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import RefusedError, Tablet
from producers.tablet_client.transport import Http
from schemas.contracts.documents import OPENAPI, texts
from schemas.pseudonym import household_code
from schemas.registers import decode, encode
from schemas.topics import REGISTERS
from tests.gateway.process import OTHER_UNIT, UNIT, Gateway, gateway_of, installed, until
from tests.gateway.test_reference import entry

HEAD = {"fieldtally", "now"}


@pytest.fixture(scope="module")
def asked(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway for all questions."""
    folder = tmp_path_factory.mktemp("asked")
    with gateway_of(installed(stack.addresses.bootstrap, "asked.", folder), folder / "gateway.log") as running:
        yield running


def test_a_tablet_is_told_of_its_own_place_and_again_only_when_that_changes(asked: Gateway) -> None:
    tablet = asked.tablet(UNIT)
    first = tablet.get("/v1/reference")
    assert {unit["unit"] for unit in first.body["units"]} >= {UNIT, "2025-03:24848"}
    assert first.body["fieldtally"] == "v1"
    tag = first.headers["etag"]
    assert tablet.get("/v1/reference", **{"If-None-Match": tag}).status == 304
    code = household_code(UNIT, 7)
    ours, others = entry("household", UNIT, code), entry("household", OTHER_UNIT, household_code(OTHER_UNIT, 7))
    append(asked.settings, REGISTERS, [(each.key(), encode(each)) for each in (others, ours)])
    until(lambda: tablet.get("/v1/reference", **{"If-None-Match": tag}).status == 200, asked.log)
    assert tablet.get("/v1/reference").body["households"] == [{"code": code, "unit": UNIT}]
    assert decode(encode(ours)) == ours


def test_a_tablet_of_which_nothing_is_counted_is_told_so(asked: Gateway) -> None:
    answer = asked.tablet(UNIT).get("/v1/sync")
    assert {name: value for name, value in answer.body.items() if name not in HEAD} == {
        "streams": [], "rejected": [],
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/sync", "/v1/reference"])
def test_nobody_else_is_told(asked: Gateway, path: str, tmp_path: Path) -> None:
    tablet, stranger = asked.tablet(UNIT), Tablet(Outbox(tmp_path / "stranger.db"), Http(asked.url))
    with pytest.raises(RefusedError) as refused:
        stranger.get(path)
    assert (refused.value.answer.status, refused.value.answer.code) == (401, "unknown-key")
    other = "/v1/reference" if path == "/v1/sync" else "/v1/sync"
    said = tablet.signed(other)  # a signature for another address
    for headers in (said, said | {"Fieldtally-Time": "x" * 41}, {**said, "Fieldtally-Signature": "x"}, {}):
        answer = Http(asked.url)("GET", path, None, headers)
        assert (answer.status, answer.code) in {(401, "bad-signature"), (401, "unknown-key")}


def test_the_gateway_tells_its_own_contract(asked: Gateway) -> None:
    with urlopen(f"{asked.url}/openapi.json", timeout=10) as answer:
        assert answer.read().decode() == texts()[OPENAPI]
