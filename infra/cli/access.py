"""`fieldtally access`: let subscribers and producers of others in, say who may do what, take it away."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.errors import InfraError
from schemas.topics import TOTALS

if TYPE_CHECKING:
    from infra.access import Grant

access = typer.Typer(help="Users of others on a broker of the production profile.", no_args_is_help=True)
User = Annotated[str, typer.Argument(metavar="NAME", help="a-z, 0-9 and -, such as youth-union.")]
Client = Annotated[Path, typer.Option(metavar="F", help="File to write for the user: password and TLS, as JSON.")]
Authority = Annotated[Path | None, typer.Option(metavar="PEM", help="The certificate that signed the broker's, where "
                                                "the user's system does not know it.")]
Rate = Annotated[int, typer.Option(min=1024, help="Quota of bytes a second; who asks for more is slowed down.")]


@access.command()
def subscriber(
    user: User, client: Client, ca: Authority = None, bytes_per_second: Rate = 1024 * 1024,
    topic: Annotated[list[str] | None, typer.Option(help=f"What it may read; {TOTALS} if not given.")] = None,
) -> None:  # fmt: skip
    """Let a subscriber in, or give it a new password: it reads its topics and nothing else."""
    from infra.access import subscriber as grant

    _admit(grant(user, topic or [TOTALS], bytes_per_second), client, ca)


@access.command()
def producer(user: User, client: Client, ca: Authority = None, bytes_per_second: Rate = 1024 * 1024) -> None:
    """Let a producer in, or give it a new password: it writes events and reads nothing."""
    from infra.access import producer as grant

    _admit(grant(user, bytes_per_second), client, ca)


@access.command("list")
def show() -> None:
    """Who has a password, and what each may do."""
    from infra.access import admitted

    for user, rules in admitted(settings()).items():
        typer.echo(f"{user}: {', '.join(f'{operation} {name}' for operation, name in rules) or 'nothing'}")


@access.command()
def remove(user: User) -> None:
    """Take a user's password, rights and quota away."""
    from infra.access import dismiss

    dismiss(settings(), user)
    typer.echo(f"{user} is gone.")


def _admit(grant: Grant, client: Path, ca: Path | None) -> None:
    from infra.access import MECHANISM, admit

    password = secrets.token_urlsafe(24)
    said = {"security_protocol": "SASL_SSL", "sasl_mechanism": MECHANISM, "sasl_plain_username": grant.user,
            "sasl_plain_password": password} | ({"ssl_cafile": str(ca.resolve())} if ca else {})  # fmt: skip
    try:
        with open(client, "w", opener=lambda path, flags: os.open(path, flags, 0o600), encoding="utf-8") as out:
            out.write(json.dumps(said, indent=1) + "\n")
    except OSError as error:
        raise InfraError(f"{client} cannot be written: {error.strerror}.") from error
    admit(settings(), grant, password)
    typer.echo(f"{grant.user} may {'read' if grant.reads else 'write'} {', '.join(grant.reads or grant.writes)}. "
               f"{client} is for the user alone; the password is nowhere else.")  # fmt: skip
