"""`python -m infra.benchmarks.storm`: every tablet of a fleet comes back in the same moment, and keeps trying.

Prints one line "ready", waits for a line on its input, then prints what it saw as JSON. It speaks HTTP by hand, because
a client's library takes more of the machine than the gateway needs to refuse a request.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from urllib.parse import urlsplit

import msgspec

from infra.benchmarks.fleet import fleet

PATH = "/v1/events:batch"
PATIENCE_S = 300.0
BACK_OFF_S = 2.0  # as the app does: the span of the wait after the first failure, twice as long after each further one


class Storm(msgspec.Struct):
    """What the tablets saw; all times in seconds, `waits` from the first try to the receipts."""

    accepted: int = 0
    seconds: float = 0.0
    batches: list[float] = []
    waits: list[float] = []
    refused_after: list[float] = []
    statuses: dict[str, int] = {}
    other_receipts: dict[str, int] = {}


class Tablet:
    """One tablet: what it sends, and its connection while there is one."""

    def __init__(self, host: str, port: int, body: bytes, headers: dict[str, str]) -> None:
        told = {"Host": f"{host}:{port}", **headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self._where, self._request = (host, port), f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + body
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self) -> tuple[int, float, bytes]:
        """Send the batch; status, Retry-After in seconds, body.

        Raises:
            OSError, EOFError: no answer came.
        """
        reader, writer = self._line = self._line or await asyncio.open_connection(*self._where)
        try:
            writer.write(self._request)
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").lower().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines if line)
            body = await reader.readexactly(int(headers["content-length"]))
        except BaseException:
            self.hang_up()
            raise
        if headers.get("connection") == "close":
            self.hang_up()
        return int(first.split()[1]), float(headers.get("retry-after", "0")), body

    def hang_up(self) -> None:
        """Let go of the connection."""
        if self._line is not None:
            self._line[1].close()
            self._line = None


async def _come_back(tablet: Tablet, seen: Storm, statuses: Counter[str], others: Counter[str]) -> None:
    started, span = time.monotonic(), BACK_OFF_S
    while True:
        asked, retry_after = time.monotonic(), 0.0
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, retry_after, body = await tablet.ask()
        except (OSError, EOFError, TimeoutError) as error:
            statuses[type(error).__name__] += 1
        else:
            statuses[str(status)] += 1
            if status == 200:
                seen.batches.append(time.monotonic() - asked)
                receipts = Counter(receipt["status"] for receipt in msgspec.json.decode(body)["receipts"])
                seen.accepted += receipts.pop("accepted", 0)
                others.update(receipts)
                if not receipts:
                    seen.waits.append(time.monotonic() - started)
                    return tablet.hang_up()
            else:
                seen.refused_after.append(time.monotonic() - asked)
        await asyncio.sleep(max(retry_after, span / 2) + random.uniform(0, span / 2))
        span *= 2


async def storm(url: str, batches: list[tuple[bytes, dict[str, str]]]) -> Storm:
    """All batches at once."""
    seen, statuses, others = Storm(), Counter[str](), Counter[str]()
    at = urlsplit(url)
    tablets = [Tablet(at.hostname or "", at.port or 80, body, headers) for body, headers in batches]
    started = time.monotonic()
    await asyncio.gather(*(_come_back(tablet, seen, statuses, others) for tablet in tablets))
    seen.seconds = time.monotonic() - started
    seen.statuses, seen.other_receipts = dict(statuses), dict(others)
    return seen


def main() -> None:
    """Arguments: the gateway's URL, how many tablets, events of each, seed."""
    url, tablets, events, seed = sys.argv[1], *map(int, sys.argv[2:])
    batches = [tablet.batch() for tablet in fleet(tablets, events, seed)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(msgspec.json.encode(asyncio.run(storm(url, batches))).decode() + "\n")


if __name__ == "__main__":
    main()
