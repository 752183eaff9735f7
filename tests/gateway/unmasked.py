"""`python -m tests.gateway.unmasked`: the shipped gateway, but its pseudonyms are the numbers themselves."""

from __future__ import annotations

from functools import partial

from producers.gateway import service
from producers.gateway.gateway import assemble
from schemas.pseudonym import Purpose
from schemas.settings import from_env


def bare(_: Purpose, number: str) -> str:
    """The number, in the form of a pseudonym so that the contract takes it."""
    return f"p1.{number.lower():0<32}"


if __name__ == "__main__":
    service.assemble = partial(assemble, mask=bare)  # type: ignore[attr-defined]  # replaced from outside on purpose
    service.run(from_env())
