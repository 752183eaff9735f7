"""An invitation binds one tablet, whoever comes at the same time, to whichever gateway, and is no help to others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.stack.ports import choose
from producers.office.tablets import enrolments, write
from producers.secret import read_key
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import RefusedError, Tablet
from producers.tablet_client.transport import Http
from schemas.gateway import Revoked, digest_of
from schemas.settings import Settings
from tests.gateway.process import OTHER_UNIT, UNIT, Gateway, gateway_of, invite


def refusal(ask: Callable[[], object]) -> tuple[int, str]:
    """Status and code of a request that is refused."""
    with pytest.raises(RefusedError) as refused:
        ask()
    return refused.value.answer.status, refused.value.answer.code


def test_a_code_enrols_one_tablet_for_its_units_and_the_same_again_is_harmless(gateway: Gateway) -> None:
    code = invite(gateway.settings, UNIT, OTHER_UNIT)
    tablet = Tablet(Outbox(), Http(gateway.url))
    assert gateway.enrol(tablet, code) == [UNIT, OTHER_UNIT]
    assert tablet.enrol(code.lower().replace("-", " ")) == [UNIT, OTHER_UNIT]
    assert refusal(lambda: Tablet(Outbox(), Http(gateway.url)).enrol(code)) == (403, "invitation-used")


def test_an_unknown_or_expired_or_revoked_code_enrols_nobody(gateway: Gateway) -> None:
    settings, tablet = gateway.settings, Tablet(Outbox(), Http(gateway.url))
    assert refusal(lambda: tablet.enrol("K7M2-9QXD-4T")) == (403, "invitation-unknown")
    expired = invite(settings, UNIT, days=-1)
    assert refusal(lambda: gateway.enrol(tablet, expired)) == (403, "invitation-expired")
    revoked = invite(settings, UNIT)
    digest = digest_of(revoked, read_key(settings))
    write(settings, [Revoked(invitation=digest, written=datetime.now(UTC))])
    # The gateway may read of the revocation only with its own record of the enrolment.
    assert refusal(lambda: gateway.enrol(tablet, revoked)) in ((403, "invitation-expired"), (403, "revoked"))
    found = enrolments(settings).tablet(tablet.key.thumbprint)
    assert found is None or found.revoked


def test_of_many_tablets_at_two_gateways_at_once_one_gets_the_code(gateway: Gateway, tmp_path: Path) -> None:
    other = Settings(**{name: getattr(gateway.settings, name) for name in Settings.__struct_fields__}
                     | {"gateway_port": choose(())})  # fmt: skip
    with gateway_of(other, tmp_path / "other.log") as second:
        code = invite(gateway.settings, UNIT)
        said: list[str] = []

        def attempt(at: Gateway) -> None:
            try:
                at.enrol(Tablet(Outbox(), Http(at.url)), code)
                said.append("enrolled")
            except RefusedError as error:
                said.append(error.answer.code)

        threads = [threading.Thread(target=attempt, args=(each,)) for each in (gateway, second) * 8]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(said) == ["enrolled"] + ["invitation-used"] * 15
