"""Every gateway that reads the same facts knows the same tablets, however the topic was compacted meanwhile."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
import pytest

from producers.gateway.enrolments import Enrolments
from producers.gateway.signature import public_key, thumbprint, verified
from producers.tablet_client.key import DeviceKey
from schemas.gateway import Enrolled, Invited, Jwk, Revoked, canonical, code_from, digest_of, encode

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEYS = [DeviceKey(number) for number in (11, 12, 13)]


class Record(NamedTuple):
    key: bytes
    value: bytes


def record(fact: Invited | Enrolled | Revoked) -> Record:
    return Record(fact.key(), encode(fact))


def invited(number: int, *units: str) -> Invited:
    return Invited(invitation=digest_of(code_from(number), b"k"), organisation="other", units=list(units),
                   expires=NOW + timedelta(days=7), written=NOW)  # fmt: skip


def enrolled(invitation: Invited, key: DeviceKey, attempt: int, days: float = 1) -> Enrolled:
    return Enrolled(invitation=invitation.invitation, attempt=f"{attempt:032x}", thumbprint=key.thumbprint,
                    jwk=msgspec.convert(key.jwk, Jwk), written=NOW + timedelta(days=days))  # fmt: skip


def told(known: Enrolments) -> list[tuple[str, ...]]:
    tablets = (known.tablet(key.thumbprint) for key in KEYS)
    return [(t.thumbprint, t.organisation, *t.units, str(t.revoked)) if t is not None else () for t in tablets]


def compacted(log: list[Record], upto: int) -> list[Record]:
    """The log as its beginning may have been compacted: the last record of each key is kept, in its place."""
    last = {each.key: number for number, each in enumerate(log[:upto])}
    return [each for number, each in enumerate(log) if number >= upto or last[each.key] == number]


def test_the_first_enrolment_by_an_invitation_holds_also_after_compaction_and_repeats() -> None:
    rng = random.Random(20260301)
    for _ in range(200):
        invitations = [invited(number, f"2025-07:{24846 + number}") for number in range(3)]
        log = [record(each) for each in invitations]
        for attempt in range(rng.randint(1, 8)):
            invitation = rng.choice(invitations)
            log.append(record(enrolled(invitation, rng.choice(KEYS), attempt, rng.choice([1, 2, 9]))))
            if rng.random() < 0.2:
                log.append(record(Revoked(invitation=rng.choice(invitations).invitation, written=NOW)))
        whole = Enrolments()
        whole.take(log)
        for upto in range(len(log) + 1):
            again = Enrolments()
            again.take(compacted(log, upto))
            again.take(compacted(log, upto))
            assert told(again) == told(whole)


def test_a_key_with_two_invitations_has_the_units_of_both_until_one_is_revoked() -> None:
    first, second = invited(1, "2025-07:24846"), invited(2, "2025-07:24848")
    known = Enrolments()
    known.take([record(first), record(second), record(enrolled(first, KEYS[0], 1)),
                record(enrolled(second, KEYS[0], 2))])  # fmt: skip
    tablet = known.tablet(KEYS[0].thumbprint)
    assert tablet is not None
    assert tablet.units == ("2025-07:24846", "2025-07:24848")
    known.take([record(Revoked(invitation=first.invitation, written=NOW))])
    tablet = known.tablet(KEYS[0].thumbprint)
    assert tablet is not None
    assert (tablet.units, tablet.revoked) == (("2025-07:24848",), False)


def test_a_code_is_read_as_people_write_it_and_a_typing_error_is_found() -> None:
    code = code_from(123_456_789_012)
    assert {canonical(said) for said in (code, code.lower(), code.replace("-", ""), f" {code} ")} == {code}
    assert canonical(code.replace("0", "O").replace("1", "I")) == code
    wrong = [code[:place] + other + code[place + 1 :] for place in range(len(code)) if code[place] != "-"
             for other in "ABC234" if code[place] != other]  # fmt: skip
    assert not [said for said in wrong if canonical(said) is not None]
    assert canonical("") is None


def test_the_thumbprint_is_that_of_rfc_7638_and_a_signature_is_that_of_webcrypto() -> None:
    jwk = Jwk(kty="EC", crv="P-256", x="f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
              y="x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")  # of RFC 7515, A.3  # fmt: skip
    assert thumbprint(jwk) == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
    signed = ("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19y"
              "b290Ijp0cnVlfQ")  # fmt: skip
    signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    key = public_key(jwk)
    assert key is not None
    assert verified(key, signature, signed.encode())
    assert not verified(key, signature, signed.encode() + b" ")
    assert not verified(key, signature[:-1] + "R", signed.encode()), "one signature has one spelling"


@pytest.mark.parametrize("x", ["", "A" * 43, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV", "é" * 43])
def test_what_is_no_point_of_the_curve_is_no_key(x: str) -> None:
    assert public_key(Jwk(kty="EC", crv="P-256", x=x, y="x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")) is None
