"""A whole installation as a daemon: started until it is in charge of everything, and ended again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

from infra.errors import InfraError
from infra.instance import Instance
from infra.stack.process import Identity, end, identify
from infra.stack.stack import clear_orphans

PATIENCE_S = 240.0
GRACE_S = 120.0  # the sum of the graces that the supervisor itself gives


def start(target: Instance, counters: int) -> None:
    """Starts `up --foreground` as a daemon and waits until it is in charge of everything.

    Raises:
        InfraError: it ended; what it said last is said again.
    """
    target.logs.mkdir(parents=True, exist_ok=True)
    log = target.logs / "supervisor.log"
    command = (sys.executable, "-P", "-m", "infra.cli", "up", "--foreground", f"--counters={counters}")
    with log.open("ab") as output:
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/",
                                  env={**os.environ, "FIELDTALLY_INSTANCE": str(target.folder)},
                                  start_new_session=True)
    identity = identify(daemon.pid)
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not _in_charge(target, identity):
            if daemon.poll() is not None:
                raise InfraError((log.read_text().splitlines() or [f"It did not start: see {log}."])[-1])
            if time.monotonic() > deadline:
                raise InfraError(f"Not everything was up within {PATIENCE_S:.0f} s: see {target.logs}.")
            time.sleep(0.1)
    except BaseException:
        daemon.terminate()  # Ctrl-C too: nothing half started stays
        daemon.wait(GRACE_S)
        raise


def hold(target: Instance, name: str) -> None:
    """Has the supervisor stop one process and leave it stopped; returns when it has ended.

    Raises:
        InfraError: nothing is up, or there is no such process.
    """
    known = target.read().get("restarts", {})
    if not target.is_up:
        raise InfraError(f"Nothing is up in {target.folder}: `fieldtally up` starts it.")
    if name not in known:
        raise InfraError(f"There is no process {name}: take of {', '.join(known)}.")
    target.hold(name)
    _await(lambda: name not in target.read().get("processes", {}), f"{name} was not stopped: see {target.logs}.")


def release(target: Instance) -> tuple[str, ...]:
    """Has the supervisor start again what was stopped by hand; returns its names when it runs."""
    names = tuple(sorted(target.held))
    for name in names:
        target.release(name)
    _await(lambda: target.read().get("processes", {}).keys() >= set(names), f"Not all was started: see {target.logs}.")
    return names


def stop(target: Instance) -> bool:
    """Ends the daemon and whatever a dead one left running; whether anything was up. Data is kept."""
    owner = target.read().get("owner") if target.is_up else None
    if owner:
        end(Identity(**owner), grace=GRACE_S)
    clear_orphans(target)
    return bool(owner)


def _await(holds: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + GRACE_S
    while not holds():
        if time.monotonic() > deadline:
            raise InfraError(otherwise)
        time.sleep(0.1)


def _in_charge(target: Instance, identity: Identity | None) -> bool:
    """Whether this process supervises: it writes `restarts` once everything was started."""
    record = target.read()
    return identity is not None and record.get("owner") == asdict(identity) and "restarts" in record
