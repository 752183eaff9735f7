"""`fieldtally holes`: numbers that were recorded somewhere and never counted, each by its stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import check_unit, settings

if TYPE_CHECKING:
    from infra.holes import StreamHoles

LISTED = 10  # intervals listed of a stream; the JSON has all that the counter lists


def holes(
    unit: Annotated[str | None, typer.Option(help="One unit alone, such as 2025-07:24848.")] = None,
    source: Annotated[str | None, typer.Option(help="One recorder alone, such as /tablets/….")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON list.")] = False,
) -> None:
    """Name the holes of every stream: missing or rejected numbers, and how many of them their tablet still holds."""
    import msgspec

    from infra.holes import find

    check_unit(unit)
    found = [one for one in find(settings()) if unit in (None, one.unit) and source in (None, one.source)]
    if json:
        typer.echo(msgspec.json.encode(found))
        return
    for one in found:
        typer.echo(_line(one))
    missing, lost = (sum(getattr(one, name) for one in found) for name in ("missing_numbers", "lost"))
    typer.echo(f"{missing:,} numbers missing in {len(found):,} streams; {lost:,} of them are on no tablet any more.")


def _line(one: StreamHoles) -> str:
    told = [f"{one.source} {one.topic} {one.unit}: counted up to {one.counted_to:,}"]
    if one.stated is not None and one.contact is not None:
        told.append(f"given out {one.stated:,}, of which {one.waiting:,} were on the tablet on {one.contact:%F %R} UTC")
    if one.missing:
        told.append(f"missing {_numbers(one.missing)}, lost at least {one.lost:,}")
    if one.rejected:
        told.append(f"rejected {_numbers(one.rejected)}")
    return "; ".join(told)


def _numbers(intervals: list[tuple[int, int]]) -> str:
    said = [f"{first}-{last}" if first < last else str(first) for first, last in intervals[:LISTED]]
    more = len(intervals) - LISTED
    return ", ".join(said) + (f" and {more} more intervals" if more > 0 else "")
