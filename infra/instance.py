"""An instance: one folder that holds a stack's data, logs, sockets and the record of what runs in it."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import InfraError

REPO = Path(__file__).resolve().parents[1]


def home() -> Path:
    """Where everything installed and kept lives: `FIELDTALLY_HOME`, by default `<repo>/.fieldtally`."""
    return Path(os.environ.get("FIELDTALLY_HOME") or REPO / ".fieldtally").resolve()


def named() -> str:
    """The instance that the environment names, '' for none."""
    return os.environ.get("FIELDTALLY_INSTANCE", "")


def default_folder() -> Path:
    """The folder of the instance that commands mean: `<home>/<FIELDTALLY_INSTANCE>`, by default `<home>/main`."""
    return home() / (named() or "main")


@dataclass(frozen=True)
class Instance:
    """The paths of one instance, its record `stack.json`, and the lock that its owner holds while it runs."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def record(self) -> Path:
        return self.folder / "stack.json"

    def read(self) -> dict[str, Any]:
        """What `stack.json` says; empty when there is none. A damaged record counts as none: it is rebuilt."""
        try:
            loaded = json.loads(self.record.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return loaded if isinstance(loaded, dict) else {}

    def write(self, content: dict[str, Any]) -> None:
        """Replaces `stack.json` in one step, so that a reader never sees half of it."""
        fresh = self.record.with_suffix(".new")
        fresh.write_text(json.dumps(content, indent=1) + "\n")
        fresh.replace(self.record)

    @property
    def held(self) -> frozenset[str]:
        """What somebody stopped by hand, by name: its supervisor leaves it stopped."""
        return frozenset(path.name for path in self._holds.glob("*"))

    def hold(self, name: str) -> None:
        """Asks the supervisor to stop one of the processes that it keeps up."""
        self._holds.mkdir(exist_ok=True)
        (self._holds / name).touch()

    def release(self, name: str) -> None:
        """Lets the supervisor start again what was stopped by hand."""
        (self._holds / name).unlink(missing_ok=True)

    @property
    def _holds(self) -> Path:
        return self.folder / "held"

    def lock(self) -> InstanceLock:
        """Takes the instance for this process until it closes the lock or ends.

        Raises:
            InfraError: another process holds it, that is, the instance is up.
        """
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except PermissionError as error:
            raise InfraError(f"No permission to write to {error.filename}: run this as the folder's owner, or set "
                             "FIELDTALLY_HOME to a folder of your own.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise InfraError(f"The stack in {self.folder} is already up; `fieldtally down` stops it.") from error
        return InstanceLock(handle)

    @property
    def is_up(self) -> bool:
        """Whether a living process holds the lock; a file left by a dead one says nothing."""
        try:
            handle = os.open(self.folder / "lock", os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


@dataclass
class InstanceLock:
    """A held lock. The kernel lets go of it when its process ends, however it ends."""

    handle: int

    def release(self) -> None:
        os.close(self.handle)
