"""`fieldtally tablet`: invite a tablet, list all, revoke one, invite it anew, send what one exported."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import settings
from infra.errors import InfraError

if TYPE_CHECKING:
    from schemas.settings import Settings

tablet = typer.Typer(help="Invite, list, revoke and reissue tablets, send what they exported.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The tablet or invitation, by the beginning of its name.")]
Days = Annotated[int, typer.Option(min=1, max=365, help="For how many days the code can be used.")]
Page = Annotated[Path | None, typer.Option(help="Write a page with the code to print, too.")]
Url = Annotated[str, typer.Option(help="Where tablets reach the gateway, such as https://fieldtally.example; the "
                                       "QR code then leads there.")]


@tablet.command()
def invite(
    unit: Annotated[list[str], typer.Option(help="A unit, such as 2025-07:24848; may be given several times.")],
    organisation: Annotated[str, typer.Option(help="Code of the organisation that it records for.")],
    days: Days = 7,
    page: Page = None,
    url: Url = "",
) -> None:
    """Make a one-time code by which one tablet can enrol."""
    from schemas.codes import ORGANISATIONS
    from schemas.places import load

    if organisation not in ORGANISATIONS:
        raise InfraError(f"There is no organisation {organisation!r}: it is one of {', '.join(ORGANISATIONS)}.")
    if unknown := [each for each in unit if not load().known(each)]:
        raise InfraError(f"The map has no unit {unknown[0]!r}: a unit is vintage:code, such as 2025-07:24848.")
    _invite(settings(), list(dict.fromkeys(unit)), organisation, days, page, url)


@tablet.command("list")
def show() -> None:
    """Every invitation and its tablet, with the last contact."""
    from rich.console import Console
    from rich.table import Table

    from producers.office.tablets import rows

    table = Table("invitation", "state", "tablet", "organisation", "units", "last contact", "waiting")
    for row in rows(settings(), datetime.now(UTC)):
        said, contact = row.invitation.invited, row.contact
        table.add_row(
            said.invitation.removeprefix("p1.")[:10], row.state, row.source.removeprefix("/tablets/")[:12],
            said.organisation, " ".join(said.units), f"{contact.at:%Y-%m-%d %H:%M}Z" if contact else "",
            str(sum(stream.waiting for stream in contact.streams)) if contact else "",
        )  # fmt: skip
    Console().print(table)


@tablet.command()
def revoke(name: Name) -> None:
    """Let a tablet, or an open invitation, hold no longer; what it still sends is set aside, not lost."""
    from producers.office.tablets import enrolments, found, write
    from schemas.gateway import Revoked

    chosen = settings()
    invitation = found(enrolments(chosen), name)
    write(chosen, [Revoked(invitation=invitation.invited.invitation, written=datetime.now(UTC))], say=typer.echo)
    typer.echo(f"Revoked {invitation.invited.invitation.removeprefix('p1.')[:10]}.")


@tablet.command()
def reissue(
    name: Name,
    days: Days = 7,
    page: Page = None,
    url: Url = "",
) -> None:
    """Revoke a tablet and make a new code with its units: for one that was lost, reset or restored."""
    from producers.office.tablets import enrolments, found

    said = found(enrolments(settings()), name).invited
    revoke(name)
    _invite(settings(), said.units, said.organisation, days, page, url)


@tablet.command()
def carry(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What the tablet app exported.")],
    url: Annotated[str, typer.Option(help="Where the gateway is; empty for this machine's.")] = "",
) -> None:
    """Send what a tablet exported, because it cannot send it itself; sent twice, it counts once."""
    from producers.tablet_client.carrying import batches_in, carry
    from producers.tablet_client.transport import Http

    found = carry(batches_in(file.read_bytes()), Http(url or f"http://127.0.0.1:{settings().gateway_port}"))
    said = ", ".join(f"{count} {receipt}" for receipt, count in sorted(found.items()))
    typer.echo(said or "The file holds no event.")
    if found["rejected"] + found["conflict"] + found["retry"]:
        raise InfraError("Some events were not taken: the tablet's list of events says of each why, and what to do.")


def _invite(chosen: Settings, units: list[str], organisation: str, days: int, page: Path | None, url: str) -> None:
    import segno

    from infra.tablet_page import text
    from producers.office.tablets import invite as made

    code, invited = made(chosen, units, organisation, days, say=lambda sentence: typer.echo(sentence, err=True))
    target = f"{url.rstrip('/')}/#code={code}" if url else code
    segno.make(target, error="m").terminal(compact=True)
    typer.echo(f"Mã mời / invitation: {code}\n{organisation}: {', '.join(units)}; "
               f"until {invited.expires:%Y-%m-%d %H:%M}Z, for one tablet.")
    if page is not None:
        page.write_text(text(code, target, invited), encoding="utf-8")
        typer.echo(f"A page to print is in {page}.")
