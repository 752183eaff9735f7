"""`python -m sinks.ledger`: the ledger with the settings of the environment."""

from __future__ import annotations

from schemas.settings import from_env
from sinks.ledger.service import run

if __name__ == "__main__":
    run(from_env())
