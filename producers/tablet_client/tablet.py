"""A tablet: it enrols, records without a network, sends, asks what is counted, and purges that alone."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec

from producers.simulator.clock import uuid7
from producers.tablet_client.key import DeviceKey
from producers.tablet_client.outbox import CONFLICT, REFUSED, SENT, WAITING, Held, Number, Outbox
from producers.tablet_client.settle import Settled, settle
from producers.tablet_client.transport import Answer, Transport
from schemas.events.catalogue import ROOT_TYPES, WITHDRAWAL, schema_urn
from schemas.instant import epoch_ms
from schemas.sync import Sync

BATCH_EVENTS_MAX, BATCH_BYTES_MAX = 500, 400 * 1024  # of the gateway's 500 and 512 KiB, with room for the rest
Clock = Callable[[], datetime]


class RefusedError(Exception):
    """The gateway refused the whole request; `answer` says why, and perhaps when to ask again."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.code}")
        self.answer = answer


class CopiedError(Exception):
    """The server has numbers of this key that this tablet never sent: a restored copy, which needs a key of its own."""


class Tablet:
    """A tablet with its outbox; what it knows of itself is in the outbox too, so a new object goes on where one ended.

    `ask` may raise LostError at any call: what was asked may or may not have been done, and every call may be repeated.
    """

    def __init__(self, outbox: Outbox, ask: Transport, *, clock: Clock = lambda: datetime.now(UTC),
                 rng: Random | None = None) -> None:  # fmt: skip
        self.outbox, self._ask, self._clock, self._rng = outbox, ask, clock, rng or Random()
        secret = outbox.fact("key")
        self.key = DeviceKey(int(secret) if secret is not None else None)
        if secret is None:
            outbox.remember("key", str(self.key.secret).encode())

    def enrol(self, code: str) -> list[str]:
        """Bind this tablet's key by an invitation; the units for which it may record.

        Raises:
            RefusedError: the code is used, expired or unknown.
        """
        asked = {"code": code, "key": self.key.jwk, "proof": self.key.sign(code.encode())}
        answer = self._checked(self._ask("POST", "/v1/enrolments", msgspec.json.encode(asked), _JSON))
        self.outbox.remember("organisation", str(answer.body["organisation"]).encode())
        return list(answer.body["units"])

    def record(self, type_: str, unit: str, subject: str, data: Mapping[str, Any]) -> Number:
        """Write an event down, with the next number of its stream."""
        return self.write(type_, ROOT_TYPES[type_].family, unit, subject, {**self.common, **data})

    def write(self, type_: str, topic: str, unit: str, subject: str, data: Mapping[str, Any]) -> Number:
        """Write an event of any type down, a revision too, with the next number of its stream."""
        event_id = uuid7(epoch_ms(self._clock()), self._rng)

        def body_of(seq: int) -> bytes:
            return msgspec.json.encode(self._event(type_, unit, subject, data, seq, event_id))

        return self.outbox.record(topic, unit, event_id, body_of)

    def withdraw(self, number: Number, reason: str = "other") -> None:
        """Give a number up for ever: what takes its place says so, and closes the hole."""
        event_id = uuid7(epoch_ms(self._clock()), self._rng)
        data = {**self.common, "reason": reason}
        subject = f"unit/{number.unit.replace(':', '.')}"
        event = self._event(WITHDRAWAL, number.unit, subject, data, number.seq, event_id)
        self.outbox.replace(number, event_id, msgspec.json.encode({**event, "topic": number.topic}))

    def batch(self) -> tuple[list[Held], bytes]:
        """The next events to send, and the batch with them; without any it still says how far the streams are."""
        chosen: list[Held] = []
        size = 0
        for held in self.outbox.events(WAITING, BATCH_EVENTS_MAX):
            size += len(held.body) + 1
            if size > BATCH_BYTES_MAX:
                break
            chosen.append(held)
        waiting = self.outbox.waiting_by_stream()
        streams = [
            {"topic": topic, "unit": unit, "highest": highest, "waiting": waiting.get((topic, unit), 0)}
            for (topic, unit), highest in self.outbox.streams().items()
        ]
        body = {"source": self.key.source, "sentat": self._clock(), "streams": streams,
                "events": [msgspec.Raw(held.body) for held in chosen]}  # fmt: skip
        return chosen, msgspec.json.encode(body)

    def send(self, *, packed: bool = True) -> int:
        """Send the next events and note each receipt; how many were sent.

        Raises:
            LostError: no answer came. RefusedError: the whole batch was refused.
        """
        chosen, body = self.batch()
        body = gzip.compress(body, 1) if packed else body
        self.outbox.note_tries(held.number for held in chosen)
        answer = self.post(body, packed=packed)
        for held, receipt in zip(chosen, answer.body["receipts"], strict=True):
            self._note(held, receipt)
        return len(chosen)

    def post(self, body: bytes, *, packed: bool = False) -> Answer:
        """Send a batch as it is, signed.

        Raises:
            LostError: no answer came. RefusedError: the whole batch was refused.
        """
        return self._checked(self._ask("POST", "/v1/events:batch", body, self.headers(body, packed=packed)))

    def headers(self, body: bytes, *, packed: bool) -> dict[str, str]:
        """The headers of a batch, signed over its bytes as they are sent."""
        signed = {"Fieldtally-Key": self.key.thumbprint, "Fieldtally-Signature": self.key.sign(body)}
        return _JSON | signed | ({"Content-Encoding": "gzip"} if packed else {})

    def get(self, path: str, **more: str) -> Answer:
        """Ask for something as this tablet.

        Raises:
            LostError: no answer came. RefusedError: the request was refused.
        """
        return self._checked(self._ask("GET", path, None, self.signed(path) | more))

    def signed(self, path: str) -> dict[str, str]:
        """The headers with which this tablet may ask for something."""
        moment = self._clock().isoformat()
        signature = self.key.sign(f"GET {path}\n{self.key.thumbprint}\n{moment}".encode())
        return {"Fieldtally-Key": self.key.thumbprint, "Fieldtally-Time": moment, "Fieldtally-Signature": signature}

    def sync(self) -> Settled:
        """Ask what is counted; purge that, note what was rejected, make ready again what never came.

        Raises:
            CopiedError: the server has what this tablet never sent. LostError, RefusedError: as `get`.
        """
        told = msgspec.convert(self.get("/v1/sync").body, Sync)
        settled = settle(self.outbox.events(), self.outbox.streams(), told)
        if settled.copied:
            raise CopiedError(self.key.source)
        self.outbox.purge(settled.purge)
        for number in settled.again:
            self.outbox.note(number, WAITING)
        for number, state, why in settled.rejected:
            self.outbox.note(number, state, why)
        return settled

    def come_back(self) -> Settled:
        """What a tablet does with a connection: ask first, so that a restored copy sends nothing; send all; ask again.

        Raises:
            CopiedError, LostError, RefusedError: as `sync` and `send`; to be called again.
        """
        self.sync()
        while self.send():
            pass
        return self.sync()

    def _note(self, held: Held, receipt: Mapping[str, Any]) -> None:
        match receipt["status"]:
            case "accepted":
                self.outbox.note(held.number, SENT)
            case "rejected":
                self.outbox.note(held.number, REFUSED, f"{receipt['code']} {receipt['path']}".strip())
            case "conflict":
                self.outbox.note(held.number, CONFLICT)

    def _event(self, type_: str, unit: str, subject: str, data: Mapping[str, Any], seq: int,
               event_id: str) -> dict[str, Any]:  # fmt: skip
        return {
            "specversion": "1.0", "id": event_id, "type": type_, "source": self.key.source, "subject": subject,
            "time": self._clock(), "datacontenttype": "application/json", "dataschema": schema_urn(type_, 1),
            "unit": unit, "seq": seq, "data": data,
        }  # fmt: skip

    @property
    def common(self) -> dict[str, Any]:
        """What the data of every event says: for whom this tablet records."""
        return {"organisation": (self.outbox.fact("organisation") or b"other").decode()}

    @staticmethod
    def _checked(answer: Answer) -> Answer:
        if answer.status not in (200, 201, 304):
            raise RefusedError(answer)
        return answer


_JSON = {"Content-Type": "application/json"}
