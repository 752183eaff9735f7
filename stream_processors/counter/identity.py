"""Who a counter process is: its name, a token of this start, and digests of what it counts by."""

from __future__ import annotations

import hashlib
import uuid

from schemas.events.catalogue import WIRE_TYPES
from schemas.measures import rules_digest
from schemas.places import load
from stream_processors.protocol.owner import Identity


def identity(worker: str) -> Identity:
    """The identity of this process: another rules digest counts all anew, another contracts digest unparks."""
    types = sorted((wire.name, wire.version) for wire in WIRE_TYPES.values())
    contracts = hashlib.sha256(repr((types, load().digest)).encode()).hexdigest()[:16]
    return Identity(worker, uuid.uuid4().hex, rules_digest(), contracts)
