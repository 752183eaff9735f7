"""Free ports on loopback: the wished one when it is free, else one outside the range that outgoing connections use."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable

from infra.errors import InfraError

HOST = "127.0.0.1"
_RANGE = range(20_000, 32_000)  # below Linux's ephemeral range, so no outgoing connection takes the port meanwhile


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose(wished: Iterable[int], taken: Iterable[int] = ()) -> int:
    """The first wished port that is free and not in `taken`, else a random free one.

    Raises:
        InfraError: no port at all is free.
    """
    refused = set(taken)
    for port in [*wished, *random.sample(_RANGE, 200)]:
        if port not in refused and is_free(port):
            return port
    raise InfraError(f"No free port found on {HOST}: close programs that listen there and try again.")
