"""`fieldtally reconcile`: log, ledger, live totals and gauges compared; exit status 0 only if all agree."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.common import check_unit, settings

if TYPE_CHECKING:
    from rich.console import Console

    from infra.reconcile.report import Report
    from infra.reconcile.watching import Watch
    from schemas.settings import Settings

SHOWN = 40  # differences in the table; all are counted, and all are in the JSON


def reconcile(
    once: Annotated[bool, typer.Option("--once", help="Compare once; this is what happens without --watch.")] = False,
    watch: Annotated[float | None, typer.Option(min=1, help="Compare again, so many seconds after the last time; "
                                                            "FIELDTALLY_RECONCILE_PORT gives it a /metrics page.",
                                                metavar="SECONDS")] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object per comparison.")] = False,
    unit: Annotated[str | None, typer.Option(help="Only this unit, as vintage:code.")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Read the whole log too, and compare every record.")] = False,
    patience: Annotated[float, typer.Option(min=0, help="Seconds to wait for a side that is behind.")] = 30.0,
) -> None:
    """Compare log, ledger, live totals and gauges while events flow; exit status 1 on any difference."""
    if once and watch is not None:
        raise typer.BadParameter("Take --once or --watch, not both.")
    chosen, agreed = settings(ledger=True), True
    check_unit(unit)
    if watch is None:
        raise typer.Exit(0 if _compare(chosen, unit, deep, patience, json).agrees else 1)
    from infra.reconcile.watching import Watch

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    page = Watch()
    page.serve(chosen.metrics_host, chosen.reconcile_port)
    try:
        while True:
            agreed = _compare_again(chosen, unit, deep, patience, json, page) and agreed
            time.sleep(watch)
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
    raise typer.Exit(0 if agreed else 1)


def _compare_again(chosen: Settings, unit: str | None, deep: bool, patience: float, json: bool, page: Watch) -> bool:
    """One comparison of many: what is away now may be there at the next one."""
    from infra.cli.faults import sentence

    try:
        report = _compare(chosen, unit, deep, patience, json)
    except Exception as error:
        if (said := sentence(error)) is None:
            raise
        typer.echo(said, err=True)
        page.fail()
        return False
    page.show(report)
    return report.agrees


def _compare(chosen: Settings, unit: str | None, deep: bool, patience: float, json: bool) -> Report:
    from rich.console import Console

    from infra.reconcile.round import reconcile as compare

    with Console(stderr=True).status("Comparing") as status:
        report = compare(chosen, unit=unit, deep=deep, patience_s=patience, tell=status.update)
    if json:
        import msgspec

        typer.echo(msgspec.json.encode({"agrees": report.agrees, **msgspec.structs.asdict(report)}))
    else:
        show(report, Console())
    return report


def show(report: Report, console: Console) -> None:
    """The report for people: what was compared, what differs, what could not be compared."""
    from rich.table import Table

    counts = Table("compared", "figures", "differences", box=None, pad_edge=False)
    sides = dict.fromkeys([*report.compared, *(each.sides for each in report.differences)])
    for each in sides:
        wrong = sum(1 for difference in report.differences if difference.sides == each)
        counts.add_row(each, f"{report.compared.get(each, 0):,}", f"{wrong:,}", style="red" if wrong else None)
    console.print(counts)
    if report.differences:
        table = Table("sides", "place", "figure", "kind", "left", "right", "events behind it", title="Differences")
        for difference in report.differences[:SHOWN]:
            table.add_row(difference.sides, difference.place, difference.figure, difference.kind,
                          str(difference.left), str(difference.right), "\n".join(difference.behind))
        console.print(table)
        if (more := len(report.differences) - SHOWN) > 0:
            console.print(f"and {more:,} more; --json lists all of them.")
    for sentence in report.failures:
        console.print(sentence, style="red", soft_wrap=True, markup=False)
    verdict = "All agree." if report.agrees else "They do not agree."
    console.print(f"{verdict} ({report.seconds:.1f} s)", style="green" if report.agrees else "bold red")
