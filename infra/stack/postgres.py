"""Postgres 18 on a Unix socket. As root it runs as a system user of its own, for Postgres refuses root."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psutil
import psycopg2

from infra.errors import InfraError
from infra.instance import Instance
from infra.stack import tools
from infra.stack.process import Program, end, identify
from infra.stack.server import Server

SYSTEM_USER = "fieldtally"
_SOCKET_LIMIT = 100  # bytes of a Unix socket's path; the kernel's limit is 107


class Postgres(Server):
    """Postgres with its data and socket in the instance's folder; it listens on no network."""

    name = "postgres"

    def __init__(self, instance: Instance) -> None:
        super().__init__(instance)
        self.folder = instance.folder / "postgres"
        self.data = self.folder / "data"

    @property
    def sockets(self) -> Path:
        """The socket's folder: the instance's own, or a short one when that path is too long for a socket."""
        if len(os.fsencode(self.folder / ".s.PGSQL.5432")) <= _SOCKET_LIMIT:
            return self.folder
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"fieldtally-{os.geteuid()}-{digest}"

    def url(self, database: str = "fieldtally") -> str:
        """SQLAlchemy's address of a database of this server."""
        return f"postgresql+psycopg2://postgres@/{database}?host={self.sockets}"

    def prepare(self) -> Program:
        """Makes the data folder once, and clears away a server that a dead owner left behind."""
        user = _system_user() if os.geteuid() == 0 else None
        for folder in {self.folder, self.sockets}:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)  # whoever reaches the socket is let in, so only the owner may
            if user is not None:
                os.chown(folder, user, user)
        run = _as_user(user, self.data.parent)
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)  # what an interrupted initdb left
            self._initdb(run)
        self._clear_stale()
        options = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "timezone": "UTC",
                   "log_timezone": "UTC", "log_min_messages": "warning"}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = (*run, str(tools.postgres("postgres")), "-D", str(self.data), *settings)
        # SIGINT is Postgres' fast shutdown: it ends the sessions instead of waiting for them.
        return Program("postgres", command, self.instance.logs / "postgres.log", stop_signal=signal.SIGINT)

    def complaint(self) -> str | None:
        try:
            self.execute("SELECT 1")
            if not self.query("SELECT 1 FROM pg_database WHERE datname = 'fieldtally'"):
                self.execute("CREATE DATABASE fieldtally")
        except psycopg2.OperationalError as error:
            return str(error).strip().replace("\n", " ")
        return None

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Runs one statement outside a transaction, as CREATE DATABASE needs it."""
        self._run(statement, database, fetch=False)

    def query(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """The rows of one statement."""
        return self._run(statement, database, fetch=True)

    def _run(self, statement: str, database: str, *, fetch: bool) -> list[tuple[object, ...]]:
        connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname=database, connect_timeout=2)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if fetch else []
        finally:
            connection.close()

    def _initdb(self, run: tuple[str, ...]) -> None:
        command = (*run, str(tools.postgres("initdb")), "-D", str(self.data), "-U", "postgres", "--auth=trust",
                   "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        log = self.instance.logs / "postgres.log"
        with log.open("ab") as output:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False,
                                  cwd="/")
        if done.returncode:
            raise InfraError(f"Postgres' data folder {self.data} could not be made: see the end of {log}.")

    def _clear_stale(self) -> None:
        """Ends an orphan on this data folder, and removes a pid file whose pid is another program's by now."""
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        pid = int(note.read_text().split("\n", 1)[0])
        identity = identify(pid)
        if identity is not None and str(self.data) in psutil.Process(pid).cmdline():
            end(identity, signal.SIGINT)
        note.unlink(missing_ok=True)


def _system_user() -> int:
    """The number of the system user that runs Postgres under root; made when it is not there."""
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        pass
    command = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER)
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise InfraError(f"The system user {SYSTEM_USER} for Postgres cannot be made ({error}): "
                         f"make it with useradd, or run as a normal user.") from error
    return pwd.getpwnam(SYSTEM_USER).pw_uid


def _as_user(user: int | None, folder: Path) -> tuple[str, ...]:
    """The words before a command that is to run as `user`; none for None.

    Where a folder above the data or the programs is closed to that user (a checkout in /root), the process keeps
    the right to pass folders by, and nothing else of root's; opening root's folders to everybody would be worse.
    """
    if user is None:
        return ()
    group = pwd.getpwuid(user).pw_gid
    # A change of user unties a child from its parent's death, so setpriv ties it again.
    words = ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--pdeathsig=INT")
    closed = any(not _passable(path) for path in (folder, tools.postgres("postgres").parent))
    keep = ("--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return (*words, *keep) if closed else words


def _passable(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in folder.parents)
