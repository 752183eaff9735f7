"""The board of an installation, and an operator who uses its page, or sends what the page would send."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, expect

from infra.stack.ports import HOST, choose
from infra.stack.process import Process
from schemas.settings import Settings
from tests.mend.site import installation, service, until

TOKEN = "0123456789abcdef0123456789abcdef"
PATIENCE_MS = 40_000.0
WHO = {"by": "ops.lan", "why": "software-fault"}


class Answer(NamedTuple):
    """A status, the headers, and the text."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def last(self) -> Any:
        """The last line of an answer that comes line by line."""
        return json.loads(self.text.splitlines()[-1])


def with_board(bootstrap: str, prefix: str, folder: Path, **more: Any) -> Settings:
    """An installation whose board lets who has TOKEN mend."""
    (folder / "token").write_text(TOKEN + "\n")
    more = {"operator_token_file": str(folder / "token"), "prometheus_url": f"http://{HOST}:9"} | more
    return installation(bootstrap, prefix, folder, board_port=choose([]), **more)


@contextmanager
def board(settings: Settings, folder: Path) -> Iterator[Process]:
    """The board for the time of the context, once it answers."""
    with service("board", settings, folder) as process:
        await_board(settings)
        yield process


def await_board(settings: Settings) -> None:
    """Waits until the board answers."""
    until(lambda: answers(settings) or None, "the board answers")


def answers(settings: Settings) -> bool:
    try:
        return ask(settings, "/icon.svg", method="GET").status == 200
    except ConnectionError:
        return False


def connection(settings: Settings, address: str = HOST) -> http.client.HTTPConnection:
    """A connection from an address of this machine."""
    return http.client.HTTPConnection(HOST, settings.board_port, timeout=60, source_address=(address, 0))


def ask(
    settings: Settings, path: str, body: object = None, *, method: str = "POST", token: str = TOKEN,
    address: str = HOST, **headers: str,
) -> Answer:  # fmt: skip
    """What the board answers to a request, as the page makes it, or with other headers."""
    given = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    asked = connection(settings, address)
    try:
        asked.request(method, path, body if isinstance(body, bytes) else json.dumps(body or {}), given)
        found = asked.getresponse()
        return Answer(found.status, dict(found.headers), found.read().decode())
    finally:
        asked.close()


class Operator:
    """Somebody at the page."""

    def __init__(self, browser: Browser, settings: Settings, width: int = 1280) -> None:
        self.url = f"http://{HOST}:{settings.board_port}/rejected.html"
        self.page: Page = browser.new_context(viewport={"width": width, "height": 740}, locale="vi-VN").new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors: list[str] = []
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.goto(self.url)

    def enter(self, token: str = TOKEN, by: str = "ops.lan") -> None:
        """Names himself and gives a token."""
        self.page.fill("#by", by)
        self.page.fill("#token", token)
        self.page.click("#login button")

    def go_to(self, kind: str, name: str) -> None:
        """Opens one reason or one event."""
        self.page.evaluate("([kind, name]) => { location.hash = `${kind}=${encodeURIComponent(name)}` }", [kind, name])
        if kind == "event":
            expect(self.page.locator("#origin")).to_have_text(name)
        else:
            expect(self.page.locator(f'#events[data-reason="{name}"]')).to_be_visible()

    def order(self, kind: str, why: str = "software-fault", patch: object = None) -> None:
        """Fills the form in and tries."""
        self.page.check(f'input[name="order"][value="{kind}"]')
        if patch is not None:
            self.page.fill("#patch", json.dumps(patch))
        self.page.select_option("#why", why)
        self.page.click("#try")

    def do(self) -> None:
        """Has done what was tried."""
        self.page.click("#do")
        expect(self.said).to_be_visible()

    @property
    def said(self) -> Any:
        return self.page.locator("#said")

    def fits(self) -> bool:
        """Whether nothing lies beyond the edge of the screen."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
