"""Pseudonyms for personal numbers and for record ids of forms, and check characters of household codes."""

from __future__ import annotations

import hmac
from typing import Literal

# `record`: a form's own id of a record; `invitation`: a tablet's one-time code; `refused`: an event not kept
Purpose = Literal["iccid", "imei", "serial", "record", "invitation", "refused"]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32


def pseudonym(purpose: Purpose, key: bytes, number: str) -> str:
    """The pseudonym of a personal number: HMAC-SHA256 under the installation's permanent key, 128 bits, `p1.<hex>`.

    The purpose enters the digest, so that one number under two purposes cannot be joined.
    """
    return "p1." + hmac.digest(key, f"{purpose}\0{number.strip()}".encode(), "sha256").hex()[:32]


def check_character(code: str) -> str:
    """The check character of a household's four characters (Luhn mod 32): finds every single typing error."""
    total = 0
    for index, character in enumerate(reversed(code)):
        value = ALPHABET.index(character) * (2 if index % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def household_code(commune: str, number: int) -> str:
    """The code of household `number` (0 to 32^4 - 1) registered under a commune, `2025-07.24848-K7M2-9`.

    `commune` is the unit's id, `2025-07:24848`. A random number is the caller's part.
    """
    code = "".join(ALPHABET[number >> shift & 31] for shift in (15, 10, 5, 0))
    return f"{commune.replace(':', '.')}-{code}-{check_character(code)}"
