"""The code of an invitation: ten characters that a person can read out, the last of which finds typing errors."""

from __future__ import annotations

from schemas.pseudonym import ALPHABET, check_character, pseudonym

BITS = 45  # of chance in a code; guesses are limited by the gateway, and the digest is keyed
_READ_AS = str.maketrans("OIL", "011")


def code_from(chance: int) -> str:
    """The code of a random number below 2^45, `K7M2-9QXD-4T`."""
    told = "".join(ALPHABET[chance >> shift & 31] for shift in range(BITS - 5, -1, -5))
    told += check_character(told)
    return f"{told[:4]}-{told[4:8]}-{told[8:]}"


def canonical(typed: str) -> str | None:
    """The code that somebody typed, whatever its case, spaces and hyphens; None where it can be none."""
    told = "".join(typed.upper().split()).replace("-", "").translate(_READ_AS)
    if len(told) != BITS // 5 + 1 or not set(told) <= set(ALPHABET) or check_character(told[:-1]) != told[-1]:
        return None
    return f"{told[:4]}-{told[4:8]}-{told[8:]}"


def digest_of(code: str, key: bytes) -> str:
    """The keyed digest under which a canonical code is known; without the installation's key no code can be tried."""
    return pseudonym("invitation", key, code)
