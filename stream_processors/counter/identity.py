"""Who a counter process is: its name, a token of this start, and the digest of the rules that it counts by."""

from __future__ import annotations

import uuid

from schemas.measures import rules_digest
from stream_processors.protocol.owner import Identity


def identity(worker: str) -> Identity:
    """The identity of this process: another rules digest counts all anew."""
    return Identity(worker, uuid.uuid4().hex, rules_digest())
