"""What the README tells a newcomer to type, typed: to a filled board, and to an alert that fires and is resolved."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from infra.instance import REPO
from producers.tablet_client.outbox import Outbox
from producers.tablet_client.tablet import Tablet
from producers.tablet_client.transport import Http
from tests.demonstration.conftest import PATIENCE_S, Demo

ALERT, TITLE = "GatewayNotReady", "Ten minutes"
FEWEST_COMMUNES, FEWEST_EVENTS = 50, 40_000  # of the season that the demo plays when nothing else is asked


class Newcomer:
    """Types the lines of the README's section one by one, in the checkout, as one shell would take them."""

    def __init__(self, demo: Demo) -> None:
        block = (REPO / "README.md").read_text().split(f"\n## {TITLE}\n```\n")[1].split("```")[0]
        self.left = block.splitlines()
        self._before: list[str] = []
        _, environment = demo.command()
        # Where the checkout's own home is elsewhere, its programs are found behind what the README puts first.
        path = f"{os.environ['PATH']}:{demo.home / 'venv' / 'bin'}"
        self._environment = {**environment, "PATH": path}

    def type(self, expected: str, status: int = 0) -> str:
        """The next line, which must be this command; what it said."""
        line = self.left.pop(0)
        assert line.partition("#")[0].strip() == expected
        done = subprocess.run(["bash", "-c", "\n".join([*self._before, line])], env=self._environment, cwd=REPO,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=PATIENCE_S)  # fmt: skip
        assert done.returncode == status, done.stdout
        if line.startswith("export "):
            self._before.append(line)
            self._environment.pop("FIELDTALLY_BOOTSTRAP")  # of another installation; the demo went its own way
        return " ".join(done.stdout.split())


def pushed(board: str) -> dict[str, Any]:
    """All that the board pushes to a page that was just opened."""
    with urllib.request.urlopen(f"{board}updates", timeout=30) as answer:
        line = next(line for line in answer if line.startswith(b"data: "))
    update: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
    return update


def firing(prometheus: str) -> set[str]:
    """The alerts that fire, as Prometheus says itself."""
    with urllib.request.urlopen(f"{prometheus}/api/v1/alerts", timeout=30) as answer:
        alerts = json.load(answer)["data"]["alerts"]
    return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}


def until(holds: Callable[[], bool], seen: Callable[[], object]) -> None:
    """Waits, as a newcomer who looks again."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, seen()
        time.sleep(0.5)


def test_a_newcomer_gets_to_a_filled_board_and_to_an_alert_that_fires_and_is_resolved(demo: Demo) -> None:
    newcomer = Newcomer(demo)
    said = newcomer.type("./infra/demo --keep")
    is_proved(said)
    lets_a_tablet_in(said)
    refuses_a_second_one(demo)
    board = said.split("Board ")[1].split()[0]
    prometheus = said.split("Prometheus ")[-1].split()[0]
    update = pushed(board)
    assert len(update["communes"]) > FEWEST_COMMUNES
    assert sum(row["events"] for row in update["communes"]) > FEWEST_EVENTS

    newcomer.type('export FIELDTALLY_INSTANCE=demo/installation PATH="$PWD/.fieldtally/venv/bin:$PATH"')
    assert "18 topics as defined." in newcomer.type("fieldtally status")
    assert firing(prometheus) == set()
    newcomer.type("fieldtally down kafka")
    until(lambda: ALERT in firing(prometheus), lambda: firing(prometheus))
    assert f"{ALERT}: Cổng tiếp nhận" in (told := newcomer.type("fieldtally status", status=1))
    assert "kafka stopped by hand" in told
    until(lambda: ALERT in on_the_board(board), lambda: pushed(board)["health"])
    assert pushed(board)["health"]["kafka"] is False

    assert "Started kafka." in newcomer.type("fieldtally up")
    until(lambda: not firing(prometheus), lambda: firing(prometheus))
    until(lambda: not on_the_board(board) and pushed(board)["health"]["kafka"], lambda: pushed(board)["health"])
    newcomer.type("fieldtally status")
    assert sum(row["events"] for row in pushed(board)["communes"]) == sum(row["events"] for row in update["communes"])
    assert demo.installation.is_up
    assert newcomer.type("fieldtally down") == "Stopped."
    assert not demo.installation.is_up
    assert newcomer.left == []


def on_the_board(board: str) -> set[str]:
    """The alerts that the board shows."""
    return {alert["name"] for alert in pushed(board)["health"]["pipeline"]["alerts"]}


def is_proved(said: str) -> None:
    """The demo killed the counter, and every counter is exact."""
    assert said.count("The counter was killed (SIGKILL)") == 2
    assert "The supervisor started the counter again 2 times." in said
    assert "; 0 mismatches." in said
    assert "All agree." in said
    assert "Tất cả / All" in said


def lets_a_tablet_in(said: str) -> None:
    """The invitation that the demo prints works."""
    page = re.search(r"Tablets (http://127\.0\.0\.1:[0-9]+/) \(mã mời / invitation: ([0-9A-Z-]{12}),", said)
    assert page, said
    assert Tablet(Outbox(), Http(page[1])).enrol(page[2]) == ["2025-07:24848"]


def refuses_a_second_one(demo: Demo) -> None:
    """A demo that was kept is not run over."""
    again = demo.run("demo")
    assert again.returncode == 1
    assert "`FIELDTALLY_INSTANCE=demo/installation fieldtally down` stops it." in again.stderr
