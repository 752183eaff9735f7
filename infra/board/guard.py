"""Who may ask the board: browsers that call it by a name of its own; for rejected events, who has the operator's token.

A page of elsewhere that lets its name point here (DNS rebinding) calls by that name. The token is a header that only
our page sends, from its own storage, so a request forged by another page (CSRF) comes without it.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
from collections import deque
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from schemas.titles import Title

WRONG_MAX = 10  # wrong tokens of one address within the window; then it waits, whatever it sends
WINDOW_S = 60.0
ADDRESSES_MAX = 1_000  # addresses remembered; the oldest is forgotten
FOR_MACHINES = frozenset({"/metrics", "/healthz"})  # asked by Prometheus and supervisors under names of their own
OFF = Title(
    "Việc xử lý trên bảng đang tắt: đặt FIELDTALLY_OPERATOR_TOKEN_FILE rồi khởi động lại bảng.",
    "Mending on the board is off: set FIELDTALLY_OPERATOR_TOKEN_FILE to a file with 32 random characters or more "
    "(`openssl rand -hex 32`), and start the board again.",
)
MISSING = Title("Cần mã của người vận hành.", "The operator's token is needed.")
WRONG = Title("Mã không đúng.", "The token is wrong.")
TOO_MANY = Title("Sai mã quá nhiều lần: đợi một phút.", "Too many wrong tokens: wait a minute.")
ELSEWHERE = Title("Yêu cầu đến từ trang khác.", "The request comes from another page.")
_log = logging.getLogger("fieldtally.board")


class Wrong:
    """Wrong tokens of late, by address."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._of: dict[str, deque[float]] = {}

    def too_many(self, address: str) -> bool:
        """Whether an address has to wait."""
        since = self._clock() - WINDOW_S
        late = [at for at in self._of.get(address, ()) if at > since]
        return len(late) >= WRONG_MAX

    def note(self, address: str) -> None:
        """Note a wrong token."""
        if address not in self._of and len(self._of) >= ADDRESSES_MAX:
            del self._of[next(iter(self._of))]
        self._of.setdefault(address, deque(maxlen=WRONG_MAX)).append(self._clock())


class Guard:
    """Lets requests in, or answers why not."""

    def __init__(self, token: bytes | None, names: str, clock: Callable[[], float]) -> None:
        self._token, self._wrong = token, Wrong(clock)
        self._names = {name.strip().lower() for name in names.split(",") if name.strip()}

    @property
    def off(self) -> bool:
        """Whether nobody may mend here, for there is no token."""
        return self._token is None

    def middleware(self) -> Middleware:
        """Answers nothing that is asked under a foreign name."""

        @web.middleware
        async def own_name(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.path not in FOR_MACHINES and not is_own(request.headers.get("Host", ""), self._names):
                raise web.HTTPMisdirectedRequest(text="The board is not known by this name: is it yours, put it into "
                                                      "FIELDTALLY_BOARD_NAMES.\n")  # fmt: skip
            return await handler(request)

        return own_name

    def refusal(self, request: web.Request) -> tuple[int, Title] | None:
        """Status and reason why a request about rejected events is refused; None if it comes from an operator."""
        if not self._from_our_page(request):
            return 403, ELSEWHERE
        if self._token is None:
            return 403, OFF
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not given:
            return 401, MISSING
        address = request.remote or ""
        if self._wrong.too_many(address):
            return 429, TOO_MANY
        if not hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), self._token):
            self._wrong.note(address)
            _log.warning("A wrong operator's token came from %s.", address)
            return 401, WRONG
        return None

    def _from_our_page(self, request: web.Request) -> bool:
        """Whether a browser, if it was one, says that our own page asks."""
        origin, host = request.headers.get("Origin"), request.headers.get("Host", "")
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return False
        _, _, asking = (origin or f"//{host}").partition("//")
        return asking == host or _name(asking) in self._names


def is_own(host: str, names: Collection[str]) -> bool:
    """Whether a Host header names this board: localhost, a plain address, which no rebinding has, or one of `names`."""
    name = _name(host)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name in names
    return True


def _name(host: str) -> str:
    """The name in `name:port`; '' where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
