"""HTTP as a tablet may believe it: only an answer that bears the gateway's marker is one."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import msgspec

from schemas.gateway import MARKER

TIMEOUT_S = 30.0
ANSWER_BYTES_MAX = 16 * 1024 * 1024


class LostError(Exception):
    """No answer of the gateway came: whether it did what it was asked is unknown. To be asked again."""


class Answer(NamedTuple):
    """An answer of the gateway: status, headers with lower-case names, the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def retry_after_s(self) -> float | None:
        """How long the gateway asks to be left alone."""
        asked = self.headers.get("retry-after", "")
        return float(asked) if asked.isdecimal() else None

    @property
    def code(self) -> str:
        """The code of an error, '' for none."""
        return str(self.body.get("error", {}).get("code", ""))


class Transport(Protocol):
    """How a request gets to the gateway; tests put faults in between."""

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Ask once.

        Raises:
            LostError: no answer of the gateway came.
        """


class Http:
    """One connection per request: what a weak line leaves of a connection is not to be trusted."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        split = urlsplit(url)
        self.host, self.port, self._timeout_s = split.hostname or "", split.port, timeout_s
        self._connection = http.client.HTTPSConnection if split.scheme == "https" else http.client.HTTPConnection

    def __call__(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Ask once.

        Raises:
            LostError: no answer of the gateway came.
        """
        connection = self._connection(self.host, self.port, timeout=self._timeout_s)
        try:
            connection.request(method, path, body, dict(headers))
            answered = connection.getresponse()
            raw = answered.read(ANSWER_BYTES_MAX)
            return answer_of(answered.status, {name.lower(): value for name, value in answered.getheaders()}, raw)
        except (OSError, http.client.HTTPException) as error:
            raise LostError(f"no answer: {type(error).__name__}") from error
        finally:
            connection.close()


def answer_of(status: int, headers: Mapping[str, str], raw: bytes) -> Answer:
    """What these bytes say.

    Raises:
        LostError: they are no answer of the gateway (a captive portal's page, a redirect, half an answer).
    """
    if status == 304:
        return Answer(status, headers, {})
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LostError(f"status {status} without JSON") from error
    if not isinstance(body, dict) or body.get("fieldtally") != MARKER:
        raise LostError(f"status {status} without the gateway's marker")
    return Answer(status, headers, body)
