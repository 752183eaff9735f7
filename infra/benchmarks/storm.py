"""`python -m infra.benchmarks.storm`: every tablet of a fleet comes back in the same moment, and keeps trying.

Prints one line "ready", waits for a line on its input, then prints what it saw as JSON.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter

import aiohttp
import msgspec

from infra.benchmarks.fleet import fleet

BACK_OFF_S = (0.5, 2.0)  # where no answer came


class Storm(msgspec.Struct):
    """What the tablets saw; all times in seconds, `waits` from the first try to the receipts."""

    accepted: int = 0
    seconds: float = 0.0
    batches: list[float] = []
    waits: list[float] = []
    refused_after: list[float] = []
    statuses: dict[str, int] = {}
    other_receipts: dict[str, int] = {}


async def _come_back(session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str], seen: Storm,
                     started: float, statuses: Counter[str], others: Counter[str]) -> None:  # fmt: skip
    while True:
        asked = time.monotonic()
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                said = msgspec.json.decode(await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.DecodeError) as error:
            statuses[type(error).__name__] += 1
            await asyncio.sleep(random.uniform(*BACK_OFF_S))
            continue
        statuses[str(answer.status)] += 1
        took = time.monotonic() - asked
        if answer.status == 200:
            seen.batches.append(took)
            receipts = Counter(receipt["status"] for receipt in said["receipts"])
            seen.accepted += receipts.pop("accepted", 0)
            others.update(receipts)
            if not receipts:
                seen.waits.append(time.monotonic() - started)
                return
            continue
        seen.refused_after.append(took)
        await asyncio.sleep(float(answer.headers.get("Retry-After", "1")) * random.uniform(0.9, 1.1))


async def storm(url: str, batches: list[tuple[bytes, dict[str, str]]]) -> Storm:
    """All batches at once."""
    seen, statuses, others = Storm(), Counter[str](), Counter[str]()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=300)) as session:
        started = time.monotonic()
        await asyncio.gather(*(
            _come_back(session, url, body, headers, seen, started, statuses, others) for body, headers in batches
        ))
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
    sys.stdout.write(msgspec.json.encode(asyncio.run(storm(f"{url}/v1/events:batch", batches))).decode() + "\n")


if __name__ == "__main__":
    main()
