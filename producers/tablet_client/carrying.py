"""The file that a tablet exports its outbox to: signed batches, which anybody may send for it. Nothing counts twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from producers.errors import ProducersError
from producers.tablet_client.transport import Answer, LostError, Transport

PATH = "/v1/events:batch?carried=1"
TRIES_MAX, PAUSE_S = 10, 2.0  # of a batch that has no answer, or is to come later


class SignedBatch(msgspec.Struct):
    """A batch as its tablet signed it."""

    thumbprint: str
    signature: str
    body: str


class OutboxFile(msgspec.Struct):
    """The whole file."""

    fieldtally: Literal["outbox"]
    batches: list[SignedBatch]


def batches_in(raw: bytes) -> list[SignedBatch]:
    """The batches of a file.

    Raises:
        ProducersError: it is none of ours.
    """
    try:
        return msgspec.json.decode(raw, type=OutboxFile).batches
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProducersError(
            "This is no file that the tablet app exported: make it anew under 'Xuất tệp chưa gửi' of the tablet."
        ) from error


def carry(
    batches: Sequence[SignedBatch], ask: Transport, sleep: Callable[[float], None] = time.sleep
) -> Counter[str]:  # fmt: skip
    """Send batches; how many events had which receipt. Those of a revoked tablet are `set aside`, batch by batch.

    Raises:
        ProducersError: a batch was refused, or had no answer after some tries; what was sent before stays sent.
    """
    found: Counter[str] = Counter()
    for number, batch in enumerate(batches, 1):
        answer = _answer(batch, ask, sleep)
        if answer is None or (answer.status != 200 and answer.code != "revoked"):
            why = "has no answer" if answer is None else f"was refused ({answer.status} {answer.code})"
            raise ProducersError(
                f"Batch {number} of {len(batches)} {why}. {sum(found.values())} events were sent before it: send the "
                "file again once the gateway is well and is that of this tablet; nothing counts twice."
            )
        found.update(_receipts(batch, answer))
    return found


def _receipts(batch: SignedBatch, answer: Answer) -> list[str]:
    if answer.code == "revoked":
        return ["set aside"] * len(msgspec.json.decode(batch.body)["events"])
    return [receipt["status"] for receipt in answer.body["receipts"]]


def _answer(batch: SignedBatch, ask: Transport, sleep: Callable[[float], None]) -> Answer | None:
    """The answer that holds; None where none came in some tries."""
    headers = {"Content-Type": "application/json", "Fieldtally-Key": batch.thumbprint,
               "Fieldtally-Signature": batch.signature}  # fmt: skip
    answer: Answer | None = None
    for _ in range(TRIES_MAX):
        try:
            answer = ask("POST", PATH, batch.body.encode(), headers)
        except LostError:
            answer = None
        else:
            if answer.status not in (408, 429, 503):
                return answer
        sleep(PAUSE_S if answer is None else answer.retry_after_s or PAUSE_S)
    return answer
